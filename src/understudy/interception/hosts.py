"""Which host is whose, and which of its paths reach the mock."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import httpx

from understudy.client.errors import HostRefused, UnderstudyError
from understudy.client.providers import ProviderInfo

_PORTS = {"http": 80, "https": 443}
_OURS = ("/__admin", "/~")
"""Where the mock itself answers, and no vendor."""


class Origin(NamedTuple):
    """A host and a port: both count."""

    host: str
    port: int

    @classmethod
    def of(cls, url: httpx.URL) -> "Origin":
        """Return where a URL leads."""
        return cls(url.host.rstrip("."), url.port or _PORTS.get(url.scheme, 0))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Hosts:
    """The hosts of the contracts' ``servers``, and further ones that are given."""

    def __init__(self, providers: Mapping[str, ProviderInfo], further: Mapping[str, str]) -> None:
        """``further`` maps origins, such as ``https://api.example.org``, to providers. Raises UnderstudyError."""
        self._providers = providers
        self._bases: dict[Origin, list[tuple[str, str]]] = {}
        for info in providers.values():
            for server in map(httpx.URL, info.servers):
                if server.host:
                    self._add(Origin.of(server), info.provider, server.path.rstrip("/"))
        for url, provider in further.items():
            self._add_further(url, provider)

    def __iter__(self) -> Iterator[Origin]:
        return iter(self._bases)

    def takes(self, method: str, url: httpx.URL) -> bool:
        """Say whether a request is the mock's. Raises HostRefused where its host is, and its path is not."""
        origin = Origin.of(url)
        bases = self._bases.get(origin)
        if bases is None:
            self._refuse_other_scheme(method, url, origin)
            return False
        path = url.path
        for provider, base in bases:
            if _below(path, base) and not self._elsewhere(path, provider):
                return True
        raise HostRefused(self._astray(method, url, bases))

    def _refuse_other_scheme(self, method: str, url: httpx.URL, origin: Origin) -> None:
        """Let what is meant for a vendor, with the wrong one of http and https, not go to production."""
        for port in _PORTS.values():
            meant = Origin(origin.host, port)
            if origin.port in _PORTS.values() and meant in self._bases:
                raise HostRefused(
                    f"{method} {bare(url)}: {self._bases[meant][0][0]} is at {meant}; correct the scheme, "
                    "or give this one, too, as intercept(hosts=…)"
                )

    def known(self) -> str:
        """Return the hosts in words."""
        return ", ".join(f"{origin} ({self._bases[origin][0][0]})" for origin in self) or "none"

    def _add(self, origin: Origin, provider: str, base: str) -> None:
        self._bases.setdefault(origin, []).append((provider, base))

    def _add_further(self, url: str, provider: str) -> None:
        origin = _origin(url)
        if origin is None or origin.scheme not in _PORTS or not origin.host or origin.path not in ("", "/"):
            raise UnderstudyError(f"hosts: {url!r} is not scheme, host and port alone, such as https://api.example.org")
        info = self._providers.get(provider)
        if info is None:
            raise UnderstudyError(f"hosts: no provider is called {provider!r}; there are {', '.join(self._providers)}")
        for base in info.base_paths:
            self._add(Origin.of(origin), provider, base)

    def _elsewhere(self, path: str, provider: str) -> bool:
        """Say whether the mock would not answer a path in this provider's stead: its server goes by the path alone."""
        if path.startswith(_OURS):
            return True
        own = max((len(ground) for ground in self._providers[provider].grounds if _below(path, ground)), default=0)
        return any(
            len(ground) > own and _below(path, ground)
            for name, info in self._providers.items()
            if name != provider
            for ground in info.grounds
        )

    def _astray(self, method: str, url: httpx.URL, bases: list[tuple[str, str]]) -> str:
        where = " or ".join(f"{provider} at {base or '/'}" for provider, base in bases)
        return f"{method} {bare(url)}: this host plays {where}, and this path is not there; correct the path"


def bare(url: httpx.URL) -> httpx.URL:
    """Return a URL as a message may show it: without a query and a password, which may be secrets."""
    return url.copy_with(query=None, fragment=None, userinfo=b"")


def _origin(url: str) -> httpx.URL | None:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        return None


def _below(path: str, base: str) -> bool:
    return path == base or path.startswith(base + "/")

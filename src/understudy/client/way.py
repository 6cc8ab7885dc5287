"""The way to a mock: where it is, and what carries requests to it."""

import ssl
from typing import Protocol

import httpx

from understudy.admission import Access, bare
from understudy.client.errors import NotRunning, Unreachable
from understudy.options import ADDRESS


class Way(Protocol):
    """Leads to one mock. Open from ``open`` to ``close``."""

    @property
    def url(self) -> str:
        """The URL of the server, without a slash at its end."""

    @property
    def access(self) -> Access:
        """What lets one in to its control API."""

    def open(self) -> None:
        """Begin. Raises UnderstudyError."""

    def close(self) -> None:
        """End, and wait for it."""

    def transport(self) -> httpx.BaseTransport:
        """Return what carries the requests of an httpx.Client there."""

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return what carries the requests of an httpx.AsyncClient there, in whatever event loop."""


class OwnTransport(httpx.HTTPTransport):
    """Goes to the mock over a socket; interception leaves it alone."""


class OwnAsyncTransport(httpx.AsyncHTTPTransport):
    """Goes to the mock over a socket; interception leaves it alone."""


class Remote:
    """The way to a server that runs already, over a socket."""

    def __init__(self, url: str, access: Access) -> None:
        self.access = access
        self.url = str(url).strip().rstrip("/")
        self._open = False

    def open(self) -> None:
        """Begin; that somebody answers there is found out by the first request. Raises Unreachable for no URL."""
        _require_base(self.url)
        self._open = True

    def close(self) -> None:
        """End: the server runs on."""
        self._open = False

    def transport(self) -> httpx.BaseTransport:
        """Return a transport over a socket. Raises NotRunning."""
        self._require_open()
        return OwnTransport(verify=self._verify)

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return a transport over a socket. Raises NotRunning."""
        self._require_open()
        return OwnAsyncTransport(verify=self._verify)

    @property
    def _verify(self) -> "ssl.SSLContext | bool":
        return self.url.startswith("https:") and self.access.verify

    def _require_open(self) -> None:
        if not self._open:
            raise NotRunning(
                f"the way to {bare(self.url)} is not open: use `with Understudy.at(…)`, or Understudy.connect(…)"
            )


def _require_base(text: str) -> None:
    """Raise Unreachable for what is no base URL: another would be found wanting by whoever uses it first."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise Unreachable(f"{bare(text)!r} is no URL of a server ({error}); write it such as {ADDRESS}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise Unreachable(f"{bare(text)!r} is no URL of a server; write it such as {ADDRESS}")
    if url.query or url.fragment or "/~" in url.path:
        raise Unreachable(f"{bare(text)!r} is more than the URL of a server; write it such as {ADDRESS}")

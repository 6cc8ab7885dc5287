"""What a server says of the providers that it plays: base paths, hosts, working credentials."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from understudy.client.errors import UnderstudyError


@dataclass(frozen=True, slots=True)
class Login:
    """How to get a token: the request, and where its answer has it."""

    role: str
    method: str
    path: str
    body: Mapping[str, Any]
    header: str
    token: str
    """JSON Pointer into the answer."""
    prefix: str
    """What stands before the token in the header."""

    def headers(self, http: httpx.Client) -> dict[str, str]:
        """Log in, and return the headers that it gives. Raises UnderstudyError where nobody is let in."""
        response = http.request(self.method, self.path, json=dict(self.body))
        if response.is_error:
            raise UnderstudyError(
                f"logging in as {self.role}: {self.method} {self.path} "
                f"answered {response.status_code}: {response.text[:300]}"
            )
        value: Any = response.json()
        for step in self.token.split("/")[1:]:
            value = value[step]
        return {self.header: self.prefix + str(value)}


@dataclass(frozen=True, slots=True)
class ProviderInfo:
    """One provider as ``GET /__admin/providers`` shows it."""

    provider: str
    title: str
    servers: tuple[str, ...]
    """As in its contract: URLs, or paths where the contract names no host."""
    base_paths: tuple[str, ...]
    grounds: tuple[str, ...]
    """The path prefixes on which this provider answers."""
    credentials: tuple[Mapping[str, str], ...]
    """Headers that work, a mapping for each documented credential."""
    logins: tuple[Login, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "ProviderInfo":
        """Read one from the control API's JSON."""
        return cls(
            data["provider"],
            data["title"],
            tuple(data["servers"]),
            tuple(data["basePaths"]),
            tuple(data["grounds"]),
            tuple(data["credentials"]),
            tuple(Login(**login) for login in data["logins"]),
        )

    def login(self, number: int) -> Login:
        """Return one of the documented logins. Raises UnderstudyError for a number that there is not."""
        if not 0 <= number < len(self.logins):
            roles = ", ".join(f"{n}: {login.role}" for n, login in enumerate(self.logins))
            raise UnderstudyError(f"{self.provider} has no login {number}; there are {roles}")
        return self.logins[number]

    def headers(self) -> dict[str, str]:
        """Return the documented credentials as headers: the first of each kind, so that they suit every operation."""
        merged: dict[str, str] = {}
        for credential in self.credentials:
            if not merged.keys() & credential.keys():
                merged.update(credential)
        return merged

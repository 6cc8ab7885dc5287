"""What the stages hand to one another."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

KEY = "understudy.exchange"
"""Where the scope has the exchange."""
SANDBOX = "understudy.sandbox"
"""Where the scope has the sandbox that the request is addressed to."""
KEPT = "understudy.kept"
"""Where the scope has how many bytes of the body are kept at most."""
PREFIX = "understudy.prefix"
"""Where the scope has the path prefix that named the sandbox, if one did."""
STREAMED = "understudy.streamed"
"""Where the scope says that the answer was sent already, piece by piece."""
CONTROL = "/__admin"
"""Where the control API stands: what happens below is not kept in a journal, and not for other origins."""


class Overloaded(Exception):
    """The bodies that are here have more bytes together than there may be."""


def is_control(path: str) -> bool:
    """Say whether a path is the control API's."""
    return path.startswith(CONTROL) and path[len(CONTROL) :][:1] in ("", "/")


def has_body(headers: Mapping[bytes, bytes]) -> bool:
    """Say whether a request announces a body (RFC 9112), whatever its method."""
    return b"content-length" in headers or b"transfer-encoding" in headers


def headers_of(raw: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return headers by name; one that came twice is joined by a comma, as RFC 9110 says."""
    headers = dict(raw)
    if len(headers) != len(raw):
        headers = {}
        for name, value in raw:
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers

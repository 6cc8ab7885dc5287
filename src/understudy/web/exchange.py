"""What the stages hand to one another."""

from collections.abc import Awaitable, Callable, MutableMapping
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
PREFIX = "understudy.prefix"
"""Where the scope has the path prefix that named the sandbox, if one did."""
STREAMED = "understudy.streamed"
"""Where the scope says that the answer was sent already, piece by piece."""


def headers_of(raw: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return headers by name; one that came twice is joined by a comma, as RFC 9110 says."""
    headers = dict(raw)
    if len(headers) != len(raw):
        headers = {}
        for name, value in raw:
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers

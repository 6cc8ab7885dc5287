"""One request on its way through the stages."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from understudy.contract.request import Reply

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

KEY = "understudy.exchange"


@dataclass(slots=True)
class Exchange:
    """A request and, once a stage has given one, its reply."""

    method: str
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    """By lower-case name; one that came twice is joined by a comma, as RFC 9110 says."""
    started: float
    provider: str | None = None
    operation: str | None = None
    allowed: tuple[str, ...] = ()
    """The methods that the path has, where the path is known."""
    reply: Reply | None = None
    fault: str | None = None
    """What went wrong on our side, for the log."""

    @property
    def duration(self) -> float:
        """Seconds since the request came in."""
        return perf_counter() - self.started


def headers_of(raw: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return headers by name; one that came twice is joined by a comma, as RFC 9110 says."""
    headers = dict(raw)
    if len(headers) != len(raw):
        headers = {}
        for name, value in raw:
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers

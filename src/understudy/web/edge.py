"""The edge: the first stage to see a request and the last to see its answer."""

from asyncio import CancelledError
from collections.abc import Callable
from time import perf_counter
from typing import Any

import orjson

from understudy.contract.problem import problem
from understudy.contract.request import HeaderList, Reply
from understudy.contract.wording import as_data
from understudy.kernel.violation import Violation
from understudy.web.exchange import KEY, ASGIApp, Exchange, Receive, Scope, Send, headers_of
from understudy.web.stage import ClientGone

_EXPOSED = "Understudy-Answer, Understudy-Violations, Preference-Applied, Allow, Retry-After, X-Request-Ids"
_CORS: HeaderList = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
]
_VIOLATIONS_BYTES = 4096
Listener = Callable[[Exchange], None]


class Edge:
    """Wraps the stages: normalises the path, sends the reply with CORS, tells the listeners."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.listeners: list[Listener] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, from the path that came in to the bytes that go out."""
        if scope["type"] != "http":
            await _other(scope, receive, send)
            return
        path: str = scope["path"]
        if len(path) > 1 and path[-1] == "/":
            path = scope["path"] = path[:-1]
        headers = headers_of(scope["headers"])
        exchange = Exchange(scope["method"], path, scope.get("query_string", b""), headers, perf_counter())
        scope[KEY] = exchange
        try:
            await self.app(scope, receive, send)
        except (ClientGone, CancelledError):
            return
        reply = exchange.reply
        if reply is None:
            reply = exchange.reply = problem(500, "no stage answered")
        head = reply.headers
        if reply.violations or b"origin" in headers:
            head = head + _added(exchange, reply)
        await send({"type": "http.response.start", "status": reply.status, "headers": head})
        await send({"type": "http.response.body", "body": b"" if exchange.method == "HEAD" else reply.body})
        for listener in self.listeners:
            listener(exchange)


def _added(exchange: Exchange, reply: Reply) -> HeaderList:
    """Return the headers that an answer gets on its way out."""
    headers = [*_CORS] if b"origin" in exchange.headers else []
    if reply.violations:
        headers.append((b"understudy-violations", violations_header(reply.violations)))
    return headers


def violations_header(violations: tuple[Violation, ...]) -> bytes:
    """Write violations as one line of ASCII JSON of at most 4 kB: as many as fit, and their full count."""
    shown: list[Any] = []
    written = b""
    for violation in violations:
        attempt = _ascii({"count": len(violations), "violations": [*shown, as_data(violation)]})
        if len(attempt) > _VIOLATIONS_BYTES:
            break
        shown.append(as_data(violation))
        written = attempt
    return written or _ascii({"count": len(violations), "violations": []})


def _ascii(data: Any) -> bytes:
    text = orjson.dumps(data, default=str).decode()
    return "".join(letter if " " <= letter <= "~" else _escape(letter) for letter in text).encode()


def _escape(letter: str) -> str:
    units = letter.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


async def _other(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
    while scope["type"] == "lifespan":
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return

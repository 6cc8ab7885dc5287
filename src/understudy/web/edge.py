"""The edge: the first stage to see a request and the last to see its answer."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import orjson

from understudy.contract.explain import as_data
from understudy.contract.problem import problem
from understudy.contract.request import HeaderList, Reply
from understudy.kernel.violation import Violation
from understudy.web.exchange import KEY, ASGIApp, Exchange, Receive, Scope, Send, headers_of
from understudy.web.stage import ClientGone

_EXPOSED = "Understudy-Answer, Understudy-Violations, Preference-Applied, Allow, Retry-After, X-Request-Ids"
_CORS: HeaderList = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
]
_VIOLATIONS_BYTES = 4096
_NO_CONTENT = 204
Listener = Callable[[Exchange], None]


class Edge:
    """Wraps the stages: normalises the path, sends the reply with CORS, tells the listeners."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.listeners: list[Listener] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection's scope."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if len(path) > 1 and path[-1] == "/":
            path = scope["path"] = path[:-1]
        headers = headers_of(scope["headers"])
        exchange = Exchange(scope["method"], path, scope.get("query_string", b""), headers, perf_counter())
        scope[KEY] = exchange
        try:
            await self.app(scope, receive, send)
        except ClientGone:
            return
        if exchange.reply is None:
            exchange.reply = problem(500, "no stage answered")
        await _send(exchange, exchange.reply, send)
        for listener in self.listeners:
            listener(exchange)


async def _send(exchange: Exchange, reply: Reply, send: Send) -> None:
    headers = reply.headers.copy()
    if reply.status != _NO_CONTENT:
        headers.append((b"content-length", b"%d" % len(reply.body)))
    if b"origin" in exchange.headers:
        headers += _CORS
    if reply.violations:
        headers.append((b"understudy-violations", violations_header(reply.violations)))
    body = b"" if exchange.method == "HEAD" else reply.body
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


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


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return

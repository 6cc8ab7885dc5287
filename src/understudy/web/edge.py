"""The edge: the first stage to see a request and the last to see its answer."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Protocol

from understudy.contract.problem import problem
from understudy.contract.request import HeaderList, Reply
from understudy.contract.secrets import Secrets
from understudy.control.gate import Gate
from understudy.journal import Exchange
from understudy.limits import Limits
from understudy.sandbox import Sandbox, real_time
from understudy.sandboxes import Sandboxes
from understudy.web.address import addressed
from understudy.web.date import DateHeader
from understudy.web.delivery import deliver
from understudy.web.exchange import (
    CONTROL,
    KEY,
    SANDBOX,
    STREAMED,
    ASGIApp,
    Receive,
    Scope,
    Send,
    headers_of,
    is_control,
)
from understudy.web.failing import failure, note_failure, shows
from understudy.web.hosts import Hosts
from understudy.web.origins import GUARDED
from understudy.web.origins import refusal as foreign
from understudy.web.stage import ClientGone
from understudy.web.violations import violations_header

PAGES = ("/docs", "/console", "/assets")
"""Where the pages stand, beside ``/``: reading them is no exchange."""
_CONTRACTS = ("/openapi.json", "/openapi.yaml")
"""What the editors of others may read too."""
EXCHANGE = b"understudy-exchange"
"""The header that tells an exchange's number."""
_STAGED = ("/~", CONTROL, *PAGES)
"""How the path of what is not answered at once begins."""
_READ = frozenset({"GET", "HEAD"})
_EXPOSED = (
    "Understudy-Answer, Understudy-Exchange, Understudy-Fault, Understudy-Sandbox, Understudy-Undeclared, "
    "Understudy-Violations, Preference-Applied, Allow, Retry-After, X-Request-Ids"
)
_CORS: HeaderList = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
]
_DEFAULTS = Limits()
_date = DateHeader()
Listener = Callable[[Exchange], None]


class Stages(Protocol):
    """What an edge stands before: an ASGI application that answers some requests without waiting."""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Note the reply in the scope's exchange."""

    def at_once(self, scope: Scope, exchange: Exchange, sandbox: Sandbox, body: bytes) -> bool:
        """Note the reply to a request that is whole in its exchange; False, and nothing done, where it has to wait."""


class Edge:
    """Wraps the stages: turns strangers away, finds the sandbox, sends the reply with CORS, keeps the journal."""

    def __init__(
        self,
        app: Stages,
        sandboxes: Sandboxes,
        pages: ASGIApp | None = None,
        gate: Gate | None = None,
        limits: Limits = _DEFAULTS,
    ) -> None:
        self.app = app
        self.sandboxes = sandboxes
        self.pages = pages
        self.limits = limits
        self.hosts = Hosts()
        self._gate = gate or Gate()
        self.secrets: Callable[[], Secrets] = Secrets
        """What no violation tells."""
        self.listeners: list[Listener] = []
        """Told of each exchange."""
        self.logs: list[Listener] = []
        """Told of requests that were turned away: of a host that is not ours, or for a page of another origin."""

    def at_once(self, scope: Scope, body: bytes) -> tuple[int, HeaderList, bytes] | None:
        """Return status, headers and body for a request that is whole; None where the answer has to wait.

        That, or what is not a vendor's operation, takes the way through the stages: nothing was done yet.
        """
        started = perf_counter()
        if scope["path"].startswith(_STAGED):
            return None
        headers = headers_of(scope["headers"])
        host = headers.get(b"host")
        strange = host not in self.hosts.good and self.hosts.refusal(host) is not None
        if strange or b"prefer" in headers:
            return None
        sandbox = addressed(scope, headers, self.sandboxes)
        if isinstance(sandbox, Reply) or sandbox.replica is not None or sandbox.faults.members:
            return None
        path = _normalise(scope)
        if path == "/":
            return None
        exchange = Exchange(scope["method"], path, scope["query_string"], headers, started)
        exchange.sandbox = sandbox.name
        if not self.app.at_once(scope, exchange, sandbox, body) or exchange.reply is None:
            return None
        sandbox.used = started
        reply = exchange.reply
        head = self._head(exchange, reply, sandbox)
        self._record(exchange, sandbox)
        return reply.status, head, b"" if exchange.method == "HEAD" else reply.body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, from the path that came in to the bytes that go out."""
        if scope["type"] != "http":
            await _other(scope, receive, send)
            return
        started = perf_counter()
        headers = headers_of(scope["headers"])
        strange = self.hosts.refusal(headers.get(b"host"), scope.get("server"))
        sandbox = strange or addressed(scope, headers, self.sandboxes)
        path = _normalise(scope)
        exchange = Exchange(scope["method"], path, scope.get("query_string", b""), headers, started)
        if isinstance(sandbox, Reply):
            exchange.reply = sandbox
            await (self._send if strange is None else self._turn_away)(exchange, None, send)
            return
        sandbox.used = started
        scope[KEY] = exchange
        scope[SANDBOX] = sandbox
        if is_control(path):
            await self._control(exchange, sandbox, scope, receive, send)
            return
        if (path == "/" or path.startswith(PAGES)) and self.pages is not None and _is_page(exchange):
            exchange.reply = None if path.endswith(_CONTRACTS) else foreign(headers, page=True)
            if exchange.reply is None:
                if not await shows(self.pages, exchange, scope, receive, send):
                    await self._send(exchange, sandbox, send)
                self._tell_failure(exchange)
            else:
                await self._turn_away(exchange, sandbox, send)
            return
        exchange.sandbox = sandbox.name
        try:
            await self.app(scope, receive, send)
        except (ClientGone, CancelledError):
            return
        except Exception:  # noqa: BLE001 - whatever goes wrong here is answered, not raised
            note_failure(exchange)
        if exchange.effect is None and b"prefer" not in headers:
            await self._send(exchange, sandbox, send)
            self._record(exchange, sandbox)
        else:
            await self._deliver(exchange, sandbox, scope, receive, send)

    async def _deliver(self, exchange: Exchange, sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the reply as a fault, or a wish of the client, has it."""
        faults = sandbox.faults
        try:
            head = [] if exchange.reply is None else self._head(exchange, exchange.reply, sandbox)
            with sandbox.journal.awaiting(exchange):
                await deliver(exchange, head, scope, receive, send)
        except ClientGone:
            return
        finally:
            # A sandbox that was reset in the meantime has other faults, and a journal without this exchange.
            self._record(exchange, sandbox, keep=sandbox.faults is faults)
            if sandbox.replica is not None:
                sandbox.replica.record(exchange)

    def _record(self, exchange: Exchange, sandbox: Sandbox, *, keep: bool = True) -> None:
        """Keep an exchange that has ended, and tell who listens."""
        exchange.ended = perf_counter()
        if keep:
            sandbox.journal.record(exchange)
        for listener in self.listeners:
            listener(exchange)

    async def _turn_away(self, exchange: Exchange, sandbox: Sandbox | None, send: Send) -> None:
        """Answer a stranger: nothing is kept or counted of it, only the log tells, so that its owner learns why."""
        await self._send(exchange, sandbox, send)
        exchange.ended = perf_counter()
        for log in self.logs:
            log(exchange)

    def close(self) -> None:
        """End the event streams: the server is about to."""
        for sandbox in self.sandboxes:
            sandbox.journal.close()

    async def _control(self, exchange: Exchange, sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is asked of the mock itself."""
        exchange.reply = foreign(exchange.headers)
        if exchange.reply is not None:
            await self._turn_away(exchange, sandbox, send)
            return
        try:
            exchange.reply = self._gate.refusal(exchange.headers)
            if exchange.reply is None:
                await self.app(scope, receive, send)
        except (ClientGone, CancelledError):
            return
        except Exception:  # noqa: BLE001 - likewise; of a stream that has begun there is only the end
            note_failure(exchange)
        if STREAMED not in scope:
            await self._send(exchange, sandbox, send)
        self._tell_failure(exchange)

    def fail_at_once(self, scope: Scope) -> Reply:
        """Return the answer to a request that could not be answered at once for a reason of ours; the log tells it."""
        headers = headers_of(scope["headers"])
        exchange = Exchange(scope["method"], scope["path"], scope["query_string"], headers, perf_counter())
        note_failure(exchange)
        self._tell_failure(exchange)
        return failure()

    def _tell_failure(self, exchange: Exchange) -> None:
        """Have the log tell what no journal has, where something went wrong."""
        if exchange.failure is not None:
            exchange.ended = perf_counter()
            for log in self.logs:
                log(exchange)

    async def _send(self, exchange: Exchange, sandbox: Sandbox | None, send: Send) -> None:
        """Send the reply; ``sandbox`` is None where the request could not be given to one."""
        reply = exchange.reply
        if reply is None:
            reply = exchange.reply = problem(500, "no stage answered")
        head = self._head(exchange, reply, sandbox)
        await send({"type": "http.response.start", "status": reply.status, "headers": head})
        await send({"type": "http.response.body", "body": b"" if exchange.method == "HEAD" else reply.body})

    def _head(self, exchange: Exchange, reply: Reply, sandbox: Sandbox | None) -> HeaderList:
        if sandbox is None:
            head = [*reply.headers, _date.of(real_time())]
        else:
            head = [*reply.headers, sandbox.label, _date.of(exchange.now or sandbox.now())]
        if exchange.id:
            head.append((EXCHANGE, b"%d" % exchange.id))
        if is_control(exchange.path):
            head += GUARDED
        elif b"origin" in exchange.headers:
            head += _cors(reply.headers)
        if reply.violations:
            within = self.secrets().brought(exchange.headers)
            head.append((b"understudy-violations", violations_header(reply.violations, within)))
        if exchange.fault is not None:
            head.append((b"understudy-fault", exchange.fault.encode()))
        return head


def _normalise(scope: Scope) -> str:
    """Take a slash at its end off the path, and return it."""
    path: str = scope["path"]
    if len(path) > 1 and path[-1] == "/":
        path = scope["path"] = path[:-1]
    return path


def _is_page(exchange: Exchange) -> bool:
    """Say whether a page is asked for: ``/docs`` and what is below, but not ``/docs-of-mine``."""
    return exchange.method in _READ and (
        exchange.path in ("/", *PAGES) or exchange.path.startswith(tuple(f"{page}/" for page in PAGES))
    )


def _cors(own: HeaderList) -> HeaderList:
    """Return what CORS asks for, but for what the reply says itself, as a fault may have it."""
    said = {name for name, _ in own if name.startswith(b"access-control-")}
    return [header for header in _CORS if header[0] not in said] if said else _CORS


async def _other(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
    while scope["type"] == "lifespan":
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return

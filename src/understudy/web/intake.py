"""The way in of what cannot be answered at once: so many requests, with so much of bodies, and no bare end."""

import logging
from asyncio import CancelledError

from understudy.contract.problem import problem
from understudy.contract.request import Reply
from understudy.limits import Limits
from understudy.web.edge import Edge
from understudy.web.exchange import KEPT, STREAMED, Message, Overloaded, Receive, Scope, Send

_log = logging.getLogger("uvicorn.error")
_RETRY = (b"retry-after", b"1")
_CLOSE = (b"connection", b"close")
_ANY_ORIGIN = (b"access-control-allow-origin", b"*")


def busy(detail: str) -> Reply:
    """Return the answer for what there is no room for now."""
    reply = problem(503, detail)
    return reply._replace(headers=[*reply.headers, _RETRY])


class Intake:
    """Wraps the edge. Says in our own shape what a server says itself."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.limits: Limits = edge.limits
        self.waiting = 0
        """Requests that are not answered yet."""
        self.held = 0
        """Bytes of their bodies."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        visit = _Visit(self, scope, receive, send)
        if self.waiting >= self.limits.max_in_flight:
            await visit.say(busy(f"{self.waiting} requests wait already; send it again, or raise --max-in-flight"))
            return
        self.waiting += 1
        visit.waits = True
        try:
            await self._play(visit, scope)
        finally:
            visit.leave()
            self.held -= visit.held

    async def _play(self, visit: "_Visit", scope: Scope) -> None:
        reply: Reply | None = None
        try:
            await self.edge(scope, visit.receive, visit.send)
        except Overloaded:
            told = f"bodies of {self.limits.max_bodies} bytes are here already; send it again, or raise --max-bodies"
            reply = busy(told)._replace(headers=[*busy(told).headers, _CLOSE])
        except CancelledError:
            if visit.started:
                raise
        except Exception:
            if visit.started:
                raise
            _log.exception("a request failed")
            reply = problem(500, "the mock failed; its log says why")
        if not visit.started:
            await visit.say(reply or busy("the server ends"))


class _Visit:
    """One request on its way in, and its answer on its way out."""

    __slots__ = ("_asked", "_intake", "_receive", "_scope", "_send", "held", "started", "waits")

    def __init__(self, intake: Intake, scope: Scope, receive: Receive, send: Send) -> None:
        self._intake, self._scope, self._receive, self._send = intake, scope, receive, send
        self._asked = False
        self.held = 0
        self.started = False
        self.waits = False

    def leave(self) -> None:
        """Wait no longer: it is answered, or an event stream, of which there may be so many for themselves."""
        if self.waits:
            self.waits = False
            self._intake.waiting -= 1

    async def receive(self) -> Message:
        """Return what comes next. Raises Overloaded."""
        self._asked = True
        message = await self._receive()
        size = len(message.get("body", b""))
        if size:
            # What is over the limit of a body is read, but not kept.
            more = min(size, self._scope.get(KEPT, self._intake.limits.max_body) - self.held)
            self.held += more
            self._intake.held += more
            if self._intake.held > self._intake.limits.max_bodies:
                raise Overloaded
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the answer; where it comes before a body that was to be asked for, it is the last."""
        if not self.started:
            self.started = True
            if STREAMED in self._scope:
                self.leave()
            if not self._asked and (b"expect", b"100-continue") in self._scope["headers"]:
                message["headers"] = [*message["headers"], _CLOSE]
        await self._send(message)

    async def say(self, reply: Reply) -> None:
        """Send an answer of the server's own."""
        headers = [*reply.headers, _ANY_ORIGIN]
        await self.send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": b"" if self._scope["method"] == "HEAD" else reply.body})

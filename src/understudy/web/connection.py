"""One connection, whatever is said over it: how it begins, how long it may be slow or quiet, how it ends."""

import asyncio
import socket
import sys
from contextlib import suppress
from struct import pack
from typing import Any, cast

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from understudy.contract.problem import problem
from understudy.contract.request import Reply
from understudy.limits import PIECE
from understudy.web.intake import Intake, busy
from understudy.web.traffic import Traffic
from understudy.web.wire import TRANSPORT

_AT_A_TIME = 16
"""Requests that one piece of data may have answered at once: who pipelines more lets others go between."""
_PIECES = 16
"""Pieces of a connection that are looked at in a turn: chunks of a byte each make much work of few."""
CLOSE = b"connection: close\r\n"
_LINGER = 2.0
"""Seconds that a client has to hear why it is turned away, before it is cut off."""
_AT_ONCE = pack("ii", 1, 0)
_LEFT = (7, 8)
"""What Linux calls a connection whose other end has reset or closed it (TCP_CLOSE, TCP_CLOSE_WAIT)."""


class _Flow(FlowControl):
    """Reads on only where nothing waits for its turn: who pipelines without end would fill the memory."""

    def __init__(self, transport: asyncio.Transport, connection: "Connection") -> None:
        super().__init__(transport)
        self._connection = connection

    def resume_reading(self) -> None:
        """Read on, if nothing waits."""
        if not self._connection.pipeline and not self._connection.unread:
            super().resume_reading()


class Connection(HttpToolsProtocol):
    """Held to limits by sweeps over all connections: it has no timer of its own."""

    url = b""
    unread = b""
    """What came, and is not looked at before its turn."""
    quiet_since: float | None = None
    _fresh = True
    """Whether nothing came yet."""
    _reading = False
    """Whether a request has begun to come, and has not ended."""
    _begun: float | None = None
    """When it began, by the loop's time, where it did not come at once."""
    _parting: float | None = None
    """When it was told that nothing more is read."""
    _stuck: tuple[int, float] | None = None
    """How many bytes the client has not read, and since when it are so many."""
    _broken: Reply | None = None
    """What is said of what came last, and cannot be read, once the requests before it are answered."""
    _played: RequestResponseCycle | None = None
    _left = _AT_A_TIME
    _body: list[bytes] | None = None
    """What came of the body of a request that may be answered at once; None where there is none."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin: a scope's state leads to the connection, for what breaks it."""
        super().connection_made(transport)
        self.flow = _Flow(transport, self)
        self.app_state = {**self.app_state, TRANSPORT: transport}
        self.traffic = cast("Traffic", self.server_state)
        self.limits = self.traffic.limits
        self._edge = cast("Intake", self.config.app).edge
        self.quiet_since = self.loop.time()
        if self.traffic.admit(self, self.quiet_since):
            return
        if self.traffic.refuse(self):
            self._part(
                busy(f"{self.limits.max_connections} connections are open; try again, or raise --max-connections")
            )
        else:
            self.cut_off()

    def data_received(self, data: bytes) -> None:
        """Read on. A request that is not whole at the end of what came is not held any longer."""
        if self._parting is not None:
            return
        self._left = _AT_A_TIME
        if len(data) > PIECE or self.unread:
            self.unread += data
            self._read_on()
            return
        self._read(data)
        if self._reading:
            self._end_of_data()

    def _read_on(self) -> None:
        """Read what is here, piece by piece, as far as nothing waits for its turn; let others go between."""
        if self.transport.is_closing():
            return
        self._left = _AT_A_TIME
        unread, self.unread, at = self.unread, b"", 0
        while at < min(len(unread), _PIECES * PIECE) and self._broken is None and not self.pipeline:
            self._read(unread[at : at + PIECE])
            at += PIECE
        if self._broken is None:
            self.unread = unread[at:]
        if self._reading and not self.unread:
            self._end_of_data()
        if self.transport.is_closing():
            return
        if self.unread and not self.pipeline:
            self.flow.pause_reading()
            self.loop.call_soon(self._read_on)
        elif not self._is_overfull():
            self.flow.resume_reading()

    def _end_of_data(self) -> None:
        """Go on without the end of a request, which shall come in time."""
        if self._body is not None:
            self._go_on()
        if self._begun is None:
            self._begun = self.loop.time()

    def _read(self, data: bytes) -> None:
        """Have a piece parsed."""
        raise NotImplementedError

    def _go_on(self) -> None:
        """Hold a request no longer that may be answered at once."""
        raise NotImplementedError

    def on_response_complete(self) -> None:
        """Have the next request answered, or wait for one."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
            if cycle.more_body and self.unread:
                self.loop.call_soon(self._read_on)  # the rest of it may be here
        elif self.unread:
            self.quiet_since = self.loop.time()  # it may be empty lines
            self.loop.call_soon(self._read_on)
        elif self._broken is not None:
            self._part(self._broken)
        else:
            if self.flow.read_paused:
                self.flow.resume_reading()
            self.quiet_since = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """End: nothing that still waits is played."""
        self.traffic.leave(self)
        self.pipeline.clear()
        self.unread, self._body = b"", None
        self._forsake()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Note that the client does not read."""
        super().pause_writing()
        self.traffic.fill(self)

    def resume_writing(self) -> None:
        """Note that it reads again."""
        super().resume_writing()
        self.traffic.full.discard(self)

    def close(self) -> None:
        """End it, as soon as what was written is sent."""
        self.transport.close()

    def cut_off(self) -> None:
        """End it at once: what the client did not read shall not wait in the system either."""
        with suppress(OSError, AttributeError):
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()

    def unsent(self) -> int:
        """Return how many bytes the client has not taken yet."""
        size: int = self.transport.get_write_buffer_size()
        return size

    def shutdown(self) -> None:
        """End it, as soon as the request that is here is answered: the server ends."""
        if self._parting is not None:
            self.cut_off()
        else:
            super().shutdown()

    def sweep(self, now: float) -> None:
        """End the connection, if it has had its time."""
        if self._parting is not None:
            if now - self._parting >= _LINGER:
                self.cut_off()
        elif self._does_not_read(now):
            self.cut_off()
        elif self.flow.read_paused:
            self._begun = None if self._begun is None else now  # it is we who do not read
            if _has_left(self.transport):
                self.cut_off()
        elif self._begun is not None:
            if now - self._begun >= self.limits.request_timeout:
                told = f"the request was not here after {self.limits.request_timeout} seconds (--request-timeout)"
                self._turn_away(problem(408, told))
        elif self.quiet_since is not None:
            patience = self.limits.request_timeout if self._fresh else self.limits.keep_alive
            if now - self.quiet_since >= patience:
                self.close()

    def _does_not_read(self, now: float) -> bool:
        """Say whether the client has taken nothing of what waits for it for too long."""
        unsent = self.unsent()
        if not unsent:
            self._stuck = None
        elif self._stuck is None or unsent < self._stuck[0]:
            self._stuck = unsent, now
        else:
            return now - self._stuck[1] >= self.limits.request_timeout
        return False

    def _turn_away(self, reply: Reply) -> None:
        """Read no further, and say why as soon as what came before is answered."""
        self._broken, self._body, self.unread = reply, None, b""
        self._reading, self._begun = False, None
        cycle = self.cycle
        # uvicorn's annotation leaves out that there is none before the first
        if cycle is None or not cycle.more_body:  # type: ignore[redundant-expr]
            if cycle is None or cycle.response_complete:  # type: ignore[redundant-expr]
                self._part(reply)
        elif self.pipeline:
            self.pipeline.popleft()  # what is broken is its body, and it waits for its turn
        elif cycle.response_complete:
            self.close()
        elif cycle.response_started:
            self.cut_off()  # it has a part of its answer: another would be taken for more of that
        else:
            self._part(reply)

    def _part(self, reply: Reply) -> None:
        """Say why nothing more is read, and close the connection once the client has heard that.

        Closed at once, with bytes unread, it would be reset, and the answer lost.
        """
        if self.transport.is_closing():
            return
        head = [STATUS_LINE[reply.status], b"access-control-allow-origin: *\r\n", CLOSE]
        head += [b"%s: %s\r\n" % header for header in reply.headers]
        only_head = self.url and self.parser.get_method() == b"HEAD"
        self.transport.write(b"".join(head) + b"\r\n" + (b"" if only_head else reply.body))
        self.quiet_since = None
        self._parting = self.loop.time()
        self._forsake()
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.transport.resume_reading()
        else:
            self.close()

    def _forsake(self) -> None:
        """Have whoever waits for the rest of a request believe that the client has hung up."""
        for cycle in (self._played, self.cycle):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Note which request is played: others may wait behind it."""
        self._played = cycle
        super()._start_asgi_task(cycle, app)

    def _is_overfull(self) -> bool:
        """Say whether so much of a body waits that no more shall come."""
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete and len(cycle.body) > HIGH_WATER_LIMIT


def _has_left(transport: asyncio.Transport) -> bool:
    """Say whether the client of a connection that is not read from has hung up; False where nobody can know."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            info: bytes = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
            return info[0] in _LEFT
    return False

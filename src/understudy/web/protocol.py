"""HTTP/1.1 on a connection: uvicorn's protocol, with a short way for what can be answered at once.

A request that is here whole is answered in the callback that brought its end: no task, no turn of the
loop, one write. What has to wait for something (a body on its way, a delay, a stream, a page, a client
that reads slowly) goes uvicorn's way.
"""

import asyncio
from collections.abc import Sized
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from understudy.contract.problem import problem
from understudy.contract.request import HeaderList, Reply
from understudy.web.edge import Edge
from understudy.web.heads import HEADERS, LINES, TARGETS
from understudy.web.wire import TRANSPORT

_AT_A_TIME = 16
"""Requests that one piece of data may have answered at once: who pipelines more lets others go between."""
_HELD = 64 * 1024
"""Bytes of a body that is still expected to end at once."""
_LONGEST_HEAD = 1024 * 1024
"""Bytes of a head, about, before its end has to come."""
_CLOSE = b"connection: close\r\n"


class _Flow(FlowControl):
    """Reads on only where nothing waits for its turn: who pipelines without end would fill the memory."""

    def __init__(self, transport: asyncio.Transport, waiting: Sized) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        """Read on, if nothing waits."""
        if not self._waiting:
            super().resume_reading()


class Protocol(HttpToolsProtocol):
    """One connection. Also answers what is no HTTP at all in our own shape, and lets faults break it."""

    _body: bytes | None = None
    """What came of the body of a request that may be answered at once; None where there is none."""
    _head: HeaderList
    """The headers of the request that is being read: complete, and without what may come after its body."""
    _declined = b""
    """The head of a request that asks for another protocol, as it would be if it did not."""
    _upgrade: HeaderList = []  # noqa: RUF012 - replaced, never changed
    """The headers that were left out of that head."""
    _room: int | None = None
    """How many more bytes a head may have whose end did not come yet; None where none is being read."""
    _broken: Reply | None = None
    """What is said of what came last, and cannot be read, once the requests before it are answered."""
    _left = _AT_A_TIME
    _quiet_since: float | None = None
    """When the last answer was sent, by the loop's time; None while there is a request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin: a scope's state leads to the connection, for what breaks it."""
        super().connection_made(transport)
        self.flow = _Flow(transport, self.pipeline)
        self.app_state = {**self.app_state, TRANSPORT: transport}
        self._edge = cast("Edge", self.config.app)

    def data_received(self, data: bytes) -> None:
        """Read on. A request that is not whole at the end of this piece is not held any longer."""
        self._left = _AT_A_TIME
        self._quiet_since = None
        unread = data
        while unread and self._broken is None:
            unread = self._feed(unread)
        if self._body is not None:
            self._go_on()
        elif self._room is not None:
            self._room -= len(data)
            if self._room < 0 and self._broken is None:
                self._turn_away(problem(431, f"the head of the request has more than {_LONGEST_HEAD} bytes"))

    def _feed(self, data: bytes) -> bytes:
        """Have data parsed; return what is to be parsed after it: a request that asked in vain for another protocol."""
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            # Its body comes next, which the parser would take for a request of its own.
            declined, self._declined = self._declined, b""
            self.parser = HttpRequestParser(self)  # this one may have come to its end
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            return declined and declined + data[upgrade.args[0] :]
        except HttpParserError:
            self.send_400_response("")
        return b""

    def on_message_begin(self) -> None:
        """Begin a request; the scope of one that goes uvicorn's way is made later."""
        self.url = b""
        self.expect_100_continue = False
        self.headers = []
        self._room = _LONGEST_HEAD

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header."""
        header = HEADERS[name, value]
        if header[0] == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append(header)

    def on_headers_complete(self) -> None:
        """Hold a request that may be answered at once until it is whole; the others begin now."""
        # What comes after the body is not taken for headers.
        self._head, self.headers = self.headers, []
        self._room = None
        if self._upgrade:
            self._head += self._upgrade
            self._upgrade = []
        upgrades = self.parser.should_upgrade()
        if upgrades and self.parser.get_method() != b"CONNECT":
            self._decline()
        elif self._is_next() and not self.expect_100_continue and not upgrades:
            self._body = b""
        else:
            self._start()

    def _decline(self) -> None:
        """Have a request that asks for another protocol read again as one that does not: we speak no other."""
        version = self.parser.get_http_version().encode()
        kept = [header for header in self._head if header[0] != b"upgrade"]
        self._upgrade = [header for header in self._head if header[0] == b"upgrade"]
        lines = [b"%s %s HTTP/%s\r\n" % (self.parser.get_method(), self.url, version)]
        lines += [b"%s: %s\r\n" % header for header in kept]
        self._declined = b"".join(lines) + b"\r\n"

    def on_body(self, body: bytes) -> None:
        """Take in a piece of the body."""
        if self._body is None:
            super().on_body(body)
            return
        self._body += body
        if len(self._body) > _HELD:
            self._go_on()

    def on_message_complete(self) -> None:
        """Answer the request that is held, or let it go on."""
        if self._declined:
            return
        if self._body is None:
            super().on_message_complete()
        elif not self._answer_at_once(self._body):
            self._go_on()
            super().on_message_complete()

    def _is_next(self) -> bool:
        """Say whether nothing is before the request that is coming in."""
        # uvicorn's annotation leaves out that there is none before the first
        busy = self.cycle is not None and not self.cycle.response_complete  # type: ignore[redundant-expr]
        return not busy and not self.pipeline and not self.flow.write_paused and self._left > 0

    def _go_on(self) -> None:
        """Let the request that was held go uvicorn's way."""
        body, self._body = self._body, None
        self.expect_100_continue = False  # or a field after the body would be one that expects
        self._start()
        if body:
            super().on_body(body)

    def _start(self) -> None:
        """Let a request whose head is here begin in uvicorn's way, with a scope."""
        url, expects = self.url, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.scope["headers"] = self._head
        super().on_headers_complete()

    def _answer_at_once(self, body: bytes) -> bool:
        """Answer the request, now that it is whole; say whether that could be."""
        parser = self.parser
        if parser.get_http_version() != "1.1":
            return False
        path, raw_path, query = TARGETS[self.url]
        scope = {
            "method": parser.get_method().decode("ascii"),
            "path": path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": self._head,
        }
        try:
            answer = self._edge.at_once(scope, body)
            if answer is None:
                return False
            lines = self._written(*answer)
        except Exception:  # noqa: BLE001 - whatever goes wrong here is answered, not raised
            reply = self._edge.fail_at_once(scope)
            body = b"" if scope["method"] == "HEAD" else reply.body
            lines = self._written(reply.status, reply.headers, body)
        self._body = None
        self._left -= 1
        self.transport.write(b"".join(lines))
        if not parser.should_keep_alive():
            self.transport.close()
        self.on_response_complete()
        return True

    def _written(self, status: int, head: HeaderList, body: bytes) -> list[bytes]:
        """Return an answer as it is sent. Raises ValueError for a header that cannot be."""
        lines = [STATUS_LINE[status], *map(LINES.__getitem__, head)]
        if not self.parser.should_keep_alive():
            lines.append(_CLOSE)
        lines += (b"\r\n", body)
        return lines

    def on_response_complete(self) -> None:
        """Have the next request answered, or the connection closed after a while without one."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
            return
        if self._broken is not None:
            self._refuse(self._broken)
            return
        self._quiet_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wake_in(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, if it was quiet long enough: a timer lasts for many requests."""
        self.timeout_keep_alive_task = None
        if self._quiet_since is None:
            return
        left = self._quiet_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._wake_in(left)
        else:
            super().timeout_keep_alive_handler()

    def _wake_in(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _unset_keepalive_if_required(self) -> None:
        """Leave the timer, which would be set again with each answer, unless the connection ends."""
        if self.transport.is_closing():
            super()._unset_keepalive_if_required()

    def send_400_response(self, msg: str) -> None:
        """Say that what came is no HTTP."""
        self._body = self._room = None
        self._turn_away(
            problem(400, "the request is not valid HTTP/1.1: an odd method, byte or length, or a path without end")
        )

    def _turn_away(self, reply: Reply) -> None:
        """Read no further, and say why as soon as what came before is answered."""
        self._broken = reply
        cycle = self.cycle
        # uvicorn's annotation leaves out that there is none before the first
        if cycle is None or cycle.response_complete:  # type: ignore[redundant-expr]
            self._refuse(reply)
        elif cycle.more_body and self.pipeline:
            self.pipeline.popleft()  # what is broken is its body, and it waits for its turn
        elif cycle.more_body:
            self._refuse(reply)

    def _refuse(self, reply: Reply) -> None:
        """Say why nothing more is read, and close the connection."""
        head = [STATUS_LINE[reply.status], b"access-control-allow-origin: *\r\n", _CLOSE]
        head += [b"%s: %s\r\n" % header for header in reply.headers]
        self.transport.write(b"".join(head) + b"\r\n" + reply.body)
        self.transport.close()

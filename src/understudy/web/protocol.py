"""HTTP/1.1 on a connection: uvicorn's protocol, with a short way for what can be answered at once.

A request that is here whole is answered in the callback that brought its end: no task, no turn of the
loop, one write. What has to wait for something (a body on its way, a delay, a stream, a page, a client
that reads slowly) goes uvicorn's way.
"""

from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from understudy.contract.problem import problem
from understudy.contract.request import HeaderList, Reply
from understudy.limits import PIECE
from understudy.web.connection import CLOSE, Connection
from understudy.web.heads import HEADERS, LINES, TARGETS
from understudy.web.hosts import with_host_of

_HELD = 64 * 1024
"""Bytes of a body that is still expected to end at once."""
_FRAME = 16
"""Bytes around each chunk of a body that are nothing out of the way: its length, the ends of its lines."""


class _Objection(Exception):
    """What came is not read any further; what is said of that is noted."""


class Protocol(Connection):
    """One connection. Also answers what is no HTTP at all in our own shape, and lets faults break it."""

    _head: HeaderList
    """The headers of the request that is being read: complete, and without what may come after its body."""
    _declined = b""
    """The head of a request that asks for another protocol, as it would be if it did not."""
    _upgrade: HeaderList = []  # noqa: RUF012 - replaced, never changed
    """The headers that were left out of that head."""
    _room: int | None = None
    """How many more bytes a head may have whose end did not come yet; None where none is being read."""
    _size = 0
    """Bytes of the body that is held."""
    _frame = 0
    """Bytes around the body, but for those that are nothing out of the way."""
    _objection: Reply | None = None
    _target: tuple[str, bytes, bytes]
    _version = "1.1"
    """Of HTTP, that the request says it keeps to."""

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self._reset_parser()
        self._came: list[bytes] = []
        super().connection_made(transport)
        self._longest = self.limits.max_head + PIECE

    def _reset_parser(self) -> None:
        # uvicorn's own goes on after a request that closes the connection.
        self.parser = HttpRequestParser(self)

    def _read(self, data: bytes) -> None:
        """Have a piece parsed."""
        try:
            self.parser.feed_data(data)
        except (HttpParserUpgrade, HttpParserError) as stopped:
            self._go_on_after(stopped, data)
        if self._came:
            self._pass_on()
        if self._reading:
            self._count(data)

    def _count(self, data: bytes) -> None:
        """Hold what has come without its end to its limit."""
        if self._room is None:
            self._frame += len(data)
            too_much = self._frame > self.limits.max_head
        else:
            self._room -= len(data)
            too_much = self._room < 0 or len(self.headers) > self.limits.max_headers
        if too_much:
            self._turn_away(_too_large(f"{self.limits.max_head} bytes, or {self.limits.max_headers} headers"))

    def _go_on_after(self, stopped: Exception, data: bytes) -> None:
        """Say that data is no HTTP, or go on with what asked in vain for another protocol."""
        while isinstance(stopped, HttpParserUpgrade):
            # Its body comes next, which the parser would take for a request of its own.
            declined, self._declined = self._declined, b""
            self._reset_parser()  # this one may have come to its end
            if not declined or self._broken is not None:
                return
            data = declined + data[stopped.args[0] :]
            try:
                self.parser.feed_data(data)
            except (HttpParserUpgrade, HttpParserError) as again:
                stopped = again
            else:
                return
        self.send_400_response("")

    def _object(self, reply: Reply) -> None:
        """Have the parser stop."""
        self._objection = reply
        raise _Objection

    def on_message_begin(self) -> None:
        """Begin a request; the scope of one that goes uvicorn's way is made later."""
        self._reading = True
        self._fresh = False
        self.quiet_since = None
        self.url = b""
        self.expect_100_continue = False
        self.headers = []
        self._room = self._longest

    def on_url(self, url: bytes) -> None:
        """Take in a piece of the URL."""
        self.url += url
        if len(self.url) > self.limits.max_url:
            self._object(problem(414, f"the URL has more than {self.limits.max_url} bytes (--max-url)"))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header."""
        header = HEADERS[name, value]
        if header[0] == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append(header)

    def on_headers_complete(self) -> None:
        """Hold a request that may be answered at once until it is whole; the others begin now."""
        if self._room != self._longest or len(self.headers) > self.limits.max_headers:
            self._measure()
        self._target = TARGETS[self.url]  # one that cannot be parsed is refused here
        # What comes after the body is not taken for headers.
        self._head, self.headers = self.headers, []
        if self.url[:1] != b"/":
            self._head = with_host_of(self.url, self._head)
        self._room, self._frame = None, -PIECE
        if self._upgrade:
            self._head += self._upgrade
            self._upgrade = []
        self._version = self.parser.get_http_version()
        if self._version != "1.1":
            self._see_that_it_is_old()
        upgrades = self.parser.should_upgrade()
        if upgrades and self.parser.get_method() != b"CONNECT":
            self._decline()
        elif self._is_next() and not self.expect_100_continue and not upgrades:
            self._body = []
            self._size = 0
        else:
            self._start()

    def _measure(self) -> None:
        """Hold a head that did not come in one piece, or has many headers, to its limits."""
        limits, sizes = self.limits, [len(name) + len(value) for name, value in self.headers]
        if len(sizes) > limits.max_headers:
            self._object(_too_large(f"{limits.max_headers} headers (--max-headers)"))
        if max(sizes, default=0) > limits.max_header:
            self._object(_too_large(f"{limits.max_header} bytes in one header (--max-header)"))
        if len(self.url) + sum(sizes) + 4 * len(sizes) > limits.max_head:
            self._object(_too_large(f"{limits.max_head} bytes (--max-head)"))

    def on_chunk_header(self) -> None:
        """Allow for what is around each chunk."""
        self._frame -= _FRAME

    def _see_that_it_is_old(self) -> None:
        """Raise ValueError, which ends the reading, for a request of another version than HTTP/1.0.

        Also for one of that version in chunks: who is between may have taken it for one without a body.
        """
        if self._version != "1.0" or any(name == b"transfer-encoding" for name, _ in self._head):
            raise ValueError(self._version)
        self.expect_100_continue = False  # its client would take "100 Continue" for the answer

    def _decline(self) -> None:
        """Have a request that asks for another protocol read again as one that does not: we speak no other."""
        version = self._version.encode()
        kept = [header for header in self._head if header[0] != b"upgrade"]
        self._upgrade = [header for header in self._head if header[0] == b"upgrade"]
        lines = [b"%s %s HTTP/%s\r\n" % (self.parser.get_method(), self.url, version)]
        lines += [b"%s: %s\r\n" % header for header in kept]
        self._declined = b"".join(lines) + b"\r\n"

    def on_body(self, body: bytes) -> None:
        """Take in a piece of the body."""
        size = len(body)
        self._frame -= size
        if self._body is None:
            self._came.append(body)
            return
        self._body.append(body)
        self._size += size
        if self._size > _HELD:
            self._go_on()

    def _pass_on(self) -> None:
        """Let a request that goes uvicorn's way have what came of its body: in one, however small its chunks."""
        if self._came:
            body = b"".join(self._came)
            self._came.clear()
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Answer the request that is held, or let it go on."""
        if self._declined:
            return
        self._reading, self._begun = False, None
        if self._body is None:
            self._complete()
        elif not self._answer_at_once(b"".join(self._body)):
            self._go_on()
            self._complete()

    def _complete(self) -> None:
        """Let a request that goes uvicorn's way know that it is whole, also where its answer did not wait for that."""
        self._pass_on()
        super().on_message_complete()
        self.cycle.more_body = False

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
            self._came += body
            self._pass_on()

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
        if self._version != "1.1":
            return False
        path, raw_path, query = self._target
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
            lines.append(CLOSE)
        lines += (b"\r\n", body)
        return lines

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong with what came; where nothing else was noted, that it is no HTTP."""
        self._room = None
        self._turn_away(
            self._objection
            or problem(
                400, "the request is not valid HTTP/1.1: an odd method, version, byte or length, or a path without end"
            )
        )


def _too_large(told: str) -> Reply:
    return problem(431, f"the head of the request, or what is around its body, has more than {told}")

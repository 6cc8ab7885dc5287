"""Somebody who sends what is no request, stops half-way, hangs up, or does not read: others do not notice."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.soak.company import Stage
from tests.soak.line import Line, request_of
from tests.soak.tally import require, shown

_HOST = b"host: 127.0.0.1\r\n"
_POST = b"POST /~vandals/admin/organisations HTTP/1.1\r\n" + _HOST + b"admin-auth: 12345\r\n"
_HELLO = b"GET /~vandals/hello HTTP/1.1\r\n" + _HOST + b"\r\n"
_GARBAGE = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"GET / HTTP/9.9\r\n\r\n",
    b"HELO soak.example\r\n",
    b"GET /~vandals/hello HTTP/1.1\r\n\r\n",
    b"GET /~vandals/hello HTTP/1.1\r\nhost: evil.example\r\n\r\n",
    b"GET /~vandals/hello\r\n\r\n",
    b"GET /~vandals/%zz%00%ff/../../hello HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET /~" + b"v" * 70_000 + b" HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET /~vandals/hello HTTP/1.1\r\n" + _HOST + b"x-long: " + b"y" * 70_000 + b"\r\n\r\n",
    b"GET /~vandals/hello HTTP/1.1\r\n" + _HOST + b"x y: z\r\n\x00\r\n\r\n",
    _POST + b"content-length: 5\r\ncontent-length: 6\r\n\r\n{}",
    _POST + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET",
    _POST + b"content-length: -1\r\n\r\n{}",
    _POST + b"transfer-encoding: chunked\r\n\r\nzz\r\n{}",
    _POST + b"transfer-encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    _POST + b"content-type: application/json\r\ncontent-length: 7\r\n\r\n\xff\xfe\x00[{]}",
    _POST + b"content-type: application/json\r\ncontent-length: 100000\r\n\r\n" + b"[" * 100_000,
)


class Vandal:
    """Each step another kind of misbehaviour; now and then a look whether the server is still there."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.name = f"vandal-{number}"
        self._tally = stage.tally
        self._random = stage.tally.random(self.name)
        self._address = stage.address
        self._ways: tuple[Callable[[Line], Awaitable[None]], ...] = (
            self._send_garbage, self._send_garbage, self._stop_half_way, self._hang_up, self._pipeline,
            self._do_not_read, self._close_one_end, self._send_slowly,
        )  # fmt: skip

    async def step(self) -> None:
        """Do one thing. What it did to its own connection is no finding."""
        way = self._random.choice(self._ways)
        line = Line(self._address, self._tally)
        try:
            await way(line)
        except OSError:
            self._tally.count("connections that ended under a vandal")
        finally:
            line.hang_up(reset=self._random.random() < 0.5)
        await self._see_that_it_is_there()
        await asyncio.sleep(self._random.uniform(0, 0.2))

    async def leave(self) -> None:
        """It left already."""

    async def _see_that_it_is_there(self) -> None:
        line = Line(self._address, self._tally, kept=False)
        answer = await line.ask("GET", "/~vandals/hello", {})
        require(answer.json() == {"status": "ok"}, lambda: f"GET /hello among vandals: {shown(answer)}")

    async def _send_garbage(self, line: Line) -> None:
        garbage = self._random.choice((*_GARBAGE, self._random.randbytes(self._random.randint(1, 3000))))
        reader, writer = await line.open()
        writer.write(garbage)
        self._tally.count("garbage sent")
        try:
            async with asyncio.timeout(0.3):
                self._hold(await reader.read(200), garbage)
        except TimeoutError:
            self._tally.count("garbage that left the server waiting")

    async def _stop_half_way(self, line: Line) -> None:
        whole = request_of("127.0.0.1", "POST", "/~vandals/admin/organisations", {"admin-auth": "12345"}, {"a": "b"})
        _, writer = await line.open()
        writer.write(whole[: self._random.randrange(1, len(whole))])
        await writer.drain()
        await asyncio.sleep(self._random.uniform(0, 0.2))
        self._tally.count("requests broken off")

    async def _hang_up(self, line: Line) -> None:
        _, writer = await line.open()
        writer.write(request_of("127.0.0.1", "GET", "/~vandals/hello", {"prefer": "wait=3"}))
        await writer.drain()
        await asyncio.sleep(self._random.uniform(0, 0.1))
        self._tally.count("hang-ups")

    async def _pipeline(self, line: Line) -> None:
        reader, writer = await line.open()
        count = self._random.randint(2, 100)
        writer.write(_HELLO * count)
        for _ in range(self._random.randint(0, count)):
            head = await self._within(reader.readuntil(b"\r\n\r\n"))
            self._hold(head, _HELLO)
            if not head.startswith(b"HTTP/1.1 200"):
                return
            await self._within(reader.readexactly(len(b'{"status":"ok"}')))
        self._tally.count("pipelines")

    async def _do_not_read(self, line: Line) -> None:
        _, writer = await line.open()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(request_of("127.0.0.1", "GET", "/docs/tyk/openapi.json", {}) * 20)
        await asyncio.sleep(self._random.uniform(0, 0.5))
        self._tally.count("answers left unread")

    async def _close_one_end(self, line: Line) -> None:
        reader, writer = await line.open()
        writer.write(_HELLO)
        writer.write_eof()
        self._hold(await self._within(reader.read(200)), _HELLO)
        self._tally.count("connections closed at one end")

    async def _send_slowly(self, line: Line) -> None:
        reader, writer = await line.open()
        for start in range(0, len(_HELLO), 8):
            writer.write(_HELLO[start : start + 8])
            await asyncio.sleep(0.02)
        self._hold(await self._within(reader.readuntil(b"\r\n\r\n")), _HELLO)
        self._tally.count("requests sent slowly")

    async def _within(self, reading: Awaitable[bytes]) -> bytes:
        try:
            return await asyncio.wait_for(reading, 60)
        except asyncio.IncompleteReadError as error:
            return error.partial

    def _hold(self, came: bytes, sent: bytes) -> None:
        good = not came or (came.startswith(b"HTTP/1.1 ") and not came.startswith(b"HTTP/1.1 5"))
        good = good or (self._tally.remote and came.startswith(b"HTTP/1.1 503"))
        require(good, lambda: f"{sent[:200]!r} got {came[:400]!r}")

"""A line to the server: a connection that is kept for the next request, or not, and that may break."""

import asyncio
import struct
from collections.abc import Mapping
from socket import SO_LINGER, SOL_SOCKET
from time import monotonic
from typing import Any, NamedTuple

import orjson

from tests.soak.tally import Away, Tally, Wrong

PATIENCE = 60.0
"""Seconds after which an answer is taken for one that never comes."""
_IDLE = 1.5
"""Seconds after which a connection is not used again: the server may be about to close it."""
_RESET = struct.pack("ii", 1, 0)


class Broken(Exception):
    """The connection ended, or spoke no HTTP, before the answer was whole."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str | None:
        """The answer's name in the contract."""
        return self.headers.get("understudy-answer")

    def json(self) -> Any:
        """Return the body as a value."""
        return orjson.loads(self.body)


class Line:
    """Sends one request at a time."""

    def __init__(self, address: tuple[str, int], tally: Tally, *, kept: bool = True) -> None:
        self.address = address
        self._tally = tally
        self._kept = kept
        self._used = 0.0
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> Answer:
        """Send a request, a body that is no bytes as JSON. Raises Broken, Away; Wrong where nothing comes at all."""
        began = monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._ask(request_of(self.address[0], method, path, headers, body), method)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
            self.hang_up()
            raise Broken(f"{method} {path}: {type(error).__name__}: {error}") from None
        except TimeoutError:
            self.hang_up()
            raise Wrong(f"{method} {path}: no answer within {PATIENCE:.0f} s") from None
        self._used = monotonic()
        self._tally.slowest = max(self._tally.slowest, self._used - began)
        self._tally.count("requests answered")
        if not self._kept or answer.headers.get("connection") == "close":
            await self.close()
        if self._tally.remote and is_away(answer):
            raise Away
        return answer

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return both ends of a connection: the one that is there, or a new one."""
        if self._ends is not None and monotonic() - self._used > _IDLE:
            await self.close()
        if self._ends is None:
            self._ends = await asyncio.open_connection(*self.address)
            self._tally.count("connections")
        return self._ends

    async def close(self) -> None:
        """End the connection, if there is one."""
        ends, self._ends = self._ends, None
        if ends is not None:
            ends[1].close()
            try:
                await ends[1].wait_closed()
            except OSError:
                return

    def hang_up(self, *, reset: bool = False) -> None:
        """End the connection at once; with a reset where the other side is to be startled."""
        ends, self._ends = self._ends, None
        if ends is not None:
            if reset and (socket := ends[1].get_extra_info("socket")) is not None:
                socket.setsockopt(SOL_SOCKET, SO_LINGER, _RESET)
            ends[1].transport.abort()

    async def _ask(self, request: bytes, method: str) -> Answer:
        reader, writer = await self.open()
        writer.write(request)
        status, headers = await read_head(reader)
        if method == "HEAD" or status in (204, 304):
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            return Answer(status, headers, b"".join([piece async for piece in chunks(reader)]))
        return Answer(status, headers, await reader.readexactly(int(headers["content-length"])))


def is_away(answer: Answer) -> bool:
    """Say whether an answer tells that the store is away."""
    return answer.status == 503 and b'"title":"Store away"' in answer.body


def request_of(host: str, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> bytes:
    """Return a request as it is written on the wire."""
    content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
    lines = [f"{method} {path} HTTP/1.1", f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if content:
        lines += ["content-type: application/json", f"content-length: {len(content)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Read status and headers. Raises ValueError for what is none."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
    version, status, _ = first.split(" ", 2)
    if version != "HTTP/1.1":
        raise ValueError(f"no status line: {first[:80]!r}")
    fields = (line.partition(": ") for line in lines)
    return int(status), {name.lower(): value for name, _, value in fields}


class chunks:  # noqa: N801 - it is used like a function
    """The pieces of a chunked body. Raises ValueError for what is none."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    def __aiter__(self) -> "chunks":
        return self

    async def __anext__(self) -> bytes:
        size = int(await self._reader.readuntil(b"\r\n"), 16)
        piece = await self._reader.readexactly(size + 2)
        if not size:
            raise StopAsyncIteration
        return piece[:-2]

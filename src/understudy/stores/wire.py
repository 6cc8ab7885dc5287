"""One connection that many commands go over at once: none waits for the answer to the one before.

What is sent in one turn of the event loop goes out in one piece, and answers come in one: with many requests at a time,
that is most of what a command costs. What is large goes another way, so that nothing small waits behind it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import hiredis

_ELSEWHERE = ("READONLY", "LOADING", "MASTERDOWN")
"""Errors after which another connection may find a server that can do more."""
Connect = Callable[[], Awaitable[asyncio.StreamWriter]]


class WireLost(ConnectionError):
    """The connection is gone; commands that were on their way may have been run."""


class Wire:
    """Keeps a connection as long as there is one, and makes another when it is asked for something again."""

    def __init__(self, connect: Connect, patience: float) -> None:
        """``connect`` opens a connection that takes commands; ``patience`` is how many seconds an answer may take."""
        self._connect = connect
        self._patience = patience
        self._line: _Line | None = None
        self._connecting: asyncio.Future[_Line] | None = None

    async def ask(self, *command: str | int | bytes) -> Any:
        """Run a command. Raises ReplyError, or OSError where there is no answer in time."""
        line = self._line
        if line is None or line.lost:
            line = await self._connected()
        return await line.ask(hiredis.pack_command(command))  # type: ignore[arg-type]  # its stub allows one word only

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.abort("closed")

    async def _connected(self) -> "_Line":
        """Return a new connection: the same for all who wait for one."""
        if self._connecting is None:
            self._connecting = asyncio.ensure_future(self._open())
            self._connecting.add_done_callback(self._opened)
        return await asyncio.shield(self._connecting)

    async def _open(self) -> "_Line":
        async with asyncio.timeout(self._patience):
            return _Line(await self._connect(), self._patience)

    def _opened(self, opening: "asyncio.Future[_Line]") -> None:
        self._connecting = None
        if not opening.cancelled() and opening.exception() is None:
            self._line = opening.result()


class _Line(asyncio.Protocol):
    """One connection, from its first command to its end."""

    def __init__(self, writer: asyncio.StreamWriter, patience: float) -> None:
        self._writer = writer  # kept: it would close the transport when it goes
        self._transport: Any = writer.transport
        self._transport.set_protocol(self)
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._heard = 0.0
        self._reader = hiredis.Reader()
        self._outgoing: list[bytes] = []
        self._waiting: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.lost = self._transport.is_closing()

    def ask(self, packed: bytes) -> "asyncio.Future[Any]":
        """Send a command; its answer comes after those to the ones before."""
        answer = self._loop.create_future()
        deadline = self._loop.time() + self._patience
        self._waiting.append((deadline, answer))
        if self._timer is None:
            self._timer = self._loop.call_at(deadline, self._look)
        if not self._outgoing:
            self._loop.call_soon(self._send)  # with what others ask for in this turn of the loop
        self._outgoing.append(packed)
        return answer

    def data_received(self, data: bytes) -> None:
        """Hand out answers."""
        self._heard = self._loop.time()
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not False:
                _, answer = self._waiting.popleft()
                if isinstance(reply, hiredis.ReplyError):
                    self._refuse(answer, reply)
                elif not answer.done():
                    answer.set_result(reply)
        except (hiredis.ProtocolError, IndexError):
            self.abort("the store does not speak as Redis does")

    def connection_lost(self, _: Exception | None) -> None:
        """Tell all who wait."""
        self.abort("connection lost")

    def eof_received(self) -> bool:
        """Close."""
        return False

    def pause_writing(self) -> None:
        """Go on: those who send wait for their answers anyway."""

    def resume_writing(self) -> None:
        """Go on."""

    def abort(self, why: str) -> None:
        """End the connection, and fail all who wait."""
        self.lost = True
        if self._timer is not None:
            self._timer.cancel()
        self._transport.abort()
        while self._waiting:
            _, answer = self._waiting.popleft()
            if not answer.done():
                answer.set_exception(WireLost(why))

    def _send(self) -> None:
        if not self.lost:
            self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()

    def _refuse(self, answer: "asyncio.Future[Any]", error: hiredis.ReplyError) -> None:
        if not answer.done():
            answer.set_exception(error)
        if str(error).startswith(_ELSEWHERE):
            self.abort(str(error))

    def _look(self) -> None:
        """End a connection on which an answer is overdue; look again when the next one would be."""
        self._timer = None
        if not self._waiting:
            return
        # A server that is heard of is not away: it, or this process, is only slower than what was asked.
        deadline = max(self._waiting[0][0], self._heard + self._patience)
        if deadline <= self._loop.time():
            self.abort(f"no answer within {self._patience} s")
        else:
            self._timer = self._loop.call_at(deadline, self._look)

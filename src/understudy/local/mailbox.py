"""Where the mock's loop puts the pieces of an answer, and whoever asked picks them up."""

import asyncio
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import httpx


class End(Exception):
    """Nothing more will come: the application is done with the request."""

    def __init__(self, failure: BaseException | None = None) -> None:
        super().__init__()
        self.failure = failure


class Mailbox(Protocol):
    """Filled by the mock's loop."""

    def put(self, message: Any) -> None:
        """Put a message in, from the mock's thread."""


class ThreadMailbox:
    """Emptied by a thread that waits."""

    def __init__(self, timeout: float | None) -> None:
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._timeout = timeout

    def put(self, message: Any) -> None:
        """Put a message in, from the mock's thread."""
        self._queue.put(message)

    def get(self) -> Any:
        """Wait for a message. Raises httpx.ReadTimeout."""
        try:
            return self._queue.get(timeout=self._timeout)
        except Empty:
            raise httpx.ReadTimeout(f"the mock said nothing for {self._timeout} s") from None


class LoopMailbox:
    """Emptied by a task of another loop."""

    def __init__(self, timeout: float | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._timeout = timeout

    def put(self, message: Any) -> None:
        """Put a message in, from the mock's thread; nobody waits once the other loop is closed."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._queue.put_nowait, message)

    async def get(self) -> Any:
        """Wait for a message. Raises httpx.ReadTimeout."""
        try:
            return await asyncio.wait_for(self._queue.get(), self._timeout)
        except TimeoutError:
            raise httpx.ReadTimeout(f"the mock said nothing for {self._timeout} s") from None

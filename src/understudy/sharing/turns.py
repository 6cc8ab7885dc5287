"""One writer at a time in a worker's copy of a sandbox."""

import asyncio
from typing import Self

from understudy.stores.store import StoreAway


class Turns:
    """A lock whose holder may fail for all who wait: each of them would only find the store away in its turn."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._failures = 0
        self._error: StoreAway | None = None

    async def take(self) -> bool:
        """Wait for one's turn; say whether somebody else had one meanwhile. Raises StoreAway if that one did."""
        waits, failures = self._lock.locked(), self._failures
        await self._lock.acquire()
        if waits and failures != self._failures:
            self.end()
            raise StoreAway(str(self._error))
        return waits

    def end(self) -> None:
        """Let the next one have its turn."""
        self._lock.release()

    def fail(self, error: StoreAway) -> None:
        """Say that the store was away."""
        self._failures += 1
        self._error = error

    async def __aenter__(self) -> Self:
        await self.take()
        return self

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, StoreAway):
            self.fail(error)
        self.end()

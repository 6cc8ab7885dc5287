"""An event loop in which time leaps: nobody waits, and how long somebody would have waited can be read off."""

import asyncio
import selectors
from typing import Any

import httpx

from tests.support.inprocess import InProcess

_PATIENCE = 30.0


class _Selector(selectors.SelectSelector):
    """Looks for events without waiting; time passes instead. Where there is no timer, a thread may be at work."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(_PATIENCE if timeout is None else 0)
        if not events:
            assert timeout is not None, "nothing will ever happen"
            self.passed += timeout
        return events


class Leaping(asyncio.SelectorEventLoop):
    """Time begins at 0 and passes as far as the next timer."""

    def __init__(self) -> None:
        self.selector = _Selector()
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.passed


class LeapingClient(httpx.Client):
    """A client in process that waits for nothing."""

    def __init__(self, app: Any) -> None:
        transport = InProcess(app)
        transport.loop.close()
        self.loop = transport.loop = Leaping()
        super().__init__(transport=transport, base_url="http://localhost")

    def seconds(self) -> float:
        """Return how many seconds this client has waited so far, to the microsecond."""
        return round(self.loop.time(), 6)

"""The interceptions that are in force, and whose a request is."""

from contextvars import ContextVar
from threading import RLock
from typing import Protocol

import httpx

from understudy.client.errors import HostRefused

LOCK = RLock()


class Taker(Protocol):
    """What an interception is to the patched libraries."""

    def takes(self, method: str, url: httpx.URL) -> bool:
        """Say whether a request is its own. Raises HostRefused."""

    def refusal(self, method: str, url: httpx.URL) -> HostRefused | None:
        """Return what it says to a request that is nobody's; None where it has nothing against it."""

    def send(self, request: httpx.Request) -> httpx.Response:
        """Have the mock answer a request."""

    async def send_async(self, request: httpx.Request) -> httpx.Response:
        """Have the mock answer a request, in the running loop."""


_everywhere: tuple[Taker, ...] = ()
_own: ContextVar[tuple[Taker, ...]] = ContextVar("understudy_interceptions", default=())


def begin(taker: Taker) -> None:
    """Put an interception in force: in every thread, and before others where it was begun."""
    global _everywhere  # noqa: PLW0603 - patches of a library are the process's own
    with LOCK:
        _everywhere = (*_everywhere, taker)
    _own.set((*_own.get(), taker))


def end(taker: Taker) -> bool:
    """Put one out of force; say whether it was the last."""
    global _everywhere  # noqa: PLW0603
    with LOCK:
        _everywhere = tuple(other for other in _everywhere if other is not taker)
        last = not _everywhere
    _own.set(tuple(other for other in _own.get() if other is not taker))
    return last


def taker_of(method: str, url: httpx.URL) -> Taker | None:
    """Return whose a request is: the innermost that takes it; None where it goes its way.

    What was begun in this context (this thread, this task) goes before what others began. Raises
    HostRefused.
    """
    everywhere = _everywhere
    own = [taker for taker in _own.get() if any(taker is other for other in everywhere)]
    candidates = own or everywhere
    for taker in reversed(candidates):
        if taker.takes(method, url):
            return taker
    for taker in reversed(candidates):
        refusal = taker.refusal(method, url)
        if refusal is not None:
            raise refusal
    return None

"""What was asked and answered in a sandbox: bounded, and decoded only when somebody looks."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter, time
from typing import Any

from understudy.contract.request import Reply
from understudy.kernel.state import State

_EPOCH = time() - perf_counter()
Watcher = Callable[["Exchange | None"], None]
"""Called with each exchange as it ends; with None when its sandbox is dropped."""


@dataclass(slots=True)
class Exchange:
    """One request with its answer: filled in by the stages that it passes, then kept in the journal."""

    method: str
    path: str
    """Without the prefix that names a sandbox."""
    query: bytes
    headers: dict[bytes, bytes]
    """By lower-case name; one that came twice is joined by a comma, as RFC 9110 says."""
    started: float
    """By ``time.perf_counter``."""
    id: int = 0
    """Counted from 1 in its sandbox; 0 for what is not kept."""
    body: bytes | None = b""
    """None for one that was larger than the limit."""
    now: datetime | None = None
    """The sandbox's time when the operation was played."""
    provider: str | None = None
    operation: str | None = None
    allowed: tuple[str, ...] = ()
    """The methods that the path has, where the path is known."""
    reply: Reply | None = None
    failure: str | None = None
    """What went wrong on our side, for the log."""
    lost: bool = False
    """Whether the client got no answer, or not all of it: the connection was broken, or the client was gone."""
    states: Mapping[str, State] | None = None
    """Every provider's state before the call; None where no operation was played."""
    after: State | None = None
    """The provider's state after it; the same object as before where the call changed nothing."""
    world: Any = None
    """The world in which the operation was played."""
    effect: Any = None
    """The effect of the fault that struck."""
    fault: str | None = None
    """The id of the fault that struck."""
    ended: float = 0.0
    sequence: int = 0
    """Counted from 1 in its journal, whatever is reset: the id of its event."""

    @property
    def before(self) -> State | None:
        """The provider's state before the call; None where no operation was played."""
        return None if self.states is None or self.provider is None else self.states[self.provider]

    @property
    def duration(self) -> float:
        """Seconds from the request to its answer; to now, where there is none yet."""
        return (self.ended or perf_counter()) - self.started

    @property
    def received(self) -> float:
        """The real time at which the request came in, in seconds since 1970."""
        return _EPOCH + self.started


class Journal:
    """The last exchanges of one sandbox."""

    __slots__ = ("_entries", "_recorded", "watchers")

    def __init__(self, limit: int) -> None:
        self._entries: deque[Exchange] = deque(maxlen=limit)
        self._recorded = 0
        self.watchers: tuple[Watcher, ...] = ()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Exchange]:
        """Go through the exchanges, oldest first."""
        return iter(tuple(self._entries))

    def record(self, exchange: Exchange) -> None:
        """Keep an exchange that has ended, and tell the watchers."""
        self._recorded = exchange.sequence = self._recorded + 1
        self._entries.append(exchange)
        for watcher in self.watchers:
            watcher(exchange)

    def find(self, id: int) -> Exchange | None:
        """Return the exchange with this id; None for one that is not kept, or no longer."""
        return next((exchange for exchange in reversed(self._entries) if exchange.id == id), None)

    def clear(self) -> None:
        """Forget every exchange. Watchers stay, and their events count on."""
        self._entries.clear()

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Have a watcher told of each exchange from now on; return what ends that."""
        self.watchers = (*self.watchers, watcher)

        def end() -> None:
            self.watchers = tuple(other for other in self.watchers if other is not watcher)

        return end

    def close(self) -> None:
        """Tell the watchers that nothing more will come."""
        watchers, self.watchers = self.watchers, ()
        for watcher in watchers:
            watcher(None)

"""What was asked and answered in a sandbox: bounded, and decoded only when somebody looks."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import takewhile
from time import perf_counter, time
from typing import Any

from understudy.contract.request import Reply
from understudy.kernel.state import State

BYTES = 16 * 1024 * 1024
"""Bytes of requests and answers that a journal keeps, beside its number of exchanges."""
_OVERHEAD = 1024
Watcher = Callable[["Exchange | None"], None]
"""Called with each exchange as it ends; with None when its sandbox is dropped."""


class Exchange:
    """One request with its answer: filled in by the stages that it passes, then kept in the journal.

    What no stage has filled in stands in the class: most of it stays so, and costs an exchange nothing.
    """

    id: int = 0
    """Counted from 1 in its sandbox, in the order in which requests were whole; 0 for what is not kept."""
    body: bytes | None = b""
    """None for one that was larger than the limit."""
    now: datetime | None = None
    """The sandbox's time when the request was whole."""
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
    """Every provider's state before the call; None for what is not kept."""
    after: State | None = None
    """The provider's state after it, the same object as before where the call changed nothing; None where no
    operation was played."""
    world: Any = None
    """The world that these states are of."""
    effect: Any = None
    """The effect of the fault that struck."""
    fault: str | None = None
    """The id of the fault that struck."""
    place: Any = None
    """Where a shared store saw it, until it is delivered."""
    sandbox: str = "default"
    """The name of the sandbox that it happened in."""
    ended: float = 0.0
    sequence: int = 0
    """Counted from 1 in its journal, whatever is reset: the id of its event."""
    recorded: float = 0.0
    """The real time at which it was recorded, in seconds since 1970."""
    size: int = 0
    """About how many bytes it holds on to."""

    def __init__(
        self, method: str, path: str, query: bytes, headers: dict[bytes, bytes], started: float, **rest: Any
    ) -> None:
        self.method = method
        self.path = path
        """Without the prefix that names a sandbox."""
        self.query = query
        self.headers = headers
        """By lower-case name; one that came twice is joined by a comma, as RFC 9110 says."""
        self.started = started
        """By ``time.perf_counter``."""
        for name, value in rest.items():
            if name not in Exchange.__annotations__:
                raise TypeError(f"an exchange has no {name!r}")
            setattr(self, name, value)

    @property
    def before(self) -> State | None:
        """The provider's state before the call; None where nobody's ground was met."""
        return None if self.states is None or self.provider is None else self.states[self.provider]

    @property
    def duration(self) -> float:
        """Seconds from the request to its answer; to now, where there is none yet."""
        return (self.ended or perf_counter()) - self.started

    @property
    def received(self) -> float:
        """The real time at which the request came in, in seconds since 1970."""
        return (self.recorded or time()) - self.duration

    @property
    def unmatched(self) -> bool:
        """Whether no operation is what was asked for: an unknown path, or a method that the path does not have."""
        return self.operation is None and (self.reply is None or self.reply.status >= 400)

    def begin_again(self) -> None:
        """Forget what came of the request, which is to be played anew."""
        self.reply = self.failure = self.states = self.after = self.effect = self.fault = None


class Shelf:
    """The last exchanges that were put on it: bounded in number and in bytes, the oldest go first."""

    __slots__ = ("bytes", "held", "limit", "lost", "size")

    def __init__(self, limit: int, bytes: int = BYTES) -> None:
        self.limit = limit
        self.bytes = bytes
        self.held: deque[Exchange] = deque()
        self.size = 0
        self.lost = 0
        """How many went for others to come, since it was last cleared."""

    def put(self, exchange: Exchange) -> None:
        """Add an exchange."""
        held = self.held
        held.append(exchange)
        exchange.size = size = _size(exchange)
        self.size = total = self.size + size
        if total > self.bytes or len(held) > self.limit:
            self._make_room()

    def _make_room(self) -> None:
        held = self.held
        while len(held) > self.limit or (self.size > self.bytes and len(held) > 1):
            self.size -= held.popleft().size
            self.lost += 1

    def take(self) -> Exchange:
        """Take the oldest exchange off. Raises IndexError where there is none."""
        exchange = self.held.popleft()
        self.size -= exchange.size
        return exchange

    def clear(self) -> None:
        """Take every exchange off."""
        self.held.clear()
        self.size = self.lost = 0


class Journal:
    """The last exchanges of one sandbox: as many as it may keep, and at most 16 MB of them."""

    __slots__ = ("_shelf", "sequence", "watchers")

    def __init__(self, limit: int, bytes: int = BYTES) -> None:
        self._shelf = Shelf(limit, bytes)
        self.sequence = 0
        """Of the exchange that was last recorded."""
        self.watchers: tuple[Watcher, ...] = ()

    @property
    def limit(self) -> int:
        """How many exchanges are kept; 0: the journal is off."""
        return self._shelf.limit

    @property
    def lost(self) -> int:
        """How many exchanges have fallen out to make room since it was last cleared."""
        return self._shelf.lost

    def __len__(self) -> int:
        return len(self._shelf.held)

    def __iter__(self) -> Iterator[Exchange]:
        """Go through the exchanges, oldest first."""
        return iter(tuple(self._shelf.held))

    def newest(self) -> Iterator[Exchange]:
        """Go through the exchanges, newest first, as long as nothing is recorded."""
        return reversed(self._shelf.held)

    def record(self, exchange: Exchange) -> None:
        """Keep an exchange that has ended, and tell the watchers."""
        self.sequence = exchange.sequence = self.sequence + 1
        exchange.recorded = time()
        if self._shelf.limit:
            self._shelf.put(exchange)
        for watcher in self.watchers:
            watcher(exchange)

    def find(self, id: int) -> Exchange | None:
        """Return the exchange with this id; None for one that is not kept, or no longer."""
        return next((exchange for exchange in self.newest() if exchange.id == id), None)

    def after(self, sequence: int) -> list[Exchange]:
        """Return the exchanges that were recorded after the one with this sequence, oldest first."""
        return list(takewhile(lambda exchange: exchange.sequence > sequence, self.newest()))[::-1]

    def clear(self) -> None:
        """Forget every exchange. Watchers stay, and their events count on."""
        self._shelf.clear()

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


def _size(exchange: Exchange) -> int:
    """Return about how many bytes an exchange holds on to: whatever a client can make large, and as much again."""
    body, reply, headers = exchange.body, exchange.reply, exchange.headers
    size = _OVERHEAD + len(exchange.path) + len(exchange.query) + len(b"".join((*headers, *headers.values())))
    if body:
        size += len(body)
    return size if reply is None else size + len(reply.body)

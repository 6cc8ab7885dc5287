"""What was asked and answered in a sandbox: bounded, and decoded only when somebody looks."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, takewhile
from time import time

from understudy.bounds import DEFAULTS, Allotments
from understudy.exchange import CHANGE, Exchange, size_of
from understudy.kernel.state import State

BYTES = DEFAULTS.journal_bytes
"""Bytes of requests and answers that a journal keeps, beside its number of exchanges."""
__all__ = ["BYTES", "CHANGE", "Exchange", "Journal", "Shelf", "Watcher"]
_RELOADS = 8
"""How many reloads ago an exchange may be that can be gone back to: each has tables of its own."""
Watcher = Callable[["Exchange | None"], None]
"""Called with each exchange as it ends; with None when its sandbox is dropped."""


class Shelf:
    """The last exchanges that were put on it: bounded in number and in bytes, the oldest go first."""

    __slots__ = ("bytes", "held", "limit", "lost", "most", "purse", "shared", "size")

    def __init__(self, limit: int, bytes: int = BYTES, purse: Allotments | None = None) -> None:
        """Keep so many exchanges and bytes; with a ``purse`` no more bytes than it allots."""
        self.limit = limit
        self.most = bytes
        self.purse = purse
        self.bytes = bytes if purse is None else 0
        self.shared = False
        """Whether others have the same exchanges, and may have them for longer: then these keep no states."""
        self.held: deque[Exchange] = deque()
        self.size = 0
        self.lost = 0
        """How many went for others to come, since it was last cleared."""

    def put(self, exchange: Exchange) -> None:
        """Add an exchange."""
        held = self.held
        held.append(exchange)
        exchange.size = size = size_of(exchange)
        self.size = total = self.size + size
        if total > self.bytes or len(held) > self.limit:
            self._make_room()

    def _make_room(self) -> None:
        held = self.held
        if len(held) == self.limit + 1 and self.size <= self.bytes and not self.shared:  # as it mostly is
            self.size -= held.popleft().size
            self.lost += 1
            return
        while len(held) > self.limit or (self.size > self.most and len(held) > 1):
            self._drop_oldest()
        if self.purse is not None and self.size > self.bytes:
            self.purse.grow(self, self.size)
            self.shrink()

    def shrink(self) -> None:
        """Do with the bytes that are allotted now."""
        while self.size > self.bytes and self.held and self.purse is not None:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        oldest = self.held.popleft()
        self.size -= oldest.size
        self.lost += 1
        if self.shared:
            oldest.states = oldest.after = None

    def forget_states(self) -> None:
        """Let go of the states that exchanges hold on to."""
        for exchange in self.held:
            self.size -= exchange.gone
            exchange.forget_states()

    def take(self) -> Exchange:
        """Take the oldest exchange off. Raises IndexError where there is none."""
        exchange = self.held.popleft()
        self.size -= exchange.size
        return exchange

    def clear(self) -> None:
        """Take every exchange off."""
        self.held.clear()
        self.size = self.lost = 0
        if self.purse is not None:
            self.purse.release(self)


class Journal:
    """The last exchanges of one sandbox: as many as it may keep, in number and in bytes."""

    __slots__ = ("_late", "_shelf", "sequence", "watchers")

    def __init__(self, limit: int, bytes: int = BYTES, purse: Allotments | None = None) -> None:
        self._shelf = Shelf(limit, bytes, purse)
        self._late: set[Exchange] = set()
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

    @property
    def size(self) -> int:
        """About how many bytes they take."""
        return self._shelf.size

    def __len__(self) -> int:
        return len(self._shelf.held)

    def __iter__(self) -> Iterator[Exchange]:
        """Go through the exchanges, oldest first."""
        return iter(tuple(self._shelf.held))

    def newest(self) -> Iterator[Exchange]:
        """Go through the exchanges, newest first."""
        return reversed(tuple(self._shelf.held))  # in one step: another thread may look

    def record(self, exchange: Exchange) -> None:
        """Keep an exchange that has ended, and tell the watchers."""
        self.sequence = exchange.sequence = self.sequence + 1
        exchange.recorded = time()
        if self._shelf.limit:
            self._shelf.put(exchange)
        elif self.watchers:
            exchange.forget_states()  # nothing would count them
        for watcher in self.watchers:
            watcher(exchange)

    def forget_states(self) -> None:
        """Let go of the states that exchanges hold on to: there is no way back to them then."""
        self._shelf.forget_states()
        for exchange in self._late:
            exchange.forget_states()

    def states(self) -> Iterator[Mapping[str, State]]:
        """Go through the states that exchanges hold on to."""
        for exchange in chain(self.newest(), self._late):
            if exchange.states is not None:
                yield exchange.states
            if exchange.provider is not None and exchange.after is not None:
                yield {exchange.provider: exchange.after}

    @contextmanager
    def awaiting(self, exchange: Exchange) -> Iterator[None]:
        """Look after an exchange that was played, and is recorded only after the block."""
        self._late.add(exchange)
        try:
            yield
        finally:
            self._late.discard(exchange)

    def begin_at(self, sequence: int) -> None:
        """Count from there: further than any sandbox of this name has come before."""
        self.sequence = sequence

    def find(self, id: int) -> Exchange | None:
        """Return the exchange with this id; None for one that is not kept, or no longer."""
        return next((exchange for exchange in self.newest() if exchange.id == id), None)

    def after(self, sequence: int) -> list[Exchange]:
        """Return the exchanges that were recorded after the one with this sequence, oldest first."""
        return list(takewhile(lambda exchange: exchange.sequence > sequence, self.newest()))[::-1]

    def clear(self) -> None:
        """Forget every exchange. Watchers stay, and their events count on."""
        self._shelf.clear()

    def let_go(self) -> None:
        """Keep no states that handlers played which were replaced long ago."""
        worlds: set[int] = set()
        for exchange in self.newest():
            worlds.add(id(exchange.world))
            if len(worlds) > _RELOADS:
                exchange.states = exchange.after = exchange.world = None

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Have a watcher told of each exchange from now on; return what ends that."""
        self.watchers = (*self.watchers, watcher)
        self._shelf.shared = True

        def end() -> None:
            self.watchers = tuple(other for other in self.watchers if other is not watcher)
            self._shelf.shared = bool(self.watchers)

        return end

    def close(self) -> None:
        """Tell the watchers that nothing more will come."""
        watchers, self.watchers = self.watchers, ()
        for watcher in watchers:
            watcher(None)

    def __del__(self) -> None:
        self._shelf.clear()

    def retire(self) -> None:
        """End with the sandbox: nothing is kept any more."""
        self.close()
        self._shelf.limit = 0
        self._shelf.clear()

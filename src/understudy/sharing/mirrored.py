"""A worker's copy of a shared journal: what the store has, as far as somebody here wanted to look."""

from collections.abc import Callable

from understudy.bounds import Allotments
from understudy.journal import BYTES, Exchange, Journal, Watcher


class MirroredJournal(Journal):
    """A journal that is filled from the store; an exchange that ends here gets there by another way."""

    __slots__ = ("_cleared", "_wish", "begin_watching")

    def __init__(self, limit: int, bytes: int = BYTES, purse: Allotments | None = None) -> None:
        super().__init__(limit, bytes, purse)
        self._cleared = 0
        self._wish = False
        self.begin_watching: Callable[[], None] | None = None
        """Called when somebody begins to watch."""

    @property
    def lost(self) -> int:
        """How many exchanges have fallen out to make room since it was last cleared."""
        return max(0, self.sequence - self._cleared - len(self))

    def record(self, exchange: Exchange) -> None:
        """Do nothing: the store tells of it."""

    def clear(self) -> None:
        """Forget every exchange, and wish that the store does so too."""
        super().clear()
        self._wish = True

    def take_wish(self) -> bool:
        """Say whether it was cleared since this was last asked."""
        wish, self._wish = self._wish, False
        return wish

    def forget(self) -> None:
        """Forget all that was seen, to look at it again."""
        super().clear()
        self.sequence, self._wish = 0, False

    def clear_up_to(self, sequence: int) -> None:
        """Forget the exchanges that the store forgot: those up to a sequence."""
        if sequence > self._cleared or self.sequence < sequence:
            while self._shelf.held and self._shelf.held[0].sequence <= sequence:
                self._shelf.take()
            self._cleared = sequence
            self.sequence = max(self.sequence, sequence)

    def begin(self) -> None:
        """Begin with another life of the sandbox."""
        self.forget()
        self._cleared = 0

    def absorb(self, exchange: Exchange, sequence: int) -> None:
        """Take in the next exchange from the store."""
        self.sequence = exchange.sequence = sequence
        self._shelf.put(exchange)
        for watcher in self.watchers:
            watcher(exchange)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Have a watcher told of each exchange from now on; return what ends that."""
        end = super().watch(watcher)
        if self.begin_watching is not None:
            self.begin_watching()
        return end

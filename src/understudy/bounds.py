"""How much a server keeps: the limits, and what all of its sandboxes keep together."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakSet

MEGABYTE = 1024 * 1024
_JOURNALS = 4
"""The journals have one part in so many of the memory."""
_WORTH_IT = 16
"""What is kept is weighed where one part in so many of the memory may come of it."""
_AMPLE = 4
"""The way back goes where not one part in so many is left without that."""
_WATCHERS = 4
"""One sandbox may have one in so many of the event streams."""
_FEWER_WATCHERS = "end one, or start the server with a higher --max-watchers"
FIRST = 16 * 1024
"""Bytes that a journal begins with."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be kept. Nothing is kept beyond these."""

    records: int = 100_000
    """Records that a sandbox may have beside those of its world."""
    snapshots: int = 100
    faults: int = 100
    journal_bytes: int = 16 * MEGABYTE
    """Of the journal of one sandbox."""
    watchers: int = 256
    """Event streams of all sandboxes."""
    memory: int = 1024
    """Megabytes that all sandboxes may keep together: a quarter is for journals, the rest for records, snapshots,
    faults and further worlds."""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Bounds":
        """Return the limits that options give, by parameter name."""
        return cls(**{limit: given[option] for option, limit in OPTIONS.items() if given.get(option) is not None})

    @property
    def watchers_of_one(self) -> int:
        """How many event streams one sandbox may have."""
        return max(1, self.watchers // _WATCHERS) if self.watchers else 0


DEFAULTS = Bounds()
OPTIONS = {
    "max_records": "records",
    "max_snapshots": "snapshots",
    "max_faults": "faults",
    "journal_bytes": "journal_bytes",
    "max_watchers": "watchers",
    "max_memory": "memory",
}
"""The limits by the options that set them."""


class TooMuchKept(Exception):
    """More than may be kept; the message says how much that is, and what to do."""


class TooManySnapshots(TooMuchKept):
    """One snapshot more than a sandbox may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"there are {limit} snapshots already, as many as a sandbox may have; delete one, or start the server with "
            f"a higher --max-snapshots"
        )


class TooManyWatchers(Exception):
    """One event stream more than there may be; the message says what to do."""


class Weighed(Protocol):
    """What is kept in one place."""

    bytes: int
    """How much that is at most."""
    sure: int
    """How much it is at least, as far as that is known."""

    def weigh(self) -> None:
        """Find out how much it is."""

    def lighten(self) -> None:
        """Make it as little as can be."""

    def __hash__(self) -> int:
        """Tell it from others."""


class Allotted(Protocol):
    """What has a part of some bytes, and can be made to do with less."""

    bytes: int
    """The part that it has."""
    most: int
    """What its part does not go beyond, unless one thing alone is more."""

    def shrink(self) -> None:
        """Do with what the part is now."""

    def __hash__(self) -> int:
        """Tell it from others."""


class Allotments:
    """So many bytes, in parts. Who wants a larger one gets it, where it is free or others have larger ones still."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.taken = 0
        self._by_size: dict[int, dict[Allotted, None]] = {}

    def grow(self, one: Allotted, wanted: int) -> None:
        """Give a part of at least ``wanted`` bytes; the same as before where that cannot be."""
        size = one.bytes or FIRST
        while size < wanted:
            size *= 2
        size = max(wanted, min(size, one.most))
        while self.taken + size - one.bytes > self.total:
            if not self._take_from_the_largest(one, size):
                return
        self._move(one, size)

    def release(self, one: Allotted) -> None:
        """Take a part back."""
        self._move(one, 0)

    def _take_from_the_largest(self, one: Allotted, size: int) -> bool:
        """Halve the largest part, that of who has it longest; say whether there was one as large as ``size``."""
        largest = max(self._by_size, default=0)
        if largest < size:
            return False
        other = next((other for other in self._by_size[largest] if other is not one), None)
        if other is None:
            return False
        half = largest // 2 if largest > FIRST else 0
        self._move(other, half)
        other.shrink()
        return True

    def _move(self, one: Allotted, size: int) -> None:
        self.taken += size - one.bytes
        peers = self._by_size.get(one.bytes)
        if peers is not None:
            peers.pop(one, None)
            if not peers:
                del self._by_size[one.bytes]
        one.bytes = size
        if size:
            self._by_size.setdefault(size, {})[one] = None


class Budget:
    """What all sandboxes of a server keep together, and how much that may be."""

    def __init__(self, bounds: Bounds = DEFAULTS) -> None:
        self.bounds = bounds
        self.journals = Allotments(bounds.memory * MEGABYTE // _JOURNALS)
        self.room = bounds.memory * MEGABYTE - self.journals.total
        self.kept = 0
        """Bytes of records, snapshots, faults and worlds: never less than there are."""
        self.accounts: WeakSet[Weighed] = WeakSet()
        self._watchers: Counter[str] = Counter()
        self.count_worlds: Callable[[], int] = lambda: 0
        """Returns the bytes of worlds that are in use, beside the server's own."""
        self.let_worlds_go: Callable[[], None] = lambda: None
        """Lets go of worlds that nobody uses, and which are there in case that somebody will."""
        self._worlds = 0

    def allows(self, more: int) -> bool:
        """Say whether so many bytes more may be kept; find out what there is, where it seems that they may not."""
        if self.kept + more > self.room:
            self.let_worlds_go()
            self.world_came()  # or went
        if self.kept + more > self.room and self._unsure() > self.room // _WORTH_IT:
            for account in tuple(self.accounts):
                account.weigh()
            self.world_came()
            if self.kept + more > self.room - self.room // _AMPLE:
                for account in tuple(self.accounts):
                    account.lighten()
        return self.kept + more <= self.room

    def _unsure(self) -> int:
        return sum([account.bytes - account.sure for account in tuple(self.accounts)])

    def watch(self, sandbox: str) -> Callable[[], None]:
        """Count one more event stream of a sandbox; return what counts it no longer. Raises TooManyWatchers."""
        watchers, most = self._watchers, self.bounds.watchers
        if watchers.total() >= most:
            raise TooManyWatchers(f"{most} event streams are open, as many as there may be; {_FEWER_WATCHERS}")
        if watchers[sandbox] >= self.bounds.watchers_of_one:
            raise TooManyWatchers(
                f"{watchers[sandbox]} event streams of the sandbox {sandbox!r} are open, as many as one may have; "
                f"{_FEWER_WATCHERS}"
            )
        watchers[sandbox] += 1

        def end() -> None:
            watchers[sandbox] -= 1
            if not watchers[sandbox]:
                del watchers[sandbox]

        return end

    def world_came(self) -> None:
        """Count the worlds anew."""
        before, self._worlds = self._worlds, self.count_worlds()
        self.kept += self._worlds - before

    def full(self) -> str:
        """Say that no more can be kept, and what to do."""
        return (
            f"all sandboxes together keep as much as they may ({self.room // MEGABYTE} MB of records, snapshots, "
            f"faults and worlds); drop or reset some (DELETE /__admin/sandboxes/NAME, POST /__admin/reset), or start "
            f"the server with a higher --max-memory"
        )

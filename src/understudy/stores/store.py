"""What a shared store does: it keeps, for each sandbox, a log of changes and a journal, and lets no change go unseen.

It knows nothing of states or exchanges: a change, a checkpoint and an entry are bytes to it.
"""

from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple, Protocol


class StoreAway(Exception):
    """The store cannot be reached, or does not answer in time; what was asked of it may have been done all the same."""


class CannotOpen(Exception):
    """The store cannot be used at all; the message says why, and what to do."""


class StoreFull(Exception):
    """One sandbox more than there may be."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class OtherPart(Exception):
    """The store is kept by servers that play something else; ``theirs`` says what."""

    def __init__(self, theirs: bytes) -> None:
        super().__init__(theirs)
        self.theirs = theirs


class Head(NamedTuple):
    """Where a sandbox stands."""

    epoch: str = ""
    """Its life under this name: another one after it was dropped and made again. Empty: there is none."""
    version: int = 0
    """Changes that were made."""
    exchanges: int = 0
    """The id of the last exchange."""
    sequence: int = 0
    """Entries that the journal ever had."""
    cleared: int = 0
    """Those of them that were there when the journal was cleared."""
    resets: int = 0
    """How often it began again."""
    checkpoint: int = 0
    """The version that the last checkpoint has; the log goes on from there."""
    pending: int = 0
    """Reads that were answered, and are not in the journal yet."""


NOWHERE = Head()


class Missed(NamedTuple):
    """What happened to a sandbox since a version of it."""

    checkpoint: tuple[int, bytes] | None = None
    """The condition at a version, where the log does not go back far enough."""
    changes: tuple[tuple[int, bytes], ...] = ()
    """What each version changed, in order."""


class Entry(NamedTuple):
    """One exchange in the journal."""

    sequence: int
    id: int
    data: bytes


class Proposal(NamedTuple):
    """What a worker would have happen to a sandbox, given that it is as the worker saw it."""

    seen: Head
    """Only ``epoch``, ``version`` and ``resets`` matter."""
    change: bytes = b""
    """What differs from then on; nothing for a read."""
    entry: bytes = b""
    """The exchange for the journal; nothing where none is to be kept."""
    id: int = 0
    """The id that the exchange will have; 0 where there is none to count."""
    exact: bool = False
    """The answer has the id in it: it must be that one."""
    reserved: bool = False
    """The id was given by the store, and is used now."""
    pending: bool = False
    """The store waits for the entry of a read that this was before the sandbox had changed."""
    clear: bool = False
    """Clear the journal."""
    reset: bool = False
    """Count exchanges from 1 again, and clear the journal."""


class Settled(NamedTuple):
    """What became of a proposal."""

    done: bool
    head: Head
    """Where the sandbox stands now."""
    id: int = 0
    """The id of the exchange: it has it, or, where the proposal was not taken, the one that is reserved for it."""
    missed: Missed = Missed()
    """What the worker had not seen, where the proposal was not taken."""


class Store(Protocol):
    """Keeps the sandboxes of several workers. Every method may raise StoreAway."""

    async def claim(self, part: bytes) -> None:
        """Say what is played here. Raises OtherPart where servers that play something else were first."""

    async def reclaim(self, part: bytes) -> bool:
        """Say what is played from now on, where nobody else can be playing; say whether that is so."""

    async def create(self, name: str, limit: int) -> Head:
        """Make a sandbox, unless there is one; return where it stands. Raises StoreFull."""

    async def drop(self, name: str) -> None:
        """Drop a sandbox with all that is in it."""

    async def names(self) -> list[str]:
        """Return the names of the sandboxes that there are, oldest first."""

    async def catch_up(self, name: str, seen: Head) -> tuple[Head, Missed]:
        """Return where a sandbox stands, and what happened since it was seen; NOWHERE where there is none."""

    async def settle(self, name: str, proposal: Proposal) -> Settled:
        """Make a change and keep an entry, both or none: only if the sandbox is as it was seen.

        What was missed comes back, with an id that is reserved for the exchange. A read is not taken either where the
        sandbox has changed; what it answers from what it missed is true, and its entry may be recorded afterwards.
        """

    async def record(self, name: str, seen: Head, entry: bytes, id: int, *, pending: bool) -> None:
        """Keep the entry of an exchange that was settled without one, unless the sandbox has begun again."""

    async def forgive(self, name: str) -> None:
        """Wait no longer for reads whose worker is gone."""

    async def checkpoint(self, name: str, epoch: str, version: int, data: bytes) -> None:
        """Keep a condition; the log before it is not needed any more."""

    async def entries(self, name: str, after: int) -> list[Entry]:
        """Return the journal from the entry after this sequence on, oldest first."""

    def follow(self, name: str, after: int) -> AsyncIterator[list[Entry]]:
        """Yield entries as they come, from the one after this sequence on; sometimes none."""

    async def counts(self, mine: str, data: bytes | None) -> tuple[int, int]:
        """Keep what a worker has counted, unless None; return how often counts were cleared, and asked for."""

    async def inherit(self) -> list[bytes]:
        """Return what was counted by workers that are known to be gone, for the one that asks to count on from."""

    async def ask_for_counts(self) -> int:
        """Ask every worker to keep what it has counted by now; return how often that was asked."""

    async def clear_counts(self) -> None:
        """Forget what every worker has counted."""

    async def gather(self) -> Mapping[str, bytes]:
        """Return what every worker has counted."""

    async def close(self) -> None:
        """Let go of connections."""

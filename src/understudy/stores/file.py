"""The store in one file, for one process: sandboxes, journals and coverage outlive it, however it ends.

A change is in the file before it is answered. The entries of reads, and of what a fault delayed or broke, are gathered,
and written with the next change or within ``archive.GATHERING`` seconds: a process that is killed loses no more than
those, and coverage of the last seconds. See ``Database`` about a machine that loses power.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from time import time

from understudy.stores.archive import ALWAYS, Archive, Kept
from understudy.stores.counted import Counted
from understudy.stores.settling import decide
from understudy.stores.store import NOWHERE, Entry, Head, Missed, OtherPart, Proposal, Settled, StoreFull

_FOLLOW = 0.5
"""Seconds after which a follower looks up."""


class FileStore:
    """Keeps sandboxes in a file. Every method may raise StoreAway, and has changed nothing then."""

    def __init__(self, path: Path, *, journal: int, bytes: int, idle: float | None = None) -> None:
        """``journal`` and ``bytes`` bound each sandbox's journal; one that nobody used for ``idle`` seconds goes.

        Raises CannotOpen.
        """
        self._archive = Archive(path, journal=journal, bytes=bytes, idle=idle)
        self._database = self._archive.database
        self._counted = Counted(self._database)
        self._followers: set[asyncio.Event] = set()

    async def claim(self, part: bytes) -> None:
        """Say what is played here. Raises OtherPart."""
        found = self._database.select("SELECT value FROM facts WHERE name = 'part'")
        if found and found[0][0] != part:
            raise OtherPart(found[0][0])
        self._keep(part)

    async def reclaim(self, part: bytes) -> bool:
        """Say what is played from now on; what was counted of another part is forgotten."""
        self._counted.clear()
        self._keep(part)
        return True

    async def create(self, name: str, limit: int) -> Head:
        """Make a sandbox, unless there is one. Raises StoreFull."""
        kept = self._archive.find(name)
        if kept is None:
            others = {ALWAYS, *self._archive.names()}
            if name != ALWAYS and len(others) >= limit:
                raise StoreFull(limit)
            kept = self._archive.make(name)
        kept.used = time()
        return kept.head

    async def drop(self, name: str) -> None:
        """Drop a sandbox."""
        kept = self._archive.find(name)
        if kept is not None:
            self._archive.drop([kept])

    async def names(self) -> list[str]:
        """Return the names of the sandboxes that there are, oldest first."""
        self._archive.try_if_in_trouble()
        return sorted(self._archive.names(), key=lambda name: name != ALWAYS)

    async def catch_up(self, name: str, seen: Head) -> tuple[Head, Missed]:
        """Return where a sandbox stands, and what happened since it was seen."""
        kept = self._archive.find(name)
        return (NOWHERE, Missed()) if kept is None else (kept.head, self._missed(kept, seen))

    async def settle(self, name: str, proposal: Proposal) -> Settled:
        """Make a change and keep an entry, both or none."""
        kept = self._archive.find(name)
        if kept is None:
            return Settled(done=False, head=NOWHERE)
        done, head, id = decide(kept.head, proposal)
        if not done:
            missed = self._missed(kept, proposal.seen)
            self._archive.note(kept, head)
            return Settled(done=False, head=head, id=id, missed=missed)
        if proposal.change or proposal.clear or proposal.reset:
            self._archive.change(kept, proposal, head, id)
        elif proposal.entry:
            self._archive.gather(kept, head, id, proposal.entry)
        else:
            self._archive.note(kept, head)
        self._tell_followers()
        return Settled(done=True, head=head, id=id)

    async def record(self, name: str, seen: Head, entry: bytes, id: int, *, pending: bool) -> None:
        """Keep the entry of an exchange that was settled without one."""
        kept = self._archive.find(name)
        if kept is None or kept.head.epoch != seen.epoch:
            return
        head = kept.head._replace(pending=max(0, kept.head.pending - pending))
        if entry and head.resets == seen.resets:
            self._archive.gather(kept, head._replace(sequence=head.sequence + 1), id, entry)
            self._tell_followers()
        else:
            self._archive.note(kept, head)

    async def forgive(self, name: str) -> None:
        """Wait no longer for reads whose worker is gone."""
        kept = self._archive.find(name)
        if kept is not None:
            self._archive.note(kept, kept.head._replace(pending=0))

    async def checkpoint(self, name: str, epoch: str, version: int, data: bytes) -> None:
        """Keep a condition; the log before it is not needed any more."""
        kept = self._archive.find(name)
        if kept is not None and kept.head.epoch == epoch and kept.head.checkpoint < version <= kept.head.version:
            self._archive.checkpoint(kept, version, data)

    async def entries(self, name: str, after: int) -> list[Entry]:
        """Return the journal from the entry after this sequence on."""
        kept = self._archive.find(name)
        return [] if kept is None else self._archive.entries(kept, after)

    async def follow(self, name: str, after: int) -> AsyncIterator[list[Entry]]:
        """Yield entries as they come."""
        news = asyncio.Event()
        self._followers.add(news)
        try:
            while True:
                news.clear()
                entries = await self.entries(name, after)
                after = entries[-1].sequence if entries else after
                yield entries
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), _FOLLOW)
        finally:
            self._followers.discard(news)

    async def counts(self, mine: str, data: bytes | None) -> tuple[int, int]:
        """Keep what a worker has counted; return how often counts were cleared, and asked for."""
        return self._counted.tell(mine, data)

    async def inherit(self) -> list[bytes]:
        """Return what was counted before this process."""
        return self._counted.hand_on()

    async def ask_for_counts(self) -> int:
        """Ask every worker to keep what it has counted by now."""
        return self._counted.ask()

    async def clear_counts(self) -> None:
        """Forget what every worker has counted."""
        self._counted.clear()

    async def gather(self) -> Mapping[str, bytes]:
        """Return what every worker has counted."""
        return self._counted.all()

    async def close(self) -> None:
        """Write what is gathered, and let go of the file."""
        self._archive.close()

    def _keep(self, part: bytes) -> None:
        with self._database.transaction() as execute:
            execute("INSERT OR REPLACE INTO facts VALUES ('part', ?)", (part,))

    def _missed(self, kept: Kept, seen: Head) -> Missed:
        head = kept.head
        since = seen.version if seen.epoch == head.epoch else 0
        if since == head.version:
            return Missed()
        checkpoint = None
        if since < head.checkpoint:
            since = head.checkpoint
            [[data]] = self._database.select("SELECT data FROM checkpoints WHERE row = ?", kept.row)
            checkpoint = (since, data)
        query = "SELECT version, data FROM log WHERE row = ? AND version > ? ORDER BY version"
        return Missed(checkpoint, tuple(self._database.select(query, kept.row, since)))

    def _tell_followers(self) -> None:
        for news in self._followers:
            news.set()

"""The sandboxes of a file: where each stands is in memory too; what is read is gathered, a change written at once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from uuid import uuid4

from understudy.stores.database import DAMAGED, Database, Execute
from understudy.stores.store import NOWHERE, CannotOpen, Entry, Head, Proposal, StoreAway

GATHERING = 0.05
"""Seconds within which the entries of reads are written."""
ALWAYS = "default"
"""The sandbox that does not go when nobody uses it."""
_MOST_GATHERED = 500
_SLACK = 1.125
"""How much longer than it may be a journal is before it is shortened."""
_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE sandboxes (
    row INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
    epoch, version, exchanges, sequence, cleared, resets, checkpoint, pending, bytes, used
);
CREATE TABLE log (row INTEGER, version INTEGER, data BLOB, PRIMARY KEY (row, version)) WITHOUT ROWID;
CREATE TABLE checkpoints (row INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE journal (row INTEGER, sequence INTEGER, id INTEGER, data BLOB, PRIMARY KEY (row, sequence)) WITHOUT ROWID;
CREATE TABLE counts (name TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID
"""
_COLUMNS = 8
"""Members of a head that are kept: a file does not lose what it has, and needs no stamps."""
_MAKE = "INSERT INTO sandboxes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_STAND = """
UPDATE sandboxes SET (epoch, version, exchanges, sequence, cleared, resets, checkpoint, pending, bytes, used)
= (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE row = ?
"""
_DROP = tuple(
    f"DELETE FROM {table} WHERE row = ?"  # noqa: S608 - names of our own
    for table in ("sandboxes", "log", "checkpoints", "journal")
)
_PUT_ENTRY = "INSERT INTO journal VALUES (?, ?, ?, ?)"
_SIZES = "SELECT sequence, length(data) FROM journal WHERE row = ? ORDER BY sequence DESC LIMIT ?"


@dataclass(slots=True, eq=False)
class Kept:
    """A sandbox, as it is in the file but for what is gathered."""

    row: int
    name: str
    head: Head
    bytes: int
    """Of its journal."""
    used: float
    """The real time at which it was last used, in seconds since 1970."""
    shortened: int = 0
    """The sequence up to which its journal was taken away."""
    gathered: list[Entry] = field(default_factory=list)


class Archive:
    """Keeps sandboxes in a file. Every method may raise StoreAway, and has changed nothing then."""

    def __init__(self, path: Path, *, journal: int, bytes: int, idle: float | None) -> None:
        """See ``FileStore``. Raises CannotOpen."""
        self.database = Database(path, _SCHEMA)
        self._journal, self._bytes = journal, bytes
        self._idle = idle
        self._kept = {kept.name: kept for kept in self._read()}
        self._top = max((kept.row for kept in self._kept.values()), default=0)
        self._changed: set[Kept] = set()  # and not written yet
        self._gathered = 0
        self._long: set[Kept] = set()
        self._waiting: asyncio.TimerHandle | None = None
        self._trouble = False

    def find(self, name: str) -> Kept | None:
        """Return a sandbox, unless it has been idle for too long."""
        kept = self._kept.get(name)
        if kept is not None and self._is_idle(kept):
            self.drop([kept])
            return None
        return kept

    def names(self) -> list[str]:
        """Return the names of the sandboxes, oldest first, without those that have been idle for too long."""
        if self._idle is not None:
            self.drop([kept for kept in self._kept.values() if self._is_idle(kept)])
        return list(self._kept)

    def make(self, name: str) -> Kept:
        """Make a sandbox."""
        kept = Kept(self._top + 1, name, NOWHERE._replace(epoch=uuid4().hex), 0, time())
        with self.writing() as execute:
            execute(_MAKE, (kept.row, name, *kept.head[:_COLUMNS], 0, kept.used))
        self._top += 1
        self._kept[name] = kept
        return kept

    def drop(self, several: list[Kept]) -> None:
        """Drop sandboxes with all that is in them."""
        if not several:
            return
        with self.writing() as execute:
            for kept in several:
                for query in _DROP:
                    execute(query, (kept.row,))
        for kept in several:
            del self._kept[kept.name]
            self._long.discard(kept)

    def change(self, kept: Kept, proposal: Proposal, head: Head, id: int) -> None:
        """Write a change with its entry, and what was gathered before it."""
        change, entry, now = proposal.change, proposal.entry, time()
        clear = proposal.clear or proposal.reset
        bytes = len(entry) if clear else kept.bytes + len(entry)
        with self.writing(len(change) + len(entry)) as execute:
            if clear:
                execute("DELETE FROM journal WHERE row = ?", (kept.row,))
            if change:
                execute("INSERT INTO log VALUES (?, ?, ?)", (kept.row, head.version, change))
            if entry:
                execute(_PUT_ENTRY, (kept.row, head.sequence, id, entry))
            execute(_STAND, (*head[:_COLUMNS], bytes, now, kept.row))
        kept.head, kept.bytes, kept.used = head, bytes, now
        self._look_at_length(kept)

    def gather(self, kept: Kept, head: Head, id: int, entry: bytes) -> None:
        """Have an entry written soon; at once where there are many, as where the file cannot be written to."""
        if self._gathered >= _MOST_GATHERED:
            self._write_gathered()
        self.note(kept, head)
        kept.gathered.append(Entry(head.sequence, id, entry))
        kept.bytes += len(entry)
        self._gathered += 1
        self._look_at_length(kept)

    def note(self, kept: Kept, head: Head) -> None:
        """Have where a sandbox stands written soon."""
        kept.head, kept.used = head, time()
        self._changed.add(kept)
        self._soon()

    def checkpoint(self, kept: Kept, version: int, data: bytes) -> None:
        """Put a condition in the place of the log before it."""
        head = kept.head._replace(checkpoint=version)
        with self.writing(len(data)) as execute:
            execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)", (kept.row, data))
            execute("DELETE FROM log WHERE row = ? AND version <= ?", (kept.row, version))
            execute(_STAND, (*head[:_COLUMNS], kept.bytes, kept.used, kept.row))
        kept.head = head

    def entries(self, kept: Kept, after: int) -> list[Entry]:
        """Return the journal from the entry after this sequence on, with what is gathered."""
        after = max(after, kept.head.cleared, kept.head.sequence - self._journal)
        query = "SELECT sequence, id, data FROM journal WHERE row = ? AND sequence > ? ORDER BY sequence"
        written = [Entry(*row) for row in self.database.select(query, kept.row, after)]
        return written + [entry for entry in kept.gathered if entry.sequence > after]

    def try_if_in_trouble(self) -> None:
        """Raise StoreAway where nothing could be written the last time, and still cannot be."""
        if self._trouble:
            with self.writing() as execute:
                execute("INSERT OR REPLACE INTO facts VALUES ('tried', ?)", (time(),))

    @contextmanager
    def writing(self, size: int = 0) -> Iterator[Execute]:
        """Write what is gathered, then what the block executes: all or nothing."""
        self._trouble = True
        with self.database.transaction(size) as execute:
            for kept in self._changed:
                execute(_STAND, (*kept.head[:_COLUMNS], kept.bytes, kept.used, kept.row))
                for entry in kept.gathered:
                    execute(_PUT_ENTRY, (kept.row, *entry))
            yield execute
        self._trouble = False
        for kept in self._changed:
            kept.gathered.clear()
        self._changed.clear()
        self._gathered = 0

    def close(self) -> None:
        """Write what is gathered, and let go of the file."""
        if self._waiting is not None:
            self._waiting.cancel()
        try:
            self._write_gathered()
        finally:
            self.database.close()

    def _read(self) -> Iterator[Kept]:
        """Yield the sandboxes of the file, oldest first; who waited for a read does not any more."""
        try:
            rows = self.database.select("SELECT * FROM sandboxes ORDER BY row")
        except StoreAway as error:
            raise CannotOpen(DAMAGED.format(error)) from None
        for row, name, *fields, bytes, used in rows:
            kept = Kept(row, name, Head(*fields)._replace(pending=0), bytes, used)
            if not _is_sound(kept):
                raise CannotOpen(DAMAGED.format(f"row {row} of its sandboxes is none"))
            yield kept

    def _is_idle(self, kept: Kept) -> bool:
        return self._idle is not None and kept.name != ALWAYS and time() - kept.used > self._idle

    def _look_at_length(self, kept: Kept) -> None:
        """Have a journal that is too long shortened soon: by several entries at once."""
        if kept.head.sequence - kept.shortened > self._journal * _SLACK or kept.bytes > self._bytes * _SLACK:
            self._long.add(kept)
            self._soon()

    def _soon(self) -> None:
        loop = asyncio.get_running_loop()
        if self._waiting is None or self._waiting.when() < loop.time() - 1:  # or of a loop that is no more
            self._waiting = loop.call_later(GATHERING, self._now)

    def _now(self) -> None:
        self._waiting = None
        with suppress(StoreAway):  # the next that writes is told
            self._write_gathered()
            self._shorten()

    def _write_gathered(self) -> None:
        with self.writing():
            pass

    def _shorten(self) -> None:
        """Drop the oldest entries of journals that are longer than they may be."""
        left = []
        with self.database.transaction() as execute:
            for kept in self._long:
                sizes = execute(_SIZES, (kept.row, self._journal)).fetchall()
                oldest, size = _oldest(sizes, self._bytes)
                execute("DELETE FROM journal WHERE row = ? AND sequence < ?", (kept.row, oldest))
                left.append((kept, oldest, size))
        for kept, oldest, size in left:
            kept.shortened, kept.bytes = oldest - 1, size
        self._long.clear()


def _is_sound(kept: Kept) -> bool:
    """Say whether a row has the types that it is written with: whoever can write to the file can write anything."""
    epoch, *numbers = kept.head[:_COLUMNS]
    texts: tuple[object, ...] = (kept.name, epoch)
    return (
        all(isinstance(text, str) for text in texts)
        and all(type(number) is int and number >= 0 for number in (*numbers, kept.bytes))
        and isinstance(kept.used, int | float)
    )


def _oldest(sizes: list[tuple[int, int]], most: int) -> tuple[int, int]:
    """Return the oldest entry that may stay, and the bytes of those from it on; the newest may always."""
    oldest = total = 0
    for sequence, size in sizes:
        if total and total + size > most:
            break
        oldest, total = sequence, total + size
    return oldest, total

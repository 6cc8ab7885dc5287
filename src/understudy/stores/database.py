"""One SQLite file that one process has to itself: opened with care, written in transactions."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from understudy.stores.store import CannotOpen, StoreAway

Execute = Callable[..., sqlite3.Cursor]

_OURS = 0x554E4453  # "UNDS"
_FORMAT = 1
_OWED = 4 * 1024 * 1024
"""Bytes written after which the log is carried over into the file, in a thread: that waits for the disk."""
_LONG = 64 * 1024 * 1024
"""Bytes of the log after which that is done at once."""
_FRAMES = 4 * 4096
"""About what a transaction writes beside its data."""
_FOREIGN = "this file is no store of Understudy's; name another"
DAMAGED = "this file is damaged ({}); name another, or a copy of it from before"
_UNWRITABLE = "this file cannot be written ({}); name one that can, in a folder that is there"


class Database:
    """A file in write-ahead mode. A transaction that fails raises StoreAway, and has changed nothing.

    ``synchronous=NORMAL``: a transaction is with the operating system when it ends, so that it outlives the process,
    however that dies. When the machine itself loses power the last ones may be lost, since the disk is waited for only
    now and then; the file is whole all the same, as it was a moment before.
    """

    def __init__(self, path: Path, schema: str) -> None:
        """Open a file, or make one. Raises CannotOpen."""
        self._path = path
        self._owed = 0
        self._carrying: asyncio.Future[None] | None = None
        self._connection, self._lock = _opened(path, schema)
        self.execute: Execute = self._connection.execute
        self._log_path = f"{path}-wal"
        self._file, self._log = _identity(path), _identity(self._log_path)

    @contextmanager
    def transaction(self, size: int = 0) -> Iterator[Execute]:
        """Write what the block executes, or nothing; about so many bytes."""
        self._see_that_it_is_there()
        try:
            self.execute("BEGIN IMMEDIATE")
            yield self.execute
            self.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):  # it may have been undone already
                self.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                self._carry_over()  # which makes room in the log, where it is that
                raise StoreAway(f"{self._path.name}: {error}") from error
            raise
        if self._log is None:
            self._log = _identity(self._log_path)
        self._owed += _FRAMES + size
        if self._owed > _OWED:
            self._carry_over()

    def _see_that_it_is_there(self) -> None:
        """Raise StoreAway where the file was taken away: the system would take what is written, and forget it."""
        gone = _identity(self._path) != self._file
        if gone or (self._log is not None and _identity(self._log_path) != self._log):
            name = self._path if gone else self._log_path
            raise StoreAway(f"{name} was deleted or replaced while it was played from; put it back, or start again")

    def select(self, query: str, *values: object) -> list[Any]:
        """Return the rows of a query. Raises StoreAway."""
        try:
            return self.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise StoreAway(f"{self._path.name}: {error}") from error

    def close(self) -> None:
        """Let go of the file: what is in the log is in the file then."""
        self._connection.close()
        self._lock.close()

    def _carry_over(self) -> None:
        """Begin to carry the log over, unless that goes on already."""
        if self._carrying is None or self._carrying.done():
            self._owed = 0
            loop = asyncio.get_running_loop()
            self._carrying = loop.run_in_executor(None, _carry_over, self._path)
            self._carrying.add_done_callback(self._carried)

    def _carried(self, _: object) -> None:
        """Carry over what came meanwhile, where the log would grow on and on else: it begins anew when it is done."""
        log = Path(f"{self._path}-wal")
        with suppress(OSError, sqlite3.Error):  # the file may be closed by now
            if log.stat().st_size > _LONG:
                self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _identity(path: Path | str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _opened(path: Path, schema: str) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """Return connections to a file, and to the empty one beside it, whose lock keeps other processes away.

    The lock lasts as long as this process does. Raises CannotOpen.
    """
    beside = Path(f"{path}-lock")
    was_there = beside.exists()
    lock = _connected(beside, _lock)
    try:
        return _connected(path, lambda connection: _prepare(connection, schema)), lock
    except CannotOpen:
        if not was_there:
            beside.unlink()
        lock.close()
        raise


def _connected(path: Path, prepare: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    _make_private(path)
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=0.1, check_same_thread=False)
    except sqlite3.Error as error:
        raise CannotOpen(_UNWRITABLE.format(error)) from None
    try:
        prepare(connection)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        connection.close()
        raise CannotOpen(_wrong(error)) from None
    except CannotOpen:
        connection.close()
        raise
    return connection


def _wrong(error: Exception) -> str:
    """Say what is wrong with a file that SQLite cannot use."""
    if "not a database" in str(error):
        return _FOREIGN
    damaged = isinstance(error, UnicodeDecodeError) or "malformed" in str(error)
    return (DAMAGED if damaged else _UNWRITABLE).format(error)


def _make_private(path: Path) -> None:
    """Make a file that is not there yet, for its owner's eyes only. Raises CannotOpen for a pipe or a device.

    SQLite gives what it writes beside a file the same mode.
    """
    with suppress(OSError):  # of which SQLite will say more
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with suppress(OSError):
        if not path.is_dir() and not path.is_file() and path.exists():
            raise CannotOpen("this is no regular file; name another")


def _lock(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA journal_mode = OFF").fetchall()
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise CannotOpen("another process plays from this file; end it, or name another file") from None
        raise


def _prepare(connection: sqlite3.Connection, schema: str) -> None:
    """See what a file is before anything is written to it. Raises CannotOpen, sqlite3.Error."""
    kind, format, tables = (
        connection.execute(query).fetchone()[0]
        for query in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    if kind != _OURS and (kind or tables):
        raise CannotOpen(_FOREIGN)
    if format > _FORMAT:
        raise CannotOpen(
            f"it was written by a newer Understudy (format {format}; this one knows {_FORMAT}); "
            f"use that one, or name another file"
        )
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "wal_autocheckpoint = 0"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise CannotOpen(DAMAGED.format(" ".join(said.split())[:200]))
    if not tables:
        connection.executescript(
            f"BEGIN IMMEDIATE; {schema}; PRAGMA application_id = {_OURS}; PRAGMA user_version = {_FORMAT}; COMMIT;"
        )


def _carry_over(path: Path) -> None:
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

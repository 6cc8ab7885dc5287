"""The store in one file: what outlives what, what is refused, and what a full disk does."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from understudy.stores import archive, database
from understudy.stores.file import FileStore
from understudy.stores.store import (
    NOWHERE,
    CannotOpen,
    Entry,
    Head,
    Missed,
    OtherPart,
    Proposal,
    StoreAway,
    StoreFull,
)

CHANGE, ENTRY = b'{"a":1}', b"entry"
ROOT = Path(__file__).parents[2]
TABLES = ("sandboxes", "log", "checkpoints", "journal")


class Box:
    """One sandbox of a store, as one worker sees it."""

    def __init__(self, store: FileStore, name: str = "box") -> None:
        self.store, self.name, self.head = store, name, NOWHERE

    async def begin(self) -> "Box":
        self.head = await self.store.create(self.name, 10)
        return self

    async def settle(self, change: bytes = b"", entry: bytes = ENTRY, **more: Any) -> None:
        proposal = Proposal(self.head, change, entry, 0 if more else self.head.exchanges + 1, **more)
        settled = await self.store.settle(self.name, proposal)
        assert settled.done
        self.head = settled.head

    async def entries(self) -> list[Entry]:
        return await self.store.entries(self.name, 0)


def opened(folder: Path, *, journal: int = 100, bytes: int = 10**6, idle: float | None = None) -> FileStore:
    return FileStore(folder / "store.db", journal=journal, bytes=bytes, idle=idle)


def run(folder: Path, play: Callable[[FileStore], Coroutine[Any, Any, None]], **options: Any) -> None:
    """Have a store play, and close it."""

    async def go() -> None:
        store = opened(folder, **options)
        await play(store)
        await store.close()

    asyncio.run(go())


def rows(store: FileStore, table: str) -> int:
    count: int = store._database.select(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
    return count


def test_all_of_it_outlives_the_process(tmp_path: Path) -> None:
    kept: list[Head] = []

    async def first(store: FileStore) -> None:
        box = await Box(store).begin()
        for number in range(5):
            await box.settle(b"%d" % number, b"write")
        await box.settle(entry=b"read")
        await store.checkpoint("box", box.head, 3, b"whole")
        await Box(store, "default").begin()
        await store.counts("me", b"counted")
        kept.append(box.head._replace(checkpoint=3))

    async def second(store: FileStore) -> None:
        assert ["default", "box"] == await store.names()
        head, missed = await store.catch_up("box", NOWHERE)
        assert kept == [head]
        assert Missed((3, b"whole"), ((4, b"3"), (5, b"4"))) == missed
        writes = [(number, number, b"write") for number in range(1, 6)]
        assert [*writes, (6, 6, b"read")] == [tuple(entry) for entry in await store.entries("box", 0)]
        assert [b"counted"] == await store.inherit()

    run(tmp_path, first)
    run(tmp_path, second)


def test_nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    """And each entry is there with its change, or neither."""
    script = f"""
import asyncio, sys
from pathlib import Path
from tests.stores.test_file import Box, opened
async def go():
    box = await Box(opened(Path({str(tmp_path)!r}), journal=10**6)).begin()
    while True:
        await box.settle(b"x" * 300)
        print(box.head.version, flush=True)
asyncio.run(go())
"""
    told = 0
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told = int(line)
            if told == 300:
                os.kill(process.pid, signal.SIGKILL)
    assert told >= 300

    async def look(store: FileStore) -> None:
        head, missed = await store.catch_up("box", NOWHERE)
        assert head.version in (told, told + 1)
        assert head.version == head.exchanges == head.sequence == len(missed.changes)
        assert head.version == len(await store.entries("box", 0))

    run(tmp_path, look, journal=10**6)


def test_a_read_is_seen_at_once_and_written_within_a_moment(tmp_path: Path) -> None:
    async def play(store: FileStore) -> None:
        box = await Box(store).begin()
        for _ in range(3):
            await box.settle()
        assert [(1, 1, ENTRY), (2, 2, ENTRY), (3, 3, ENTRY)] == await box.entries()
        assert 0 == rows(store, "journal")
        await asyncio.sleep(4 * archive.GATHERING)
        assert 3 == rows(store, "journal")
        await box.settle()
        await box.settle(CHANGE)  # and what was read before is written with what is changed
        assert 5 == rows(store, "journal")

    run(tmp_path, play)


def test_so_many_reads_are_written_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MOST_GATHERED", 10)

    async def play(store: FileStore) -> None:
        box = await Box(store).begin()
        for _ in range(25):
            await box.settle()
        assert 20 == rows(store, "journal")

    run(tmp_path, play)


def test_a_journal_is_bounded_in_number(tmp_path: Path) -> None:
    async def play(store: FileStore) -> None:
        box = await Box(store).begin()
        for number in range(50):
            await box.settle(CHANGE if number % 2 else b"")
        assert list(range(41, 51)) == [sequence for sequence, *_ in await box.entries()]
        await asyncio.sleep(4 * archive.GATHERING)
        assert 10 == rows(store, "journal")
        await box.settle()
        assert list(range(42, 52)) == [sequence for sequence, *_ in await box.entries()]

    run(tmp_path, play, journal=10)


def test_a_journal_is_bounded_in_bytes_and_the_newest_always_stays(tmp_path: Path) -> None:
    async def play(store: FileStore) -> None:
        box = await Box(store).begin()
        for size in (30, 30, 30, 30):
            await box.settle(entry=b"x" * size)
        await asyncio.sleep(4 * archive.GATHERING)
        assert [2, 3, 4] == [sequence for sequence, *_ in await box.entries()]
        await box.settle(entry=b"x" * 1000)
        await asyncio.sleep(4 * archive.GATHERING)
        assert [5] == [sequence for sequence, *_ in await box.entries()]

    run(tmp_path, play, bytes=100)


def test_clearing_and_beginning_again_empty_the_journal(tmp_path: Path) -> None:
    async def play(store: FileStore) -> None:
        box = await Box(store).begin()
        await box.settle(CHANGE)
        await box.settle()
        await box.settle(b"{}", b"", clear=True)
        assert ([], 2, 2, 2) == (await box.entries(), box.head.cleared, box.head.sequence, box.head.exchanges)
        await box.settle()
        assert [(3, 3, ENTRY)] == await box.entries()
        await box.settle(b"{}", b"", reset=True)
        assert ([], 3, 0, 1) == (await box.entries(), box.head.cleared, box.head.exchanges, box.head.resets)
        await store.record("box", box.head._replace(resets=0), b"late", 9, pending=False)
        await store.record("box", box.head._replace(epoch="another"), b"late", 9, pending=False)
        assert [] == await box.entries()
        await store.record("box", box.head, b"in time", 1, pending=False)
        assert [(4, 1, b"in time")] == await box.entries()

    run(tmp_path, play)


def test_a_checkpoint_stands_for_the_log_before_it(tmp_path: Path) -> None:
    async def play(store: FileStore) -> None:
        box = await Box(store).begin()
        for _ in range(6):
            await box.settle(CHANGE)
        await store.checkpoint("box", box.head, 4, b"four")
        for version, of in ((3, box.head), (7, box.head), (5, box.head._replace(epoch="another"))):
            await store.checkpoint("box", of, version, b"no")
        assert 2 == rows(store, "log")
        _, missed = await store.catch_up("box", box.head._replace(version=2))
        assert Missed((4, b"four"), ((5, CHANGE), (6, CHANGE))) == missed
        _, missed = await store.catch_up("box", box.head._replace(version=5))
        assert Missed(None, ((6, CHANGE),)) == missed

    run(tmp_path, play)


def test_a_sandbox_that_is_dropped_leaves_nothing(tmp_path: Path) -> None:
    async def play(store: FileStore) -> None:
        box = await Box(store).begin()
        await box.settle(CHANGE)
        await box.settle()
        await store.checkpoint("box", box.head, 1, b"one")
        await store.drop("box")
        await store.drop("box")
        assert [0, 0, 0, 0] == [rows(store, table) for table in TABLES]
        assert (NOWHERE, Missed()) == await store.catch_up("box", box.head)
        assert not (await store.settle("box", Proposal(box.head, CHANGE))).done
        again = await Box(store).begin()
        assert again.head.epoch != box.head.epoch

    run(tmp_path, play)


def test_there_may_be_so_many_and_default_is_always_one_of_them(tmp_path: Path) -> None:
    async def play(store: FileStore) -> None:
        await store.create("b", 3)
        await store.create("a", 3)
        with pytest.raises(StoreFull):
            await store.create("c", 3)
        await store.create("a", 3)
        await store.create("default", 3)
        assert ["default", "b", "a"] == await store.names()

    run(tmp_path, play)


def test_one_that_nobody_uses_goes_and_a_restart_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(archive, "time", lambda: now[0])

    async def first(store: FileStore) -> None:
        boxes = [await Box(store, name).begin() for name in ("default", "a", "b", "c")]
        now[0] += 50
        await boxes[1].settle(CHANGE)
        await boxes[2].settle()
        now[0] += 40

    async def second(store: FileStore) -> None:
        assert ["default", "a", "b", "c"] == await store.names()
        now[0] += 20
        assert NOWHERE == (await store.catch_up("c", NOWHERE))[0]
        assert ["default", "a", "b"] == await store.names()
        now[0] += 100
        await store.create("d", 2)  # there is room for it
        assert ["default", "d"] == await store.names()

    run(tmp_path, first, idle=100)
    run(tmp_path, second, idle=100)


def test_a_follower_is_told(tmp_path: Path) -> None:
    async def play(store: FileStore) -> None:
        box = await Box(store).begin()
        await box.settle()
        following = store.follow("box", 0)
        assert [(1, 1, ENTRY)] == await anext(following)
        coming = asyncio.ensure_future(anext(following))
        await asyncio.sleep(0)
        await box.settle(CHANGE)
        assert [(2, 2, ENTRY)] == await coming
        assert [] == await anext(following)  # nothing, but a sign of life
        await following.aclose()  # type: ignore[attr-defined]
        assert not store._followers

    run(tmp_path, play)


def test_another_part_is_refused_until_it_is_taken_over(tmp_path: Path) -> None:
    async def first(store: FileStore) -> None:
        await store.claim(b"this")
        await store.claim(b"this")
        await store.counts("me", b"counted")

    async def second(store: FileStore) -> None:
        with pytest.raises(OtherPart) as refused:
            await store.claim(b"that")
        assert b"this" == refused.value.theirs
        assert await store.reclaim(b"that")
        await store.claim(b"that")
        assert [] == await store.inherit()

    run(tmp_path, first)
    run(tmp_path, second)


def test_a_full_disk_changes_nothing_and_is_over_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_MOST_GATHERED", 5)

    async def play(store: FileStore) -> None:
        box = await Box(store).begin()
        await box.settle(CHANGE)
        pages = store._database.select("PRAGMA page_count")[0][0]
        store._database.execute(f"PRAGMA max_page_count = {pages}")
        head = box.head
        with pytest.raises(StoreAway, match="full"):
            await box.settle(b"x" * 100_000)
        assert (head, ()) == ((await store.catch_up("box", NOWHERE))[0], (await store.catch_up("box", head))[1].changes)
        for _ in range(5):  # reads are taken as long as there is room for them in memory
            await box.settle(entry=b"r" * 50_000)
        with pytest.raises(StoreAway):
            await box.settle(entry=b"r" * 50_000)
        with pytest.raises(StoreAway):
            await store.names()
        with pytest.raises(StoreAway):
            await store.create("another", 10)
        assert 6 == len(await box.entries())
        store._database.execute("PRAGMA max_page_count = 1000000")
        assert ["box"] == await store.names()
        await box.settle(b"x" * 100_000)
        assert (2, 7, 7) == (box.head.version, box.head.exchanges, box.head.sequence)
        assert list(range(1, 8)) == [sequence for sequence, *_ in await box.entries()]

    run(tmp_path, play)


def test_the_log_is_carried_over_into_the_file_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_OWED", 100_000)
    monkeypatch.setattr(database, "_LONG", 100_000)

    def size(name: str) -> int:
        return (tmp_path / name).stat().st_size

    async def play(store: FileStore) -> None:
        box = await Box(store).begin()
        for _ in range(100):
            await box.settle(b"x" * 10_000)
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.2)
        assert size("store.db") > 500_000
        assert size("store.db-wal") < 1_000_000

    run(tmp_path, play)


def test_a_file_that_another_process_plays_from_is_refused_until_that_ends(tmp_path: Path) -> None:
    first = opened(tmp_path)
    for _ in range(2):
        with pytest.raises(CannotOpen, match="another process plays from this file; end it, or name another"):
            opened(tmp_path)
    asyncio.run(first.close())
    asyncio.run(opened(tmp_path).close())


def test_what_is_no_store_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello, I am a text that is longer than nothing")
    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE mine (a)")
    other.close()
    for name in ("text", "other"):
        path = tmp_path / name
        before = path.read_bytes()
        with pytest.raises(CannotOpen, match="this file is no store of Understudy's; name another"):
            FileStore(path, journal=1, bytes=1)
        assert before == path.read_bytes()
    assert ["other", "text"] == sorted(path.name for path in tmp_path.iterdir())


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("")
    for path in (tmp_path, tmp_path / "nowhere/store.db", tmp_path / "text/store.db"):
        with pytest.raises(CannotOpen, match=r"this file cannot be written \(unable to open database file\); name one"):
            FileStore(path, journal=1, bytes=1)


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("")
    asyncio.run(opened(tmp_path).close())
    assert (tmp_path / "store.db").stat().st_size > 0


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    asyncio.run(opened(tmp_path).close())
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(
        CannotOpen, match=r"newer Understudy \(format 2; this one knows 1\); use that one, or name anoth"
    ):
        opened(tmp_path)


def test_a_log_that_is_cut_off_anywhere_as_by_a_power_cut_leaves_the_file_whole_as_it_was_before(
    tmp_path: Path,
) -> None:
    """Whatever end of the log is missing: what is there are the first changes, in order, with their entries."""
    copy = tmp_path / "cut"

    async def first(store: FileStore) -> None:
        box = await Box(store).begin()
        for number in range(20):
            await box.settle(b"%d" % number * 100, b"entry %d" % number)
        copy.mkdir()
        for name in ("store.db", "store.db-wal"):
            (copy / name).write_bytes((tmp_path / name).read_bytes())

    run(tmp_path, first)
    whole, log = ((copy / name).read_bytes() for name in ("store.db", "store.db-wal"))
    found: list[int] = []

    async def look(store: FileStore) -> None:
        head, missed = await store.catch_up("box", NOWHERE)
        assert [(n + 1, b"%d" % n * 100) for n in range(head.version)] == list(missed.changes)
        assert [b"entry %d" % n for n in range(head.version)] == [one.data for one in await store.entries("box", 0)]
        found.append(head.version)
        box = await Box(store).begin()
        await box.settle(CHANGE)

    for cut in [*range(0, len(log), len(log) // 25), len(log) - 1, len(log)]:
        for left in copy.iterdir():
            left.unlink()
        (copy / "store.db").write_bytes(whole)
        (copy / "store.db-wal").write_bytes(log[:cut])
        run(copy, look)
    assert sorted(found) == found
    assert (0, 19, 20) == (found[0], found[-2], found[-1])

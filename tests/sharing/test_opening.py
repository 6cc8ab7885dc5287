"""Which store a server keeps its sandboxes in, and who may keep it."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.inprocess import parts_of, world_of
from understudy.parts import Part
from understudy.sharing.opening import claim, is_shared, opener
from understudy.source import SourceError
from understudy.stores.file import FileStore
from understudy.stores.store import StoreAway


def opened(text: str) -> Any:
    return opener(text, journal=10, idle=None)


def claimed(folder: Path, parts: Sequence[Part] | None = None, **options: Any) -> str:
    """Claim a file for what is played; return what is told."""
    text = f"file:{folder / 'x.db'}"
    parts = parts or parts_of("tyk", "ivalt")
    return claim(text, opened(text), parts, world_of([part.name for part in parts], **options))


def with_other_contract(part: Part) -> Part:
    """Return a part whose contract has other bytes."""

    class Other:
        hash = "another"

    return replace(part, contract=Other())  # type: ignore[arg-type]


def test_memory_needs_no_store() -> None:
    assert opened("memory") is None


@pytest.mark.parametrize("text", ["", "file", "file:", "redis", "redis:6379", "rediss:", "disk:x", "x.db", "Memory"])
def test_a_text_that_names_none_is_refused_with_those_that_do(text: str) -> None:
    with pytest.raises(SourceError, match=rf"--store {text}: expected memory, file:PATH or redis://HOST:PORT/DB"):
        opened(text)


@pytest.mark.parametrize(
    ("text", "shared"),
    [("memory", False), ("file:x", False), ("redis://h", True), ("redis+cluster://h", True), ("valkeys://h", True)],
)
def test_only_some_can_be_shared(text: str, shared: bool) -> None:  # noqa: FBT001
    assert shared == is_shared(text)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "understudy.stores.redis", None)
    with pytest.raises(SourceError, match=r"this needs the extra redis: pip install 'understudy\[redis\]'"):
        opened("redis://localhost")


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(SourceError, match="--store redis://localhost:port/0: "):
        opened("redis://localhost:port/0")()


def test_a_store_that_is_not_there_is_told_with_what_to_do() -> None:
    text = "redis://127.0.0.1:1/0"
    with pytest.raises(SourceError, match=f"--store {text}: the store cannot be used .*; see that it can, or correct"):
        claim(text, opened(text), parts_of("tyk"), world_of(["tyk"]))


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no store, but a text that somebody wrote")
    with pytest.raises(SourceError, match=r"--store file:.*x\.db: this file is no store of Understudy's; name another"):
        claimed(tmp_path)


def test_the_same_may_be_played_again(tmp_path: Path) -> None:
    assert "" == claimed(tmp_path) == claimed(tmp_path)


def test_another_seed_or_world_is_refused_naming_both(tmp_path: Path) -> None:
    claimed(tmp_path)
    with pytest.raises(
        SourceError, match=r"--seed is 1 in the store and 2 here; hash of the world is \w+ in the store "
    ):
        claimed(tmp_path, seed=2)
    with pytest.raises(SourceError, match=r"world is documented in the store and empty here; .* take another store"):
        claimed(tmp_path, world="empty")
    assert "" == claimed(tmp_path)


def test_another_list_of_providers_is_refused(tmp_path: Path) -> None:
    claimed(tmp_path, parts_of("tyk"))
    with pytest.raises(SourceError, match=r"contract of ivalt is not played in the store and \w+ here"):
        claimed(tmp_path)


def test_a_contract_that_changed_may_be_played_on_over_a_file_and_is_told(tmp_path: Path) -> None:
    tyk, ivalt = parts_of("tyk", "ivalt")
    claimed(tmp_path)
    told = claimed(tmp_path, [with_other_contract(tyk), ivalt])
    assert told.endswith("x.db: the contract of tyk has changed; records stay, coverage is counted anew")
    assert "" == claimed(tmp_path, [with_other_contract(tyk), ivalt])


def test_it_may_not_over_a_store_that_others_may_be_playing_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no(*_: object) -> bool:
        return False

    tyk, ivalt = parts_of("tyk", "ivalt")
    claimed(tmp_path)
    monkeypatch.setattr(FileStore, "reclaim", no)
    with pytest.raises(SourceError, match=r"contract of tyk is \w+ in the store and another here; play the same"):
        claimed(tmp_path, [with_other_contract(tyk), ivalt])


def test_a_file_that_cannot_be_claimed_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise StoreAway("database or disk is full")

    monkeypatch.setattr(FileStore, "claim", full)
    with pytest.raises(SourceError, match=r"the store cannot be used \(database or disk is full\)"):
        claimed(tmp_path)
    asyncio.run(opened(f"file:{tmp_path / 'x.db'}")().close())  # it was let go of

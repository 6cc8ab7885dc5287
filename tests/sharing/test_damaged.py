"""What a store keeps and cannot be read any more is said to be damaged, in one sentence; what is whole goes on."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.inprocess import InProcess, edge_of, parts_of, world_of
from understudy.journal import BYTES
from understudy.sharing.opening import claim, opener
from understudy.source import SourceError
from understudy.stores.file import FileStore

TYK = {"admin-auth": "12345"}
JIVELY = "/admin/organisations/54b53d3aeba6db5c35000002"


@contextmanager
def played(path: Path) -> Iterator[httpx.Client]:
    edge, _ = edge_of("tyk", store=FileStore(path, journal=50, bytes=BYTES))
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=TYK) as mock:
        yield mock


def claimed(path: Path) -> None:
    open_store = opener(f"file:{path}", journal=50, idle=None)
    assert open_store is not None
    claim(f"file:{path}", open_store, parts_of("tyk"), world_of(["tyk"]))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store's file with a change in two sandboxes, and coverage."""
    path = tmp_path / "kept.db"
    claimed(path)
    with played(path) as mock:
        for place in (JIVELY, f"/~other{JIVELY}"):
            mock.put(place, json={"owner_name": "Changed"}).raise_for_status()
        mock.get("/__admin/coverage").raise_for_status()
    return path


def damage(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as file:
        assert file.execute(statement).rowcount > 0
        file.commit()


@pytest.mark.parametrize(
    ("table", "data", "asked", "what"),
    [
        *(("journal", data, "/__admin/requests", "of its journal") for data in (b"{", b"\xff", b"{}", b"[]", b"1")),
        *(("log", data, JIVELY, "a change of its records") for data in (b"{", b"\xff", b'{"states":{"tyk":{}}}', b"1")),
    ],
)
def test_a_sandbox_that_is_damaged_says_so_and_can_be_dropped(
    path: Path, table: str, data: bytes, asked: str, what: str
) -> None:
    other = "(SELECT row FROM sandboxes WHERE name = 'other')"
    damage(path, f"UPDATE {table} SET data = x'{data.hex()}' WHERE row = {other}")  # noqa: S608
    with played(path) as mock:
        assert "Changed" == mock.get(JIVELY).json()["owner_name"]
        answer = mock.get(f"/~other{asked}")
        assert (503, "Sandbox damaged") == (answer.status_code, answer.json()["title"])
        assert what in answer.json()["detail"]
        assert 200 == mock.get("/__admin/sandboxes").status_code
        mock.delete("/__admin/sandboxes/other").raise_for_status()
        assert "Jively" == mock.get(f"/~other{JIVELY}").json()["owner_name"]


def test_what_is_played_from_a_store_is_told_where_it_cannot_be_read(path: Path) -> None:
    damage(path, "UPDATE facts SET value = x'ff' WHERE name = 'part'")
    with pytest.raises(SourceError, match="what is kept there is damaged"):
        claimed(path)


@pytest.mark.parametrize("statement", ["DROP TABLE counts", "ALTER TABLE sandboxes RENAME TO x"])
def test_a_file_without_its_tables_is_refused(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute(statement)
    with pytest.raises(SourceError, match=r"^--store file:"):
        claimed(path)


def test_a_file_whose_schema_is_no_text_is_refused(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"CREATE TABLE counts", b"CREATE TABLE co\xffnts"))
    with pytest.raises(SourceError, match=r"this file (is damaged|cannot be written)"):
        claimed(path)


def test_coverage_that_is_damaged_is_counted_anew(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    damage(path, "UPDATE counts SET data = x'7b'")
    with played(path) as mock, caplog.at_level(logging.WARNING):
        mock.get(JIVELY).raise_for_status()
        assert 200 == mock.get("/__admin/coverage").status_code
    assert "coverage that the store kept is damaged" in caplog.text

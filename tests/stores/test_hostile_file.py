"""A file that is no store any more, or holds what no store wrote: one sentence, and nothing else falls."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.callers import TYK
from tests.support.inprocess import InProcess
from understudy.production import Playbill, Production
from understudy.source import SourceError

DAMAGED = "this file is damaged"
FOREIGN = "this file is no store of Understudy's"


@contextmanager
def playing(path: Path) -> Iterator[httpx.Client]:
    """Play from a file, in this process."""
    production = Production(Playbill(providers=("tyk",), store=f"file:{path}"))
    with httpx.Client(transport=InProcess(production.app), base_url="http://localhost", headers=TYK) as http:
        yield http


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A file in which there is a bit of everything."""
    path = tmp_path / "store.db"
    with playing(path) as http:
        for name in ("default", "other"):
            chosen = {"Understudy-Sandbox": name}
            assert 200 == http.post("/admin/organisations", json={"owner_name": "x"}, headers=chosen).status_code
            assert 200 == http.get("/hello", headers=chosen).status_code
            assert 201 == http.put("/__admin/snapshots/a", headers=chosen).status_code
    return path


def run(path: Path, query: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(query, values)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def scribble(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)


def replaced(content: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(content), None)[1]


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "half of it": (truncate, DAMAGED),
    "noise within": (scribble, DAMAGED),
    "noise": (replaced(b"\xff" * 5000), FOREIGN),
    "a pickle": (replaced(b"\x80\x04\x95cos\nsystem\n" * 100), FOREIGN),
    "a header alone": (replaced(b"SQLite format 3\0" + b"\0" * 84), FOREIGN),
    "a pipe": (pipe, "no regular file"),
    "a link to itself": (circle, "cannot be written"),
    "a device": (device, "no regular file"),
    "no table": (lambda path: run(path, "DROP TABLE sandboxes"), DAMAGED),
    "a name that is a blob": (lambda path: run(path, "UPDATE sandboxes SET name = x'ff00' WHERE row = 1"), DAMAGED),
    "a count that is a text": (lambda path: run(path, "UPDATE sandboxes SET version = 'x'"), DAMAGED),
    "a count below nothing": (lambda path: run(path, "UPDATE sandboxes SET exchanges = -1"), DAMAGED),
    "a column too many": (lambda path: run(path, "ALTER TABLE sandboxes ADD COLUMN more"), DAMAGED),
    "a claim that is none": (lambda path: run(path, "UPDATE facts SET value = x'ff' WHERE name = 'part'"), "damaged"),
    "a claim that is a list": (lambda path: run(path, "UPDATE facts SET value = '[]' WHERE name = 'part'"), "damaged"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_store_is_refused_in_one_sentence(kind: str, store: Path) -> None:
    change, complaint = FILES[kind]
    change(store)
    with pytest.raises(SourceError, match=r"^--store file:") as refused, playing(store):
        pass
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_link_to_a_store_is_followed(store: Path, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(store)
    with playing(tmp_path / "link.db") as http:
        assert 200 == http.get("/hello").status_code


HUGE = b"[" * 100_000 + b"]" * 100_000
NONSENSE = [
    b"", b"\xff", b"null", b"[]", b"{", b'"x"', b"1e999", HUGE, b'{"states": 5}', b'{"states": {"tyk": {}}}',
    b'{"states": {"tic": {"begins": true}}}', b'{"world": ["documented"]}', b'{"world": ["../x", 1]}',
    b'{"states": {"tyk": {"changes": {"users": {"x": 1}}}}}', b'{"clock": "now"}', b'{"faults": [1]}',
    b'{"snapshots": {"a": 1}}', b'{"__proto__": {}}', b'{"states": {"tyk": {"snapshot": "none"}}}',
]  # fmt: skip


SAYING_NOTHING = [b"[]", b'"x"', b'{"__proto__": {}}', b'{"states": {"tyk": {"changes": {"users": {"x": 1}}}}}']
"""Changes that change nothing."""
FEW = [b"", b"\xff", b"null", b"[]", HUGE, b"{}"]


@pytest.mark.parametrize("data", NONSENSE)
def test_a_change_that_cannot_be_read_makes_one_sandbox_unplayable_until_it_is_dropped(
    data: bytes, store: Path
) -> None:
    run(store, "UPDATE log SET data = ? WHERE row = 1 AND version = 1", data)
    run(store, "UPDATE checkpoints SET data = ? WHERE row = 1", data)
    with playing(store) as http:
        answer = http.get("/admin/organisations")
        if data in SAYING_NOTHING:
            assert 200 == answer.status_code
        else:
            assert 503 == answer.status_code
            assert "application/problem+json" == answer.headers["content-type"]
            assert "DELETE /__admin/sandboxes/NAME" in answer.json()["detail"]
            assert "Traceback" not in answer.text
        assert 200 == http.get("/admin/organisations", headers={"Understudy-Sandbox": "other"}).status_code
        assert 204 == http.delete("/__admin/sandboxes/default").status_code
        assert 200 == http.get("/admin/organisations").status_code


@pytest.mark.parametrize("data", [*FEW, b'{"method": 5}', b'{"method": "GET", "path": "/", "reply": null}'])
def test_an_entry_that_cannot_be_read_is_told_and_other_sandboxes_are_not_touched(data: bytes, store: Path) -> None:
    run(store, "UPDATE journal SET data = ? WHERE row = 1 AND sequence = 1", data)
    with playing(store) as http:
        told = http.get("/__admin/requests")
        assert 503 == told.status_code, told.text
        assert "application/problem+json" == told.headers["content-type"]
        assert 200 == http.get("/__admin/requests", headers={"Understudy-Sandbox": "other"}).status_code


@pytest.mark.parametrize("data", FEW)
def test_counts_that_cannot_be_read_are_counted_anew(data: bytes, store: Path) -> None:
    run(store, "INSERT OR REPLACE INTO counts VALUES ('mine', ?)", data)
    with playing(store) as http:
        assert 200 == http.get("/__admin/coverage").status_code
        assert 200 == http.get("/hello").status_code

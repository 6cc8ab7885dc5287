"""Reloading: contracts, fixtures and handlers change while the state stays; what is broken changes nothing."""

import asyncio
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.inprocess import InProcess
from tests.support.toy import HERE, KEY
from understudy.parts import Places
from understudy.production import Playbill, Production
from understudy.watch import watch

THING = {"name": "Mine", "colour": "red", "secret": "s"}


@pytest.fixture
def production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Production]:
    """The toy, playing from files that may be changed."""
    shutil.copytree(HERE / "openapi", tmp_path / "openapi")
    shutil.copytree(HERE / "fixtures", tmp_path / "fixtures")
    package = f"toy_parts_{tmp_path.name}"
    shutil.copytree(HERE / "parts", tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield Production(Playbill(places=Places(tmp_path / "openapi", tmp_path / "fixtures", package)))
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]


@pytest.fixture
def toy(production: Production) -> Iterator[httpx.Client]:
    with httpx.Client(transport=InProcess(production.app), base_url="http://localhost", headers=KEY) as client:
        yield client


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def contract(production: Production) -> Path:
    return production.playbill.places.openapi / "toy.yaml"


def handlers(production: Production) -> Path:
    places = production.playbill.places
    return places.openapi.parent / places.package / "toy/__init__.py"


def after(production: Production, edit: Callable[[], None]) -> str:
    """Watch, edit, wait until something is said, and return it."""
    said: list[str] = []

    async def session() -> None:
        task = asyncio.create_task(watch(production, said.append))
        await asyncio.sleep(0.3)
        edit()
        for _ in range(100):
            await asyncio.sleep(0.1)
            if said:
                break
        task.cancel()

    asyncio.run(session())
    assert said
    return said[-1]


def test_a_changed_contract_plays_at_once_and_the_state_stays(production: Production, toy: httpx.Client) -> None:
    created = toy.post("/toy/things", json=THING).headers["location"]
    said = after(
        production, lambda: change(contract(production), "{error: no such thing}", "{error: never heard of it}")
    )
    assert "reloaded" in said
    assert {"error": "never heard of it"} == toy.get("/toy/things/99").json()
    assert "Mine" == toy.get(created).json()["name"]


def test_a_changed_handler_plays_at_once_and_the_state_stays(production: Production, toy: httpx.Client) -> None:
    toy.post("/toy/things", json=THING)
    old = 'return Answer("thing_read", thing), state'
    new = 'return Answer("thing_read", {**thing, "note": "new"}), state'
    after(production, lambda: change(handlers(production), old, new))
    assert ("Mine", "new") == (toy.get("/toy/things/4").json()["name"], toy.get("/toy/things/4").json()["note"])
    toy.delete("/toy/things/4")
    assert "5" == toy.post("/toy/things", json=THING).json()["id"]


def test_what_is_answered_at_once_is_answered_by_the_new_handlers_as_well(production: Production) -> None:
    def name() -> Any:
        headers = [(b"host", b"localhost"), (b"x-key", KEY["X-Key"].encode())]
        path = "/toy/things/1"
        scope = {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}
        answer = production.app.at_once(scope, b"")
        assert answer is not None
        return answer[0], answer[2]

    (status, body), again = name(), name()
    assert (200, (200, body)) == (status, again)
    change(handlers(production), "def read_thing(", "def read_thing(*_):\n    raise ZeroDivisionError\n\n\ndef unread(")
    production.reload()
    assert 500 == name()[0]


def test_a_changed_fixture_counts_from_the_next_start_on(production: Production, toy: httpx.Client) -> None:
    fixture = production.playbill.places.fixtures / "toy.yaml"
    after(production, lambda: change(fixture, "First", "Renamed"))
    assert "First" == toy.get("/toy/things/1").json()["name"]
    assert "Renamed" in str(production.sandboxes.world.states["toy"].as_data())


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (contract, "openapi: 3.0.3", "openapi: [", "not valid YAML"),
        (contract, "operationId: list_things", "operationId: nothing", "has no handler 'nothing'"),
        (handlers, "def read_thing(", "def read_thing((", "SyntaxError"),
        (handlers, 'name="toy"', 'nom="toy"', "TypeError"),
    ],
)
def test_a_broken_file_leaves_the_last_good_one_playing(
    production: Production,
    toy: httpx.Client,
    file: Callable[[Production], Path],
    old: str,
    new: str,
    complaint: str,
) -> None:
    toy.post("/toy/things", json=THING)
    said = after(production, lambda: change(file(production), old, new))
    assert said.startswith("not reloaded, still playing what was there: ")
    assert complaint in said
    assert "Mine" == toy.get("/toy/things/4").json()["name"]
    said = after(production, lambda: change(file(production), new, old))
    assert "reloaded" in said
    assert "Mine" == toy.get("/toy/things/4").json()["name"]

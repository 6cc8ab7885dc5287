"""Reloading: contracts, fixtures and handlers change while the state stays; what is broken changes nothing."""

import asyncio
import gc
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.inprocess import InProcess
from tests.support.toy import HERE, KEY
from understudy.contract.operation import Operation
from understudy.contract.schema import Schemas
from understudy.parts import Places
from understudy.production import Playbill, Production
from understudy.watch import watch

_INDEX = '{"odd": lambda thing: 1 // (thing["name"] != "Mine")}'
"""An index that the world's records bear, and not the one that a test adds."""
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
    places = Places(tmp_path / "openapi", tmp_path / "fixtures", package)
    production = Production(Playbill(places=places, handler_timeout=2))
    with production.watchdog.by_signal():
        yield production
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


def fixture(production: Production) -> Path:
    return production.playbill.places.fixtures / "toy.yaml"


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
        (contract, "type: object", "type: oblong", "oblong"),
        (contract, "operationId: list_things", "operationId: [", "not valid YAML"),
        (handlers, "list_things, create_thing", "create_thing", "has no handler 'list_things'"),
        (handlers, "PROVIDER = Provider(", "raise SystemExit(3)\nPROVIDER = Provider(", "SystemExit"),
        (handlers, "PROVIDER = Provider(", "raise KeyboardInterrupt\nPROVIDER = Provider(", "KeyboardInterrupt"),
        (handlers, "PROVIDER = Provider(", "while True: pass\nPROVIDER = Provider(", "to load it took more than 8 s"),
        (handlers, '    cast.only("things")', "    while True: pass", "to load it took more than 8 s"),
        (handlers, "Table.of([*fixed, *made])", f"Table.of([*fixed, *made], indexes={_INDEX})", "ZeroDivisionError"),
        (handlers, '    cast.only("things")', "    return None", "the seed function returned None"),
        (handlers, '    cast.only("things")', "    raise RuntimeError", "RuntimeError"),
        (handlers, "from understudy.kernel.cast", "from understudy.kernel.nowhere", "ModuleNotFoundError"),
        (fixture, "worlds:", "worlds: [", "not valid YAML"),
        (fixture, "worlds:", "words:", "words"),
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


def test_a_reload_leaves_nothing_behind(production: Production) -> None:
    """Neither to the collector, which has little time while requests come, nor out of its sight."""

    def there() -> int:
        return sum(type(one) in (Schemas, Operation) for one in gc.get_objects())

    production.reload()
    before = there()
    gc.disable()
    try:
        production.reload()
    finally:
        gc.enable()
    assert 0 < there() == before


def test_the_states_before_the_last_eight_reloads_are_kept_no_longer(production: Production, toy: httpx.Client) -> None:
    """Each reload has tables of its own, and a journal would hold on to all of them."""
    for _ in range(10):
        toy.get("/toy/things/1")
        production.reload()
    sandbox = production.sandboxes.get("default")
    assert 8 == len({id(exchange.world) for exchange in sandbox.journal if exchange.states is not None})
    assert [404, 404, 200] == [toy.post("/__admin/rewind", json={"to": number}).status_code for number in (1, 2, 3)]
    assert [] == toy.get("/__admin/requests/1").json()["diff"]


def test_what_a_thread_imports_meanwhile_does_not_hold_up_a_reload(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A world that is asked for is built in a thread, which may be the first to need a module."""

    class Name(str):
        """Of a module: when it is looked at, another one has just come."""

        __slots__ = ()

        def startswith(self, *_: Any) -> bool:
            monkeypatch.setitem(sys.modules, "imported_meanwhile", sys)
            return False

    monkeypatch.setitem(sys.modules, Name("looked_at"), sys)
    monkeypatch.setitem(sys.modules, "after_it", sys)
    production.reload()
    assert "imported_meanwhile" in sys.modules


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _replaced_by_a_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def _replaced_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("file", [contract, fixture, handlers])
@pytest.mark.parametrize("spoil", [Path.unlink, _truncated, _replaced_by_a_loop, _replaced_by_a_folder])
def test_a_file_that_is_gone_or_half_written_leaves_the_last_good_one_playing(
    production: Production,
    toy: httpx.Client,
    file: Callable[[Production], Path],
    spoil: Callable[[Path], None],
) -> None:
    path = file(production)
    whole = path.read_bytes()
    toy.post("/toy/things", json=THING)
    said = after(production, lambda: spoil(path))
    assert said.startswith("not reloaded, still playing what was there: ")
    assert 1 == len(said.splitlines())
    assert "Mine" == toy.get("/toy/things/4").json()["name"]

    def mend() -> None:
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        path.unlink(missing_ok=True)
        beside = path.with_name("new")  # as editors do it
        beside.write_bytes(whole)
        beside.rename(path)

    assert "reloaded after a change of" in after(production, mend)
    assert "Mine" == toy.get("/toy/things/4").json()["name"]
    assert "5" == toy.post("/toy/things", json=THING).json()["id"]


def test_of_a_flood_of_saves_the_last_one_plays(production: Production, toy: httpx.Client) -> None:
    path = contract(production)
    whole = path.read_text()
    toy.post("/toy/things", json=THING)
    said: list[str] = []

    async def session() -> None:
        task = asyncio.create_task(watch(production, said.append))
        await asyncio.sleep(0.3)
        for number in range(200):
            path.write_text(whole[: number * 40] if number % 3 else whole.replace("no such thing", f"none of {number}"))
            await asyncio.sleep(0.005)
        path.write_text(whole.replace("no such thing", "the last of them"))
        for _ in range(600):
            await asyncio.sleep(0.1)
            if "the last of them" in toy_answer():
                break
        task.cancel()

    def toy_answer() -> str:
        answers = production.parts[0].contract.operations["read_thing"].answers
        return answers.by_name["thing_not_found"].samples["en"].decode()

    asyncio.run(session())
    assert said[-1].startswith("reloaded after a change of toy.yaml")
    assert {"error": "the last of them"} == toy.get("/toy/things/99").json()
    assert "Mine" == toy.get("/toy/things/4").json()["name"]

"""The sandboxes of a store: made, listed and dropped by any worker, seen by all."""

import asyncio
import gc
from pathlib import Path
from weakref import ref

from tests.sharing.workers import ADMIN, ORGANISATIONS, TroubledStore, Worker, two
from understudy.stores.store import NOWHERE, Proposal

SANDBOXES = f"{ADMIN}/sandboxes"


async def listed(worker: Worker) -> list[str]:
    return [one["name"] for one in (await worker("GET", SANDBOXES)).json["items"]]


def test_what_one_makes_the_other_lists_reads_and_drops(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        assert 201 == (await a("PUT", f"{SANDBOXES}/x", {})).status
        assert ["default", "x"] == await listed(b)
        assert 200 == (await b("GET", f"{SANDBOXES}/x")).status
        assert 204 == (await b("DELETE", f"{SANDBOXES}/x")).status
        assert ["default"] == await listed(a)
        assert 404 == (await a("GET", f"{SANDBOXES}/x")).status

    two(tmp_path, play)


def test_one_that_is_used_is_there_for_all(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a("POST", f"/~y{ORGANISATIONS}", {"owner_name": "New 1"})
        assert ["default", "y"] == await listed(b)
        assert "New 1" in str((await b("GET", f"/~y{ORGANISATIONS}?p=-1")).json)
        assert [] == await b.names()

    two(tmp_path, play)


def test_one_of_another_world_is_of_that_world_everywhere(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a("PUT", f"{SANDBOXES}/x", {"world": "empty", "seed": 5})
        read = (await b("GET", f"{SANDBOXES}/x")).json
        assert ("empty", 5) == (read["world"], read["seed"])
        assert [] == (await b("GET", f"/~x{ORGANISATIONS}?p=-1")).json["organisations"]
        assert 200 == (await b("PUT", f"{SANDBOXES}/x", {})).status
        assert "documented" == (await a("GET", f"{SANDBOXES}/x")).json["world"]

    two(tmp_path, play)


def test_there_may_be_so_many_over_all_workers(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        assert 201 == (await a("PUT", f"{SANDBOXES}/x", {})).status
        assert 201 == (await b("PUT", f"{SANDBOXES}/y", {})).status
        refused = await a("PUT", f"{SANDBOXES}/z", {})
        used = await b("GET", f"/~z{ORGANISATIONS}")
        assert refused.status == used.status == 503
        assert "there are 3 sandboxes already" in refused.json["detail"]
        assert 200 == (await b("PUT", f"{SANDBOXES}/x", {})).status
        assert 204 == (await a("DELETE", f"{SANDBOXES}/y")).status
        assert 200 == (await b("GET", f"/~z{ORGANISATIONS}")).status
        assert ["default", "x", "z"] == await listed(a)

    two(tmp_path, play, limit=3)


def test_two_that_make_one_at_once_make_one(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        met = await asyncio.gather(*(worker("PUT", f"{SANDBOXES}/x", {"world": "empty"}) for worker in (a, b)))
        assert [200, 201] == sorted(one.status for one in met)
        await asyncio.gather(*(worker("GET", f"/~n{ORGANISATIONS}") for worker in (a, b)))
        assert ["default", "n", "x"] == sorted(await listed(a))

    two(tmp_path, play)


def test_a_store_that_is_away_is_told_by_health(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        assert "ok" == (await a("GET", f"{ADMIN}/health")).json["status"]
        store.away = "before"
        away = await a("GET", f"{ADMIN}/health")
        assert (503, "store_away") == (away.status, away.headers["understudy-answer"])
        store.away = ""
        assert 200 == (await a("GET", f"{ADMIN}/health")).status

    two(tmp_path, play)


def test_who_listens_here_hears_what_happens_there(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        told = []
        end = a.sandbox.journal.watch(lambda one: told.append(one and (one.id, one.operation)))
        await asyncio.sleep(0.05)
        await b.create("New 1")
        await b.names()
        for _ in range(50):
            await asyncio.sleep(0.01)
            if len(told) == 2:
                break
        end()
        assert [(1, "create_organisation"), (2, "list_organisations")] == told
        assert a.sandbox.states()["tyk"].table("organisations").created == 6

    two(tmp_path, play)


def test_one_that_is_idle_here_is_forgotten_here_and_comes_back_as_it_was(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a("POST", f"/~x{ORGANISATIONS}", {"owner_name": "New 1"})
        a.replicas.idle = 0.01
        await asyncio.sleep(0.05)
        await a("GET", f"/~y{ORGANISATIONS}")
        assert ["default", "y"] == [sandbox.name for sandbox in a.replicas]
        assert ["default", "x", "y"] == await listed(b)
        assert "New 1" in str((await a("GET", f"/~x{ORGANISATIONS}?p=-1")).json)
        assert 3 == (await a("GET", f"/~x{ORGANISATIONS}")).id

    two(tmp_path, play)


def test_one_of_a_world_that_is_gone_says_so_and_can_be_dropped(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a("GET", f"/~x{ORGANISATIONS}")
        head, _ = await store.catch_up("x", NOWHERE)
        await store.settle("x", Proposal(head, b'{"world":["gone",1]}'))
        for path in (f"/~x{ORGANISATIONS}", f"/~x{ADMIN}/requests", f"{SANDBOXES}/x"):
            refused = await b("GET", path)
            assert (503, "Sandbox unplayable") == (refused.status, refused.json["title"])
            assert "no such world" in refused.json["detail"]
        assert ["default", "x"] == await listed(a)
        assert 204 == (await b("DELETE", f"{SANDBOXES}/x")).status
        assert ["default"] == await listed(a) == await listed(b)
        assert 1 == (await a("GET", f"/~x{ORGANISATIONS}")).id

    two(tmp_path, play)


def test_nothing_is_kept_of_one_that_was_dropped(tmp_path: Path) -> None:
    """Not even until the collector comes by, which has little time while requests come."""

    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a("PUT", f"{SANDBOXES}/x", {})
        await a("POST", f"/~x{ORGANISATIONS}", {"owner_name": "New 1"})
        assert 1 == (await a("GET", f"/~x{ADMIN}/requests")).json["total"]
        sandbox = a.replicas.get("x")
        [exchange] = sandbox.journal
        kept = ref(exchange)
        del exchange
        gc.collect()
        gc.disable()
        try:
            assert kept() is not None
            assert 204 == (await a("DELETE", f"{SANDBOXES}/x")).status
            assert (None, 0) == (kept(), sandbox.replica._history.version)
        finally:
            gc.enable()
        await a("POST", f"/~x{ORGANISATIONS}", {"owner_name": "New 2"})
        assert "New 1" not in str((await a("GET", f"/~x{ORGANISATIONS}?p=-1")).json)

    two(tmp_path, play)


def test_nothing_is_kept_of_one_that_another_worker_dropped(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a("PUT", f"{SANDBOXES}/x", {})
        await a("POST", f"/~x{ORGANISATIONS}", {"owner_name": "New 1"})
        assert 1 == (await a("GET", f"/~x{ADMIN}/requests")).json["total"]
        [exchange] = a.replicas.get("x").journal
        kept = ref(exchange)
        del exchange
        gc.collect()
        gc.disable()
        try:
            assert 204 == (await b("DELETE", f"{SANDBOXES}/x")).status
            assert kept() is not None
            assert ["default"] == await listed(a)
            assert kept() is None
        finally:
            gc.enable()

    two(tmp_path, play)

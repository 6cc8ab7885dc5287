"""Limits on what is kept, where several workers keep it: each counts for itself what it has at hand."""

from pathlib import Path

import pytest

from tests.sharing.workers import ADMIN, ORGANISATIONS, TroubledStore, Worker, two
from understudy.bounds import MEGABYTE, Bounds
from understudy.sharing import history

LARGE = "x" * 50_000


def test_a_record_too_many_is_refused_by_every_worker(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        assert [200, 200] == [(await worker.create("New")).status for worker in (a, b)]
        version = (await store.catch_up("default", a.sandbox.replica.head))[0].version
        refused = [await worker.create("New") for worker in (a, b)]
        assert [507, 507] == [one.status for one in refused]
        assert "--max-records" in refused[0].json["detail"]
        assert version == (await store.catch_up("default", a.sandbox.replica.head))[0].version
        asked = await b.asked()
        assert [1, 2, 3, 4] == [id for id, _, _ in asked]
        assert 507 == (await a("GET", f"{ADMIN}/requests/4")).json["status"]

    two(tmp_path, play, bounds=Bounds(records=2))


def test_what_others_keep_is_weighed_too_and_the_way_back_goes_first(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        made = (await a.create("New")).json["Meta"]
        for number in range(100):
            changed = await a("PUT", f"{ORGANISATIONS}/{made}", {"owner_name": f"{number}{LARGE}"})
            assert 200 == changed.status
            assert f"{number}x" in str((await b("GET", f"{ORGANISATIONS}/{made}")).json)[:400]
        for worker in (a, b):
            budget = worker.replicas.budget
            assert 0 < budget.kept <= budget.room == 3 * MEGABYTE
        assert 404 == (await b("POST", f"{ADMIN}/rewind", {"to": 3})).status
        assert 200 == (await b("POST", f"{ADMIN}/reset")).status
        assert [] == await a.names()

    two(tmp_path, play, bounds=Bounds(memory=4))


def test_a_long_log_is_cut_by_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "LOG", 10 * len(LARGE))

    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        for number in range(40):
            await a.create(f"New {number} {LARGE}")
        await a.sandbox.replica.rest()
        head, missed = await store.catch_up("default", b.sandbox.replica.head)
        assert 20 < head.checkpoint <= head.version == 40
        assert sum(len(data) for _, data in missed.changes) < 15 * len(LARGE)
        assert 40 == len(await b.names())
        assert 40 == len(await a.names())

    two(tmp_path, play)


def test_what_the_store_has_no_longer_a_worker_lets_go_of(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        for name in ("x", "y"):
            assert 200 == (await a("POST", f"/~{name}{ORGANISATIONS}", {"owner_name": LARGE})).status
        assert 204 == (await b("DELETE", f"{ADMIN}/sandboxes/x")).status
        kept = a.replicas.budget.kept
        await a.replicas.let_go(60)
        assert {"x", "y"} < set(a.replicas._sandboxes)
        await a.replicas.let_go(0)
        assert {"default", "y"} == set(a.replicas._sandboxes)
        assert 0 < a.replicas.budget.kept < kept
        assert [LARGE] == [
            one["owner_name"]
            for one in (await a("GET", f"/~y{ORGANISATIONS}?p=-1")).json["organisations"]
            if one["owner_name"] == LARGE
        ]

    two(tmp_path, play)

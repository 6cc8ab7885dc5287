"""Coverage over every worker."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.sharing.workers import ADMIN, TroubledStore, Worker, two
from tests.support.inprocess import parts_of
from understudy.coverage.ledger import Coverage
from understudy.sharing import counts
from understudy.sharing.counts import Counts


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "PULSE", 0.01)


def calls_of(coverage: Coverage) -> int:
    return sum(tally.calls for _, tally in coverage.counted())


async def shown(worker: Worker) -> int:
    """Return how often an operation was called, as the control API says."""
    report: Any = (await worker("GET", f"{ADMIN}/coverage")).json
    return sum(operation["calls"] for provider in report["providers"] for operation in provider["operations"])


def test_what_two_count_adds_up_and_is_cleared_at_once(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        beats = [asyncio.ensure_future(worker.replicas.counts.beat()) for worker in (a, b)]
        await asyncio.sleep(0)  # so that they begin
        for worker in (a, b, b):
            await worker.names()
        assert 3 == await shown(a) == await shown(b)
        await a("DELETE", f"{ADMIN}/coverage")
        await asyncio.sleep(0.05)
        assert 0 == await shown(b)
        await b.names()
        assert 1 == await shown(a)
        for beat in beats:
            beat.cancel()
        await asyncio.gather(*beats, return_exceptions=True)

    two(tmp_path, play)


def test_one_that_is_dead_is_counted_and_waited_for_once(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await b.names()
        await b.replicas.counts.tell()  # its last words
        await a.names()
        assert 2 == calls_of(await a.replicas.counts.gathered())
        assert 2 == calls_of(await a.replicas.counts.gathered())
        assert 1 == len(a.replicas.counts._gone)

    two(tmp_path, play)


def test_what_was_counted_before_this_process_is_counted_on(tmp_path: Path) -> None:
    contracts = [part.contract for part in parts_of("tyk")]

    async def go() -> None:
        for life in range(3):
            store = TroubledStore(tmp_path)
            worker = Worker(store)
            await worker.names()
            assert life + 1 == calls_of(await worker.replicas.counts.gathered())
            assert 1 == len(await store.gather())
            await store.close()
        store = TroubledStore(tmp_path)
        heir = Counts(store, contracts)
        assert 3 == calls_of(await heir.gathered())
        await heir.clear()
        await store.close()
        store = TroubledStore(tmp_path)
        assert 0 == calls_of(await Counts(store, contracts).gathered())
        await store.close()

    asyncio.run(go())

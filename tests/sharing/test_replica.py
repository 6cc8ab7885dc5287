"""Replicas: each plays by what it has seen, and nothing becomes true but what the store has taken."""

import asyncio
from pathlib import Path

import pytest

from tests.sharing.workers import ADMIN, ORGANISATIONS, TroubledStore, Worker, two
from understudy.journal import Exchange
from understudy.sharing.replica import ATTEMPTS
from understudy.web.wire import WireFault

RESET = f"{ADMIN}/reset"
FAULTS = f"{ADMIN}/faults"


def test_a_write_by_what_is_no_longer_so_is_played_again(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        assert [] == await a.names()
        for worker, name in ((b, "New 1"), (a, "New 2"), (b, "New 3"), (b, "New 4"), (a, "New 5")):
            assert 200 == (await worker.create(name)).status
        for worker in (a, b):
            assert ["New 1", "New 2", "New 3", "New 4", "New 5"] == await worker.names()

    two(tmp_path, play)


def test_every_exchange_has_an_id_of_its_own_and_is_in_the_journal_once(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        met = [await a.create("New 1"), await b("GET", "/nowhere"), await b("GET", ORGANISATIONS)]
        met += [await b.create("New 2"), await a("GET", ORGANISATIONS), await a("OPTIONS", ORGANISATIONS)]
        ids = [answer.id for answer in met]
        assert [1, 2, 3, 4, 5, 6] == ids
        for worker in (a, b):
            journal = await worker.asked()
            assert sorted(ids) == sorted(id for id, *_ in journal)
            assert {(4, "POST", ORGANISATIONS), (5, "GET", ORGANISATIONS), (2, "GET", "/nowhere")} <= set(journal)

    two(tmp_path, play)


def test_a_read_sees_what_was_written_elsewhere_and_asks_the_store_once(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        assert [] == await a.names()
        await b.create("New 1")
        for _ in range(2):  # the second has nothing to catch up with
            store.proposals.clear()
            assert ["New 1"] == await a.names()
            assert 1 == len(store.proposals)

    two(tmp_path, play)


def test_an_act_that_is_told_its_id_is_told_the_one_that_it_has(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a.create("New 1")
        for _ in range(3):
            await b.names()
        exchange, told = Exchange("GET", "/", b"", {}, 0.0), []

        def act() -> None:
            a.sandbox.take(exchange)
            told.append(exchange.id)

        await a.sandbox.replica.run(exchange, act, exact=True)
        assert [2, 5] == told
        assert 5 == exchange.id
        assert 6 == (await b.create("New 2")).id

    two(tmp_path, play)


def test_a_write_comes_through_where_others_let_it(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a.names()
        store.rivals = ATTEMPTS - 1
        assert 200 == (await a.create("New 1")).status
        assert ["New 1"] == await b.names()

    two(tmp_path, play)


def test_a_write_that_others_never_let_through_is_refused_and_has_changed_nothing(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a.create("New 1")
        store.proposals.clear()
        store.rivals = 10 * ATTEMPTS
        refused = await a.create("New 2")
        assert (503, "1", "Sandbox busy") == (refused.status, refused.headers["retry-after"], refused.json["title"])
        assert ATTEMPTS == len(store.proposals)
        store.rivals = 0
        assert ["New 1"] == await a.names() == await b.names()
        assert 200 == (await a.create("New 3")).status

    two(tmp_path, play)


def test_a_store_that_is_away_leaves_the_sandbox_as_it_was(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a.create("New 1")
        before, seen = a.sandbox.states()["tyk"], a.sandbox.exchanges
        store.away = "before"
        for answer in (await a.create("New 2"), await a("GET", ORGANISATIONS), await a("GET", "/nowhere")):
            assert (503, "1", "Store away") == (answer.status, answer.headers["retry-after"], answer.json["title"])
            assert "understudy-exchange" not in answer.headers
        assert before is a.sandbox.states()["tyk"]
        assert seen == a.sandbox.exchanges
        store.away = ""
        assert 2 == (await a.create("New 3")).id
        assert ["New 1", "New 3"] == await b.names()

    two(tmp_path, play)


def test_what_may_have_been_done_is_not_done_again(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a.names()
        store.proposals.clear()
        store.away = "after"
        assert 503 == (await a.create("New 1")).status
        assert 1 == len(store.proposals)
        store.away = ""
        assert ["New 1"] == await b.names() == await a.names()
        assert 200 == (await a.create("New 2")).status
        assert ["New 1", "New 2"] == await b.names()

    two(tmp_path, play)


def test_what_the_control_api_does_is_undone_and_done_again_where_others_come_between(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a.names()
        store.rivals = 3
        assert 201 == (await a("POST", FAULTS, {"wire": "EMPTY_RESPONSE", "match": {"path": "/x"}})).status
        for worker in (a, b):
            assert ["f1"] == [one["id"] for one in (await worker("GET", FAULTS)).json["items"]]

    two(tmp_path, play)


def test_what_the_control_api_does_is_undone_where_the_store_is_away(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a.create("New 1")
        store.away = "before"
        assert 503 == (await a("POST", RESET)).status
        store.away = ""
        assert ["New 1"] == await a.names()
        assert 3 == len(await a.asked()) + 1

    two(tmp_path, play)


def test_a_fault_strikes_as_often_as_it_may_whoever_is_asked(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a("POST", FAULTS, {"answer": {"status": 503, "undeclared": True}, "times": 3})
        met = [await worker("GET", ORGANISATIONS) for worker in (b, a, b, a, b)]
        assert [503, 503, 503, 200, 200] == [one.status for one in met]
        assert 3 == (await a("GET", f"{FAULTS}/f1")).json["struck"]

    two(tmp_path, play)


def test_a_rate_limit_counts_what_every_worker_lets_pass(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await b("POST", FAULTS, {"rateLimit": {"limit": 2, "window": 60}})
        met = [await worker("GET", ORGANISATIONS) for worker in (a, b, a, b)]
        assert [200, 200, 429, 429] == [one.status for one in met]

    two(tmp_path, play)


def test_a_delayed_exchange_is_in_the_journal_when_it_was_delivered(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a("POST", FAULTS, {"delay": {"fixed": 200}})
        sent = asyncio.ensure_future(a.create("New 1"))
        await asyncio.sleep(0.05)
        assert [] == await b.asked()
        assert 1 == (await sent).id
        assert [(1, "POST", ORGANISATIONS)] == await b.asked()
        assert (await b("GET", f"{ADMIN}/requests/1")).json["duration"] >= 0.2

    two(tmp_path, play)


def test_a_reset_in_the_meantime_leaves_a_delayed_exchange_out(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a("POST", FAULTS, {"delay": {"fixed": 100}})
        sent = asyncio.ensure_future(a.create("New 1"))
        await asyncio.sleep(0.02)
        assert 200 == (await b("POST", RESET)).status
        assert 200 == (await sent).status
        assert [] == await a.names()
        assert [(1, "GET", ORGANISATIONS)] == await b.asked() == await a.asked()

    two(tmp_path, play)


def test_a_broken_connection_is_told_of(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a("POST", FAULTS, {"loseAnswer": True, "times": 1})
        with pytest.raises(WireFault):
            await a.create("New 1")
        await a.sandbox.replica.rest()
        assert ["New 1"] == await b.names()
        assert [(1, "POST", ORGANISATIONS), (2, "GET", ORGANISATIONS)] == await b.asked()

    two(tmp_path, play)


def test_a_sandbox_starts_from_a_checkpoint_where_the_log_does_not_go_back(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        a.sandbox.replica._history.kept = 5
        await b.names()
        for number in range(30):
            await a.create(f"New {number}")
            await a.sandbox.replica.rest()
        kept = store._archive.find("default")
        assert kept is not None
        assert kept.head.checkpoint >= 15
        assert store._database.select("SELECT count(*) FROM log")[0][0] <= 15
        names = [f"New {number}" for number in range(30)]
        assert names == await a.names() == await b.names() == await Worker(store).names()

    two(tmp_path, play)


def test_a_sandbox_that_was_made_anew_elsewhere_begins_anew_here(tmp_path: Path) -> None:
    async def play(a: Worker, b: Worker, store: TroubledStore) -> None:
        await a.create("New 1")
        await b.names()
        await store.drop("default")
        assert 1 == (await a.create("New 2")).id
        assert ["New 2"] == await b.names() == await a.names()
        assert [1, 2, 3] == sorted(id for id, *_ in await b.asked())

    two(tmp_path, play)

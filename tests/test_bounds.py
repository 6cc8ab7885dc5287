"""What is kept has limits: beyond them a request is refused, nothing is changed, and the rest goes on."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest

from tests.support.callers import LOGIN, ORGANISATION, TYK
from tests.support.inprocess import InProcess, call, edge_of, parts_of
from tests.support.served import served
from understudy.bounds import MEGABYTE, Bounds
from understudy.control import journal
from understudy.faults.rule import Rule
from understudy.sandbox import Sandbox
from understudy.sandboxes import Sandboxes, Worlds
from understudy.web.app import build_app

ORGANISATIONS = "/admin/organisations"
ADMIN = "/__admin"
LARGE = "x" * 50_000


@contextmanager
def playing(bounds: Bounds, **options: Any) -> Iterator[tuple[httpx.Client, Sandboxes]]:
    """Play Tyk in sandboxes with these limits."""
    parts = parts_of("tyk")
    sandboxes = Sandboxes(Worlds(parts), bounds=bounds, **options)
    with httpx.Client(
        transport=InProcess(build_app(parts, sandboxes)), base_url="http://localhost", headers=TYK
    ) as client:
        yield client, sandboxes


def create(client: httpx.Client, name: str, sandbox: str = "default") -> httpx.Response:
    return client.post(ORGANISATIONS, json={"owner_name": name}, headers={"understudy-sandbox": sandbox})


def fill(client: httpx.Client, sandbox: str = "default", name: str = LARGE) -> httpx.Response:
    """Create until that is refused; return the refusal."""
    for _ in range(1000):
        answer = create(client, name, sandbox)
        if answer.status_code != 200:
            return answer
    raise AssertionError("nothing was refused")


def count(client: httpx.Client, sandbox: str = "default") -> int:
    return len(client.get(ORGANISATIONS, headers={"understudy-sandbox": sandbox}).json()["organisations"])


def test_a_record_too_many_is_refused_and_nothing_is_changed() -> None:
    with playing(Bounds(records=3)) as (client, sandboxes):
        before = count(client)
        made = [create(client, f"n{n}").json()["Meta"] for n in range(3)]
        states = sandboxes.get("default").states()
        refused = create(client, "one more")
        assert (507, "application/problem+json") == (refused.status_code, refused.headers["content-type"])
        told = refused.json()
        assert "Too much is kept" == told["title"]
        assert "3 records" in told["detail"]
        assert "--max-records" in told["detail"]
        assert states == sandboxes.get("default").states()
        assert before + 3 == count(client)
        kept = client.get(f"{ADMIN}/requests/{refused.headers['understudy-exchange']}").json()
        assert (507, []) == (kept["status"], kept["diff"])
        assert 200 == client.put(f"{ORGANISATIONS}/{made[0]}", json={"owner_name": "changed"}).status_code
        assert 200 == client.put(ORGANISATION, json={"owner_name": "changed"}).status_code
        assert 200 == client.delete(f"{ORGANISATIONS}/{made[0]}").status_code
        assert 200 == create(client, "one more").status_code
        assert 200 == create(client, "elsewhere", "other").status_code


def test_all_sandboxes_together_keep_no_more_records_than_fit() -> None:
    with playing(Bounds(memory=4)) as (client, sandboxes):
        refused = fill(client, "a")
        assert 507 == refused.status_code
        assert "--max-memory" in refused.json()["detail"]
        assert 507 == create(client, LARGE, "b").status_code
        assert 3 * MEGABYTE == sandboxes.budget.room
        assert 2 * MEGABYTE < sandboxes.budget.kept <= sandboxes.budget.room + 2 * len(LARGE)
        assert 204 == client.delete(f"{ADMIN}/sandboxes/a").status_code
        assert 200 == create(client, LARGE, "b").status_code
        client.post(f"{ADMIN}/reset", headers={"understudy-sandbox": "b"})
        assert 0 == sandboxes.budget.kept


def test_what_was_dropped_makes_room() -> None:
    """Also where many come and go: what a table remembers of them is no leak."""
    with playing(Bounds(memory=4), journal=0) as (client, sandboxes):
        for _ in range(300):
            made = create(client, LARGE)
            assert 200 == made.status_code
            assert 200 == client.delete(f"{ORGANISATIONS}/{made.json()['Meta']}").status_code
        assert sandboxes.get("default").weigh() < MEGABYTE


def test_a_snapshot_counts_for_what_it_alone_has() -> None:
    with playing(Bounds(memory=2)) as (client, sandboxes):
        create(client, LARGE)
        kept = sandboxes.budget.kept
        for n in range(50):
            assert 201 == client.put(f"{ADMIN}/snapshots/s{n}").status_code
        assert sandboxes.budget.kept < kept + MEGABYTE
        made = create(client, LARGE).json()["Meta"]
        for n in range(50, 100):
            client.put(f"{ORGANISATIONS}/{made}", json={"owner_name": f"{n}{LARGE}"})
            answer = client.put(f"{ADMIN}/snapshots/s{n}")
            if answer.status_code != 201:
                break
        assert (507, "too_much_kept") == (answer.status_code, answer.headers["understudy-answer"])
        assert f"s{n}" not in sandboxes.get("default").snapshots
        assert sandboxes.budget.kept <= sandboxes.budget.room
        for name in tuple(sandboxes.get("default").snapshots):
            assert 204 == client.delete(f"{ADMIN}/snapshots/{name}").status_code
        assert 201 == client.put(f"{ADMIN}/snapshots/again").status_code
        assert sandboxes.budget.kept < MEGABYTE


def test_the_way_back_goes_before_anything_is_refused() -> None:
    with playing(Bounds(memory=8)) as (client, sandboxes):
        made = create(client, LARGE).json()["Meta"]
        assert 200 == client.post(f"{ADMIN}/rewind", json={"to": 1}).status_code
        made = create(client, LARGE).json()["Meta"]
        for n in range(300):
            answer = client.put(f"{ORGANISATIONS}/{made}", json={"owner_name": f"{n}{LARGE}"})
            assert 200 == answer.status_code
        assert sandboxes.budget.kept <= sandboxes.budget.room
        kept = client.get(f"{ADMIN}/requests", params={"limit": 1000}).json()["items"]
        assert 200 == client.post(f"{ADMIN}/rewind", json={"to": kept[-1]["id"]}).status_code  # there is room for it
        while create(client, LARGE).status_code == 200:
            pass
        kept = client.get(f"{ADMIN}/requests", params={"limit": 1000}).json()["items"]
        gone = client.post(f"{ADMIN}/rewind", json={"to": kept[-1]["id"]})
        assert (404, "no_such_exchange") == (gone.status_code, gone.headers["understudy-answer"])
        assert "no longer" in gone.json()["detail"]


def test_what_waits_for_its_delay_has_no_way_back_either() -> None:
    edge, sandbox = edge_of("tyk")

    async def go() -> None:
        delayed = {
            "type": "http",
            "method": "PUT",
            "path": ORGANISATION,
            "query_string": b"",
            "headers": [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"admin-auth", b"12345")],
        }
        sandbox.set_fault(Rule.of({"delay": {"fixed": 200}}, seed=1))
        task = asyncio.create_task(call(edge, delayed, b'{"owner_name": "late"}'))
        await asyncio.sleep(0.05)
        [late] = sandbox.journal._late
        assert late.states is not None
        sandbox.weigh()
        assert late.states is not None
        sandbox.lighten()
        assert late.states is None
        assert 200 == (await task)[0]
        assert not sandbox.journal._late

    asyncio.run(go())


def test_a_sandbox_may_have_fewer_snapshots_and_faults() -> None:
    with playing(Bounds(snapshots=1, faults=1)) as (client, _):
        assert 201 == client.put(f"{ADMIN}/snapshots/a").status_code
        refused = client.put(f"{ADMIN}/snapshots/b")
        assert (409, "too_many_snapshots") == (refused.status_code, refused.headers["understudy-answer"])
        assert "1 snapshots" in refused.json()["detail"]
        assert 201 == client.post(f"{ADMIN}/faults", json={"delay": {"fixed": 0}}).status_code
        refused = client.post(f"{ADMIN}/faults", json={"delay": {"fixed": 0}})
        assert (409, "too_many_faults") == (refused.status_code, refused.headers["understudy-answer"])


def test_faults_count_by_their_size() -> None:
    with playing(Bounds(memory=4, faults=1000)) as (client, sandboxes):
        rule = {"match": {"body": {"contains": {"owner_name": LARGE}}}, "delay": {"fixed": 0}}
        answers = [client.post(f"{ADMIN}/faults", json=rule) for _ in range(40)]
        assert (507, "too_much_kept") == (answers[-1].status_code, answers[-1].headers["understudy-answer"])
        assert 201 == answers[0].status_code
        made = sum(answer.status_code == 201 for answer in answers)
        assert made == len(sandboxes.get("default").faults.members)
        client.delete(f"{ADMIN}/faults")
        assert 201 == client.post(f"{ADMIN}/faults", json=rule).status_code


def test_journals_share_what_there_is_and_the_newest_stay() -> None:
    with playing(Bounds(memory=4)) as (client, sandboxes):
        for number in range(40):
            name = f"s{number % 8}"
            answer = client.get("/nowhere", params={"q": "y" * 60_000}, headers={"understudy-sandbox": name})
            assert 404 == answer.status_code
            assert str(sandboxes.get(name).journal.sequence) == answer.headers["understudy-exchange"]
        journals = [box.journal for box in sandboxes]
        assert 0 < sum(one.size for one in journals) <= sandboxes.budget.journals.total == MEGABYTE
        assert sandboxes.get("s7").journal.find(5) is not None
        listed = client.get(f"{ADMIN}/requests", headers={"understudy-sandbox": "s0"}).json()
        assert 5 == listed["total"] + listed["lost"]
        assert 0 < sum(one.lost for one in journals)


def test_a_journal_has_a_limit_of_its_own() -> None:
    with playing(Bounds(journal_bytes=100_000)) as (client, sandboxes):
        for _ in range(10):
            client.get("/nowhere", params={"q": "y" * 30_000})
        assert sandboxes.get("default").journal.size <= 100_000
        assert 2 <= client.get(f"{ADMIN}/requests").json()["total"] < 5


def _on_the_loop() -> bool:
    try:
        return asyncio.get_running_loop() is not None
    except RuntimeError:
        return False


def test_a_large_world_that_does_not_fit_holds_nobody_up_and_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[tuple[str, int, bool]] = []
    with playing(Bounds(memory=1)) as (client, sandboxes):
        build = sandboxes.worlds._build

        def told(name: str, seed: int) -> Any:
            built.append((name, seed, _on_the_loop()))
            return build(name, seed)

        monkeypatch.setattr(sandboxes.worlds, "_build", told)
        for seed in (1, 1, 2):
            refused = client.put(f"{ADMIN}/sandboxes/other", json={"world": "crowded", "seed": seed})
            assert (507, "too_many_worlds") == (refused.status_code, refused.headers["understudy-answer"])
    assert [("crowded", 1, False)] == built


def test_a_snapshot_of_a_world_that_went_has_it_built_beside_the_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[tuple[str, int, bool]] = []
    with playing(Bounds()) as (client, sandboxes):
        build = sandboxes.worlds._build

        def told(name: str, seed: int) -> Any:
            built.append((name, seed, _on_the_loop()))
            return build(name, seed)

        def forget() -> None:
            for known in (sandboxes.worlds._built, sandboxes.worlds._used, sandboxes.worlds._ready):
                known.pop(("documented", 9), None)

        client.put(f"{ADMIN}/sandboxes/a", json={"seed": 9})
        client.headers["understudy-sandbox"] = "a"
        create(client, "One", "a")
        client.put(f"{ADMIN}/snapshots/s")
        base = client.get(f"{ADMIN}/snapshots/s/export").json()["providers"]["tyk"]["base"]
        sandboxes.get("a").reset(sandboxes.world)
        monkeypatch.setattr(sandboxes.worlds, "_build", told)
        forget()
        assert base == client.get(f"{ADMIN}/snapshots/s/export").json()["providers"]["tyk"]["base"]
        forget()
        assert 200 == client.post(f"{ADMIN}/snapshots/s/restore").status_code
        assert 9 == sandboxes.get("a").world.seed
        assert "One" in client.get(ORGANISATIONS).text
    assert [("documented", 9, False)] * 2 == built


def test_what_others_keep_is_weighed_in_the_thread_that_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that came meanwhile would be lost otherwise: weighing puts states in the place of others."""
    weighed: list[bool] = []
    weigh = Sandbox.weigh

    def told(sandbox: Sandbox) -> int:
        weighed.append(_on_the_loop())
        return weigh(sandbox)

    monkeypatch.setattr(Sandbox, "weigh", told)
    with playing(Bounds(memory=1)) as (client, _):
        client.put(f"{ADMIN}/snapshots/a")
        file = client.get(f"{ADMIN}/snapshots/a/export").json()
        made = create(client, "One that goes").json()["Meta"]
        fill(client, name="x" * 1000)
        client.delete(f"{ORGANISATIONS}/{made}")  # what is free now is not known
        weighed.clear()
        client.put(f"{ADMIN}/sandboxes/other", json={"world": "documented", "seed": 2})
        client.delete(f"{ORGANISATIONS}/{made}")
        client.put(f"{ADMIN}/snapshots/b/import", json={**file, "seed": 3})
    assert weighed
    assert all(weighed)


def test_a_large_world_is_refused_where_it_does_not_fit_and_one_in_use_is_not() -> None:
    with playing(Bounds(memory=1)) as (client, sandboxes):
        path = f"{ADMIN}/sandboxes/other"
        refused = client.put(path, json={"world": "crowded"})
        assert (507, "too_many_worlds") == (refused.status_code, refused.headers["understudy-answer"])
        assert "--max-memory" in refused.json()["detail"]
        assert "other" not in sandboxes
        for seed in range(2, 40):
            last = client.put(f"{ADMIN}/sandboxes/s{seed}", json={"seed": seed})
            if last.status_code != 201:
                break
        assert (507, "too_many_worlds") == (last.status_code, last.headers["understudy-answer"])
        assert 201 == client.put(path, json={"seed": 2}).status_code
        assert sandboxes.get("other").world is sandboxes.get("s2").world
        for number in range(2, seed):
            client.delete(f"{ADMIN}/sandboxes/s{number}")
        client.delete(path)
        assert 201 == client.put(path, json={"seed": seed}).status_code


def test_worlds_that_nobody_uses_any_longer_take_no_room_from_records() -> None:
    def put(client: httpx.Client, number: int) -> int:
        return client.put(f"{ADMIN}/sandboxes/s{number}", json={"seed": number + 1}).status_code

    with playing(Bounds(memory=1)) as (client, _):
        fit = next(number for number in range(1, 40) if put(client, number) != 201) - 1
    assert fit > 1
    with playing(Bounds(memory=1)) as (client, _):
        assert [201] * fit == [put(client, number) for number in range(1, fit + 1)]
        for number in range(1, fit + 1):
            client.delete(f"{ADMIN}/sandboxes/s{number}")
        assert [200] * 5 == [create(client, LARGE).status_code for _ in range(5)]


@pytest.mark.parametrize("large", [False, True])
def test_who_only_looks_through_a_journal_holds_nobody_up(*, large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long one is looked through in a thread: here it ends only when another request was answered meanwhile."""
    edge, _ = edge_of("tyk")
    others, threads = threading.Event(), []
    inner = journal._filtered

    def filtered(*given: Any) -> Any:
        threads.append(threading.current_thread() is threading.main_thread())
        if large:
            assert others.wait(30)
        return inner(*given)

    monkeypatch.setattr(journal, "_filtered", filtered)

    async def ask(path: str, query: bytes = b"") -> int:
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query,
            "headers": [(b"host", b"localhost")],
        }
        return (await call(edge, scope, b""))[0]

    async def go() -> None:
        for _ in range(40 if large else 1):
            await ask("/nowhere", b"q=" + b"y" * 10_000)
        tasks = [asyncio.create_task(ask(f"{ADMIN}/{what}")) for what in ("requests", "requests.har")]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert 404 == await ask("/nowhere")
        others.set()
        assert [200, 200] == await asyncio.gather(*tasks)

    asyncio.run(go())
    assert [not large] * 2 == threads


def test_what_makes_no_sense_is_still_refused_where_the_journal_is_long() -> None:
    with playing(Bounds()) as (client, _):
        for _ in range(40):
            client.get("/nowhere", params={"q": "y" * 10_000})
        refused = client.post(f"{ADMIN}/verify", json={"path": "/nowhere", "times": 7})
        assert (409, "verification_failed") == (refused.status_code, refused.headers["understudy-answer"])
        assert "40 found" in refused.json()["detail"]
        assert 40 == client.post(f"{ADMIN}/requests/count", json={"path": "/nowhere"}).json()["count"]
        assert 422 == client.get(f"{ADMIN}/requests.har", params={"provider": "acme"}).status_code


def test_so_many_may_watch_a_sandbox_and_so_many_all() -> None:
    with served("--max-watchers", "8") as server, httpx.Client(base_url=server.url) as client, ExitStack() as stack:
        streams: list[Iterator[bytes]] = []

        def watch(sandbox: str) -> httpx.Response:
            headers = {"understudy-sandbox": sandbox}
            response = stack.enter_context(client.stream("GET", f"{ADMIN}/events", headers=headers))
            if response.status_code == 200:
                streams.append(response.iter_raw())
                assert next(streams[-1])
            else:
                response.read()
            return response

        assert [200, 200] == [watch("a").status_code for _ in range(2)]
        refused = watch("a")
        assert (503, "too_many_watchers") == (refused.status_code, refused.headers["understudy-answer"])
        assert "'a'" in refused.json()["detail"]
        assert [200] * 6 == [watch(name).status_code for name in "bbccdd"]
        refused = watch("e")
        assert (503, "too_many_watchers") == (refused.status_code, refused.headers["understudy-answer"])
        assert "--max-watchers" in refused.json()["detail"]
        assert 200 == client.head(f"{ADMIN}/health").status_code
        streams.clear()
        stack.close()
        for _ in range(100):
            answer = watch("a")
            if answer.status_code == 200:
                break
        assert 200 == answer.status_code


def test_looking_whether_there_are_events_takes_no_place() -> None:
    with playing(Bounds(watchers=1)) as (client, _):
        assert [200] * 5 == [client.head(f"{ADMIN}/events").status_code for _ in range(5)]


def test_events_count_on_when_a_sandbox_is_dropped_and_made_again() -> None:
    with playing(Bounds()) as (client, sandboxes):
        at = {"understudy-sandbox": "a"}
        for _ in range(3):
            client.get("/nowhere", headers=at)
        client.delete(f"{ADMIN}/sandboxes/a")
        assert "1" == client.get("/nowhere", headers=at).headers["understudy-exchange"]
        [exchange] = sandboxes.get("a").journal.after(3)
        assert (1, 4) == (exchange.id, exchange.sequence)


def test_a_vendors_own_tokens_count_as_records() -> None:
    """A client that logs in for ever fills nothing."""
    edge, sandbox = edge_of("elevate", bounds=Bounds(records=5))
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
        answers = [client.post("/user/v1/account/login", json=LOGIN) for _ in range(30)]
        assert 200 == answers[0].status_code
        assert 5 == sandbox.count()
        assert {200, 507} == {answer.status_code for answer in answers}

"""Two servers over one Redis: what the control API does at one holds at the other."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.control.asking import ADMIN, JIVELY, TYK, ask, create_tyk, tyk_names
from tests.support.redis import RedisServer
from tests.support.served import served

_OPTIONS = ("--provider", "tyk", "--log-level", "error", "--max-sandboxes", "4", "--store")
_JIVELY = f"/admin/organisations/{JIVELY}"


@pytest.fixture(scope="module")
def urls(redis: RedisServer) -> Iterator[list[str]]:
    """Where two servers of one worker each are."""
    with ExitStack() as stack:
        yield [stack.enter_context(served(*_OPTIONS, redis.url)).url for _ in range(2)]


@pytest.fixture
def pair(urls: list[str]) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """A client of each, in a default sandbox that begins anew."""
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(httpx.Client(base_url=url, trust_env=False, headers=TYK, timeout=10)) for url in urls
        )
        for sandbox in ask(one, "GET", "/sandboxes", 200)["items"]:
            if sandbox["name"] != "default":
                ask(one, "DELETE", f"/sandboxes/{sandbox['name']}", 204)
        ask(one, "PUT", "/sandboxes/default", 200, json={})
        ask(one, "DELETE", "/coverage", 204)
        yield one, other


Pair = tuple[httpx.Client, httpx.Client]


def test_a_change_at_one_is_there_at_the_other(pair: Pair) -> None:
    one, other = pair
    for number in range(10):
        writer, reader = (one, other) if number % 2 else (other, one)
        writer.put(_JIVELY, json={"owner_name": f"J{number}"})
        assert f"J{number}" == reader.get(_JIVELY).json()["owner_name"]
    numbers = [client.get(_JIVELY).headers["understudy-exchange"] for client in (one, other, other, one)]
    assert ["21", "22", "23", "24"] == numbers


def test_a_fault_strikes_at_both_and_is_counted_once(pair: Pair) -> None:
    one, other = pair
    ask(one, "POST", "/faults", 201, json={"answer": {"status": 404}, "times": 3})
    statuses = [client.get(_JIVELY).status_code for client in (other, one, other, other, one)]
    assert [404, 404, 404, 200, 200] == statuses


def test_a_clock_stands_still_at_both(pair: Pair) -> None:
    one, other = pair
    ask(one, "PUT", "/clock", 200, json={"now": "2030-01-01T00:00:00Z", "frozen": True})
    assert "Tue, 01 Jan 2030 00:00:00 GMT" == other.get(_JIVELY).headers["date"]
    ask(other, "POST", "/reset", 200)
    assert "2030" not in one.get(_JIVELY).headers["date"]


def test_snapshots_are_taken_at_one_and_restored_at_the_other(pair: Pair) -> None:
    one, other = pair
    create_tyk(one, "Kept")
    ask(other, "PUT", "/snapshots/mine", 201)
    create_tyk(one, "Gone")
    ask(one, "POST", "/snapshots/mine/restore", 200)
    assert ["Kept"] == tyk_names(other)[5:]
    assert ["mine"] == [snapshot["name"] for snapshot in ask(one, "GET", "/snapshots", 200)["items"]]
    ask(other, "DELETE", "/snapshots/mine", 204)
    assert [] == ask(one, "GET", "/snapshots", 200)["items"]


def test_reset_and_rewind(pair: Pair) -> None:
    one, other = pair
    create_tyk(one, "First")
    create_tyk(other, "Second")
    ask(other, "POST", "/rewind", 200, json={"to": 2})
    assert ["First"] == tyk_names(one)[5:]
    ask(one, "POST", "/reset", 200)
    assert [] == tyk_names(other)[5:]
    assert "2" == other.get(_JIVELY).headers["understudy-exchange"], "exchanges count anew from the reset"


def test_state_is_edited_and_looked_at(pair: Pair) -> None:
    one, other = pair
    ask(one, "PATCH", f"/state/tyk/organisations/{JIVELY}", 200, json={"owner_name": "Edited"})
    assert "Edited" == other.get(_JIVELY).json()["owner_name"]
    assert "Edited" == ask(other, "GET", f"/state/tyk/organisations/{JIVELY}", 200)["owner_name"]
    ask(other, "DELETE", f"/state/tyk/organisations/{JIVELY}", 204)
    assert 404 == one.get(_JIVELY).status_code


def test_the_journal_and_what_is_verified_are_of_both(pair: Pair) -> None:
    one, other = pair
    create_tyk(one, "First")
    create_tyk(other, "Second")
    one.get("/nowhere")
    for client in pair:
        items = ask(client, "GET", "/requests", 200)["items"]
        assert [3, 2, 1] == [item["id"] for item in items]
        ask(client, "POST", "/verify", 200, json={"operationId": "create_organisation", "times": 2})
    told = ask(one, "GET", "/requests/2", 200)
    assert "Second" in json.dumps(told["diff"]), "what a call at the other changed is told here"
    ask(other, "DELETE", "/requests", 204)
    assert [] == ask(one, "GET", "/requests", 200)["items"]


def test_events_of_one_show_exchanges_of_the_other(pair: Pair) -> None:
    one, other = pair
    with one.stream("GET", f"{ADMIN}/events", timeout=10) as stream:
        lines = stream.iter_lines()
        seen = []
        for client in (other, one, other):
            create_tyk(client, "Acme")
            data = next(line for line in lines if line.startswith("data: "))
            seen.append(json.loads(data.removeprefix("data: "))["id"])
    assert [1, 2, 3] == seen


def test_events_end_where_the_sandbox_is_dropped_elsewhere(pair: Pair) -> None:
    one, other = pair
    ask(one, "PUT", "/sandboxes/mine", 201, json={})
    headers = {"understudy-sandbox": "mine"}
    with one.stream("GET", f"{ADMIN}/events", timeout=10, headers=headers) as stream:
        lines = stream.iter_lines()
        other.get(_JIVELY, headers=headers)
        assert any(line.startswith("data: ") for line in lines)
        ask(other, "DELETE", "/sandboxes/mine", 204)
        assert all(not line.startswith("data: ") for line in lines)


def test_coverage_is_of_both(pair: Pair) -> None:
    one, other = pair
    one.get(_JIVELY)
    create_tyk(other, "Acme")
    for client in pair:
        tyk = next(part for part in ask(client, "GET", "/coverage", 200)["providers"] if part["provider"] == "tyk")
        met = {operation["operationId"]: operation["calls"] for operation in tyk["operations"]}
        assert (1, 1) == (met["read_organisation"], met["create_organisation"])


def test_sandboxes_are_put_listed_and_dropped(pair: Pair) -> None:
    one, other = pair
    ask(one, "PUT", "/sandboxes/mine", 201, json={"world": "empty"})
    assert [] == other.get("/admin/organisations", headers={"understudy-sandbox": "mine"}).json()["organisations"]
    assert ["default", "mine"] == [box["name"] for box in ask(other, "GET", "/sandboxes", 200)["items"]]
    ask(other, "DELETE", "/sandboxes/mine", 204)
    ask(one, "GET", "/sandboxes/mine", 404)
    assert ["default"] == [box["name"] for box in ask(one, "GET", "/sandboxes", 200)["items"]]


def test_there_may_be_so_many_sandboxes_over_both(pair: Pair) -> None:
    one, other = pair
    statuses = [
        client.get(_JIVELY, headers={"understudy-sandbox": f"box-{number}"}).status_code
        for number, client in enumerate((one, other, one, other, one))
    ]
    assert [200, 200, 200, 503, 503] == statuses
    ask(one, "DELETE", "/sandboxes/box-1", 204)
    assert 200 == other.get(_JIVELY, headers={"understudy-sandbox": "box-3"}).status_code

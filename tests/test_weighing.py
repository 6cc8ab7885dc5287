"""What is kept is never taken for less than it is, and nothing is kept that nobody can reach."""

import json
import random
import tracemalloc
from typing import Any

import httpx
import pytest

from tests.support.callers import ORGANISATION, TYK
from tests.support.inprocess import InProcess, edge_of, world_of
from understudy import weighing
from understudy.bounds import FIRST, Allotments
from understudy.journal import Shelf
from understudy.kernel.freeze import freeze
from understudy.kernel.state import State
from understudy.kernel.table import Table

SHAPES: dict[str, Any] = {
    "text": "x" * 5000,
    "letters beyond Latin": "é" * 2000 + "😀",
    "empty objects": [{} for _ in range(500)],
    "empty lists": [[] for _ in range(500)],
    "numbers": [n * 1.5 for n in range(500)],
    "large numbers": [2**63 + n for n in range(200)],
    "members": {f"member {n}": n for n in range(500)},
    "nested": [{"a": [{"b": [{"c": n}]}]} for n in range(100)],
}


@pytest.mark.parametrize("value", SHAPES.values(), ids=SHAPES)
def test_a_record_weighs_as_much_as_it_takes(value: Any) -> None:
    text = json.dumps({"id": 1, "value": value})
    tracemalloc.start()
    try:
        record = freeze(json.loads(text))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken <= weighing.weight(record) * 1.25


def one(table: Table) -> State:
    return world_of(["tyk"]).states["tyk"].with_table("organisations", table)


def grown(table: Table, count: int, size: int = 10_000) -> Table:
    for number in range(count):
        table = table.put({"id": f"new {number}", "owner_name": "x" * size})
    return table


def test_what_states_share_counts_once() -> None:
    table = world_of(["tyk"]).states["tyk"].table("organisations")
    few, more = grown(table, 10), grown(grown(table, 10), 20)
    alone = weighing.weigh([{"tyk": one(few)}])
    assert 100_000 < alone < 200_000
    assert alone == weighing.weigh([{"tyk": one(few)}, {"tyk": one(few)}])
    assert weighing.weigh([{"tyk": one(more)}]) > alone
    assert 0 == weighing.weigh([world_of(["tyk"]).states])


def test_a_slim_state_is_the_same_without_what_is_gone() -> None:
    table = grown(world_of(["tyk"]).states["tyk"].table("organisations"), 100)
    for number in range(99):
        table = table.drop(f"new {number}")
    first = next(iter(table))
    table = table.put({**first, "owner_name": "changed"}).drop(next(iter(table.page(3, 1)))["id"])
    state = one(table)
    slim = weighing.slim(state)
    again = slim.table("organisations")
    assert list(table) == list(again)
    assert table.created == again.created
    assert weighing.weigh([{"tyk": slim}]) * 20 < weighing.weigh([{"tyk": state}])
    assert slim is weighing.slim(slim)


def test_an_account_is_never_less_than_what_is_kept() -> None:
    edge, sandbox = edge_of("tyk")
    drawn = random.Random(7)  # noqa: S311 - the same each time
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=TYK) as client:
        made: list[str] = []
        for number in range(400):
            body = {"owner_name": f"{number}" + "y" * drawn.choice([1, 100, 5000])}
            what = drawn.randrange(10)
            if what < 5:
                made.append(client.post("/admin/organisations", json=body).json()["Meta"])
            elif what < 7 and made:
                client.put(f"/admin/organisations/{drawn.choice(made)}", json=body)
            elif what == 7 and made:
                client.delete(f"/admin/organisations/{made.pop(drawn.randrange(len(made)))}")
            elif what == 8:
                client.put(f"/__admin/snapshots/s{drawn.randrange(4)}")
            else:
                name = f"/__admin/state/tyk/organisations/{ORGANISATION.rpartition('/')[2]}"
                client.patch(name, json=body)
            if number % 97 == 96:
                sandbox.account.weigh()
            states = [sandbox.states(), *(snapshot.states for snapshot in sandbox.snapshots.values())]
            if sandbox.replica is None:
                assert weighing.weigh(states) <= sandbox.account.bytes
                assert sandbox.account.bytes == sandbox.budget.kept
            made = [id for id in made if sandbox.states()["tyk"].table("organisations").get(id)]


def test_parts_never_come_to_more_than_there_is() -> None:
    drawn = random.Random(3)  # noqa: S311 - the same each time
    purse = Allotments(40 * FIRST)
    shelves = [Shelf(1000, 16 * FIRST, purse) for _ in range(30)]
    for _ in range(5000):
        shelf = drawn.choice(shelves)
        if drawn.random() < 0.05:
            shelf.clear()
        elif drawn.random() < 0.5:
            purse.grow(shelf, drawn.randrange(1, 20 * FIRST))
        assert purse.taken == sum(one.bytes for one in shelves) <= purse.total
    for shelf in shelves:
        shelf.clear()
    assert 0 == purse.taken
    purse.grow(shelves[0], 4 * FIRST)
    assert 4 * FIRST == shelves[0].bytes

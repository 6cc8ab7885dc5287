"""What differs between two states, against a comparison that looks at everything."""

import json
from dataclasses import dataclass
from typing import Any

import jsonpatch
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.differences import differences, world_differences
from understudy.kernel.freeze import thaw
from understudy.kernel.state import State
from understudy.kernel.table import Table


@dataclass(frozen=True, slots=True)
class Shelf(State):
    """Two tables."""

    books: Table
    lamps: Table


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 2), st.sampled_from([0.0, 1.0, 0.5]), st.sampled_from("ab/~")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "a/b", "~", ""]), inner, max_size=3)
    ),
    max_leaves=6,
)
ids = st.one_of(st.integers(0, 4), st.sampled_from(["0", "a", "b"]))
records = st.builds(lambda id, value: {"id": id, "value": value}, ids, json_values)
bases = st.lists(records, max_size=6, unique_by=lambda record: record["id"])
steps = st.lists(st.tuples(st.sampled_from(["books", "lamps"]), st.one_of(records, ids)), max_size=15)


def after(shelf: Shelf, taken: list[tuple[str, Any]]) -> Shelf:
    for name, step in taken:
        table = shelf.table(name)
        shelf = shelf.with_table(name, table.put(step) if isinstance(step, dict) else table.drop(step))
    return shelf


def plainly(state: State) -> dict[tuple[str, Any], str]:
    """Return every record as JSON text, by where it stands: in it, 1 is neither true nor 1.0."""
    return {
        (name, record["id"]): json.dumps(thaw(record), sort_keys=True)
        for name in state.collections()
        for record in state.table(name)
    }


def check(before: State, now: State) -> None:
    was, is_ = plainly(before), plainly(now)
    found = {(one.collection, one.id): one for one in differences(before, now)}
    assert {place for place in {*was, *is_} if was.get(place) != is_.get(place)} == found.keys()
    for place, one in found.items():
        kind = "created" if place not in was else "removed" if place not in is_ else "changed"
        assert kind == one.kind
        document = json.loads(was[place]) if place in was else None
        patched = jsonpatch.apply_patch(document, one.patch()) if kind != "removed" else None
        assert is_.get(place, "null") == json.dumps(patched, sort_keys=True)


@settings(max_examples=300, deadline=None)
@given(bases, bases, steps, steps)
def test_differences_are_those_that_a_look_at_everything_finds(
    books: list[Any], lamps: list[Any], one: list[Any], other: list[Any]
) -> None:
    beginning = Shelf(Table.of(books), Table.of(lamps))
    first, second = after(beginning, one), after(beginning, other)
    check(beginning, first)
    check(first, beginning)
    check(first, second)


@settings(max_examples=100, deadline=None)
@given(bases, bases, steps)
def test_differences_are_found_between_states_of_two_worlds(
    here: list[Any], there: list[Any], taken: list[Any]
) -> None:
    check(after(Shelf(Table.of(here), Table.of()), taken), Shelf(Table.of(there), Table.of()))


def test_differences_come_in_the_order_in_which_records_joined() -> None:
    beginning = Shelf(Table.of([{"id": n} for n in range(5)]), Table.of())
    now = after(beginning, [("lamps", {"id": 1}), ("books", {"id": 9}), ("books", 3), ("books", {"id": 0, "x": 1})])
    said = world_differences({"shelf": beginning}, {"shelf": now, "other": beginning})
    assert [("books", 0, "changed"), ("books", 3, "removed"), ("books", 9, "created"), ("lamps", 1, "created")] == [
        (one["collection"], one["id"], one["kind"]) for one in said
    ]
    assert [{"op": "add", "path": "/x", "value": 1}] == said[0]["patch"]
    assert [{"op": "remove", "path": ""}] == said[1]["patch"]
    assert [{"op": "add", "path": "", "value": {"id": 9}}] == said[2]["patch"]
    assert [{"id": 0}, {"id": 3}, None] == [one.get("before") for one in said[:3]]


def test_a_state_does_not_differ_from_itself() -> None:
    shelf = Shelf(Table.of([{"id": 1}]), Table.of())
    assert [] == list(differences(shelf, shelf))
    assert [] == list(differences(shelf, shelf.with_table("books", shelf.books.put({"id": 1}))))

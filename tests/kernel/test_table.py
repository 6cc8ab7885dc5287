"""Tables: records by id, in order, with indexes, persistent."""

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.kernel.table import Table

Record = dict[str, Any]
INDEXES = {"colour": lambda record: record["colour"]}

records = st.builds(
    lambda id, colour: {"id": id, "colour": colour}, st.integers(0, 30), st.sampled_from([None, "r", "g"])
)
steps = st.lists(
    st.one_of(st.tuples(st.just("put"), records), st.tuples(st.just("drop"), st.integers(0, 30))), max_size=60
)


class Model:
    """A table in plain Python: a dict of records, and for each colour the ids in the order in which they joined."""

    def __init__(self, base: list[Record]) -> None:
        self.records: dict[int, Record] = {}
        self.groups: dict[str, list[int]] = {}
        self.created = 0
        for record in base:
            self.put(record)

    def put(self, record: Record) -> None:
        old = self.records.get(record["id"])
        self.created += old is None
        if old is None or old["colour"] != record["colour"]:
            self._leave(old)
            if record["colour"] is not None:
                self.groups.setdefault(record["colour"], []).append(record["id"])
        self.records[record["id"]] = record

    def drop(self, id: int) -> None:
        self._leave(self.records.pop(id, None))

    def _leave(self, old: Record | None) -> None:
        if old is not None and old["colour"] is not None:
            self.groups[old["colour"]].remove(old["id"])


@settings(max_examples=200, deadline=None)
@given(st.lists(records, max_size=20, unique_by=lambda record: record["id"]), steps)
def test_a_table_behaves_like_a_dict_that_remembers_order(base: list[Record], taken: list[tuple[str, Any]]) -> None:
    table, model = Table.of(base, indexes=INDEXES), Model(base)
    for verb, value in taken:
        if verb == "put":
            table = table.put(value)
            model.put(value)
        else:
            table = table.drop(value)
            model.drop(value)
        assert len(model.records) == len(table)
    assert list(model.records.values()) == list(table)
    assert model.created == table.created
    for offset in range(0, len(table) + 2, 3):
        assert list(model.records.values())[offset : offset + 4] == table.page(offset, 4)
    for colour in ("r", "g"):
        assert model.groups.get(colour, []) == [record["id"] for record in table.where("colour", colour)]
        assert len(model.groups.get(colour, [])) == len(table.where("colour", colour))
    for id in range(31):
        assert model.records.get(id) == table.get(id)
        assert (id in model.records) == (id in table)


@settings(max_examples=100, deadline=None)
@given(st.lists(records, max_size=20, unique_by=lambda record: record["id"]), steps)
def test_no_change_reaches_an_older_table(base: list[Record], taken: list[tuple[str, Any]]) -> None:
    table = Table.of(base, indexes=INDEXES)
    history = [(table, list(table), list(table.where("colour", "r")))]
    for verb, value in taken:
        table = table.put(value) if verb == "put" else table.drop(value)
        history.append((table, list(table), list(table.where("colour", "r"))))
    for old, everything, red in history:
        assert everything == list(old)
        assert red == list(old.where("colour", "r"))


@settings(max_examples=50, deadline=None)
@given(st.lists(records, max_size=20, unique_by=lambda record: record["id"]), steps)
def test_a_rebuilt_table_has_the_same_records_and_goes_on_counting(
    base: list[Record], taken: list[tuple[str, Any]]
) -> None:
    table = Table.of(base)
    for verb, value in taken:
        table = table.put(value) if verb == "put" else table.drop(value)
    rebuilt = table.rebuilt(INDEXES)
    assert list(table) == list(rebuilt)
    assert table.created == rebuilt.created
    assert [record for record in table if record["colour"] == "g"] == list(rebuilt.where("colour", "g"))
    added = rebuilt.put({"id": 99, "colour": "g"})
    assert table.created + 1 == added.created
    assert {"id": 99, "colour": "g"} == list(added)[-1]


def test_records_are_frozen_all_the_way_down() -> None:
    given: Record = {"id": 1, "tags": ["a"], "more": {"deep": [{}]}}
    table = Table.of().put(given)
    given["tags"].append("b")
    record = table.get(1)
    assert record is not None
    assert ("a",) == record["tags"]
    changes: list[Callable[[], object]] = [
        lambda: record.update(id=2),
        lambda: record.pop("id"),
        record["more"].clear,
        lambda: record["more"].setdefault("x", 1),
        lambda: operator.setitem(record, "id", 3),
        lambda: operator.delitem(record, "id"),
    ]
    for change in changes:
        with pytest.raises(TypeError, match="frozen"):
            change()


def test_two_records_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        Table.of([{"id": 1}, {"id": 1}])


def test_an_unknown_index_is_an_error() -> None:
    with pytest.raises(KeyError):
        Table.of([{"id": 1}]).where("colour", "r")


def test_pages_beyond_the_end_and_odd_offsets_are_empty() -> None:
    table = Table.of([{"id": 1}])
    assert [] == table.page(1, 10)
    assert [] == table.page(10**18, 10)
    assert [] == table.page(-1, 10)
    assert [] == table.page(0, 0)


@settings(max_examples=200, deadline=None)
@given(st.lists(records, max_size=20, unique_by=lambda record: record["id"]), steps, steps)
def test_what_made_a_table_out_of_another_makes_it_again(
    base: list[Record], before: list[tuple[str, Any]], taken: list[tuple[str, Any]]
) -> None:
    table = _after(Table.of(base, indexes=INDEXES), before)
    table.seal()
    later = _after(table, taken)
    changes = later.changes_since(table)
    assert changes is not None
    again = table.changed(changes)
    assert (list(later), later.created) == (list(again), again.created)
    for colour in ("r", "g"):
        assert list(later.where("colour", colour)) == list(again.where("colour", colour))
    assert [] == table.changes_since(table)


def test_a_table_that_was_sealed_does_not_know_what_it_was_made_from() -> None:
    first = Table.of([{"id": 1}])
    second = first.put({"id": 2})
    assert [{"id": 2}] == second.changes_since(first)
    second.seal()
    third = second.drop(1)
    assert None is second.changes_since(first)
    assert None is third.changes_since(first)
    assert [1] == third.changes_since(second)


def test_a_table_on_another_base_does_not_know_either() -> None:
    first = Table.of([{"id": 1}])
    assert None is first.put({"id": 2}).rebuilt({}).changes_since(first)


def _after(table: Table, taken: list[tuple[str, Any]]) -> Table:
    for verb, value in taken:
        table = table.put(value) if verb == "put" else table.drop(value)
    return table

"""Overlays: what a table differs from its base by, as data that makes the same table again."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.kernel.freeze import same
from understudy.kernel.overlay import Overlay
from understudy.kernel.table import Table

INDEXES = {"colour": lambda record: record["colour"], "size": lambda record: record["size"]}
ids = st.integers(0, 12)
records = st.builds(
    lambda id, colour, size: {"id": id, "colour": colour, "size": size},
    ids,
    st.sampled_from([None, "r", "g"]),
    st.sampled_from([1, True, 1.5]),
)
bases = st.lists(records, max_size=10, unique_by=lambda record: record["id"])
steps = st.lists(st.one_of(records, ids), max_size=40)


def after(table: Table, taken: list[Any]) -> Table:
    for step in taken:
        table = table.drop(step) if isinstance(step, int) else table.put(step)
    return table


def shown(table: Table) -> tuple[Any, ...]:
    """Return all that can be seen of a table: records, groups in their order, and the next number."""
    groups = [list(table.where(index, value)) for index in INDEXES for value in ("r", "g", 1, 1.5)]
    return repr(list(table)), repr(groups), table.created


def through_json(overlay: Overlay) -> Overlay:
    data = json.loads(json.dumps(overlay._asdict()))
    last = {index: tuple(late) for index, late in data["last"].items()}
    return Overlay(data["created"], tuple(data["dropped"]), tuple(data["records"]), last)


@settings(max_examples=400, deadline=None)
@given(bases, steps, steps)
def test_an_overlay_makes_the_table_again_and_both_go_on_alike(
    base: list[Any], taken: list[Any], later: list[Any]
) -> None:
    beginning = Table.of(base, indexes=INDEXES)
    table = after(beginning, taken)
    again = through_json(Overlay.between(beginning, table)).over(beginning)
    assert shown(table) == shown(again)
    assert shown(after(table, later)) == shown(after(again, later))


@settings(max_examples=1000, deadline=None)
@given(bases, steps)
def test_what_was_touched_tells_as_much_as_all_records(base: list[Any], taken: list[Any]) -> None:
    beginning, copy = (Table.of(base, indexes=INDEXES) for _ in range(2))
    table = after(beginning, taken)
    assert repr(Overlay.between(copy, table)) == repr(Overlay.between(beginning, table))


def test_an_overlay_looks_at_no_more_records_than_were_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    base = Table.of(({"id": n, "colour": "r", "size": 1} for n in range(100_000)), indexes=INDEXES)
    table = base.drop(99_999).put({"id": 5, "colour": "g", "size": 1}).put({"id": 99_999, "colour": "r", "size": 1})
    seen: list[int] = []
    at = Table.at

    def watched(self: Table, seat: int) -> Any:
        seen.append(seat)
        return at(self, seat)

    monkeypatch.setattr(Table, "at", watched)
    Overlay.between(base, table.drop(50_000))
    assert len(seen) < 60


@settings(max_examples=100, deadline=None)
@given(bases, bases, steps)
def test_an_overlay_over_another_base_makes_the_table_too(base: list[Any], other: list[Any], taken: list[Any]) -> None:
    """As after a reload: the table stands on a base of its own."""
    table = after(Table.of(other, indexes=INDEXES), taken).rebuilt(INDEXES)
    beginning = Table.of(base, indexes=INDEXES)
    assert shown(table) == shown(through_json(Overlay.between(beginning, table)).over(beginning))


def test_an_overlay_is_as_small_as_the_changes() -> None:
    base = Table.of(({"id": n, "colour": "r", "size": 1} for n in range(5000)), indexes=INDEXES)
    table = base.put({"id": 7, "colour": "g", "size": 1}).put({"id": 7, "colour": "r", "size": 2})
    table = table.drop(4000).put({"id": 9999, "colour": "g", "size": 1})
    overlay = Overlay.between(base, table)
    assert (4000,) == overlay.dropped
    assert [7, 9999] == [record["id"] for record in overlay.records]
    assert {"colour": (7,)} == overlay.last
    assert 5001 == overlay.created


def test_a_table_counts_on_from_where_it_is_told() -> None:
    table = Table.of([{"id": 1}]).counting(10**12)
    assert 10**12 == table.created
    assert 10**12 + 1 == table.put({"id": 2}).created
    assert 10**12 + 1 == table.put({"id": 2}).drop(1).created
    assert [1, 2] == [record["id"] for record in table.put({"id": 2})]


def test_values_are_compared_as_json() -> None:
    table = Table.of([{"id": 1, "value": {"a": 1, "b": [1, None]}}])
    record = table.get(1)
    assert record is not None
    for other, alike in [
        ({"id": 1, "value": {"b": [1, None], "a": 1}}, True),
        ({"id": 1, "value": {"a": True, "b": [1, None]}}, False),
        ({"id": 1, "value": {"a": 1.0, "b": [1, None]}}, False),
        ({"id": 1, "value": {"a": 1, "b": [1]}}, False),
        ({"id": 1, "value": {"a": 1, "c": [1, None]}}, False),
    ]:
        assert alike == same(record, table.put(other).get(1)), other

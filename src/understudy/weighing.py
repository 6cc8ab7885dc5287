"""About how much memory states take beside their worlds; and the same states without what nobody needs."""

from collections.abc import Iterable, Mapping, Sequence
from sys import getsizeof
from typing import Any

import orjson

from understudy.kernel.freeze import FrozenDict
from understudy.kernel.overlay import renewed
from understudy.kernel.state import State
from understudy.kernel.table import Table

_ROW = 800
"""What a record takes beside itself: its seat, its place in the order and in indexes."""
_MARK = 400
"""What is left of one that was dropped."""
_VERSION = 4096
"""What a version of a table takes beside its records."""
_VALUE, _MEMBER, _MAPPING, _WIDEST = 60, 60, 200, 4
"""Bytes beside its text that a value takes, a member's name, and a mapping; bytes of memory that one of UTF-8 can
come to."""
_WORTH_IT = 64 * 1024
_LOOKS = 2_000_000
"""Records that are looked at in about half a second."""


def weigh(several: Iterable[Mapping[str, State]]) -> int:
    """Return about how many bytes are kept for some states. What they share counts once."""
    whole = {id(state): state for states in several for state in states.values()}
    tables = {id(table): table for state in whole.values() for table in _tables(state)}
    records = {id(record): record for table in tables.values() for record in table.kept()}
    versions = 0
    marks: dict[int, int] = {}  # versions of one table share nearly all of them
    for table in tables.values():
        if table.marks:
            versions += 1
            base = id(table.stands_on())
            marks[base] = max(marks.get(base, 0), table.marks)
    return sum(map(weight, records.values())) + _ROW * len(records) + _VERSION * versions + _MARK * sum(marks.values())


def is_long(past: Sequence[Mapping[str, State]], present: Mapping[str, State]) -> bool:
    """Say whether it would take long to weigh all of these."""
    marks = sum([table.marks for state in present.values() for table in _tables(state)])
    return len(past) * (marks + 1) > _LOOKS


def added(states: Mapping[str, State]) -> int:
    """Return how many records were added to those of the world, over all tables."""
    return sum([max(0, _added(table)) for state in states.values() for table in _tables(state)])


def more(before: State, after: State) -> bool:
    """Say whether some table has more records than before."""
    return any(len(now) > len(was) for was, now in zip(_tables(before), _tables(after), strict=True))


def slim(state: State) -> State:
    """Return the same state without what its tables remember of records that are gone, where that is most."""
    for name in state.collections():
        table = state.table(name)
        if _is_mostly_gone(table):
            state = state.with_table(name, renewed(table))
    return state


def _added(table: Table) -> int:
    return len(table) - len(table.stands_on().records)


def _tables(state: State) -> list[Table]:
    return [state.table(name) for name in state.collections()]


def _is_mostly_gone(table: Table) -> bool:
    if not table.marks:
        return False
    there = [record for id in table.touched() if (record := table.get(id)) is not None]
    needed = sum(map(weight, there)) + _MARK * len(there)
    return sum(map(weight, table.kept())) + _MARK * table.marks > 2 * needed + _WORTH_IT


def weight(record: Mapping[str, Any]) -> int:
    """Return about how many bytes a record takes; that is found out once."""
    if not isinstance(record, FrozenDict):
        return _weigh(record)
    try:
        return record.weight
    except AttributeError:
        record.weight = _weigh(record)
        return record.weight


def _weigh(record: Mapping[str, Any]) -> int:
    """Weigh by the text, which is five times as fast as to look at each value."""
    try:
        text = orjson.dumps(record)
    except TypeError:  # whole numbers beyond 64 bits, and half of a surrogate pair
        return _sum(record)
    size = len(text) if text.isascii() else _WIDEST * len(text)
    size += _VALUE * (text.count(b",") + text.count(b"[")) + _MEMBER * text.count(b":")
    return size + _MAPPING * text.count(b"{")


def _sum(value: Any) -> int:
    if isinstance(value, Mapping):
        return getsizeof(value) + sum([getsizeof(name) + _sum(part) for name, part in value.items()])
    if isinstance(value, tuple | list):
        return getsizeof(value) + sum(map(_sum, value))
    return getsizeof(value)

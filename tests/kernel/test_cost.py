"""Large tables cost what small ones do: counted in steps of the interpreter, not in seconds."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from understudy.kernel.table import Table


def lines_run(action: Callable[[], object]) -> int:
    """Return how many lines of Python an action runs."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


def table_of(size: int) -> Table:
    """Return a table with a third of its records in the overlay, and with gaps."""
    table = Table.of(
        ({"id": n, "group": n % 2} for n in range(size)), indexes={"group": lambda record: record["group"]}
    )
    for n in range(0, size, max(3, size // 300)):
        table = table.drop(n)
    return table


@pytest.mark.parametrize(
    "action",
    [
        lambda table, size: table.get(size // 2),
        lambda table, size: table.put({"id": -1, "group": 1}),
        lambda table, size: table.put({"id": size // 2, "group": 7}),
        lambda table, size: table.drop(size // 2),
        lambda table, size: table.page(len(table) // 2, 10),
        lambda table, size: table.page(len(table) - 10, 10),
        lambda table, size: table.where("group", 1).page(len(table) // 3, 10),
    ],
    ids=["get", "create", "update", "drop", "page in the middle", "last page", "page of an index"],
)
def test_a_thousand_times_the_records_cost_at_most_a_few_more_steps(action: Callable[[Table, int], object]) -> None:
    small, large = table_of(100), table_of(100_000)
    few, many = lines_run(lambda: action(small, 100)), lines_run(lambda: action(large, 100_000))
    assert many <= 3 * few + 30

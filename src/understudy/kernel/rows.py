"""Some records of a table."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from understudy.kernel.base import Record
from understudy.kernel.ordered import OrderedSet


class Seated(Protocol):
    """Where records are found by seat."""

    def at(self, seat: int) -> Record:
        """Return the record on a seat."""

    def on(self, seats: Iterable[int]) -> list[Record]:
        """Return the records on some seats."""


class Rows:
    """Some records of a table, in the order in which they came: countable, and readable by page."""

    __slots__ = ("_members", "_table")

    def __init__(self, table: Seated, members: OrderedSet) -> None:
        self._table = table
        self._members = members

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.page(0, len(self)))

    def first(self) -> Record | None:
        """Return the first record, or None where there is none."""
        seat = self._members.first()
        return None if seat is None else self._table.at(seat)

    def page(self, offset: int, limit: int) -> list[Record]:
        """Return up to ``limit`` records from the ``offset``-th on."""
        return self._table.on(self._members.slice(offset, limit))

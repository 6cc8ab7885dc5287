"""What joined a table at its end, shared by all tables that grew out of one another."""

from collections.abc import Iterable, Iterator

from immutables import Map

from understudy.kernel.base import Group, Id, Record
from understudy.kernel.ordered import OrderedSet

NO_ONE = OrderedSet()
_NOWHERE = -1
_WORTH_IT = 1024
"""Records."""


class Growth:
    """Records by seat, seats by id, and the only seats that indexes file under a value.

    It is written at its end only, and only by the table that sees all of it; each table sees what
    stood here when it was made. So a table grows at the cost of a list and a dict, and stays a value.
    """

    __slots__ = ("_gone", "_groups", "_records", "_seats", "start")

    def __init__(self, order: OrderedSet) -> None:
        self.start = order.top
        """The seat of the first that joined."""
        self._gone = order.gone
        self._records: list[Record] = []
        self._seats: dict[Id, int] = {}
        self._groups: dict[Group, int] = {}

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        """Go through all that ever joined."""
        return iter(self._records)

    def ends_at(self, end: int) -> bool:
        """Say whether a table that sees all before ``end`` sees all there is, and so may write."""
        return end == self.start + len(self._records)

    def is_mostly_gone(self, end: int, order: OrderedSet) -> bool:
        """Say whether most of what a table sees here was dropped, and is worth being freed."""
        size = end - self.start
        return size >= _WORTH_IT and 2 * (order.gone - self._gone) > size

    def join(self, record: Record) -> None:
        """Take in the record on the next seat."""
        self._records.append(record)

    def name(self, id: Id, seat: int) -> None:
        """Note who sits on a seat."""
        self._seats[id] = seat

    def file(self, groups: Iterable[Group], seat: int) -> None:
        """Note who is the only one in some groups."""
        self._groups.update(dict.fromkeys(groups, seat))

    def at(self, seat: int) -> Record:
        """Return the record on a seat, as it joined."""
        return self._records[seat - self.start]

    def seat(self, id: Id, end: int) -> int:
        """Return the seat of an id before ``end``, else -1."""
        seat = self._seats.get(id, _NOWHERE)
        return seat if seat < end else _NOWHERE

    def group(self, group: Group, end: int) -> OrderedSet:
        """Return who of those before ``end`` is alone in a group, if anybody is."""
        seat = self._groups.get(group, _NOWHERE)
        return NO_ONE if seat == _NOWHERE or seat >= end else NO_ONE.add(seat)

    def ids(self, end: int) -> list[Id]:
        """Return the ids of who joined before ``end``."""
        return [id for id, seat in self._seats.copy().items() if seat < end]

    def groups(self, end: int) -> list[Group]:
        """Return the groups that somebody before ``end`` is alone in."""
        return [group for group, seat in self._groups.copy().items() if seat < end]

    def mapped(
        self,
        end: int,
        order: OrderedSet,
        seats: Map[Id, int],
        records: Map[int, Record],
        groups: Map[Group, OrderedSet],
    ) -> tuple[Map[Id, int], Map[int, Record], Map[Group, OrderedSet]]:
        """Return a table's maps with all that it sees here and did not drop."""
        seated = {seat: self.at(seat) for seat in range(self.start, end) if seat in order and seat not in records}
        named = {id: self._seats[id] for id in self.ids(end) if id not in seats}
        filed = {group: self.group(group, end) for group in self.groups(end) if group not in groups}
        return seats.update(named), records.update(seated), groups.update(filed)

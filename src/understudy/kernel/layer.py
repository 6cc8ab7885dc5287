"""What can be read of a table: a shared base, a shared growth, and what differs from both."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from immutables import Map

from understudy.kernel.base import Base, Group, Id, IndexKey, Record
from understudy.kernel.growth import NO_ONE, Growth
from understudy.kernel.load import NOTHING, Load, Place
from understudy.kernel.ordered import OrderedSet
from understudy.kernel.rows import Rows

if TYPE_CHECKING:
    from understudy.kernel.trail import Trail

DROPPED = -1
"""The seat of who has none."""
_NOTHING: Map[Any, Any] = Map()
_MANY = 1000


class Layer:
    """Records found by id or by index, in insertion order, whatever they stand in."""

    __slots__ = ("_base", "_end", "_groups", "_growth", "_order", "_records", "_seats", "_trail", "_uncounted", "load")

    def __init__(
        self,
        base: Base,
        seats: Map[Id, int] = _NOTHING,
        records: Map[int, Record] = _NOTHING,
        groups: Map[Group, OrderedSet] = _NOTHING,
        order: OrderedSet | None = None,
        uncounted: int = 0,
        trail: "Trail | None" = None,
        growth: Growth | None = None,
        end: int = 0,
        load: Load = NOTHING,
    ) -> None:
        self._base = base
        self._seats = seats
        self._records = records
        self._groups = groups
        self._order = OrderedSet(range(len(base.records))) if order is None else order
        self._uncounted = uncounted  # records that joined this table before it was made out of another
        self._trail = trail
        self._growth = growth  # what joined since the base, but for what the maps have
        self._end = end  # the seat before which this table sees it
        self.load = load
        """What it holds beside its base."""

    @property
    def created(self) -> int:
        """How many records ever joined this table: the number that the next new one will have."""
        return self._order.top + self._uncounted

    @property
    def bytes(self) -> int:
        """About how many bytes are kept for it beside its base; more after others have grown out of it."""
        return self.load.own if self._growth is None else self.load.own + self._growth.bytes

    @property
    def is_worn(self) -> bool:
        """Whether most of what it remembers is of records that are gone, and are none of the base."""
        return self._order.gone > 2 * self.load.records + _MANY

    @property
    def indexes(self) -> Mapping[str, IndexKey]:
        """The functions that file records, by index name."""
        return self._base.keys

    @property
    def key(self) -> str:
        """The member that identifies a record."""
        return self._base.key

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.all())

    def __contains__(self, id: Id) -> bool:
        return self._seat(id) != DROPPED

    def stands_on(self) -> object:
        """Return the base: tables that stand on the same one differ in no more than what they touched."""
        return self._base

    def seal(self) -> None:
        """Forget what this table was made from, which would otherwise be kept as long as the table is."""
        self._trail = None

    def touched(self) -> set[Id]:
        """Return the ids of what was added, changed or dropped since the base."""
        key = self._base.key
        joined = () if self._growth is None else self._growth.ids(self._end)
        return {*self._seats, *(record[key] for record in self._records.values()), *joined}

    def seat(self, id: Id) -> int:
        """Return the number under which a record joined; of a dropped one while the base has it, else -1."""
        seat = self._seat(id)
        return self._base.seats.get(id, DROPPED) if seat == DROPPED else seat

    def regrouped(self) -> set[Group]:
        """Return the (index, value) pairs whose records are not those of the base, or in another order."""
        joined = () if self._growth is None else self._growth.groups(self._end)
        return {*self._groups, *joined}

    def seats(self, group: Group | None = None) -> OrderedSet:
        """Return the seats of all records in their order, or of those that an index files under a value."""
        return self._order if group is None else self._group(*group)

    def get(self, id: Id) -> Record | None:
        """Return the record with this id, or None."""
        seat = self._seat(id)
        return None if seat == DROPPED else self.at(seat)

    def at(self, seat: int) -> Record:
        """Return the record on a seat: the number under which it joined."""
        changed = self._records.get(seat)
        if changed is not None:
            return changed
        growth = self._growth
        return self._base.records[seat] if growth is None or seat < growth.start else growth.at(seat)

    def on(self, seats: Iterable[int]) -> list[Record]:
        """Return the records on some seats."""
        if self._records or self._growth is not None:
            return [self.at(seat) for seat in seats]
        there = self._base.records
        return [there[seat] for seat in seats]

    def only(self) -> Record:
        """Return the record of a table that is to have just one: the first. Raises LookupError where there is none."""
        seat = self._order.first()
        if seat is None:
            raise LookupError("a table that is to have a record has none")
        return self.at(seat)

    def all(self) -> Rows:
        """Return every record."""
        return Rows(self, self._order)

    def page(self, offset: int, limit: int) -> list[Record]:
        """Return up to ``limit`` records from the ``offset``-th on, in insertion order."""
        return self.all().page(offset, limit)

    def where(self, index: str, value: Hashable) -> Rows:
        """Return the records that ``index`` files under ``value``. Raises KeyError for an unknown index."""
        return Rows(self, self._group(index, value))

    def _seat(self, id: Id) -> int:
        seat = self._seats.get(id)
        if seat is None:
            seat = self._base.seats.get(id)
        if seat is None:
            return DROPPED if self._growth is None else self._growth.seat(id, self._end)
        return seat

    def _group(self, index: str, value: Hashable) -> OrderedSet:
        changed = self._groups.get((index, value))
        if changed is not None:
            return changed
        base = self._base.groups[index].get(value)
        if base is not None:
            return OrderedSet(base)
        return NO_ONE if self._growth is None else self._growth.group((index, value), self._end)

    def _place_of(self, seat: int) -> Place:
        if seat in self._records:
            return Place.OWN
        return Place.BASE if seat < len(self._base.records) else Place.GROWTH

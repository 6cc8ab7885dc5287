"""Records by id, in order, with indexes: a shared base and a persistent overlay of changes."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from immutables import Map

from understudy.kernel.base import Base, Group, Id, IndexKey, Record
from understudy.kernel.freeze import freeze
from understudy.kernel.growth import NO_ONE, Growth
from understudy.kernel.ordered import OrderedSet
from understudy.kernel.rows import Rows
from understudy.kernel.trail import Change, Trail, steps, walked

__all__ = ["Change", "Id", "IndexKey", "Record", "Rows", "Table"]

_NOTHING: Map[Any, Any] = Map()
_DROPPED = -1


class Table:
    """An immutable collection of records, found by id or by index, in insertion order.

    ``put`` and ``drop`` return a new table that shares everything unchanged with the old one.
    Getting, putting, dropping and reading a page cost O(log n) at most.
    """

    __slots__ = ("_base", "_end", "_groups", "_growth", "_order", "_records", "_seats", "_trail", "_uncounted")

    def __init__(
        self,
        base: Base,
        seats: Map[Id, int] = _NOTHING,
        records: Map[int, Record] = _NOTHING,
        groups: Map[Group, OrderedSet] = _NOTHING,
        order: OrderedSet | None = None,
        uncounted: int = 0,
        trail: Trail | None = None,
        growth: Growth | None = None,
        end: int = 0,
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

    @classmethod
    def of(
        cls,
        records: Iterable[Mapping[str, Any]] = (),
        *,
        key: str = "id",
        indexes: Mapping[str, IndexKey] = MappingProxyType({}),
    ) -> "Table":
        """Build a table whose base is ``records``.

        ``key`` names the member that identifies a record. ``indexes`` maps an index's name to the
        function that files a record under a value. Raises ValueError for two records with one key.
        """
        return cls(Base(records, key, dict(indexes)))

    @property
    def created(self) -> int:
        """How many records ever joined this table: the number that the next new one will have."""
        return self._order.top + self._uncounted

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
        return self._seat(id) != _DROPPED

    @property
    def marks(self) -> int:
        """How many places are kept beside the base's, of records that are there and of those that are gone."""
        return len(self._seats) + len(self._records) + (0 if self._growth is None else len(self._growth))

    def kept(self) -> Iterator[Record]:
        """Go through the records that are kept beside the base's, those too that only other tables still have."""
        yield from self._records.values()
        yield from () if self._growth is None else self._growth

    def stands_on(self) -> Base:
        """Return the base: tables that stand on the same one differ in no more than what they touched."""
        return self._base

    def changes_since(self, before: "Table") -> list[Change] | None:
        """Return what was put and dropped to make this table out of ``before``, in order; None where that is not known.

        It is known from when this table, or the one that it was made from, was last ``sealed``.
        """
        beginning, changes = walked(self._trail or self)
        return changes if beginning is before else None

    def changed(self, changes: Iterable[Change]) -> "Table":
        """Return the table after these changes: the inverse of ``changes_since``."""
        table = self
        for change in changes:
            table = table.put(change) if isinstance(change, Mapping) else table.drop(change)
        return table

    def seal(self) -> int:
        """Forget what this table was made from, which would be kept as long as it is; return by how many changes."""
        trail, self._trail = self._trail, None
        return 0 if trail is None else steps(trail)

    def touched(self) -> set[Id]:
        """Return the ids of what was added, changed or dropped since the base."""
        key = self._base.key
        joined = () if self._growth is None else self._growth.ids(self._end)
        return {*self._seats, *(record[key] for record in self._records.values()), *joined}

    def seat(self, id: Id) -> int:
        """Return the number under which a record joined; of a dropped one while the base has it, else -1."""
        seat = self._seat(id)
        return self._base.seats.get(id, _DROPPED) if seat == _DROPPED else seat

    def rebuilt(self, indexes: Mapping[str, IndexKey]) -> "Table":
        """Return the same records filed by other indexes, as when a handler's code was changed."""
        base = Base(self, self.key, indexes)
        return Table(base, uncounted=self.created - len(base.records))

    def counting(self, created: int) -> "Table":
        """Return the same records, of a table that so many ever joined."""
        uncounted, growth, end = created - self._order.top, self._growth, self._end
        return Table(
            self._base, self._seats, self._records, self._groups, self._order, uncounted, growth=growth, end=end
        )

    def regrouped(self) -> set[Group]:
        """Return the (index, value) pairs whose records are not those of the base, or in another order."""
        joined = () if self._growth is None else self._growth.groups(self._end)
        return {*self._groups, *joined}

    def seats(self, group: Group | None = None) -> OrderedSet:
        """Return the seats of all records in their order, or of those that an index files under a value."""
        return self._order if group is None else self._group(*group)

    def last_in_group(self, index: str, id: Id) -> "Table":
        """Return the table with a record at the end of those that ``index`` files with it, as if it came there last.

        Raises KeyError for an unknown index or id.
        """
        seat = self._seat(id)
        if seat == _DROPPED:
            raise KeyError(id)
        value = self._base.keys[index](self.at(seat))
        if value is None:
            return self
        groups = self._groups.set((index, value), self._group(index, value).discard(seat).add(seat))
        return self._with(self._records, groups, None)

    def get(self, id: Id) -> Record | None:
        """Return the record with this id, or None."""
        seat = self._seat(id)
        return None if seat == _DROPPED else self.at(seat)

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

    def put(self, record: Mapping[str, Any]) -> "Table":
        """Return the table with ``record`` in the place of the one with its id, or at the end."""
        frozen: Record = freeze(record)
        base = self._base
        id = frozen[base.key]
        if type(id) is not str and type(id) is not int:
            raise TypeError(f"the {base.key} of a record is a text or a whole number, not {id!r:.100}")
        seat = self._seat(id)
        if seat == _DROPPED:
            return self._join(id, frozen)
        groups = self._refile(seat, self.at(seat), frozen) if base.keys else self._groups
        return self._with(self._records.set(seat, frozen), groups, (self._trail or self, frozen))

    def _with(self, records: Map[int, Record], groups: Map[Group, OrderedSet], trail: Trail | None) -> "Table":
        base, order, uncounted = self._base, self._order, self._uncounted
        return Table(base, self._seats, records, groups, order, uncounted, trail, self._growth, self._end)

    def _join(self, id: Id, record: Record) -> "Table":
        seat = self._order.top
        order, trail = self._order.add(seat), (self._trail or self, record)
        growth, end = (Growth(self._order), seat) if self._growth is None else (self._growth, self._end)
        if seat != end or not growth.ends_at(end):  # another table grew out of this one already
            seats, records = self._seats.set(id, seat), self._records.set(seat, record)
            groups = self._refile(seat, None, record)
            return Table(self._base, seats, records, groups, order, self._uncounted, trail, growth, end)
        seats, groups = self._seats, self._groups
        fresh = []
        for name, key_of in self._base.keys.items():
            if (value := key_of(record)) is not None:
                others = self._group(name, value)
                if others.top:
                    groups = groups.set((name, value), others.add(seat))
                else:
                    fresh.append((name, value))
        growth.join(record)  # first: where a call is ended in here, the seat is taken, and nobody's name leads to it
        if id in seats:  # it was here before, and the map says that it left
            seats = seats.set(id, seat)
        else:
            growth.name(id, seat)
        growth.file(fresh, seat)
        return Table(self._base, seats, self._records, groups, order, self._uncounted, trail, growth, seat + 1)

    def drop(self, id: Id) -> "Table":
        """Return the table without the record with this id; unchanged if there is none."""
        seat = self._seat(id)
        if seat == _DROPPED:
            return self
        records = self._records.delete(seat) if seat in self._records else self._records
        groups, order = self._refile(seat, self.at(seat), None), self._order.discard(seat)
        seats, trail = self._seats.set(id, _DROPPED), (self._trail or self, id)
        growth, end = self._growth, self._end
        table = Table(self._base, seats, records, groups, order, self._uncounted, trail, growth, end)
        return table._mapped() if growth is not None and growth.is_mostly_gone(end, order) else table

    def _mapped(self) -> "Table":
        """Return the same table with all in its own maps: what was dropped is kept no longer than others see it."""
        if self._growth is None:
            return self
        maps = self._growth.mapped(self._end, self._order, self._seats, self._records, self._groups)
        return Table(self._base, *maps, self._order, self._uncounted, self._trail)

    def _seat(self, id: Id) -> int:
        seat = self._seats.get(id)
        if seat is None:
            seat = self._base.seats.get(id)
        if seat is None:
            return _DROPPED if self._growth is None else self._growth.seat(id, self._end)
        return seat

    def _group(self, index: str, value: Hashable) -> OrderedSet:
        changed = self._groups.get((index, value))
        if changed is not None:
            return changed
        base = self._base.groups[index].get(value)
        if base is not None:
            return OrderedSet(base)
        return NO_ONE if self._growth is None else self._growth.group((index, value), self._end)

    def _refile(self, seat: int, old: Record | None, new: Record | None) -> Map[Group, OrderedSet]:
        groups = self._groups
        for name, key_of in self._base.keys.items():
            before = None if old is None else key_of(old)
            after = None if new is None else key_of(new)
            if before == after:
                continue
            if before is not None:
                groups = groups.set((name, before), self._group(name, before).discard(seat))
            if after is not None:
                groups = groups.set((name, after), self._group(name, after).add(seat))
        return groups

"""Records by id, in order, with indexes: a shared base and a persistent overlay of changes."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from immutables import Map

from understudy.kernel.base import Base, Group, Id, IndexKey, Record
from understudy.kernel.freeze import freeze
from understudy.kernel.growth import Growth
from understudy.kernel.layer import DROPPED, Layer
from understudy.kernel.load import Load, cost
from understudy.kernel.ordered import OrderedSet
from understudy.kernel.rows import Rows
from understudy.kernel.trail import Change, Trail, walked

__all__ = ["Change", "Id", "IndexKey", "Record", "Rows", "Table"]


class Table(Layer):
    """An immutable collection of records, found by id or by index, in insertion order.

    ``put`` and ``drop`` return a new table that shares everything unchanged with the old one.
    Getting, putting, dropping and reading a page cost O(log n) at most.
    """

    __slots__ = ()

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

    def beginning(self) -> "Table":
        """Return the table that stands on the same base, and has nothing changed."""
        return Table(self._base)

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

    def rebuilt(self, indexes: Mapping[str, IndexKey]) -> "Table":
        """Return the same records filed by other indexes, as when a handler's code was changed."""
        base = Base(self, self.key, indexes)
        return Table(base, uncounted=self.created - len(base.records), load=self.load.mapped())

    def counting(self, created: int) -> "Table":
        """Return the same records, of a table that so many ever joined."""
        order, growth, end, load = self._order, self._growth, self._end, self.load
        uncounted = created - order.top
        return Table(self._base, self._seats, self._records, self._groups, order, uncounted, None, growth, end, load)

    def last_in_group(self, index: str, id: Id) -> "Table":
        """Return the table with a record at the end of those that ``index`` files with it, as if it came there last.

        Raises KeyError for an unknown index or id.
        """
        seat = self._seat(id)
        if seat == DROPPED:
            raise KeyError(id)
        value = self._base.keys[index](self.at(seat))
        if value is None:
            return self
        groups = self._groups.set((index, value), self._group(index, value).discard(seat).add(seat))
        return self._with(self._records, groups, None, self.load)

    def put(self, record: Mapping[str, Any]) -> "Table":
        """Return the table with ``record`` in the place of the one with its id, or at the end."""
        frozen: Record = freeze(record)
        base = self._base
        id = frozen[base.key]
        seat = self._seat(id)
        if seat == DROPPED:
            return self._join(id, frozen)
        old = self.at(seat)
        groups = self._refile(seat, old, frozen) if base.keys else self._groups
        load = self.load.replaced(self._place_of(seat), old, frozen)
        return self._with(self._records.set(seat, frozen), groups, (self._trail or self, frozen), load).slim()

    def _with(
        self, records: Map[int, Record], groups: Map[Group, OrderedSet], trail: Trail | None, load: Load
    ) -> "Table":
        base, order, uncounted = self._base, self._order, self._uncounted
        return Table(base, self._seats, records, groups, order, uncounted, trail, self._growth, self._end, load)

    def _join(self, id: Id, record: Record) -> "Table":
        seat = self._order.top
        order, trail = self._order.add(seat), (self._trail or self, record)
        growth, end = (Growth(self._order), seat) if self._growth is None else (self._growth, self._end)
        bytes = cost(record)
        if seat != end or not growth.ends_at(end):  # another table grew out of this one already
            seats, records = self._seats.set(id, seat), self._records.set(seat, record)
            groups = self._refile(seat, None, record)
            load = self.load.joined(bytes)
            return Table(self._base, seats, records, groups, order, self._uncounted, trail, growth, end, load)
        seats, groups = self._seats, self._groups
        fresh = []
        for name, key_of in self._base.keys.items():
            if (value := key_of(record)) is not None:
                others = self._group(name, value)
                if others.top:
                    groups = groups.set((name, value), others.add(seat))
                else:
                    fresh.append((name, value))
        if id in seats:  # it was here before, and the map says that it left
            seats = seats.set(id, seat)
        else:
            growth.name(id, seat)
        growth.file(fresh, seat)
        growth.join(record, bytes)
        load, end = self.load.grew(bytes), seat + 1
        return Table(self._base, seats, self._records, groups, order, self._uncounted, trail, growth, end, load)

    def drop(self, id: Id) -> "Table":
        """Return the table without the record with this id; unchanged if there is none."""
        seat = self._seat(id)
        if seat == DROPPED:
            return self
        old, of_base = self.at(seat), seat < len(self._base.records)
        load = self.load.dropped(self._place_of(seat), old, of_base=of_base)
        records = self._records.delete(seat) if seat in self._records else self._records
        groups, order = self._refile(seat, old, None), self._order.discard(seat)
        seats, trail = self._seats.set(id, DROPPED), (self._trail or self, id)
        growth, end = self._growth, self._end
        return Table(self._base, seats, records, groups, order, self._uncounted, trail, growth, end, load).slim()

    def slim(self) -> "Table":
        """Return the same table, without what is kept for others alone or of records that are gone, if that is most."""
        if self.is_worn:
            from understudy.kernel.overlay import renewed

            return renewed(self)
        growth, load = self._growth, self.load
        if growth is None or not growth.is_mostly_gone(load.grown):
            return self
        maps = growth.mapped(self._end, self._order, self._seats, self._records, self._groups)
        return Table(self._base, *maps, self._order, self._uncounted, self._trail, load=load.mapped())

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

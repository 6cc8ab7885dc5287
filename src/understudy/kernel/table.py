"""Records by id, in order, with indexes: a shared base and a persistent overlay of changes."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from immutables import Map

from understudy.kernel.freeze import FrozenDict, freeze
from understudy.kernel.ordered import OrderedSet

Id = str | int
Record = FrozenDict
IndexKey = Callable[[Record], Hashable]
"""Where an index files a record; None leaves the record out."""

Change = Record | Id
"""A record that was put, or the id of one that was dropped."""
Trail = tuple["Trail | Table", Change]
"""The last change, and what came before it, back to the table that they began from."""

_NOTHING: Map[Any, Any] = Map()
_DROPPED = -1
_NO_ONE = OrderedSet()


class _Base:
    """What the seed made: built once, shared by every sandbox, never changed."""

    __slots__ = ("groups", "key", "keys", "records", "seats")

    def __init__(self, records: Iterable[Mapping[str, Any]], key: str, keys: Mapping[str, IndexKey]) -> None:
        self.key = key
        self.keys = keys
        self.records: list[Record] = [freeze(record) for record in records]
        self.seats: dict[Id, int] = {record[key]: seat for seat, record in enumerate(self.records)}
        if len(self.seats) != len(self.records):
            raise ValueError(f"two records of one table have the same {key}")
        self.groups: dict[str, dict[Hashable, list[int]]] = {name: {} for name in keys}
        for name, key_of in keys.items():
            groups = self.groups[name]
            for seat, record in enumerate(self.records):
                if (value := key_of(record)) is not None:
                    groups.setdefault(value, []).append(seat)


class Rows:
    """Some records of a table, in the order in which they came: countable, and readable by page."""

    __slots__ = ("_members", "_table")

    def __init__(self, table: "Table", members: OrderedSet) -> None:
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


class Table:
    """An immutable collection of records, found by id or by index, in insertion order.

    ``put`` and ``drop`` return a new table that shares everything unchanged with the old one.
    Getting, putting, dropping and reading a page cost O(log n) at most.
    """

    __slots__ = ("_base", "_groups", "_order", "_records", "_seats", "_trail", "_uncounted")

    def __init__(
        self,
        base: _Base,
        seats: Map[Id, int] = _NOTHING,
        records: Map[int, Record] = _NOTHING,
        groups: Map[tuple[str, Hashable], OrderedSet] = _NOTHING,
        order: OrderedSet | None = None,
        uncounted: int = 0,
        trail: Trail | None = None,
    ) -> None:
        self._base = base
        self._seats = seats
        self._records = records
        self._groups = groups
        self._order = OrderedSet(range(len(base.records))) if order is None else order
        self._uncounted = uncounted  # records that joined this table before it was made out of another
        self._trail = trail

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
        return cls(_Base(records, key, dict(indexes)))

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

    def stands_on(self) -> object:
        """Return the base: tables that stand on the same one differ in no more than what they touched."""
        return self._base

    def changes_since(self, before: "Table") -> list[Change] | None:
        """Return what was put and dropped to make this table out of ``before``, in order; None where that is not known.

        It is known from when this table, or the one that it was made from, was last ``sealed``.
        """
        changes: list[Change] = []
        step: Trail | Table = self._trail or self
        while isinstance(step, tuple):
            step, change = step
            changes.append(change)
        return changes[::-1] if step is before else None

    def changed(self, changes: Iterable[Change]) -> "Table":
        """Return the table after these changes: the inverse of ``changes_since``."""
        table = self
        for change in changes:
            table = table.put(change) if isinstance(change, Mapping) else table.drop(change)
        return table

    def seal(self) -> None:
        """Forget what this table was made from, which would otherwise be kept as long as the table is."""
        self._trail = None

    def touched(self) -> set[Id]:
        """Return the ids of what was added, changed or dropped since the base."""
        key = self._base.key
        return {*self._seats, *(record[key] for record in self._records.values())}

    def seat(self, id: Id) -> int:
        """Return the number under which a record joined; of a dropped one while the base has it, else -1."""
        seat = self._seat(id)
        return self._base.seats.get(id, _DROPPED) if seat == _DROPPED else seat

    def rebuilt(self, indexes: Mapping[str, IndexKey]) -> "Table":
        """Return the same records filed by other indexes, as when a handler's code was changed."""
        base = _Base(self, self.key, indexes)
        return Table(base, uncounted=self.created - len(base.records))

    def counting(self, created: int) -> "Table":
        """Return the same records, of a table that so many ever joined."""
        uncounted = created - self._order.top
        return Table(self._base, self._seats, self._records, self._groups, self._order, uncounted)

    def regrouped(self) -> set[tuple[str, Hashable]]:
        """Return the (index, value) pairs whose records are not those of the base, or in another order."""
        return set(self._groups)

    def seats(self, group: tuple[str, Hashable] | None = None) -> OrderedSet:
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
        return Table(self._base, self._seats, self._records, groups, self._order, self._uncounted)

    def get(self, id: Id) -> Record | None:
        """Return the record with this id, or None."""
        seat = self._seat(id)
        return None if seat == _DROPPED else self.at(seat)

    def at(self, seat: int) -> Record:
        """Return the record on a seat: the number under which it joined."""
        changed = self._records.get(seat)
        return self._base.records[seat] if changed is None else changed

    def on(self, seats: Iterable[int]) -> list[Record]:
        """Return the records on some seats."""
        there, changed = self._base.records, self._records
        if not changed:
            return [there[seat] for seat in seats]
        get = changed.get
        return [there[seat] if (record := get(seat)) is None else record for seat in seats]

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
        seat = self._seat(id)
        if seat == _DROPPED:
            return self._join(id, frozen)
        groups = self._refile(seat, self.at(seat), frozen) if base.keys else self._groups
        records, trail = self._records.set(seat, frozen), (self._trail or self, frozen)
        return Table(base, self._seats, records, groups, self._order, self._uncounted, trail)

    def _join(self, id: Id, record: Record) -> "Table":
        seat = self._order.top
        seats, records = self._seats.set(id, seat), self._records.set(seat, record)
        groups, trail = self._refile(seat, None, record), (self._trail or self, record)
        return Table(self._base, seats, records, groups, self._order.add(seat), self._uncounted, trail)

    def drop(self, id: Id) -> "Table":
        """Return the table without the record with this id; unchanged if there is none."""
        seat = self._seat(id)
        if seat == _DROPPED:
            return self
        records = self._records.delete(seat) if seat in self._records else self._records
        groups, order = self._refile(seat, self.at(seat), None), self._order.discard(seat)
        seats, trail = self._seats.set(id, _DROPPED), (self._trail or self, id)
        return Table(self._base, seats, records, groups, order, self._uncounted, trail)

    def _seat(self, id: Id) -> int:
        seat = self._seats.get(id)
        return self._base.seats.get(id, _DROPPED) if seat is None else seat

    def _group(self, index: str, value: Hashable) -> OrderedSet:
        changed = self._groups.get((index, value))
        if changed is not None:
            return changed
        base = self._base.groups[index].get(value)
        return _NO_ONE if base is None else OrderedSet(base)

    def _refile(self, seat: int, old: Record | None, new: Record | None) -> Map[tuple[str, Hashable], OrderedSet]:
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

"""What a table differs from its base by, as data: little where little was changed, however large the base."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from understudy.kernel.table import Id, Record, Table

_Late = Callable[[Table, Table, tuple[str, Hashable]], list[Id]]


class Overlay(NamedTuple):
    """What makes one table out of another that it began as."""

    created: int
    """How many records ever joined the table: the number that the next new one will have."""
    dropped: tuple[Id, ...] = ()
    """Ids of the base that are gone, or left their place and stand among the records again."""
    records: tuple[Record, ...] = ()
    """What was put since: records that are not as in the base, each in its place there, and then those that joined."""
    last: Mapping[str, tuple[Id, ...]] = MappingProxyType({})
    """By index, the records that joined their group of it later than they joined the table, in that order."""

    @classmethod
    def between(cls, base: Table, table: Table) -> "Overlay":
        """Return what makes ``table`` out of ``base``.

        Costs O(changes) where the table began as the base, O(records) otherwise.
        """
        began = table.stands_on() is base.stands_on() and not base.touched() and not base.regrouped()
        dropped, records = _changes(base, table) if began else _changes_anyhow(base, table)
        plain = _laid(base, dropped, records)
        return cls(table.created, dropped, records, dict(_last(plain, table, _late if began else _late_anyhow)))

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Overlay":
        """Read an overlay from what ``as_data`` returned."""
        last = {index: tuple(ids) for index, ids in data.get("last", {}).items()}
        return cls(data["created"], tuple(data.get("dropped", ())), tuple(data.get("records", ())), last)

    def as_data(self) -> dict[str, Any]:
        """Return this as JSON data, without what is empty."""
        return {name: value for name, value in self._asdict().items() if value or name == "created"}

    def over(self, base: Table) -> Table:
        """Return the table. Raises KeyError for an unknown index, or one that files a record that is not there."""
        table = _laid(base, self.dropped, self.records)
        for index, ids in self.last.items():
            for id in ids:
                table = table.last_in_group(index, id)
        return table.counting(self.created)


def renewed(table: Table) -> Table:
    """Return the same table without what it remembers of records that are gone. Costs O(changes)."""
    beginning = Table(table.stands_on())
    again = Overlay.between(beginning, table).over(beginning)
    again.seal()
    return again


def _laid(table: Table, dropped: Iterable[Id], records: Iterable[Record]) -> Table:
    for id in dropped:
        table = table.drop(id)
    for record in records:
        table = table.put(record)
    return table


def _changes(base: Table, table: Table) -> tuple[tuple[Id, ...], tuple[Record, ...]]:
    """Return who is gone from an untouched base, or left their place, and what was put, by what was touched alone."""
    key, size, seats = table.key, len(base), table.seats()
    kept = seats.kept()
    joined = [table.at(seat) for seat in seats.after(kept)]
    was = (base.at(seat)[key] for seat in range(kept, size))
    returned = {record[key] for record in joined[: _in_order([record[key] for record in joined], was)]}
    touched = sorted((base.seat(id), id) for id in table.touched() if id in base)
    stayed = [id for seat, id in touched if id in table and table.seat(id) == seat]
    there = {*stayed, *returned}
    dropped = tuple(id for _, id in touched if id not in there)
    put = [record for id in stayed if (record := table.get(id)) is not None] + joined
    return dropped, tuple(
        record for record in put if record[key] not in there or not _alike(record, base.get(record[key]))
    )


def _changes_anyhow(base: Table, table: Table) -> tuple[tuple[Id, ...], tuple[Record, ...]]:
    key = table.key
    was, now = [record[key] for record in base], [record[key] for record in table]
    there = set(now[: _in_order(now, was)])
    dropped = tuple(id for id in was if id not in there)
    return dropped, tuple(
        record for record in table if record[key] not in there or not _alike(record, base.get(record[key]))
    )


def _last(plain: Table, table: Table, late_in: _Late) -> Iterator[tuple[str, tuple[Id, ...]]]:
    """Yield, by index, who must move to the end of a group of ``plain`` for it to be as in ``table``."""
    found: dict[str, list[list[Id]]] = {}
    for index, value in plain.regrouped() | table.regrouped():
        if late := late_in(plain, table, (index, value)):
            found.setdefault(index, []).append(late)
    for index in sorted(found):
        groups = sorted(found[index], key=lambda ids: table.seat(ids[0]))
        yield index, tuple(id for ids in groups for id in ids)


def _late(plain: Table, table: Table, group: tuple[str, Hashable]) -> list[Id]:
    """Return who stands in a group of ``table`` past what it has in common with that of ``plain``.

    Both began as one base, and whoever never left the group in ``table`` has their place in ``plain``, too.
    """
    kept = table.seats(group).kept()
    was, now = ([of.at(seat)[of.key] for seat in of.seats(group).after(kept)] for of in (plain, table))
    return now[_in_order(now, was) :]


def _late_anyhow(plain: Table, table: Table, group: tuple[str, Hashable]) -> list[Id]:
    was, now = ([record[of.key] for record in of.where(*group)] for of in (plain, table))
    return now[_in_order(now, was) :]


def _in_order(wanted: Sequence[Id], there: Iterable[Id]) -> int:
    """Return how many of the first ``wanted`` stand in ``there`` in the same order, with others between."""
    count = 0
    for id in there:
        if count < len(wanted) and wanted[count] == id:
            count += 1
    return count


def _alike(one: Record, other: Record | None) -> bool:
    # Unlike ==, repr tells true from 1 and 1 from 1.0, and sees in which order the members stand.
    return one is other or repr(one) == repr(other)

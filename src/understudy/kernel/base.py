"""What a table begins as: records that the seed made."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from understudy.kernel.freeze import FrozenDict, freeze

Id = str | int
Record = FrozenDict
IndexKey = Callable[[Record], Hashable]
"""Where an index files a record; None leaves the record out."""
Group = tuple[str, Hashable]
"""An index, and a value under which it files records."""


class Base:
    """What the seed made: built once, shared by every sandbox, never changed."""

    __slots__ = ("__weakref__", "groups", "key", "keys", "records", "seats")

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

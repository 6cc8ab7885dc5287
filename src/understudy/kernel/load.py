"""What a table holds beside its base: how many records, and about how many bytes of memory."""

from collections.abc import Callable, Collection
from enum import Enum, auto
from sys import getsizeof
from typing import Any, NamedTuple

from understudy.kernel.freeze import FrozenDict

ROW = 800
"""About what a record takes beside itself: its seat, its place in the order and in indexes."""
GONE = 400
"""About what is left of one that was dropped."""
_NESTED = frozenset({FrozenDict, tuple, dict, list})


class Place(Enum):
    """Where a table has a record."""

    BASE = auto()
    GROWTH = auto()
    OWN = auto()


class Load(NamedTuple):
    """What one table holds beside its base, as a value that goes with it."""

    records: int = 0
    """Those that were put or dropped, and are not as in the base."""
    own: int = 0
    """Bytes of what the table has in its own maps."""
    grown: int = 0
    """Bytes of what it sees of its growth."""
    added: int = 0
    """Bytes that were ever added on the way here, whatever went again."""

    def grew(self, bytes: int) -> "Load":
        """Return it with one more record, in the growth."""
        records, own, grown, added = self
        return Load(records + 1, own, grown + bytes, added + bytes)

    def joined(self, bytes: int) -> "Load":
        """Return it with one more record, in the table's own maps."""
        records, own, grown, added = self
        return Load(records + 1, own + bytes, grown, added + bytes)

    def replaced(self, place: Place, old: FrozenDict, new: FrozenDict) -> "Load":
        """Return it with a record in the place of another."""
        records, own, grown, added = self
        bytes = cost(new)
        if place is Place.BASE:
            records += 1
        elif place is Place.GROWTH:
            grown -= cost(old)
        else:
            own -= cost(old)
        return Load(records, own + bytes, grown, added + bytes)

    def dropped(self, place: Place, old: FrozenDict, *, of_base: bool) -> "Load":
        """Return it without a record. That one of the base is gone is itself kept."""
        records, own, grown, added = self
        if place is Place.GROWTH:
            grown -= cost(old)
        elif place is Place.OWN:
            own -= cost(old)
        if not of_base:
            records -= 1
        elif place is Place.BASE:
            records += 1
        return Load(records, own + GONE, grown, added + GONE)

    def mapped(self) -> "Load":
        """Return it with all in the table's own maps."""
        records, own, grown, added = self
        return Load(records, own + grown, 0, added)


NOTHING = Load()


def cost(record: FrozenDict) -> int:
    """Return about how many bytes a record takes in a table."""
    try:
        return ROW + record.weight
    except AttributeError:
        record.weight = Scales.weigh(record)
        return ROW + record.weight


def weight(value: Any) -> int:
    """Return about how many bytes a frozen value takes."""
    parts: Collection[Any]
    if isinstance(value, dict):
        size, parts = getsizeof(value) + getsizeof("".join(value)), value.values()
    elif isinstance(value, tuple | list):
        size, parts = getsizeof(value), value
    else:
        return getsizeof(value)
    size += sum(map(getsizeof, parts))
    if _NESTED.isdisjoint(map(type, parts)):
        return size
    return size + sum([weight(part) - getsizeof(part) for part in parts if type(part) in _NESTED])


class Scales:
    """What records are weighed on; ``understudy.scales`` has faster ones."""

    weigh: Callable[[FrozenDict], int] = staticmethod(weight)

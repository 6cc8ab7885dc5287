"""Judges what many clients saw of shared records: whether one server that does one thing at a time could answer so.

Each write of a record writes a value that no other does. Then a history is linearisable exactly if, for each record,
with the operations of a value taken together (Gibbons and Korach, *Testing Shared Memories*, 1997): nothing was read
before it was written; no two values must each have stood for a time that overlaps; and no value that stood for a
moment only must have done so while another stood.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

NEVER = float("inf")


class Write(NamedTuple):
    """One write: a creation, or a change. ``end`` is NEVER for one that was not acknowledged: it may count or not."""

    client: int
    record: str
    value: str
    start: float
    end: float


class Read(NamedTuple):
    """What an answer said of one record."""

    client: int
    record: str
    value: str
    start: float
    end: float


@dataclass(slots=True)
class Observed:
    """All that happened in one sandbox."""

    creations: list[Write] = field(default_factory=list)
    """``record`` is empty where the answer never came."""
    changes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    listed: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    """When a list was asked for, and the ids that it had."""
    exchanges: list[int] = field(default_factory=list)
    """The numbers of the exchanges that were answered."""


class _Zone(NamedTuple):
    """The time that a value must have stood for (forward), or a time within which it may have stood (not forward)."""

    start: float
    end: float
    forward: bool
    value: str


def complaints(seen: Observed, final: Sequence[tuple[str, str]]) -> list[str]:
    """Return what cannot be. ``final``: id and value of each record at the end, in the order of the list."""
    return [
        *_of_creations(seen, final),
        *_of_order(seen, final),
        *_of_lists(seen),
        *_of_records(seen, final),
        *_of_exchanges(seen.exchanges),
    ]


def _of_creations(seen: Observed, final: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Each acknowledged creation is there exactly once, the others once at most, and nothing else is."""
    ids = [id for id, _ in final]
    if len(set(ids)) < len(ids):
        yield "one id is listed twice"
    given = [write.record for write in seen.creations if write.record]
    acknowledged = set(given)
    if len(acknowledged) < len(given):
        yield "two creations were given one id"
    for id in acknowledged - set(ids):
        yield f"{id} was acknowledged, and is not there"
    unanswered = {write.value for write in seen.creations if not write.record}
    orphans = [value for id, value in final if id not in acknowledged]
    for value in orphans:
        if value not in unanswered:
            yield f"nobody made {value!r} under that id"
    if len(set(orphans)) < len(orphans):
        yield "one creation was made twice"


def _of_order(seen: Observed, final: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What was acknowledged before another was asked for stands before it."""
    made = {write.record: write for write in seen.creations if write.record}
    listed = [made[id] for id, _ in final if id in made]
    earliest = NEVER
    for write in reversed(listed):
        if earliest < write.start:
            yield f"{write.record} stands before one that was there already when it was asked for"
        earliest = min(earliest, write.end)


def _of_lists(seen: Observed) -> Iterator[str]:
    """A list has all that was acknowledged before it was asked for."""
    made = sorted((write.end, write.record) for write in seen.creations if write.record)
    for start, ids in seen.listed:
        missing = [record for end, record in made if end < start and record not in ids]
        if missing:
            yield f"a list lacks {missing[0]}, which was acknowledged before"


def _of_records(seen: Observed, final: Sequence[tuple[str, str]]) -> Iterator[str]:
    operations: dict[str, dict[str, tuple[list[Write], list[Read]]]] = {}
    for write in (*seen.creations, *seen.changes):
        if write.record:
            operations.setdefault(write.record, {}).setdefault(write.value, ([], []))[0].append(write)
    last = [Read(-1, id, value, NEVER, NEVER) for id, value in final]
    for read in (*seen.reads, *last):
        if read.record in operations:
            operations[read.record].setdefault(read.value, ([], []))[1].append(read)
    for record, values in operations.items():
        for complaint in _of_record(values):
            yield f"{record}: {complaint}"


def _of_record(values: Mapping[str, tuple[list[Write], list[Read]]]) -> Iterator[str]:
    zones = []
    for value, (writes, reads) in values.items():
        if len(writes) != 1:
            yield f"{value!r} was read, and was written {len(writes)} times"
            continue
        write = writes[0]
        if any(read.end < write.start for read in reads):
            yield f"{value!r} was read before it was written"
        if not reads and write.end == NEVER:
            continue  # it may never have been made
        together: list[Write | Read] = [write, *reads]
        first_end = min(operation.end for operation in together)
        last_start = max(operation.start for operation in together)
        forward = first_end < last_start
        zones.append(_Zone(min(first_end, last_start), max(first_end, last_start), forward, value))
    yield from _clashes(zones)


def _clashes(zones: Iterable[_Zone]) -> Iterator[str]:
    ordered = sorted(zones)
    forward = [zone for zone in ordered if zone.forward]
    for one, other in pairwise(forward):
        if other.start < one.end:
            yield f"{one.value!r} and {other.value!r} were each seen before and after the other"
            return  # the search below is of zones that do not overlap
    position = 0
    for zone in ordered:
        if zone.forward:
            continue
        while position < len(forward) and forward[position].end < zone.start:
            position += 1
        if position < len(forward) and forward[position].start < zone.start and zone.end < forward[position].end:
            yield f"{forward[position].value!r} was seen before and after {zone.value!r}, which was written in between"


def _of_exchanges(numbers: Sequence[int]) -> Iterator[str]:
    if len(set(numbers)) < len(numbers):
        yield "two exchanges were given one number"

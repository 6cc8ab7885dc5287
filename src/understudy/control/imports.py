"""Snapshots out of JSON data: checked whole before anything is kept, since the file may be old, or edited."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from understudy.control.collection import Collection, collections_of
from understudy.control.export import FORMAT, base_hash
from understudy.kernel.clock import read_iso
from understudy.kernel.overlay import Overlay
from understudy.kernel.table import Id
from understudy.kernel.violation import Violation
from understudy.parts import Part
from understudy.sandbox import Snapshot, World
from understudy.sandboxes import TooManyWorlds, Worlds
from understudy.source import SourceError, pointer_to
from understudy.watchdog import Watchdog

_MOST = 100
"""Reasons that are listed."""


class Unfit(Exception):
    """A file that is no snapshot of what is played here; ``reasons`` say where and why."""

    def __init__(self, reasons: tuple[Violation, ...]) -> None:
        super().__init__("; ".join(f"{reason.pointer}: {reason.message}" for reason in reasons))
        self.reasons = reasons


def imported(data: Mapping[str, Any], worlds: Worlds) -> tuple[Snapshot, World]:
    """Return the snapshot that a file of the contract's shape holds, and its world, not kept yet. Raises Unfit.

    A provider that the file does not mention is as its world has it.
    """
    world, taken = _beginning(data, worlds)
    states = {}
    reasons: list[Violation] = []
    for name, section in data["providers"].items():
        at = pointer_to("providers", name)
        reader = _Reader(worlds.parts[name], world, section, at, worlds.watchdog)
        found = list(islice(reader.problems(), _MOST + 1 - len(reasons)))
        reasons += [*found, *reader.suspicions()] if found else ()
        states[name] = reader.state
    _refuse(reasons)
    return Snapshot({**world.states, **states}, taken, world.name, world.seed), world


def changed_contracts(data: Mapping[str, Any], parts: Mapping[str, Part]) -> list[str]:
    """Return the providers whose contract is not the one that a file was made under."""
    return [name for name, section in data["providers"].items() if section["contract"] != parts[name].contract.hash]


def _beginning(data: Mapping[str, Any], worlds: Worlds) -> tuple[World, datetime]:
    """Return the world that a file is laid over, and when it was taken. Raises Unfit."""
    if data["format"] != FORMAT:
        _refuse([_reason("/format", f"is {data['format']}, and this version reads {FORMAT}")])
    reasons = [
        _reason(pointer_to("providers", name), f"is not played here; there are {', '.join(worlds.parts)}")
        for name in data["providers"]
        if name not in worlds.parts
    ]
    _refuse(reasons)
    try:
        taken = read_iso(data["taken"])
    except (ValueError, OverflowError) as error:
        raise Unfit((_reason("/taken", f"is no moment that can be kept: {error}"),)) from None
    try:
        return worlds.build(data["world"], data["seed"]), taken
    except TooManyWorlds:
        raise
    except SourceError as error:
        raise Unfit((_reason("/world", f"cannot be built: {error}"),)) from None


class _Reader:
    """Reads one provider's section of a file."""

    def __init__(self, part: Part, world: World, section: Mapping[str, Any], at: str, watchdog: Watchdog) -> None:
        self.part = part
        self.state = self._base = world.states[part.name]
        self._world = world
        self._section = section
        self._at = at
        self._watchdog = watchdog

    def problems(self) -> Iterator[Violation]:
        """Yield what is wrong; where nothing is, ``state`` is the one of the file in the end."""
        name = self.part.name
        if self._section["base"] != base_hash(name, self._world):
            message = (
                "the world is not what it was when the file was made, and the file holds only what differs from it"
            )
            yield _reason(f"{self._at}/base", message)
        known = collections_of(self.part, self._base)
        clean = True
        for collection, overlay in self._section["collections"].items():
            at = self._at + pointer_to("collections", collection)
            if collection not in known:
                clean = False
                yield _reason(at, f"{name} has no such collection; it has {', '.join(known)}")
                continue
            for problem in _overlay_problems(known[collection], overlay, at):
                clean = False
                yield problem
        if clean:
            yield from self._lay(known)

    def suspicions(self) -> Iterator[Violation]:
        """Yield what may be behind the problems: a contract that is not what it was."""
        if self._section["contract"] != self.part.contract.hash:
            message = (
                f"the file was made under another contract of {self.part.name}: then {self._section['contract'][:32]}, "
                f"now {self.part.contract.hash} ({self.part.contract.source.label})"
            )
            yield _reason(f"{self._at}/contract", message)

    def _lay(self, known: Mapping[str, Collection]) -> Iterator[Violation]:
        """Lay the overlays over the base; yield what is wrong with that."""
        touched: list[tuple[str, Id]] = []
        for collection, data in self._section["collections"].items():
            at = self._at + pointer_to("collections", collection)
            base, overlay = known[collection].table, Overlay.of(data)
            table = overlay.over(base)
            if overlay.created < len(table):
                yield _reason(f"{at}/created", f"is less than the {len(table)} records that there are")
            touched += [(collection, record[base.key]) for record in overlay.records]
            touched += [(collection, id) for id in overlay.dropped]
            self.state = self.state.with_table(collection, table)
        with self._watchdog.over():
            objections = dict.fromkeys(self.state.objection(collection, id) for collection, id in touched)
        yield from (_reason(self._at, objection) for objection in objections if objection)


def _overlay_problems(collection: Collection, data: Mapping[str, Any], at: str) -> Iterator[Violation]:
    """Yield what is wrong with one collection's changes."""
    there: set[Id] = set()
    for number, record in enumerate(data.get("records", ())):
        where = f"{at}/records/{number}"
        found = list(collection.violations(record, where))
        yield from found
        if not found:
            id = record[collection.table.key]
            if id in there:
                yield _reason(where, f"is the second record whose {collection.table.key} is {id!r}")
            elif unfiled := collection.unfiled(record):
                yield _reason(where, f"breaks no rule of its schema, but {unfiled}")
            there.add(id)
    gone: set[Id] = set()
    for number, id in enumerate(data.get("dropped", ())):
        if not collection.holds(id) or id in gone:
            yield _reason(f"{at}/dropped/{number}", f"names {id!r}, which the world does not have, or no longer")
        gone.add(id)
    yield from _last_problems(collection, data.get("last", {}), there, gone, at)


def _last_problems(
    collection: Collection, last: Mapping[str, list[Id]], there: set[Id], gone: set[Id], at: str
) -> Iterator[Violation]:
    for index, ids in last.items():
        where = f"{at}/last{pointer_to(index)}"
        if index not in collection.table.indexes:
            yield _reason(where, f"{collection.label} have no such index")
            continue
        for number, id in enumerate(ids):
            if id not in there and (id in gone or not collection.holds(id)):
                yield _reason(f"{where}/{number}", f"names {id!r}, which is no record of the file or the world")


def _reason(pointer: str, message: str) -> Violation:
    return Violation("body", pointer, "", "", message, missing=True)


def _refuse(reasons: list[Violation]) -> None:
    """Raise Unfit where there are reasons: the first hundred, and one that says that there are more."""
    if len(reasons) > _MOST:
        reasons = [*reasons[:_MOST], _reason("", f"has more than these {_MOST} faults")]
    if reasons:
        raise Unfit(tuple(reasons))

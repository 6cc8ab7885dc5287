"""One collection of a provider's state, and what a record must be to stand in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from understudy.contract.wording import misspelt
from understudy.kernel.freeze import freeze
from understudy.kernel.table import Id, Table
from understudy.kernel.violation import Violation
from understudy.parts import Part
from understudy.source import SourceError, pointer_to

_NUMBER = re.compile(r"(?:0|-?[1-9][0-9]{0,18})\Z", re.ASCII)
_LARGEST = 2**53
_NAMES = {str: "a text", int: f"a whole number of at most {_LARGEST}"}


@dataclass(frozen=True, slots=True)
class Collection:
    """A table, with the rules that its records are held to."""

    part: Part
    name: str
    table: Table
    id_type: type
    """What its records' ids are: ``int`` or ``str``."""

    @property
    def schema(self) -> str | None:
        """The component schema of the contract that its records satisfy; None for what the API never shows."""
        return self.part.provider.resources.get(self.name)

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"{self.part.name} {self.name}"

    def find(self, text: str) -> Id | None:
        """Return the id of the record that a path names; None where there is none."""
        id = self.id_of(text)
        return id if id is not None and id in self.table else None

    def holds(self, id: Id) -> bool:
        """Say whether there is a record of this id, of the right type."""
        return isinstance(id, self.id_type) and id in self.table

    def id_of(self, text: str) -> Id | None:
        """Return the id that a path spells; None for a text that can be none here."""
        if self.id_type is str:
            return text
        return int(text) if _NUMBER.match(text) else None

    def violations(self, record: Mapping[str, Any], at: str = "") -> Iterator[Violation]:
        """Yield each rule that a record breaks; ``at`` is where it stands in the body."""
        if self.schema is None:
            yield from self._membership(record, at)
        else:
            found = self.part.contract.violations(f"#/components/schemas/{self.schema}", record, "response")
            yield from (replace(violation, pointer=at + violation.pointer) for violation in found)
        if type(record.get(self.table.key)) is not self.id_type:
            yield _violation(at + pointer_to(self.table.key), f"must be {_NAMES[self.id_type]}: it is the id")

    def unfiled(self, record: Mapping[str, Any]) -> str | None:
        """Say why a record that breaks no rule can still not be found by; None where it can."""
        frozen = freeze(record)
        for index, key_of in self.table.indexes.items():
            try:
                hash(key_of(frozen))
            except Exception as error:  # noqa: BLE001 - a vendor's function, written for records of its own making
                return f"the index {index!r} of {self.label} cannot file it ({type(error).__name__}: {error})"
        return None

    def _membership(self, record: Mapping[str, Any], at: str) -> Iterator[Violation]:
        members = self.part.provider.members.get(self.name, {})
        for name, kind in members.items():
            if name not in record:
                message = f"is required: {self.label} have {', '.join(members)}"
                yield replace(_violation(at + pointer_to(name), message), hint=misspelt(name, record.keys()))
            elif not _is_a(kind, record[name]) and name != self.table.key:
                yield _violation(at + pointer_to(name), f"must be {_NAMES[kind]}")
        for name in record.keys() - members.keys() if members else ():
            yield _violation(at + pointer_to(name), f"is unknown: {self.label} have {', '.join(members)}")


def collections_of(part: Part, state: Any) -> dict[str, Collection]:
    """Return the collections of a provider's state, by name."""
    tables = {name: state.table(name) for name in state.collections()}
    return {name: Collection(part, name, table, _id_type(part, name, table.key)) for name, table in tables.items()}


def _id_type(part: Part, name: str, key: str) -> type:
    members = part.provider.members.get(name, {})
    if key in members:
        return members[key]
    try:
        schema = pointer_to("components", "schemas", part.provider.resources.get(name, ""), "properties", key)
        _, node = part.contract.source.resolve(schema)
    except SourceError:
        return str
    return int if node.get("type") == "integer" else str


def _is_a(kind: type, value: Any) -> bool:
    return type(value) is kind and (not isinstance(value, int) or abs(value) <= _LARGEST)


def _violation(pointer: str, message: str) -> Violation:
    return Violation("body", pointer, "", "", message, missing=True)

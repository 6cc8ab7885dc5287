"""Lists of records in an answer: each record is checked and written once, as long as it stays what it is."""

from typing import Any

import jsonschema_rs
import orjson

from understudy.contract.schema import Schemas
from understudy.kernel.freeze import FrozenDict
from understudy.source import Source, pointer_to

_REMEMBERED = 16_384
_SILENT = {"type", "items", "description", "example", "x-provenance", "title"}
"""Keywords with which an array is valid when each of its items is."""


class Records:
    """The records of one member of an answer's body."""

    def __init__(self, member: str, validator: jsonschema_rs.Validator) -> None:
        self.member = member
        self._validator = validator
        self._known: dict[int, tuple[FrozenDict, orjson.Fragment]] = {}

    def written(self, listed: Any) -> list[orjson.Fragment] | None:
        """Return the records as JSON, or None where they are not all frozen and valid."""
        if type(listed) is not list:
            return None
        known = self._known
        fragments = []
        for record in listed:
            entry = known.get(id(record))
            if entry is None:
                if type(record) is not FrozenDict or not self._validator.is_valid(record):
                    return None
                if len(known) >= _REMEMBERED:
                    known.clear()
                entry = known[id(record)] = (record, orjson.Fragment(orjson.dumps(record)))
            fragments.append(entry[1])
        return fragments


def records_in(source: Source, schemas: Schemas, pointer: str) -> tuple[Records, ...]:
    """Return the members of the object schema at ``pointer`` that are lists of records."""
    pointer, schema = source.resolve(pointer)
    found = []
    for name in schema.get("properties", ()) if schema.get("type") == "object" else ():
        at, part = source.resolve(pointer_to("properties", name, base=pointer))
        if part.get("type") == "array" and not part.keys() - _SILENT and "items" in part:
            found.append(Records(name, schemas.validator(f"{at}/items", "response")))
    return tuple(found)

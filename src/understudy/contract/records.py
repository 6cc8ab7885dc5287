"""Lists of records in an answer: each record is checked and written once, as long as it stays what it is."""

from sys import getrefcount
from typing import Any

import jsonschema_rs
import orjson

from understudy.contract.schema import Schemas
from understudy.kernel.freeze import FrozenDict
from understudy.source import Source, pointer_to

_REMEMBERED = 16_384
_SWEPT = 4096
"""At so many, those are forgotten that no table or journal has any more."""
_OWN = 2
"""References to a record that nobody but this memory holds: of its entry, and of who counts them."""
_SILENT = {"type", "items", "maxItems", "description", "example", "x-provenance", "title"}
"""Keywords with which an array is valid when each of its items is, and there are not too many."""


class Records:
    """The records of one member of an answer's body."""

    def __init__(self, member: str, validator: jsonschema_rs.Validator, most: int | None = None) -> None:
        self.member = member
        self._validator = validator
        self._most = most
        self._known: dict[int, tuple[FrozenDict, orjson.Fragment]] = {}
        self._swept_at = _SWEPT

    def written(self, listed: Any) -> list[orjson.Fragment] | None:
        """Return the records as JSON, or None where they are not all frozen and valid, or too many."""
        if type(listed) is not list or (self._most is not None and len(listed) > self._most):
            return None
        known = self._known
        fragments = []
        for record in listed:
            entry = known.get(id(record))
            if entry is None:
                raw = _json(record) if type(record) is FrozenDict else None
                if raw is None or not self._validator.is_valid(record):
                    return None
                if len(known) >= self._swept_at:
                    self._sweep()
                entry = known[id(record)] = (record, orjson.Fragment(trimmed(raw)))
            fragments.append(entry[1])
        return fragments

    def _sweep(self) -> None:
        known = self._known
        for key in [key for key, entry in known.items() if getrefcount(entry[0]) <= _OWN]:
            del known[key]
        if len(known) >= _REMEMBERED:
            known.clear()
        self._swept_at = min(max(_SWEPT, 2 * len(known)), _REMEMBERED)


def _json(record: FrozenDict) -> bytes | None:
    """Return a record as JSON; None for one that is no JSON data, or too deep: the validator could not bear that."""
    try:
        return orjson.dumps(record)
    except (TypeError, RecursionError):
        return None


def trimmed(raw: bytes) -> bytes:
    """Return JSON that is to be kept in no more memory than it needs: orjson takes four kilobytes for any."""
    return bytes(memoryview(raw))


def records_in(source: Source, schemas: Schemas, pointer: str) -> tuple[Records, ...]:
    """Return the members of the object schema at ``pointer`` that are lists of records."""
    pointer, schema = source.resolve(pointer)
    found = []
    for name in schema.get("properties", ()) if schema.get("type") == "object" else ():
        at, part = source.resolve(pointer_to("properties", name, base=pointer))
        if part.get("type") == "array" and not part.keys() - _SILENT and "items" in part:
            found.append(Records(name, schemas.validator(f"{at}/items", "response"), part.get("maxItems")))
    return tuple(found)

"""OpenAPI 3.0 schemas as compiled JSON Schema validators, in either direction."""

import datetime as dt
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID
from weakref import proxy

import jsonschema_rs

from understudy.contract.strict_json import Unreadable, read_json
from understudy.contract.wandering import WANDERS, wanders
from understudy.source import Source, SourceError, pointer_to, tokens

Direction = Literal["request", "response"]

BACKTRACKS = 100_000
PATTERNS = jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACKS)
"""How regular expressions are matched: in time linear in the text where they have no look-around or back-reference;
where they have, they are held to the beginning of the text, and what takes more steps back than this does not match.
"""

_LIMITS = {"int32": 2**31, "int64": 2**63}
_NESTED = ("items", "not", "additionalProperties")
_LISTED = ("allOf", "anyOf", "oneOf")
_KEPT = frozenset(
    (
        *("type", "enum", "format", "pattern", "minLength", "maxLength"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required"),
    )
)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_FORMATS = {"uuid": _is_uuid, "date": _is_date}


class Schemas:
    """The schemas of one contract, compiled when first asked for, each once in each direction."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._validators: dict[tuple[str, Direction], jsonschema_rs.Validator] = {}

    def validator(self, pointer: str, direction: Direction) -> jsonschema_rs.Validator:
        """Return the validator of the schema at ``pointer``. It refuses embedded documents once this is gone.

        Its errors carry the pointer of the broken rule into the contract as ``schema_path``.
        """
        pointer, _ = self._source.resolve(pointer)
        known = self._validators.get((pointer, direction))
        if known is None:
            known = self._validators[pointer, direction] = self._compile(pointer, direction)
        return known

    def _compile(self, pointer: str, direction: Direction) -> jsonschema_rs.Validator:
        embedded = _embedded_keyword(proxy(self))  # the collector sees no cycle that leads through a validator
        return jsonschema_rs.Draft4Validator(
            _Excerpt(self._source, direction).of(pointer),
            validate_formats=True,
            formats=_FORMATS,
            pattern_options=PATTERNS,
            keywords={"x-embedded-schema": embedded},
            offline=True,
        )


class _Excerpt:
    """A schema with all that it refers to, each at the place where it stands in the contract."""

    def __init__(self, source: Source, direction: Direction) -> None:
        self._source = source
        self._hidden = "readOnly" if direction == "request" else "writeOnly"
        self._direction = direction
        self._wanted: list[str] = []
        self._place = ""

    def of(self, pointer: str) -> dict[str, Any]:
        root: dict[str, Any] = {}
        done: set[str] = set()
        self._wanted.append(pointer)
        while self._wanted:
            place = self._wanted.pop()
            if place in done:
                continue
            done.add(place)
            self._place = place
            _plant(root, tokens(place), self._translate(self._source.find(place)))
        root["$ref"] = "#" + quote(pointer.lstrip("#"), safe="/~")
        return root

    def _translate(self, schema: Any) -> Any:
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            target = schema["$ref"]
            self._source.resolve(target)
            self._wanted.append(target)
            return {"$ref": target}
        out = {keyword: value for keyword, value in schema.items() if keyword in _KEPT}
        if isinstance(pattern := out.get("pattern"), str) and wanders(pattern):
            raise SourceError(f"{self._source.at(self._place)}: the pattern {pattern[:200]!r} {WANDERS}")
        for keyword in _NESTED:
            if keyword in schema:
                out[keyword] = self._translate(schema[keyword])
        for keyword in _LISTED:
            if keyword in schema:
                out[keyword] = [self._translate(part) for part in schema[keyword]]
        self._translate_properties(schema, out)
        self._translate_type(schema, out)
        if "x-embedded-schema" in schema:
            out["x-embedded-schema"] = schema["x-embedded-schema"]
        return out

    def _translate_properties(self, schema: dict[str, Any], out: dict[str, Any]) -> None:
        if "properties" not in schema:
            return
        out["properties"] = {}
        hidden = set()
        for name, part in schema["properties"].items():
            if self._is_hidden(part):
                hidden.add(name)
            forbidden = name in hidden and self._direction == "response"
            out["properties"][name] = {"not": {}} if forbidden else self._translate(part)
        if hidden and "required" in out:
            out["required"] = [name for name in out["required"] if name not in hidden]
            if not out["required"]:
                del out["required"]

    def _is_hidden(self, part: Any) -> bool:
        if isinstance(part, dict) and "$ref" in part:
            _, part = self._source.resolve(part["$ref"])
        return isinstance(part, dict) and part.get(self._hidden) is True

    def _translate_type(self, schema: dict[str, Any], out: dict[str, Any]) -> None:
        if schema.get("nullable") and isinstance(schema.get("type"), str):
            out["type"] = [schema["type"], "null"]
        limit = _LIMITS.get(schema.get("format", ""))
        if limit is not None:
            out.setdefault("minimum", -limit)
            out.setdefault("maximum", limit - 1)


def _plant(root: dict[str, Any], path: list[str], value: Any) -> None:
    """Put ``value`` at ``path``; keep what stands below it already."""
    for token in path[:-1]:
        root = root.setdefault(token, {})
    root[path[-1]] = value


def _embedded_keyword(schemas: Schemas) -> type[Any]:
    class Embedded:
        """The keyword ``x-embedded-schema``: a string that holds a JSON document."""

        def __init__(self, parent_schema: dict[str, Any], value: Any, schema_path: list[str | int]) -> None:
            self._pointer = value["$ref"] if "$ref" in value else pointer_to(*schema_path)

        def validate(self, instance: Any) -> None:
            if isinstance(instance, str) and not self._fits(instance):
                raise ValueError("the string does not hold a JSON document of its schema")

        def _fits(self, text: str) -> bool:
            try:
                document = read_json(text.encode())
            except (Unreadable, UnicodeEncodeError):
                return False
            return schemas.validator(self._pointer, "request").is_valid(document)

    return Embedded

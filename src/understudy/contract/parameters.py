"""Parameters, parsed as the contract declares them: by type, style and explode."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

from understudy.contract.explain import Explainer, by_keyword
from understudy.contract.schema import Schemas
from understudy.contract.wording import clip, placeholder_hint
from understudy.kernel.violation import Violation
from understudy.source import Source, SourceError

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,39})\Z", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,39})(?:\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,3})?\Z", re.ASCII)
_SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_DEFAULT_STYLE = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_FREE_STRING = {"type", "description", "example", "x-message", "x-provenance", "x-refusal", "default", "nullable"}
_MAX_FIELDS = 1000
ABSENT: Any = object()


class Parameter:
    """One declared parameter, compiled."""

    def __init__(self, source: Source, schemas: Schemas, explainer: Explainer, pointer: str) -> None:
        self._source = source
        self._explainer = explainer
        self.pointer, node = source.resolve(pointer)
        self.node: dict[str, Any] = node
        self.name: str = node["name"]
        self.place: str = node["in"]
        self.required: bool = node.get("required", False)
        if "schema" not in node:
            raise SourceError(f"{source.at(self.pointer)}: parameter {self.name!r} has no schema; give it one")
        schema_at, self.schema = source.resolve(f"{self.pointer}/schema")
        self.default = self.schema.get("default", ABSENT)
        self._parse = _parser(source, node, self.schema)
        free = self.schema.get("type") == "string" and not (self.schema.keys() - _FREE_STRING)
        self._validator: jsonschema_rs.Validator | None = None if free else schemas.validator(schema_at, "request")

    @property
    def can_fail(self) -> bool:
        """Whether any value, or its absence, breaks this parameter's rules."""
        return self._validator is not None or (self.required and self.place != "path")

    @property
    def names_refusal(self) -> bool:
        """Whether every violation of this parameter has an answer of its own."""
        return isinstance(self.node.get("x-refusal"), str)

    def read(self, raw: Sequence[str], found: list[Violation]) -> Any:
        """Return the parsed value of what was sent, ABSENT for nothing; add violations to ``found``."""
        if not raw:
            if self.required:
                found.append(self._missing())
            return self.default
        value = self._parse(raw)
        if self._validator is not None and not self._validator.is_valid(value):
            broken = self._explainer.explain(self._validator, value, self.place, self.name)
            found.extend(self._own(violation, value) for violation in broken)
        return value

    def placeholder(self, sent: Mapping[str, str]) -> Violation | None:
        """Return a violation where the value that was sent looks like a placeholder left unfilled."""
        value = sent[self.name]
        hint = placeholder_hint(self.name, value)
        if hint is None:
            return None
        at = "#" + self.pointer.lstrip("#")
        source = self._source.at(self.pointer)
        return Violation(self.place, self.name, at, "path", "names nothing", source, sent=clip(value), hint=hint)

    def _own(self, violation: Violation, value: Any) -> Violation:
        hint = violation.hint
        if self.place == "path" and isinstance(value, str):
            hint = placeholder_hint(self.name, value) or hint
        wording, refusal = self._said("x-message", violation), self._said("x-refusal", violation)
        return replace(violation, hint=hint, wording=wording, refusal=refusal)

    def _said(self, extension: str, violation: Violation) -> str | None:
        own = violation.wording if extension == "x-message" else violation.refusal
        return own or by_keyword(self.node, extension, violation.keyword)

    def _missing(self) -> Violation:
        rule = f"{self.pointer}/required"
        return Violation(
            place=self.place,
            pointer=self.name,
            rule="#" + rule.lstrip("#"),
            keyword="required",
            message="is required",
            source=self._source.at(rule),
            missing=True,
            wording=by_keyword(self.node, "x-message", "required"),
            refusal=by_keyword(self.node, "x-refusal", "required"),
        )


def query_fields(query: bytes) -> dict[str, list[str]]:
    """Split a query string into its first thousand fields, in order. Unreadable bytes become replacement characters."""
    fields: dict[str, list[str]] = {}
    text = query.decode("latin-1")
    if text.count("&") >= _MAX_FIELDS:
        text = "&".join(text.split("&", _MAX_FIELDS)[:_MAX_FIELDS])
    for name, value in parse_qsl(text, keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return fields


def deep_object(fields: Mapping[str, list[str]], name: str) -> list[str]:
    """Gather ``name[key]=value`` fields as alternating keys and values."""
    gathered: list[str] = []
    for key, values in fields.items():
        if key.startswith(f"{name}[") and key.endswith("]"):
            gathered += [key[len(name) + 1 : -1], values[-1]]
    return gathered


def coerce(text: str, schema: Mapping[str, Any]) -> Any:
    """Read text as the schema's type; text that is not one stays text, for the validator to refuse."""
    kind = schema.get("type")
    if kind == "integer" and _INTEGER.match(text):
        return int(text)
    if kind == "number" and _NUMBER.match(text):
        number = int(text) if _INTEGER.match(text) else float(text)
        return number if isfinite(number) else text  # JSON has no infinity
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def _parser(source: Source, node: Mapping[str, Any], schema: Mapping[str, Any]) -> Callable[[Sequence[str]], Any]:
    style = node.get("style", _DEFAULT_STYLE[node["in"]])
    explode = node.get("explode", style == "form")
    kind = schema.get("type")
    if kind == "array":
        _, items = source.resolve_inside(schema.get("items", {}))
        return _array_parser(_SEPARATORS[style], items, explode=explode)
    if kind == "object":
        return lambda raw: _pairs(source, schema, list(raw) if style == "deepObject" else raw[-1].split(","))
    if kind in ("integer", "number", "boolean"):
        return lambda raw: coerce(raw[-1], schema)
    return itemgetter(-1)


def _array_parser(separator: str, items: Mapping[str, Any], *, explode: bool) -> Callable[[Sequence[str]], Any]:
    def parse(raw: Sequence[str]) -> list[Any]:
        parts = list(raw) if explode else raw[-1].split(separator)
        return [coerce(part, items) for part in parts] if parts != [""] else []

    return parse


def _pairs(source: Source, schema: Mapping[str, Any], flat: Sequence[str]) -> dict[str, Any]:
    properties = schema.get("properties", {})
    pairs = zip(flat[::2], flat[1::2], strict=False)
    return {key: coerce(value, source.resolve_inside(properties.get(key, {}))[1]) for key, value in pairs}

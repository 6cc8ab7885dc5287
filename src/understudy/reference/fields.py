"""A schema as a tree of fields, as deep as a reader follows: what is there, of which kind, under which rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.reference.provenance import Provenance, provenance_of
from understudy.reference.rules import Rule, rules_of
from understudy.source import Source

ABSENT: Any = type("Absent", (), {"__bool__": lambda _: False, "__repr__": lambda _: "ABSENT"})()
"""No default, no example: ``null`` is one."""
_DEEPEST = 8
_MOST = 600
_ALTERNATIVES = ("oneOf", "anyOf")


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a body, one parameter's schema, or one alternative of either."""

    name: str
    path: str
    """``timeslots.items.status``: the deep link is ``#field-`` and this."""
    type: str
    format: str
    required: bool
    read_only: bool
    write_only: bool
    deprecated: bool
    description: str
    constraints: tuple[str, ...]
    enum: tuple[Any, ...]
    default: Any
    example: Any
    provenance: Provenance | None
    rules: tuple[Rule, ...]
    children: tuple["Field", ...]
    inside: str
    """What the children are: ``members``, ``items``, ``alternatives``, or ``document`` inside a string."""
    again: str | None
    """The name of the schema that begins anew here."""


class Tree:
    """Grows fields from the schemas of one contract, in one direction; what is endless is cut and says so."""

    def __init__(self, source: Source, *, otherwise: str | None = None) -> None:
        self._source = source
        self._otherwise = otherwise
        self._count = 0

    def grow(
        self, schema: Any, name: str = "", path: str = "", *, required: bool = False, chain: tuple[str, ...] = ()
    ) -> Field:
        """Return the field of a schema, with all that is below it."""
        self._count += 1
        own = schema if isinstance(schema, dict) else {}
        at, node = self._source.resolve_inside(own)
        node = node if isinstance(node, dict) else {}
        again = at.rsplit("/", 1)[-1] if at in chain else None
        if len(chain) >= _DEEPEST or self._count > _MOST:
            again = again or "…"
        inside, children = ("", ()) if again else self._below(node, path, (*chain, at or path or name))
        return Field(
            name=name,
            path=path,
            type=self._type(node),
            format=str(node.get("format", "")),
            required=required,
            read_only=node.get("readOnly") is True,
            write_only=node.get("writeOnly") is True,
            deprecated=node.get("deprecated") is True,
            description=str(own.get("description") or node.get("description") or "").strip(),
            constraints=tuple(_constraints(node)),
            enum=tuple(node.get("enum", ())),
            default=node.get("default", ABSENT),
            example=node.get("example", ABSENT),
            provenance=provenance_of(own, node),
            rules=tuple(rules_of(node, None, required=required, otherwise=self._otherwise)),
            children=children,
            inside=inside,
            again=again,
        )

    def _below(self, node: Mapping[str, Any], path: str, chain: tuple[str, ...]) -> tuple[str, tuple[Field, ...]]:
        properties, required = self._members(node)
        if properties:
            grown = (
                self.grow(part, name, _join(path, name), required=name in required, chain=chain)
                for name, part in properties.items()
            )
            return "members", tuple(grown)
        if isinstance(node.get("items"), dict):
            item = self.grow(node["items"], "items", _join(path, "items"), chain=chain)
            return "items", (item,)
        if "x-embedded-schema" in node:
            return "document", (self.grow(node["x-embedded-schema"], "document", _join(path, "document"), chain=chain),)
        for keyword in _ALTERNATIVES:
            parts = [part for part in node.get(keyword, ()) if _has_shape(part)]
            if parts:
                grown = (
                    self.grow(part, f"either {n}", _join(path, str(n)), chain=chain) for n, part in enumerate(parts, 1)
                )
                return "alternatives", tuple(grown)
        other = node.get("additionalProperties")
        if isinstance(other, dict) and other:
            return "members", (self.grow(other, "*", _join(path, "*"), chain=chain),)
        return "", ()

    def _members(self, node: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
        """Return the members of an object and which are required, those that ``allOf`` adds too."""
        properties = dict(node.get("properties", {}))
        required = set(node.get("required", ()))
        for part in node.get("allOf", ()):
            _, resolved = self._source.resolve_inside(part)
            if isinstance(resolved, dict) and resolved is not node:
                properties = {**resolved.get("properties", {}), **properties}
                required |= set(resolved.get("required", ()))
        return properties, required

    def _type(self, node: Mapping[str, Any], depth: int = 0) -> str:
        kind = str(node.get("type", ""))
        if kind == "array" and depth < 3:
            _, items = self._source.resolve_inside(node.get("items", {}))
            return f"array of {self._type(items, depth + 1)}" + _or_null(node)
        for keyword in _ALTERNATIVES:
            parts = [self._source.resolve_inside(part)[1] for part in node.get(keyword, ()) if _has_shape(part)]
            if not kind and parts and depth < 3:
                return " or ".join(dict.fromkeys(self._type(part, depth + 1) for part in parts)) + _or_null(node)
        if not kind:
            kind = "object" if "properties" in node or "allOf" in node else "any"
        return kind + _or_null(node)


def _or_null(node: Mapping[str, Any]) -> str:
    return " or null" if node.get("nullable") else ""


def _has_shape(part: Any) -> bool:
    """Say whether an alternative describes a value, rather than only demanding members: ``{required: [id]}``."""
    return isinstance(part, dict) and bool(part.keys() - {"required", "description"})


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _constraints(node: Mapping[str, Any]) -> Iterator[str]:
    for low, high, unit in (("minLength", "maxLength", "characters"), ("minItems", "maxItems", "items")):
        yield from _between(node.get(low), node.get(high), unit)
    yield from _between(node.get("minProperties"), node.get("maxProperties"), "members")
    yield from _range(node)
    if "pattern" in node:
        yield f"matches {node['pattern']}"
    if "multipleOf" in node:
        yield f"a multiple of {node['multipleOf']}"
    if node.get("uniqueItems"):
        yield "no item twice"
    for keyword, words in (("anyOf", "at least one of"), ("oneOf", "exactly one of")):
        demanded = [" and ".join(part.get("required", ())) for part in node.get(keyword, ()) if not _has_shape(part)]
        if demanded:
            yield f"{words}: {', '.join(demanded)}"


def _between(low: Any, high: Any, unit: str) -> Iterator[str]:
    if low is not None and high is not None:
        yield f"{low} {unit}" if low == high else f"{low} to {high} {unit}"
    elif low is not None:
        yield f"at least {low} {unit}"
    elif high is not None:
        yield f"at most {high} {unit}"


def _range(node: Mapping[str, Any]) -> Iterator[str]:
    if "minimum" in node:
        yield f"{'>' if node.get('exclusiveMinimum') is True else '≥'} {node['minimum']}"
    if "maximum" in node:
        yield f"{'<' if node.get('exclusiveMaximum') is True else '≤'} {node['maximum']}"

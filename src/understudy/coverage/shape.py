"""What a schema lets a value consist of: its properties and enumerated values, as a tree to hold values against."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from understudy.contract.strict_json import Unreadable, read_json
from understudy.source import Source, pointer_to

MOST = 2000
"""Places after which no further schema is entered: schemas that refer to one another could have any number."""
_COMBINED = ("allOf", "oneOf", "anyOf")
_ANY = "*"
"""How a pointer names every item of an array, and every member that has no name of its own."""


class Shape:
    """One place in a value, and what may stand below it. Alternatives are merged: what any of them declares is here."""

    __slots__ = ("children", "embedded", "items", "number", "others", "plain", "pointer", "values")

    def __init__(self, pointer: str) -> None:
        self.pointer = pointer
        self.number: int | None = None
        """Of the property that this place is; None for one that is none, such as an array's item."""
        self.children: dict[str, Shape] = {}
        self.items: Shape | None = None
        self.others: Shape | None = None
        self.embedded: Shape | None = None
        """The document in a string."""
        self.values: dict[str | bytes, Any] = {}
        """Enumerated values by token; once numbered, their numbers."""
        self.plain = False
        """Whether nothing more is exercised by one value than by another; known once the whole shape is."""

    def touch(self, value: Any, touched: set[int]) -> None:
        """Add the numbers of all that a value exercises."""
        if self.values:
            number = self.values.get(token(value))
            if number is not None:
                touched.add(number)
        kind = type(value)
        if kind is dict:
            self._touch_members(value, touched)
        elif kind is list and self.items is not None:
            for item in value:
                self.items.touch(item, touched)
        elif kind is str and self.embedded is not None:
            self.embedded.touch(_document(value), touched)

    def _touch_members(self, members: Mapping[str, Any], touched: set[int]) -> None:
        for name, member in members.items():
            child = self.children.get(name, self.others)
            if child is not None:
                if child.number is not None:
                    touched.add(child.number)
                if not child.plain:
                    child.touch(member, touched)

    def below(self) -> Iterator["Shape"]:
        """Yield this place and all below it, in the contract's order."""
        yield self
        for child in self.parts():
            yield from child.below()

    def parts(self) -> Iterator["Shape"]:
        """Yield what stands right below."""
        yield from self.children.values()
        for part in (self.items, self.others, self.embedded):
            if part is not None:
                yield part


def token(value: Any) -> str | bytes:
    """Return a key for an enumerated value: equal for equal JSON values, and for those only."""
    if type(value) is str:
        return value
    if type(value) is float and value.is_integer():
        value = int(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def shape_of(source: Source, schemas: Iterable[Any], pointer: str = "") -> Shape:
    """Return the shape of a value that one of these schemas describes.

    A schema is not entered a second time below itself, so that a recursive one comes to an end; what
    only an answer may hold (``readOnly``) is left out.
    """
    return _Survey(source).survey(schemas, pointer)


class _Survey:
    """Goes through schemas level by level, so that what is left out of too large a shape is what lies deepest."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._waiting: deque[tuple[Shape, Any, frozenset[str]]] = deque()
        self._places = 0

    def survey(self, schemas: Iterable[Any], pointer: str) -> Shape:
        root = Shape(pointer)
        self._waiting.extend((root, schema, frozenset()) for schema in schemas)
        while self._waiting and self._places < MOST:
            shape, schema, above = self._waiting.popleft()
            at, found = self._source.resolve_inside(schema)
            if isinstance(found, dict) and at not in above:
                self._enter(shape, found, above | {at} if at else above)
        for place in root.below():
            place.plain = not (place.values or any(place.parts()))
        return root

    def _enter(self, shape: Shape, schema: Mapping[str, Any], above: frozenset[str]) -> None:
        shape.values.update((token(value), value) for value in schema.get("enum", ()))
        combined = [part for keyword in _COMBINED for part in schema.get(keyword, ())]
        self._waiting.extendleft((shape, part, above) for part in reversed(combined))
        for name, part in schema.get("properties", {}).items():
            if not self._source.resolve_inside(part)[1].get("readOnly"):
                shape.children[name] = self._below(shape.children.get(name), shape.pointer, name, part, above)
        if "items" in schema:
            shape.items = self._below(shape.items, shape.pointer, _ANY, schema["items"], above)
        if isinstance(schema.get("additionalProperties"), dict):
            shape.others = self._below(shape.others, shape.pointer, _ANY, schema["additionalProperties"], above)
        if "x-embedded-schema" in schema:
            shape.embedded = self._below(shape.embedded, shape.pointer, None, schema["x-embedded-schema"], above)

    def _below(self, known: Shape | None, pointer: str, step: str | None, schema: Any, above: frozenset[str]) -> Shape:
        shape = known or Shape(pointer if step is None else pointer_to(step, base=pointer))
        self._places += known is None
        self._waiting.append((shape, schema, above))
        return shape


def _document(text: str) -> Any:
    try:
        return read_json(text.encode())
    except (Unreadable, UnicodeEncodeError):
        return None

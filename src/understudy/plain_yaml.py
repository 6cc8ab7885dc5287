"""YAML text as plain data: what JSON has and no more, within limits, with the line of everything that is in it."""

import re
from collections.abc import Callable
from math import isfinite
from typing import Any

import yaml

MAX_BYTES = 8 * 1024 * 1024
_MAX_NODES = 400_000
_MAX_DEPTH = 100
_MAX_TEXT = 4 * MAX_BYTES
"""Characters of all texts, one that an alias repeats counted each time."""
_WORD = 40
"""Characters of a text that may well come again."""

Spot = int | list[Any]
"""Where a node begins: its line; for a mapping or list ``[line, keys, spot, …]``, ``keys`` None for a list."""


class NotPlain(Exception):
    """Text that is not read; the message says why, ``line`` where (from 1)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class _Loader(yaml.CSafeLoader):
    """Safe, and with the plain words of YAML 1.2: ``on`` is a string, and so is a date."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the base class declares it so
    depth = 0

    def descend_resolver(self, parent: yaml.Node | None, index: Any) -> None:
        """Go into a node, unless it is too deep: the composer, which is C, would use up its stack."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise NotPlain(1 if parent is None else parent.start_mark.line + 1, _TOO_DEEP)

    def ascend_resolver(self) -> None:
        """Come out of a node."""
        self.depth -= 1

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Return the tag of a node; nearly all are texts, which need no look at the patterns."""
        if kind is yaml.ScalarNode and (not implicit[0] or value[:1] not in self.yaml_implicit_resolvers):
            return _TEXT
        tag: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        return tag


_STANDARD = "tag:yaml.org,2002:"
_TEXT, _MAPPING, _LIST = f"{_STANDARD}str", f"{_STANDARD}map", f"{_STANDARD}seq"
_NUMBER, _REAL, _TRUTH, _NOTHING = (f"{_STANDARD}{name}" for name in ("int", "float", "bool", "null"))
_TOO_DEEP = f"nested more than {_MAX_DEPTH} deep; unfold it"
_TOO_MUCH = f"more than {_MAX_NODES} values, or {_MAX_TEXT} characters (an alias counts each time it is used); split it"
for _tag, _pattern, _first in (
    (_TRUTH, r"^(?:true|false)$", "tf"),
    (_NOTHING, r"^(?:null|~|)$", ["n", "~", ""]),
    (_NUMBER, r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    (_REAL, r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", "-0123456789"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def read_yaml(raw: bytes) -> tuple[Any, Spot]:
    """Return the data of one YAML document, and where everything in it stands. Raises NotPlain, YAMLError, ValueError.

    Nothing is raised but these, and nothing takes long, whatever the text: of 8 MB at most.
    """
    loader = _Loader(raw)
    try:
        node = loader.get_single_node()
        if node is None:
            raise NotPlain(1, "the file is empty")
        return _Reader().read(node)
    finally:
        loader.dispose()


class _Reader:
    """Makes data of nodes, notes the line of every one, and refuses what a contract never needs."""

    def __init__(self) -> None:
        self._nodes = 0
        self._text = 0
        self._words: dict[Any, Any] = {}  # texts and lists of keys come again and again: one copy of each will do

    def read(self, node: yaml.Node, depth: int = 1) -> tuple[Any, Spot]:
        """Return the data of a node, every key a string as in JSON, and where everything in it stands."""
        line: int = node.start_mark.line + 1
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise NotPlain(line, _TOO_MUCH)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, line), line
        if depth > _MAX_DEPTH:  # by an alias of what it stands in
            raise NotPlain(line, _TOO_DEEP)
        if node.tag != (_LIST if isinstance(node, yaml.SequenceNode) else _MAPPING):
            raise NotPlain(line, _foreign(node.tag))
        if isinstance(node, yaml.SequenceNode):
            items = [self.read(item, depth + 1) for item in node.value]
            return [value for value, _ in items], [line, None, *[spot for _, spot in items]]
        return self._mapping(node, line, depth)

    def _mapping(self, node: yaml.Node, line: int, depth: int) -> tuple[dict[str, Any], list[Any]]:
        data: dict[str, Any] = {}
        spot: list[Any] = [line, ()]
        for key, value in node.value:
            at: int = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise NotPlain(at, "a key must be a plain word")
            name = _key(self._scalar(key, at))
            if name in data:
                raise NotPlain(at, f"the key {key.value[:_WORD]!r} stands twice; remove one")
            data[name], child = self.read(value, depth + 1)
            if isinstance(child, int):
                child = at
            else:
                child[0] = at
            spot.append(child)
        keys = tuple(data)
        spot[1] = self._words.setdefault(keys, keys)
        return data, spot

    def _scalar(self, node: yaml.ScalarNode, line: int) -> Any:
        text: str = node.value
        self._text += len(text)
        if self._text > _MAX_TEXT:
            raise NotPlain(line, _TOO_MUCH)
        if node.tag == _TEXT:
            return self._words.setdefault(text, text) if len(text) < _WORD else text
        made = _MADE.get(node.tag)
        if made is None:
            raise NotPlain(line, _foreign(node.tag))
        try:
            return made(text)
        except (ValueError, OverflowError):
            shown = text if len(text) < _WORD else f"{text[:_WORD]}…"
            raise NotPlain(line, f"{shown!r} is no {_WANTED[node.tag]}; write a text in quotes") from None


def _whole(text: str) -> int:
    """Return a whole number of 64 bits at most, in decimal or hexadecimal. Raises ValueError."""
    if len(text) > _WORD or "_" in text:
        raise ValueError(text)
    number = int(text, 16) if text[:2].lower() == "0x" else int(text)
    if not -(2**63) <= number < 2**64:
        raise ValueError(text)
    return number


def _real(text: str) -> float:
    """Return a number that JSON has too. Raises ValueError."""
    number = float(text)
    if not isfinite(number) or "_" in text:
        raise ValueError(text)
    return number


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


_MADE: dict[str, Callable[[str], Any]] = {
    _TEXT: str,
    _NUMBER: _whole,
    _REAL: _real,
    _TRUTH: _truth,
    _NOTHING: lambda _: None,
}
_WANTED = {
    _NUMBER: "whole number of 64 bits",
    _REAL: "number that JSON has",
    _TRUTH: "true or false",
}


def _foreign(tag: str) -> str:
    shown = tag.replace(_STANDARD, "!!")[:_WORD]
    return f"the tag {shown!r} is not known here; write plain texts, numbers, lists and mappings"


def _key(key: Any) -> str:
    if isinstance(key, bool) or key is None:
        return {True: "true", False: "false", None: "null"}[key]
    return str(key)

"""YAML files as they stand: read safely, once, with the line of everything that is in them."""

import re
from collections.abc import Hashable
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

_MAX_BYTES = 8 * 1024 * 1024
_MAX_NODES = 400_000
_MAX_DEPTH = 100
_WORD = 40
"""Characters of a text that may well come again."""
_EXAMPLES = frozenset({"example", "value", "default", "enum"})


class SourceError(Exception):
    """A file that cannot be used; the message says what is wrong, where, and what to do."""


class _Loader(yaml.CSafeLoader):
    """Safe, and with the plain words of YAML 1.2: ``on`` is a string, and so is a date."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the base class declares it so

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Return the tag of a node; nearly all are texts, which need no look at the patterns."""
        if kind is yaml.ScalarNode and (not implicit[0] or value[:1] not in self.yaml_implicit_resolvers):
            return _TEXT
        tag: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        return tag


_TEXT, _NUMBER, _NOTHING = "tag:yaml.org,2002:str", "tag:yaml.org,2002:int", "tag:yaml.org,2002:null"
_MAPPING, _LIST = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
_JSON = (str, int, float, bool, type(None))
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))

_Spot = int | list[Any]
"""Where a node begins: its line; for a mapping or list ``[line, keys, spot, …]``, ``keys`` None for a list."""


class Source:
    """One YAML file: its data, and the line of each place in it."""

    def __init__(self, label: str, data: Any, spots: _Spot) -> None:
        self.label = label
        """How messages name the file."""
        self.data = data
        self._spots = spots

    @classmethod
    def read(cls, path: Path, label: str | None = None) -> "Source":
        """Read a file. Raises SourceError for one that is missing, too large or not plain YAML."""
        label = label or f"{path.parent.name}/{path.name}"
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
        return cls.parse(raw, label)

    @classmethod
    def parse(cls, raw: bytes, label: str) -> "Source":
        """Parse YAML text. Raises SourceError."""
        if len(raw) > _MAX_BYTES:
            raise SourceError(f"{label}: larger than {_MAX_BYTES} bytes; split it")
        loader = None
        try:
            loader = _Loader(raw)
            node = loader.get_single_node()
            if node is None:
                raise SourceError(f"{label}: the file is empty")
            data, spots = _Reader(label, loader).read(node)
        except yaml.YAMLError as error:
            raise SourceError(_readable(label, error)) from error
        except UnicodeDecodeError as error:
            raise SourceError(f"{label}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
        except (ValueError, LookupError, AttributeError) as error:  # PyYAML of '!!bool x' and '!!timestamp x'
            raise SourceError(f"{label}: not valid YAML: {error}") from error
        finally:
            if loader is not None:
                loader.dispose()
        return cls(label, data, spots)

    def line(self, pointer: str) -> int:
        """Return the line (from 1) of a JSON Pointer, or of its nearest ancestor that stands in the file."""
        spot = self._spots
        for token in tokens(pointer):
            found = _below(spot, token)
            if found is None:
                break
            spot = found
        return spot if isinstance(spot, int) else int(spot[0])

    def at(self, pointer: str) -> str:
        """Return ``file:line`` of a JSON Pointer (with or without a leading ``#``)."""
        return f"{self.label}:{self.line(pointer)}"

    def find(self, pointer: str) -> Any:
        """Return what stands at a JSON Pointer. Raises SourceError where nothing does."""
        value = self.data
        for token in tokens(pointer):
            try:
                value = value[int(token)] if isinstance(value, list) else value[token]
            except (KeyError, IndexError, ValueError, TypeError):
                raise SourceError(f"{self.label}: nothing stands at {pointer}") from None
        return value

    def resolve(self, pointer: str) -> tuple[str, Any]:
        """Follow ``$ref`` from a pointer; return where it ends and what stands there.

        Raises SourceError for a reference that leads out of the file, nowhere, or in a circle.
        """
        value = self.find(pointer)
        if not isinstance(value, dict) or "$ref" not in value:
            return pointer, value
        seen: set[str] = set()
        while isinstance(value, dict) and "$ref" in value:
            target = value["$ref"]
            if not isinstance(target, str) or not target.startswith("#/"):
                raise SourceError(f"{self.at(pointer)}: $ref {target!r} leads out of this file; use '#/components/…'")
            if target in seen:
                raise SourceError(f"{self.at(pointer)}: $ref {target!r} leads in a circle")
            seen.add(target)
            try:
                value = self.find(target)
            except SourceError:
                raise SourceError(f"{self.at(pointer)}: $ref {target!r} leads nowhere") from None
            pointer = target
        return pointer, value

    def check_references(self) -> None:
        """Follow every ``$ref`` of the file, but for those in examples. Raises SourceError for a broken one."""
        good: set[str] = set()
        waiting: list[tuple[Any, _Way]] = [(self.data, None)]
        while waiting:
            node, way = waiting.pop()
            if isinstance(node, dict):
                target = node.get("$ref")
                if isinstance(target, str) and target not in good:
                    self.resolve(_pointer_of(way))
                    good.add(target)
                inner = [(key, item) for key, item in node.items() if key not in _EXAMPLES]
            else:
                inner = list(enumerate(node))
            waiting += [(item, (way, key)) for key, item in inner if isinstance(item, dict | list)]

    def resolve_inside(self, node: Any) -> tuple[str, Any]:
        """Follow the ``$ref`` of a node in hand; return where it ends (``""`` if it is none) and what stands there."""
        if isinstance(node, dict) and "$ref" in node:
            return self.resolve(node["$ref"])
        return "", node


def tokens(pointer: str) -> list[str]:
    """Split a JSON Pointer (with or without a leading ``#``) into its tokens."""
    parts = pointer.lstrip("#").split("/")[1:]
    if "~" not in pointer:
        return parts
    return [part.replace("~1", "/").replace("~0", "~") if "~" in part else part for part in parts]


@lru_cache(maxsize=4096)
def pointer_to(*parts: str | int, base: str = "") -> str:
    """Join tokens into a JSON Pointer, below ``base``."""
    return base + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


_Way = tuple["_Way", str | int] | None
"""How a node is reached: the way to what it stands in, and its key there."""


def _pointer_of(way: _Way) -> str:
    return "" if way is None else pointer_to(way[1], base=_pointer_of(way[0]))


def _below(spot: _Spot, token: str) -> _Spot | None:
    """Return the spot of a member or item, None where there is none."""
    if isinstance(spot, int):
        return None
    keys = spot[1]
    if keys is not None:
        place = keys.index(token) if token in keys else -1
    else:
        place = int(token) if token.isdecimal() and token == str(int(token)) and int(token) < len(spot) - 2 else -1
    found: _Spot | None = None if place < 0 else spot[place + 2]
    return found


class _Reader:
    """Makes data of nodes, notes the line of every one, and refuses what a contract never needs."""

    def __init__(self, label: str, loader: _Loader) -> None:
        self._label = label
        self._loader = loader
        self._nodes = 0
        self._words: dict[Any, Any] = {}  # texts and lists of keys come again and again: one copy of each will do

    def read(self, node: yaml.Node, depth: int = 0) -> tuple[Any, _Spot]:
        """Return the data of a node, every key a string as in JSON, and where everything in it stands."""
        line: int = node.start_mark.line + 1
        self._nodes += 1
        if self._nodes > _MAX_NODES or depth > _MAX_DEPTH:
            raise SourceError(f"{self._label}:{line}: too deep or too much (aliases count each time they are used)")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node), line
        if isinstance(node, yaml.SequenceNode):
            items = [self.read(item, depth + 1) for item in node.value]
            data: Any = [value for value, _ in items]
            spot = [line, None, *[spot for _, spot in items]]
        else:
            data, spot = self._mapping(node, line, depth)
        if node.tag not in (_MAPPING, _LIST):
            raise self._foreign(node)
        return data, spot

    def _mapping(self, node: yaml.Node, line: int, depth: int) -> tuple[dict[str, Any], list[Any]]:
        data: dict[str, Any] = {}
        spot: list[Any] = [line, ()]
        for key, value in node.value:
            at: int = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise SourceError(f"{self._label}:{at}: a key must be a plain word")
            name = _key(self._scalar(key))
            if name in data:
                raise SourceError(f"{self._label}:{at}: the key {key.value!r} stands twice; remove one")
            data[name], child = self.read(value, depth + 1)
            if isinstance(child, int):
                child = at
            else:
                child[0] = at
            spot.append(child)
        keys = tuple(data)
        spot[1] = self._words.setdefault(keys, keys)
        return data, spot

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        if node.tag == _TEXT:
            return self._words.setdefault(text, text) if len(text) < _WORD else text
        if node.tag == _NUMBER and text.isdecimal() and (text[0] != "0" or text == "0"):
            return int(text)
        value = None if node.tag == _NOTHING else self._loader.construct_object(node, deep=True)
        if not isinstance(value, _JSON) or (isinstance(value, float) and not isfinite(value)):
            raise self._foreign(node)
        return value

    def _foreign(self, node: yaml.Node) -> SourceError:
        what = node.tag.rpartition(":")[2][:_WORD]
        where = f"{self._label}:{node.start_mark.line + 1}"
        return SourceError(f"{where}: not valid YAML: this {what} is nothing that JSON has; write it in quotes")


def _key(key: Hashable) -> str:
    if isinstance(key, bool) or key is None:
        return {True: "true", False: "false", None: "null"}[key]
    return str(key)


def _readable(label: str, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
    context = getattr(error, "context", None)
    where = f"{label}:{mark.line + 1}:{mark.column + 1}" if mark else label
    return f"{where}: not valid YAML: {problem}" + (f" ({context})" if context else "")

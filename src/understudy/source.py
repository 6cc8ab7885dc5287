"""YAML files as they stand: read safely, once, with the line of everything that is in them."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

_MAX_BYTES = 8 * 1024 * 1024
_MAX_NODES = 400_000
_MAX_DEPTH = 100
_EXAMPLES = frozenset({"example", "value", "default", "enum"})


class SourceError(Exception):
    """A file that cannot be used; the message says what is wrong, where, and what to do."""


class _Loader(yaml.CSafeLoader):
    """Safe, and with the plain words of YAML 1.2: ``on`` is a string, and so is a date."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the base class declares it so


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


class _Spot:
    """Where a node begins, and its children's spots by key."""

    __slots__ = ("children", "line")

    def __init__(self, line: int) -> None:
        self.line = line
        self.children: dict[str, _Spot] = {}


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
            spots = _Surveyor(label).survey(node)
            data = loader.construct_document(node)
        except yaml.YAMLError as error:
            raise SourceError(_readable(label, error)) from error
        except UnicodeDecodeError as error:
            raise SourceError(f"{label}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
        finally:
            if loader is not None:
                loader.dispose()
        return cls(label, _plain(data), spots)

    def line(self, pointer: str) -> int:
        """Return the line (from 1) of a JSON Pointer, or of its nearest ancestor that stands in the file."""
        spot = self._spots
        for token in tokens(pointer):
            found = spot.children.get(token)
            if found is None:
                break
            spot = found
        return spot.line

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
        seen: set[str] = set()
        value = self.find(pointer)
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
        waiting = [("", self.data)]
        while waiting:
            pointer, node = waiting.pop()
            if isinstance(node, dict):
                if isinstance(node.get("$ref"), str):
                    self.resolve(pointer)
                waiting += [(pointer_to(key, base=pointer), node[key]) for key in node if key not in _EXAMPLES]
            elif isinstance(node, list):
                waiting += [(f"{pointer}/{number}", item) for number, item in enumerate(node)]

    def resolve_inside(self, node: Any) -> tuple[str, Any]:
        """Follow the ``$ref`` of a node in hand; return where it ends (``""`` if it is none) and what stands there."""
        if isinstance(node, dict) and "$ref" in node:
            return self.resolve(node["$ref"])
        return "", node


def tokens(pointer: str) -> list[str]:
    """Split a JSON Pointer (with or without a leading ``#``) into its tokens."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.lstrip("#").split("/")[1:]]


def pointer_to(*parts: str | int, base: str = "") -> str:
    """Join tokens into a JSON Pointer, below ``base``."""
    return base + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


class _Surveyor:
    """Notes the line of every node, and refuses what a contract never needs."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._nodes = 0

    def survey(self, node: yaml.Node, depth: int = 0) -> _Spot:
        line = node.start_mark.line + 1
        self._nodes += 1
        if self._nodes > _MAX_NODES or depth > _MAX_DEPTH:
            raise SourceError(f"{self._label}:{line}: too deep or too much (aliases count each time they are used)")
        spot = _Spot(line)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self._child(spot, key, value, depth)
        elif isinstance(node, yaml.SequenceNode):
            for number, item in enumerate(node.value):
                spot.children[str(number)] = self.survey(item, depth + 1)
        return spot

    def _child(self, spot: _Spot, key: yaml.Node, value: yaml.Node, depth: int) -> None:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise SourceError(f"{self._label}:{line}: a key must be a plain word")
        if key.value in spot.children:
            raise SourceError(f"{self._label}:{line}: the key {key.value!r} stands twice; remove one")
        child = self.survey(value, depth + 1)
        child.line = line
        spot.children[key.value] = child


def _plain(value: Any) -> Any:
    """Make every key a string, as in JSON."""
    if isinstance(value, dict):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


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

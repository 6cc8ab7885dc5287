"""YAML files as they stand: read safely, once, with the line of everything that is in them."""

import os
from errno import EINVAL
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Any

import yaml

from understudy.plain_yaml import MAX_BYTES, NotPlain, Spot, read_yaml

_EXAMPLES = frozenset({"example", "value", "default", "enum"})


class SourceError(Exception):
    """A file that cannot be used; the message says what is wrong, where, and what to do."""


class Source:
    """One YAML file: its data, and the line of each place in it."""

    def __init__(self, label: str, data: Any, spots: Spot) -> None:
        self.label = label
        """How messages name the file."""
        self.data = data
        self._spots = spots

    @classmethod
    def read(cls, path: Path, label: str | None = None) -> "Source":
        """Read a file. Raises SourceError for one that is missing, too large or not plain YAML."""
        return cls.parse(cls.raw(path), label or f"{path.parent.name}/{path.name}")

    @staticmethod
    def raw(path: Path) -> bytes:
        """Return the bytes of a file, or somewhat more than a source may have. Raises SourceError."""
        try:
            return read_file(path, MAX_BYTES)
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise SourceError(f"{str(path)!r}: cannot be read: {error}") from error

    @classmethod
    def parse(cls, raw: bytes, label: str) -> "Source":
        """Parse YAML text. Raises SourceError."""
        if len(raw) > MAX_BYTES:
            raise SourceError(f"{label}: larger than {MAX_BYTES} bytes; split it")
        try:
            data, spots = read_yaml(raw)
        except NotPlain as error:
            raise SourceError(f"{label}:{error.line}: {error}") from error
        except yaml.YAMLError as error:
            raise SourceError(_readable(label, error)) from error
        except UnicodeDecodeError as error:
            raise SourceError(f"{label}: not UTF-8 text (byte {error.start}); save it as UTF-8") from error
        except ValueError as error:
            raise SourceError(f"{label}: not valid YAML: {error}") from error
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


def read_file(path: Path, limit: int) -> bytes:
    """Return what a file holds, but no more than one byte beyond ``limit``. Raises OSError.

    A folder, a pipe or a device is no file: the one cannot be read, the others may never end.
    """
    with open(path, "rb", opener=_without_waiting) as file:
        if not S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(EINVAL, "it is no regular file")
        return file.read(limit + 1)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


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


def _below(spot: Spot, token: str) -> Spot | None:
    """Return the spot of a member or item, None where there is none."""
    if isinstance(spot, int):
        return None
    keys = spot[1]
    if keys is not None:
        place = keys.index(token) if token in keys else -1
    else:
        place = int(token) if token.isdecimal() and token == str(int(token)) and int(token) < len(spot) - 2 else -1
    found: Spot | None = None if place < 0 else spot[place + 2]
    return found


def _readable(label: str, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
    context = getattr(error, "context", None)
    where = f"{label}:{mark.line + 1}:{mark.column + 1}" if mark else label
    return f"{where}: not valid YAML: {problem}" + (f" ({context})" if context else "")

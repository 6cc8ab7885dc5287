"""What a value must be, and where it is not: equal, containing, matching, absent."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from understudy.contract.wording import clip
from understudy.patterns import regular
from understudy.source import pointer_to

ABSENT: Any = type("Absent", (), {"__repr__": lambda _: "nothing"})()
"""The value of what is not there."""
_LISTED = 100


class Mismatch(NamedTuple):
    """One place at which a value is not as a test wants it."""

    pointer: str
    """JSON Pointer into the value; ``""`` is the whole."""
    value: Any
    must: str
    """What must be, in words."""
    wanted: Any = None
    """What it must be equal to."""


Test = Callable[[Any], Iterator[Mismatch]]


class UnusableMatcher(Exception):
    """A matcher that cannot be used, such as a broken regular expression; the message says why."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a value must be; all that is given must hold.

    In JSON: ``equals``; ``contains`` (a part of a text; of a document, the members at any depth, and of a list the
    items, in any order); ``jsonPath`` (finds something); ``matches`` (a regular expression, anywhere); ``absent``.
    """

    tests: tuple[Test, ...]

    @classmethod
    def of(cls, data: Any) -> "Matcher":
        """Build a matcher from JSON: a mapping of the words above, or a bare text or number, which must be equal.

        Raises UnusableMatcher.
        """
        if not isinstance(data, dict):
            return cls((_equal_to(data),))
        unknown = data.keys() - _TESTS.keys()
        if unknown or not data:
            said = f"{min(unknown)!r} is no matcher" if unknown else "the matcher is empty"
            raise UnusableMatcher(f"{said}; there are {', '.join(_TESTS)}")
        return cls(tuple(_TESTS[word](wanted) for word, wanted in data.items()))

    def fits(self, value: Any) -> bool:
        """Say whether a value (ABSENT where there is none) is as it must be."""
        return next(self.mismatches(value), None) is None

    def mismatches(self, value: Any) -> Iterator[Mismatch]:
        """Yield how a value (ABSENT where there is none) differs, place by place; nothing where it fits."""
        for test in self.tests:
            yield from test(value)


def _equal_to(wanted: Any) -> Test:
    return lambda value: _unequal(wanted, value, "")


def _unequal(wanted: Any, value: Any, at: str) -> Iterator[Mismatch]:
    if isinstance(wanted, dict) and isinstance(value, dict):
        for name, part in wanted.items():
            yield from _unequal(part, value.get(name, ABSENT), pointer_to(name, base=at))
        for name in [name for name in value if name not in wanted]:
            yield Mismatch(pointer_to(name, base=at), value[name], "must not be there")
    elif isinstance(wanted, list) and isinstance(value, list) and len(wanted) == len(value):
        for number, pair in enumerate(zip(wanted, value, strict=True)):
            yield from _unequal(*pair, f"{at}/{number}")
    elif not _same(wanted, value):
        yield Mismatch(at, value, f"must be {shown(wanted)}", wanted)


def _containing(wanted: Any) -> Test:
    if _longest(wanted) > _LISTED:
        raise UnusableMatcher(f"contains takes lists of up to {_LISTED} items; use equals")

    def test(value: Any) -> Iterator[Mismatch]:
        if isinstance(wanted, str) and isinstance(value, str):
            if wanted not in value:
                yield Mismatch("", value, f"must contain {shown(wanted)}")
        else:
            yield from _lacking(wanted, value, "")

    return test


def _lacking(wanted: Any, value: Any, at: str) -> Iterator[Mismatch]:
    """Yield what of ``wanted`` is not in ``value``: members at any depth; each item of a list, somewhere in it."""
    if isinstance(wanted, dict) and isinstance(value, dict):
        for name, part in wanted.items():
            yield from _lacking(part, value.get(name, ABSENT), pointer_to(name, base=at))
    elif isinstance(value, list):
        for part in wanted if isinstance(wanted, list) else [wanted]:
            if not _is_in(part, value):
                yield Mismatch(at, value, f"must contain {shown(part)}")
    elif not _same(wanted, value):
        yield Mismatch(at, value, f"must {'contain' if isinstance(wanted, dict | list) else 'be'} {shown(wanted)}")


def _is_in(part: Any, items: list[Any]) -> bool:
    """Say whether one of the items is, or contains, ``part``. Most of a long list is ruled out at C's speed."""
    kind = type(part)
    if kind is dict or kind is list:
        return any(type(item) is kind and next(_lacking(part, item, ""), None) is None for item in items)
    return part in items and any(_same(part, item) for item in items)


def _longest(value: Any) -> int:
    parts = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    own = len(value) if isinstance(value, list) else 0
    return max([own, *map(_longest, parts)])


def _on_path(wanted: Any) -> Test:
    from understudy.jsonpaths import path

    finds = path(str(wanted))

    def test(value: Any) -> Iterator[Mismatch]:
        if not (isinstance(value, dict | list) and finds(value)):
            yield Mismatch("", value, f"must have something at {wanted}")

    return test


def _matching(wanted: Any) -> Test:
    found = regular(str(wanted))

    def test(value: Any) -> Iterator[Mismatch]:
        text = value if isinstance(value, str) else "" if value is ABSENT else orjson.dumps(value).decode()
        if value is ABSENT or not found(text):
            yield Mismatch("", value, f"must match {wanted}")

    return test


def _absent(wanted: Any) -> Test:
    def test(value: Any) -> Iterator[Mismatch]:
        if (value is ABSENT) != bool(wanted):
            yield Mismatch("", value, "must not be there" if wanted else "must be there")

    return test


_TESTS: Mapping[str, Callable[[Any], Test]] = {
    "equals": _equal_to,
    "contains": _containing,
    "jsonPath": _on_path,
    "matches": _matching,
    "absent": _absent,
}


def _same(wanted: Any, value: Any) -> bool:
    """Compare two values, scalars at least one of them, as JSON does: true is not 1, and 1 is 1.0."""
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if isinstance(wanted, int | float) and isinstance(value, int | float):
        return wanted == value
    return type(wanted) is type(value) and bool(wanted == value)


def shown(value: Any) -> str:
    """Write a value on one line, the beginning of a long one."""
    short = clip(value)
    return short if isinstance(short, str) and not isinstance(value, str) else orjson.dumps(short).decode()

"""What a model says of an answer, and how that is held against the answer that came."""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from tests.models.documents import Written

Record = dict[str, Any]
State = dict[str, dict[Any, Record]]
"""The records of each collection by id, in order. A value: records and tables are replaced, never changed."""


class Ask(NamedTuple):
    """A call, as a model sees it."""

    who: Any
    path: dict[str, Any]
    query: dict[str, str]
    body: Any
    now: str


class Told(NamedTuple):
    """What must be answered: by name, with the members that vary, and what the world learns from it."""

    answer: str
    says: Any = None
    learn: Callable[[Any], None] | None = None


class _Sentinel:
    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


NOTHING = _Sentinel("NOTHING")
"""No body."""
BROKEN = b'{"a": '
"""A body that is no JSON."""


class Matcher:
    """Equal to every JSON value that is as it says."""

    def __init__(self, what: str, fits: Callable[[Any], bool]) -> None:
        self.what = what
        self.fits = fits

    def __eq__(self, other: object) -> bool:
        return self.fits(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return self.what


def like(pattern: str) -> Matcher:
    """Match every text of a pattern."""
    return Matcher(f"like {pattern}", lambda it: isinstance(it, str) and re.fullmatch(pattern, it) is not None)


def new_id(*known: Iterable[Any]) -> Matcher:
    """Match an id of 24 digits that none of these has."""
    taken = {id for ids in known for id in ids}
    return Matcher("a new id", lambda it: it == like("[0-9a-f]{24}") and it not in taken)


ANYTHING = Matcher("anything", lambda _: True)


def put(state: State, collection: str, record: Record, key: str = "id") -> None:
    """Put a record in the place of the one with its id, or at the end."""
    state[collection] = {**state[collection], record[key]: record}


def drop(state: State, collection: str, id: Any) -> None:
    """Take a record away."""
    state[collection] = {other: record for other, record in state[collection].items() if other != id}


def expected(written: Written, told: Told, language: str | None = None) -> Any:
    """Return the body that a told answer must have: the contract's, with what varies as the model says it."""
    if written.varies is None:
        return told.says
    if not isinstance(written.value, dict):
        return written.value
    spoken = written.translations.get(language or "", {})
    return {**written.value, **spoken, **dict.fromkeys(written.varies, ANYTHING), **(told.says or {})}


def difference(wanted: Any, got: Any, place: str = "") -> str | None:
    """Return where two JSON values are not the same, ``1``, ``1.0`` and ``true`` told apart; None where they are."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        if set(wanted) != set(got):
            return f"{place or '/'}: members {sorted(set(wanted) ^ set(got))} are on one side only"
        return next(filter(None, (difference(wanted[name], got[name], f"{place}/{name}") for name in wanted)), None)
    if isinstance(wanted, list) and isinstance(got, list):
        if len(wanted) != len(got):
            return f"{place or '/'}: {len(wanted)} items wanted, {len(got)} there"
        pairs = enumerate(zip(wanted, got, strict=True))
        return next(filter(None, (difference(*pair, f"{place}/{index}") for index, pair in pairs)), None)
    alike = wanted == got and (type(wanted) is type(got) or isinstance(wanted, Matcher))
    return None if alike else f"{place or '/'}: {wanted!r} wanted, {got!r} there"

"""Bodies to send: mostly good ones, some with a member left out or put wrong, some that are no object at all."""

import re
from typing import Any

from hypothesis import strategies as st

from tests.models.telling import BROKEN, NOTHING

JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, 5, -1, 200, 1.5, True, "", " ", "x", "?" * 300, [], [None], {}, {"a": 1}]
)
NO_OBJECT: st.SearchStrategy[Any] = st.sampled_from([NOTHING, BROKEN, b"\xff", [], "text", 5, None])


def bodies(optional: tuple[str, ...] = (), **members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw objects of these members; the optional ones are left out of good ones, too."""
    needed = {name: drawn for name, drawn in members.items() if name not in optional}
    good = st.fixed_dictionaries(needed, optional={name: members[name] for name in optional})
    spoilt = st.builds(_spoilt, good, st.sampled_from(list(members)), JUNK | st.just(NOTHING))
    return st.one_of(good, good, good, good, spoilt, NO_OBJECT)


def _spoilt(body: dict[str, Any], member: str, value: Any) -> dict[str, Any]:
    rest = {name: sent for name, sent in body.items() if name != member}
    return rest if value is NOTHING else {**rest, member: value}


def number(value: Any) -> bool:
    """Tell whether a JSON value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(value: Any, least: int = -(2**63), most: int = 2**63 - 1) -> bool:
    """Tell whether a JSON value is a whole number in a range."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def text(value: Any, least: int = 0, most: int = 10**9) -> bool:
    """Tell whether a JSON value is a text of a length."""
    return isinstance(value, str) and least <= len(value) <= most


def address(value: Any) -> bool:
    """Tell whether a JSON value is an e-mail address."""
    return isinstance(value, str) and "@" in value[1:-1]


def matches(value: Any, pattern: str) -> bool:
    """Tell whether a JSON value is a text of a pattern."""
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None

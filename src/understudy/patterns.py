"""Regular expressions from outside, which may not keep the server busy for long."""

from collections.abc import Callable
from functools import lru_cache

import jsonschema_rs

from understudy.contract.schema import BACKTRACKS
from understudy.contract.wandering import WANDERS, wanders

_LARGEST = 1024 * 1024
"""Bytes that a pattern may become, and that may be remembered of matching it."""
_OPTIONS = jsonschema_rs.FancyRegexOptions(
    backtrack_limit=BACKTRACKS, size_limit=_LARGEST, dfa_size_limit=_LARGEST // 2
)


class UnusablePattern(Exception):
    """A regular expression, or a JSONPath, that cannot be used; the message says why."""


@lru_cache(maxsize=64)
def regular(pattern: str) -> Callable[[str], bool]:
    """Return what says whether text has a match of ``pattern`` anywhere in it. Raises UnusablePattern.

    Patterns are those of ``pattern`` in a contract (ECMA 262), matched by the same engine: in time linear in the text
    where there is no look-around or back-reference; where there is, the pattern has to begin with ``^``, and is given
    up as not matching after 100,000 steps back. Python's own would take minutes over ``(a+)+$``.
    """
    if wanders(pattern):
        raise UnusablePattern(f"{pattern[:200]!r} {WANDERS}")
    try:
        validator = jsonschema_rs.Draft4Validator({"pattern": pattern}, pattern_options=_OPTIONS)
    except jsonschema_rs.ValidationError:
        hint = "; it has no inline flags: write [Aa] for (?i)a" if pattern.startswith("(?") else ""
        raise UnusablePattern(
            f"{pattern[:200]!r} is no regular expression of ECMA 262, or too large a one{hint}"
        ) from None
    return validator.is_valid

"""Regular expressions and JSONPaths from outside, which may not keep the server busy for long."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jsonpath
import jsonschema_rs
from jsonpath import JSONPathEnvironment
from jsonpath.function_extensions import ExpressionType, FilterFunction

_BACKTRACKS = 100_000
_DESCENTS = 1
_OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKS)


class UnusablePattern(Exception):
    """A regular expression or JSONPath that cannot be used; the message says why."""


@lru_cache(maxsize=256)
def regular(pattern: str) -> Callable[[str], bool]:
    """Return what says whether text has a match of ``pattern`` anywhere in it. Raises UnusablePattern.

    Patterns are those of ``pattern`` in a contract (ECMA 262), matched by the same engine: in time linear in the text
    where there is no look-around or back-reference, and given up as not matching after 100,000 steps back where there
    is. Python's own would take minutes over ``(a+)+$``.
    """
    try:
        validator = jsonschema_rs.Draft4Validator({"pattern": pattern}, pattern_options=_OPTIONS)
    except jsonschema_rs.ValidationError:
        hint = "; it has no inline flags: write [Aa] for (?i)a" if pattern.startswith("(?") else ""
        raise UnusablePattern(f"{pattern[:200]!r} is no regular expression of ECMA 262{hint}") from None
    return validator.is_valid


class _Tested(FilterFunction):
    """RFC 9535's ``match`` and ``search``, on the engine above."""

    def __init__(self, frame: str) -> None:
        self._frame = frame

    @property
    def arg_types(self) -> list[ExpressionType]:
        return [ExpressionType.VALUE, ExpressionType.VALUE]

    @property
    def return_type(self) -> ExpressionType:
        return ExpressionType.LOGICAL

    def __call__(self, value: object, pattern: object) -> bool:
        if not isinstance(value, str) or not isinstance(pattern, str):
            return False
        try:
            return regular(self._frame % pattern)(value)
        except UnusablePattern:
            return False


class _Paths(JSONPathEnvironment):
    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions |= {"match": _Tested("^(?:%s)$"), "search": _Tested("%s")}


_PATHS = _Paths()


@lru_cache(maxsize=256)
def path(text: str) -> Callable[[Any], bool]:
    """Return what says whether a JSONPath (RFC 9535) finds anything in a value. Raises UnusablePattern.

    More than one ``..`` is refused, and so is ``=~``: either can take minutes over a large body.
    """
    if text.count("..") > _DESCENTS:
        raise UnusablePattern(f"{text[:200]!r} descends more than once; name the way instead of '..'")
    if "=~" in text:
        raise UnusablePattern(f"{text[:200]!r}: write search(@.name, 'pattern') instead of =~")
    try:
        query = _PATHS.compile(text)
    except (jsonpath.JSONPathError, ValueError, RecursionError, OverflowError) as error:
        said = str(error).partition("\n")[0]
        raise UnusablePattern(f"{text[:200]!r} is no JSONPath: {said[:200]}") from None

    def finds(value: Any) -> bool:
        try:
            return query.match(value) is not None
        except (jsonpath.JSONPathError, TypeError, ValueError, RecursionError):
            return False

    return finds

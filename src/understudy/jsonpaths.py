"""JSONPaths from outside, which may not keep the server busy for long."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jsonpath
from jsonpath import JSONPathEnvironment
from jsonpath.function_extensions import ExpressionType, FilterFunction

from understudy.patterns import UnusablePattern, regular

_DESCENTS = 1


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

"""What is said of a contract that cannot be compiled: a sentence with file, line and remedy, no traceback."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import jsonschema_rs

from understudy.source import Source, SourceError, pointer_to

_MAX_LENGTH = 200


@contextmanager
def diagnosed(source: Source, pointer: str, what: str) -> Iterator[None]:
    """Turn whatever the compilation of ``what`` stumbles over into a SourceError that says where to look.

    A contract is compiled as what it should be; only when that fails is it asked what it is.
    """
    try:
        yield
    except SourceError as error:
        if _says_where(source, error):
            raise
        raise SourceError(_diagnosis(source, pointer, what, error)) from error
    except Exception as error:
        raise SourceError(_diagnosis(source, pointer, what, error)) from error


def brief(text: object) -> str:
    """Return the first line of a text, cut to a length that can be read."""
    line = next(iter(str(text).splitlines()), "")
    return line if len(line) <= _MAX_LENGTH else line[: _MAX_LENGTH - 1] + "…"


def _says_where(source: Source, error: SourceError) -> bool:
    return re.match(rf"{re.escape(source.label)}:\d", str(error)) is not None


def _diagnosis(source: Source, pointer: str, what: str, error: Exception) -> str:
    from understudy.contract.lint import faults

    first = next(faults(source), None)
    if first is not None:
        return first
    if isinstance(error, jsonschema_rs.ValidationError):
        at = pointer_to(*error.instance_path)
        return f"{source.at(at)}: the schema at #{at} cannot be used: {brief(error.message)}; correct it"
    said = brief(error) if isinstance(error, SourceError) else f"{type(error).__name__}: {brief(error)}"
    return f"{source.at(pointer)}: {what} cannot be compiled: {said}; look there, and at what it refers to"

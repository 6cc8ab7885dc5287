"""What a provider's code does wrong, in words: for the client in one sentence, for the terminal with its traceback."""

import traceback
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from understudy.contract.response_headers import Breach
from understudy.kernel.state import State
from understudy.kernel.table import Table
from understudy.kernel.violation import Violation
from understudy.watchdog import HandlerHung

_LONGEST = 20_000
"""Characters of a traceback that are kept: an exception's message may have any length."""
_ENGINE = tuple(str(Path(__file__).parents[1] / name) for name in ("contract", "kernel", "watchdog.py"))
_SHOULD = "a handler returns (Answer, state)"


class Failure(NamedTuple):
    """A failure of ours."""

    detail: str
    """What and where, in one sentence that anybody may read."""
    log: str
    """The same with its traceback, where there is one."""
    violations: tuple[Violation, ...] = ()


def failure_of(error: BaseException, operation: str, limit: float) -> Failure:
    """Say what went wrong in an operation; ``limit`` is how many seconds a call may take."""
    if isinstance(error, Breach):
        detail = _writable(str(error))
        return Failure(detail, detail, error.violations)
    place = _place(error.__traceback__)
    if isinstance(error, HandlerHung):
        detail = f"{operation} was ended in {place}: it took more than {limit:g} s (--handler-timeout)"
    else:
        detail = f"{type(error).__name__} in {place}"
    return Failure(_writable(detail), _writable(_log(error)))


def misreturned(returned: object) -> str:
    """Say what is wrong with what a handler returned."""
    if not isinstance(returned, tuple):
        return f"the handler returned {_kind(returned)}; {_SHOULD}"
    if len(returned) != 2:
        return f"the handler returned a tuple of {len(returned)}; {_SHOULD}"
    return f"the handler returned {_kind(returned[0])} in the answer's place; {_SHOULD}"


def refuse_unfit(after: object, before: object) -> None:
    """See that a state can take the place of the one before it. Raises Breach."""
    if type(after) is not type(before):
        raise Breach(f"the handler returned {_kind(after)} in the state's place, not {_kind(before)}")
    if isinstance(after, State):
        kind: Any = type(after)
        for table in _tables_of(kind)(after):
            if type(table) is not Table:
                raise Breach(f"the handler returned a state with {_kind(table)} in the place of a Table")


@cache
def _tables_of(kind: Any) -> Callable[[State], tuple[object, ...]]:
    names = kind.collections()
    return attrgetter(*names) if len(names) > 1 else lambda state: (getattr(state, names[0]),)


def _kind(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"an {name}" if name[:1] in "AEIOUaeiou" else f"a {name}"


def _place(trace: TracebackType | None) -> str:
    """Return function, file and line of the provider's code that ran last; of the engine's, where only that ran."""
    frames = [(frame.f_code, line) for frame, line in traceback.walk_tb(trace)]
    theirs = [found for found in frames if not found[0].co_filename.startswith((*_ENGINE, "<"))]
    code, line = (theirs or frames)[-1]
    path = Path(code.co_filename)
    return f"{code.co_name} ({path.parent.name}/{path.name}:{line})"


def _log(error: BaseException) -> str:
    try:
        log = "".join(traceback.format_exception(error))
    except Exception as other:  # noqa: BLE001 - it can be spoilt in many ways
        log = f"{type(error).__name__}, of which no traceback can be shown: {type(other).__name__}"
    return log if len(log) <= _LONGEST else f"{log[: _LONGEST // 2]}\n…\n{log[-_LONGEST // 2 :]}"


def _writable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()

"""Criteria as the control API takes them: usable, and about what there is."""

from collections.abc import Iterable, Mapping
from typing import Any

from understudy.contract.operation import Operation
from understudy.contract.wording import near
from understudy.control.room import Room
from understudy.kernel.exchange import Refusal
from understudy.matchers import UnusableMatcher
from understudy.matching import Criteria


def criteria_of(room: Room, data: Mapping[str, Any]) -> Criteria:
    """Return criteria from the members of a request. Raises Refusal for what nothing could ever meet.

    A misspelt operation would be met by no exchange, and so make ``times: 0`` true.
    """
    _require_known(room, data)
    try:
        return Criteria.of(data)
    except UnusableMatcher as error:
        raise Refusal("unusable_criteria", detail=str(error)) from None


def _require_known(room: Room, data: Mapping[str, Any]) -> None:
    provider, id, answer = (data.get(word) for word in ("provider", "operationId", "answer"))
    parts = room.house.parts
    if provider is not None:
        _require("provider", provider, parts)
    meant = [part for name, part in parts.items() if provider in (None, name)]
    operations = [operation for part in meant for operation in part.contract.operations.values()]
    if id is not None:
        _require("operation", id, [operation.id for operation in operations])
        operations = [operation for operation in operations if operation.id == id]
    if answer is not None:
        others = [] if id else [one.name for part in meant for one in part.contract.unrouted.values()]
        _require("answer", answer, [*_answers(operations), *others])


def _answers(operations: Iterable[Operation]) -> list[str]:
    return [name for operation in operations for name in operation.answers.by_name]


def _require(kind: str, name: str, known: Iterable[str]) -> None:
    names = list(dict.fromkeys(known))
    if name not in names:
        hint = near(name, names) or (f"there are {', '.join(names)}" if len(names) <= 30 else "see the contracts")
        raise Refusal("unusable_criteria", detail=f"no {kind} is called {name[:100]!r}; {hint}")

"""Criteria as the control API takes them: usable, and about what there is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from understudy.contract.operation import Operation
from understudy.contract.wording import near
from understudy.control.room import Room
from understudy.kernel.exchange import Refusal
from understudy.matchers import UnusableMatcher
from understudy.matching import Criteria

_FEW = 30
"""So many names are listed; of more, a near one is told."""


def criteria_of(room: Room, data: Mapping[str, Any]) -> Criteria:
    """Return criteria from the members of a request. Raises Refusal for what nothing could ever meet.

    A misspelt operation would be met by no exchange, and so make ``times: 0`` true.
    """
    try:
        operations = meant(room, data)
        if "answer" in data:
            _require("answer", data["answer"], _answers(room, data, operations))
        return Criteria.of(data)
    except UnusableMatcher as error:
        raise Refusal("unusable_criteria", detail=str(error)) from None


def meant(room: Room, data: Mapping[str, Any]) -> Sequence[Operation]:
    """Return the operations whose calls can meet criteria. Raises UnusableMatcher where it names what there is not.

    None may be left where no operation is named: a wrong method, say, is met by what no operation plays.
    """
    provider, id, method = (data.get(word) for word in ("provider", "operationId", "method"))
    if provider is not None:
        _require("provider", provider, room.house.parts)
    parts = [part for name, part in room.house.parts.items() if provider in (None, name)]
    operations = [operation for part in parts for operation in part.contract.operations.values()]
    if id is not None:
        _require(
            f"operation of {provider}" if provider else "operation", id, [operation.id for operation in operations]
        )
        operations = [operation for operation in operations if operation.id == id]
    if method is not None:
        operations = _asked_with(method.upper(), operations, id)
    return operations


def _asked_with(method: str, operations: Sequence[Operation], id: str | None) -> list[Operation]:
    found = [operation for operation in operations if method in _methods(operation)]
    if id is not None and not found:
        methods = ", ".join(dict.fromkeys(method for operation in operations for method in _methods(operation)))
        raise UnusableMatcher(f"{id} is never asked with {method}; its method is {methods}")
    return found


def _methods(operation: Operation) -> tuple[str, ...]:
    return ("GET", "HEAD") if operation.method == "get" else (operation.method.upper(),)


def _answers(room: Room, data: Mapping[str, Any], operations: Iterable[Operation]) -> list[str]:
    """Return the names of the answers that exchanges of these criteria can have."""
    names = [name for operation in operations for name in operation.answers.by_name]
    if "operationId" in data:
        return names
    parts = [part for name, part in room.house.parts.items() if data.get("provider") in (None, name)]
    return names + [answer.name for part in parts for answer in part.contract.unrouted.values()]


def _require(kind: str, name: str, known: Iterable[str]) -> None:
    """Raise UnusableMatcher for a name that is not among those that are known."""
    names = list(dict.fromkeys(known))
    if name not in names:
        hint = near(name, names) or (f"there are {', '.join(names)}" if len(names) <= _FEW else "see the contracts")
        raise UnusableMatcher(f"no {kind} is called {name[:100]!r}; {hint}")

"""What goes wrong on demand: faults are set, looked at, taken away."""

from collections.abc import Sequence
from typing import Any

from understudy.bounds import TooMuchKept
from understudy.contract.operation import Operation
from understudy.contract.wording import MASK, near
from understudy.control.criteria import meant
from understudy.control.room import Handler, Room
from understudy.faults.effects import ForcedAnswer
from understudy.faults.faults import Fault, TooManyFaults
from understudy.faults.rule import Rule, UnusableFault
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.matchers import UnusableMatcher


def list_faults(room: Room, _: Call) -> tuple[Answer, Room]:
    """List the faults in the order in which they were set."""
    return Answer("faults_listed", {"items": [_shown(room, fault) for fault in room.sandbox.faults]}), room


def add_fault(room: Room, call: Call) -> tuple[Answer, Room]:
    """Set a fault."""
    sandbox = room.sandbox
    try:
        rule = Rule.of(call.body, sandbox.world.seed)
        operations = meant(room, rule.match)
    except UnusableFault as error:
        raise Refusal("unusable_fault", detail=str(error)) from None
    except UnusableMatcher as error:
        raise Refusal("unusable_fault", detail=f"match: {error}") from None
    if rule.answer is not None and not any(rule.answer.fits(operation) for operation in operations):
        raise Refusal("undeclared_answer", detail=_undeclared(rule.answer, operations))
    try:
        fault = sandbox.set_fault(rule)
    except TooManyFaults as error:
        raise Refusal("too_many_faults", detail=str(error)) from None
    except TooMuchKept as error:
        raise Refusal("too_much_kept", detail=str(error)) from None
    return Answer("fault_set", _shown(room, fault)), room


def read_fault(room: Room, call: Call) -> tuple[Answer, Room]:
    """Look at a fault."""
    return Answer("fault_read", _shown(room, _existing(room, call.path["id"]))), room


def delete_fault(room: Room, call: Call) -> tuple[Answer, Room]:
    """Take a fault away."""
    room.sandbox.faults.drop(_existing(room, call.path["id"]))
    return Answer("fault_deleted"), room


def delete_faults(room: Room, _: Call) -> tuple[Answer, Room]:
    """Take all faults away."""
    room.sandbox.faults.clear()
    return Answer("faults_deleted"), room


def _shown(room: Room, fault: Fault) -> dict[str, Any]:
    """Return what the API says of a fault, without the credentials that it waits for."""
    secrets = room.house.secrets
    data: dict[str, Any] = secrets.cover(fault.as_data())
    match = data.get("match")
    if not match:
        return data
    for word, hides in (("headers", lambda name: name.lower() in secrets.headers), ("query", secrets.hides_field)):
        if word in match:
            match[word] = {name: MASK if hides(name) else wanted for name, wanted in match[word].items()}
    return data


def _existing(room: Room, id: str) -> Fault:
    fault = room.sandbox.faults.find(id)
    if fault is None:
        known = ", ".join(fault.id for fault in room.sandbox.faults) or "none"
        raise Refusal("no_such_fault", detail=f"the sandbox {room.sandbox.name} has no fault {id!r}; it has {known}")
    return fault


def _undeclared(answer: ForcedAnswer, meant: Sequence[Operation]) -> str:
    """Say that no operation has an answer, and which ones there are."""
    if not meant:
        return f"no operation can match, and so none declares an answer {answer}"
    remedy = "" if answer.example is not None else "; to give it all the same, say undeclared: true"
    if len(meant) == 1:
        declared = [f"{known.name} ({known.status})" for known in meant[0].answers.by_name.values()]
        return f"{meant[0].id} declares no answer {answer}; it has {', '.join(declared)}{remedy}"
    names = sorted({name for operation in meant for name in operation.answers.by_name})
    hint = near(answer.example, names) if answer.example is not None else None
    statuses = sorted({status for operation in meant for status in operation.answers.by_status})
    known = hint or f"they have {', '.join(map(str, statuses))}"
    return f"none of the {len(meant)} operations that can match declares an answer {answer}; {known}{remedy}"


HANDLERS: tuple[Handler, ...] = (list_faults, add_fault, read_fault, delete_fault, delete_faults)

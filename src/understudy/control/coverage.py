"""How much of the contracts the traffic has exercised."""

from understudy.control.room import Handler, Room
from understudy.coverage.report import report
from understudy.kernel.exchange import Answer, Call, Refusal


def read_coverage(room: Room, call: Call) -> tuple[Answer, Room]:
    """Say what was exercised, of all providers or of one, of all operations or of one."""
    provider, operation = call.query.get("provider"), call.query.get("operationId")
    names = list(room.house.parts) if provider is None else [provider]
    contracts = [room.contract(name) for name in names]
    if operation is not None and not any(operation in contract.operations for contract in contracts):
        raise Refusal("no_such_operation", detail=f"no operation of {', '.join(names)} is called {operation!r}")
    return Answer("coverage_read", report(room.house.counted, contracts, operation)), room


def clear_coverage(room: Room, _: Call) -> tuple[Answer, Room]:
    """Begin to count anew."""
    room.house.coverage.clear()
    return Answer("coverage_cleared"), room


HANDLERS: tuple[Handler, ...] = (read_coverage, clear_coverage)

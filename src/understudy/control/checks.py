"""What a contract has against a request that nobody has sent."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from understudy.contract.operation import Operation
from understudy.contract.refusals import Refused
from understudy.contract.request import Request
from understudy.contract.wording import as_data
from understudy.control.room import Room
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.violation import Violation


def check_request(room: Room, call: Call) -> tuple[Answer, Room]:
    """Hold a request to its operation's parameters and body; nothing is played, nothing is kept."""
    wish = call.body
    contract = room.contract(wish["provider"])
    operation = contract.operations.get(wish["operationId"])
    if operation is None:
        known = ", ".join(contract.operations)
        detail = f"{contract.name} has no operation {wish['operationId']!r}; there are {known}"
        raise Refusal("no_such_operation", detail=detail)
    violations, refused = _checked(operation, _request(operation, wish))
    content: dict[str, Any] = {"violations": [as_data(violation) for violation in violations]}
    if refused is not None:
        content["answer"] = {"name": refused.answer.name, "status": refused.answer.status}
    return Answer("request_checked", content), room


def _checked(operation: Operation, request: Request) -> tuple[tuple[Violation, ...], Refused | None]:
    inputs = operation.inputs
    try:
        early = inputs.parse_body(request) if inputs.body_first else None
        inputs.read(request, early)
    except Refused as refused:
        return refused.violations, refused
    return inputs.placeholders(request), None


def _request(operation: Operation, wish: Mapping[str, Any]) -> Request:
    """Build the request. A body that is a text is taken as it would be sent; anything else as JSON."""
    body = wish.get("body", "")
    path = {parameter.name: "" for parameter in operation.inputs.parameters if parameter.place == "path"}
    return Request(
        operation.method.upper(),
        operation.path,
        urlencode(wish.get("query", {}), doseq=True).encode(),
        {_latin(name.lower()): _latin(value) for name, value in wish.get("headers", {}).items()},
        body.encode("utf-8", "surrogatepass") if isinstance(body, str) else orjson.dumps(body),
        {**path, **wish.get("path", {})},
    )


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")

"""A form filled in so that sending it succeeds: with values that exist in this sandbox, now.

Candidates come from the contract: a parameter's example, and what its links lead to from the answer of another
operation, played for that purpose. Which of them exists is found out by rehearsing the operation itself.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from understudy.contract.operation import Operation
from understudy.contract.parameters import Parameter
from understudy.reference.made import made
from understudy.reference.rehearsal import Attempt, Rehearsal, found

_DEEPEST = 2
Values = dict[tuple[str, str], str]


class Filled(NamedTuple):
    """What to put into a form."""

    attempt: Attempt
    account: int
    """Which of those who can log in should call."""


def fill(rehearsal: Rehearsal, operation: Operation) -> Filled:
    """Return what to put into an operation's form; the best guess where nothing that was tried succeeds."""
    guess: Attempt | None = None
    for account in range(_accounts(rehearsal, operation)):
        rehearsal.account = account
        for attempt in _attempts(rehearsal, operation, 0):
            guess = guess or attempt
            if _has_no_choice(operation, account) or rehearsal.succeeds(operation, attempt):
                return Filled(attempt, account)
    rehearsal.account = 0
    return Filled(guess or Attempt({}), 0)


def _accounts(rehearsal: Rehearsal, operation: Operation) -> int:
    login = rehearsal.access.login
    return len(login.accounts) if login and not operation.inputs.security.optional else 1


def _has_no_choice(operation: Operation, account: int) -> bool:
    """Say whether there is nothing to find out: what is only read, and needs nothing."""
    needs = operation.inputs.body is not None or any(parameter.required for parameter in operation.inputs.parameters)
    return operation.method == "get" and not needs and account == 0


def _attempts(rehearsal: Rehearsal, operation: Operation, depth: int) -> Iterator[Attempt]:
    bodies = list(_bodies(rehearsal, operation))
    for values in _values(rehearsal, operation, depth):
        for media, body in bodies:
            yield Attempt(values, body, media)


def _values(rehearsal: Rehearsal, operation: Operation, depth: int) -> Iterator[Values]:
    """Yield values for what is required: as documented, then as links lead to them, with what is documented beside."""
    documented = {(p.place, p.name): _documented(rehearsal, p) for p in operation.inputs.parameters if p.required}
    yield documented
    if depth < _DEEPEST and documented:
        for linked in _linked(rehearsal, operation, depth):
            known = {place: linked.get(place[1], text) for place, text in documented.items()}
            if known != documented:
                yield known


def _documented(rehearsal: Rehearsal, parameter: Parameter) -> str:
    node = parameter.node
    if "example" in node:
        return as_text(node["example"])
    source = rehearsal.part.contract.source
    for example in node.get("examples", {}).values():
        return as_text(source.resolve_inside(example)[1].get("value"))
    return as_text(made(source, parameter.schema))


def as_text(value: Any) -> str:
    """Write a parameter's value as a form has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(as_text, value))
    if isinstance(value, dict):
        return ",".join(f"{key}={as_text(item)}" for key, item in value.items())
    return "" if value is None else str(value)


def _bodies(rehearsal: Rehearsal, operation: Operation) -> Iterator[tuple[str, Any]]:
    source = rehearsal.part.contract.source
    _, body = source.resolve_inside(operation.node.get("requestBody", {}))
    for media, content in body.get("content", {}).items():
        for node in content.get("examples", {}).values():
            yield media, source.resolve_inside(node)[1].get("value")
        if "example" in content:
            yield media, content["example"]
        yield media, made(source, content.get("schema", {}))
        return
    yield "", None


def _linked(rehearsal: Rehearsal, operation: Operation, depth: int) -> Iterator[Mapping[str, str]]:
    """Yield the values that other operations' links give to this one's parameters."""
    for origin in rehearsal.part.contract.operations.values():
        wanted = list(_links(rehearsal, origin, operation.id))
        if not wanted or origin.method not in ("get", "post") or origin is operation:
            continue
        for attempt in _attempts(rehearsal, origin, depth + 1):
            reply = rehearsal.play(origin, attempt)
            if reply.status < 300:
                for link in wanted:
                    yield _evaluated(link, attempt, reply)
                break


def _links(rehearsal: Rehearsal, origin: Operation, target: str) -> Iterator[Mapping[str, Any]]:
    source = rehearsal.part.contract.source
    for response in origin.node["responses"].values():
        for node in source.resolve_inside(response)[1].get("links", {}).values():
            link = source.resolve_inside(node)[1]
            if link.get("operationId") == target and link.get("parameters") and _exists_after(origin):
                yield link["parameters"]


def _exists_after(origin: Operation) -> bool:
    """Say whether what an operation names is there without it: what it would create, or remove, is not."""
    return origin.method == "get" or not origin.inputs.security.alternatives


def _evaluated(link: Mapping[str, Any], attempt: Attempt, reply: Any) -> dict[str, str]:
    """Work out a link's runtime expressions."""
    values: dict[str, str] = {}
    for name, expression in link.items():
        value: Any = expression
        if isinstance(expression, str) and expression.startswith("$response.body#"):
            value = found(reply, expression.removeprefix("$response.body"))
        elif isinstance(expression, str) and expression.startswith("$request."):
            place, _, key = expression.removeprefix("$request.").partition(".")
            value = attempt.values.get((place, key))
        if value is not None:
            values[name.rsplit(".", 1)[-1]] = as_text(value)
    return values

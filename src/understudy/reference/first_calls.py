"""Three calls to begin with: read something, change something, have it refused on demand. They work as they stand."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import orjson

from understudy.contract.contract import TEMPLATE
from understudy.contract.operation import Operation
from understudy.reference.filled import fill
from understudy.reference.rehearsal import Rehearsal

_WRITING = ("put", "patch", "post")


class FirstCall(NamedTuple):
    """One call to paste into a shell."""

    title: str
    operation: str
    command: str


def first_calls(rehearsal: Rehearsal, base: str, sandbox: str) -> tuple[FirstCall, ...]:
    """Return three calls of one API, as ``curl`` commands for a sandbox of this server."""
    told = list(_told(rehearsal, base, {"Understudy-Sandbox": sandbox} if sandbox else {}))
    return tuple(told[:3])


def _told(rehearsal: Rehearsal, base: str, headers: Mapping[str, str]) -> Iterator[FirstCall]:
    login, operations = rehearsal.access.login, rehearsal.part.contract.operations
    if login is not None:
        operation = operations[login.operation]
        command = _curl(rehearsal, operation, base, headers, body=login.body(login.accounts[0]))
        cut = f'grep -o \'"{login.token.rsplit("/", 1)[-1]}":"[^"]*\' | cut -d\'"\' -f4'
        yield FirstCall(
            f"Log in as {login.accounts[0]['role']}", operation.id, f"TOKEN=$({command} |\n  {cut}); echo $TOKEN"
        )
    reading = _first(rehearsal, ("get",))
    writing = _first(rehearsal, _WRITING)
    if reading is not None:
        yield FirstCall(_summary(reading), reading.id, _curl(rehearsal, reading, base, headers))
    if writing is not None:
        yield FirstCall(_summary(writing), writing.id, _curl(rehearsal, writing, base, headers))
        name = _refusal(writing)
        if name:
            wish = {**headers, "Prefer": f"example={name}"}
            yield FirstCall(f"The same, answered {name}", writing.id, _curl(rehearsal, writing, base, wish))


def _first(rehearsal: Rehearsal, methods: tuple[str, ...]) -> Operation | None:
    """Return the first operation of these methods that succeeds when asked as its form would; one with credentials."""
    for operation in rehearsal.part.contract.operations.values():
        if operation.method in methods and not operation.inputs.security.optional:
            filled = fill(rehearsal, operation)
            if filled.account == 0 and rehearsal.succeeds(operation, filled.attempt):
                return operation
    return None


def _refusal(operation: Operation) -> str | None:
    named = operation.answers.by_name.values()
    return next((answer.name for answer in named if answer.status in (403, 404, 409, 422)), None)


def _summary(operation: Operation) -> str:
    return str(operation.node.get("summary", "")) or operation.id


def _curl(rehearsal: Rehearsal, operation: Operation, base: str, headers: Mapping[str, str], body: Any = None) -> str:
    attempt = fill(rehearsal, operation).attempt
    path = TEMPLATE.sub(lambda found: quote(attempt.values[("path", found[1])], safe=""), operation.path)
    query = urlencode([(name, value) for (place, name), value in attempt.values.items() if place == "query"])
    address = f"{base}{rehearsal.part.contract.base_paths[0]}{path}" + (f"?{query}" if query else "")
    lines = [
        "curl -s" + ("" if operation.method == "get" else f" -X {operation.method.upper()}") + f" {_quoted(address)}"
    ]
    lines += [
        f"-H {_quoted(f'{name}: {value}')}" for name, value in {**_credential(rehearsal, operation), **headers}.items()
    ]
    sent = attempt.body if body is None else body
    if attempt.media:
        lines += [f"-H {_quoted(f'Content-Type: {attempt.media}')}", f"-d {shlex.quote(orjson.dumps(sent).decode())}"]
    return " \\\n  ".join(lines)


def _quoted(text: str) -> str:
    """Quote for a shell; with double quotes where the shell shall fill in the token."""
    return f'"{text}"' if "$TOKEN" in text else shlex.quote(text)


def _credential(rehearsal: Rehearsal, operation: Operation) -> dict[str, str]:
    access = rehearsal.access
    alternatives = tuple(tuple(scheme for scheme, _ in found) for found in operation.inputs.security.alternatives)
    sent: dict[str, str] = {}
    for id, value in access.credential(alternatives).items():
        scheme = access.schemes[id]
        fetched = access.login.template.replace("{token}", "$TOKEN") if access.login and not value else ""
        sent[scheme.name] = scheme.header(value) if value else fetched
    return sent

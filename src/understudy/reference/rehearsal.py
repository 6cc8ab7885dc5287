"""An operation played for its answer only, in the state of a sandbox: nothing is kept, nobody hears of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from understudy.contract.operation import Operation
from understudy.contract.request import Reply, Request
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Moment
from understudy.parts import Part
from understudy.reference.access import Access, access_of
from understudy.sandbox import Sandbox
from understudy.source import tokens


class Attempt(NamedTuple):
    """What is sent to an operation: texts by place and name, and a body."""

    values: Mapping[tuple[str, str], str]
    """By (place, name)."""
    body: Any = None
    media: str = ""


class Rehearsal:
    """Plays operations of one API against the present state of one sandbox."""

    def __init__(self, part: Part, sandbox: Sandbox) -> None:
        self.part = part
        self.account = 0
        """Which of those who can log in calls."""
        self.access: Access = access_of(part)
        self._sandbox = sandbox
        self._tokens: dict[int, str] = {}

    def succeeds(self, operation: Operation, attempt: Attempt) -> bool:
        """Say whether this would be answered with a success."""
        return self.play(operation, attempt).status < 300

    def play(self, operation: Operation, attempt: Attempt) -> Reply:
        """Return what would be answered."""
        name, sandbox = self.part.name, self._sandbox
        headers = {key.lower().encode(): value.encode("latin-1", "replace") for key, value in self._head(operation)}
        headers |= {
            n.lower().encode(): v.encode("latin-1", "replace") for (p, n), v in attempt.values.items() if p == "header"
        }
        body = b""
        if attempt.media:
            body = orjson.dumps(attempt.body)
            headers[b"content-type"] = attempt.media.encode()
        request = Request(
            operation.method.upper(),
            operation.path,
            urlencode([(n, v) for (place, n), v in attempt.values.items() if place == "query"]).encode(),
            headers,
            body,
            {n: v for (place, n), v in attempt.values.items() if place == "path"},
        )
        moment = Moment(0, sandbox.now(), sandbox.world.mints.get(name) or Mint(sandbox.world.seed, name))
        return operation.perform(request, sandbox.states()[name], moment, sandbox.world.settings[name]).reply

    def _head(self, operation: Operation) -> list[tuple[str, str]]:
        schemes = tuple(tuple(scheme for scheme, _ in found) for found in operation.inputs.security.alternatives)
        known = self.access.credential(schemes)
        said = {self.access.schemes[scheme]: value for scheme, value in known.items()}
        return [(scheme.name, scheme.header(value) if value else self._fetched()) for scheme, value in said.items()]

    def _fetched(self) -> str:
        """Return a credential that has to be fetched, fetched once an account."""
        login = self.access.login
        if login is None:
            return ""
        if self.account not in self._tokens:
            body = login.body(login.accounts[self.account])
            reply = self.play(self.part.contract.operations[login.operation], Attempt({}, body, "application/json"))
            token = found(reply, login.token)
            self._tokens[self.account] = login.template.replace("{token}", token) if isinstance(token, str) else ""
        return self._tokens[self.account]


def found(reply: Reply, pointer: str) -> Any:
    """Return what stands at a JSON Pointer into an answer; None where nothing does."""
    try:
        value = orjson.loads(reply.body)
        for token in tokens(pointer):
            value = value[int(token)] if isinstance(value, list) else value[token]
    except (orjson.JSONDecodeError, LookupError, ValueError, TypeError):
        return None
    return value

"""What a fault does to an exchange, as values: the answer that it gives, the limit, the delay, the break."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from understudy.contract.answers import NamedAnswer
from understudy.contract.operation import Operation
from understudy.contract.problem import problem
from understudy.contract.request import Reply
from understudy.kernel.provider import Moment

BODILESS = (204, 205, 304)
"""Statuses of answers that have no body, and no length of one."""
NO_REPLY = Reply(0, [], b"")
"""Stands where the handler would have answered, and is never sent."""
UNDECLARED = (b"understudy-undeclared", b"true")
"""Marks an answer that the contract does not have."""

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Drip:
    """A body that is sent in pieces."""

    seconds: float
    chunks: int


@dataclass(frozen=True, slots=True)
class Strike:
    """What is left to do once the answer is known: wait, then send it in pieces or break the connection."""

    delay: float = 0.0
    """Seconds."""
    drip: Drip | None = None
    wire: str | None = None
    """How the connection is broken."""


@dataclass(frozen=True, slots=True)
class ForcedAnswer:
    """An answer by name or by status, in place of the handler's."""

    example: str | None = None
    status: int = 0
    headers: tuple[Header, ...] = ()
    undeclared: bool = False
    """Give the status to operations that do not declare it as well."""
    body: bytes | None = None
    """The body of an undeclared answer; None for a problem of our own."""
    media: bytes = b"application/json"

    def __str__(self) -> str:
        return f"called {self.example!r}" if self.example is not None else f"of status {self.status}"

    def declared(self, operation: Operation) -> NamedAnswer | None:
        """Return the answer of an operation that is meant; None where it has none."""
        if self.example is not None:
            return operation.answers.by_name.get(self.example)
        return operation.answers.by_status.get(self.status)

    def fits(self, operation: Operation) -> bool:
        """Say whether an operation can be made to answer so."""
        return self.undeclared or self.declared(operation) is not None

    def reply(self, operation: Operation, moment: Moment, language: str) -> Reply:
        """Return the answer: the contract's where it has one, else our own, marked."""
        answer = self.declared(operation)
        reply = self._undeclared(operation) if answer is None else answer.forced(moment, language)
        return _with(reply, self.headers)

    def _undeclared(self, operation: Operation) -> Reply:
        if self.status in BODILESS:
            return Reply(self.status, [UNDECLARED], b"", forced=True)
        if self.body is None:
            return _own(self.status, f"a fault answers {self.status}, which {operation.id} does not declare")
        head = [(b"content-type", self.media), (b"content-length", b"%d" % len(self.body)), UNDECLARED]
        return Reply(self.status, head, self.body, forced=True)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in a span of time that begins with the first of them."""

    limit: int
    window: timedelta

    def reply(self, operation: Operation | None, moment: Moment | None, language: str, opens: timedelta) -> Reply:
        """Return the 429: the contract's where the operation declares it, else our own, marked."""
        answer = None if operation is None else operation.answers.by_status.get(429)
        if answer is None or moment is None:
            reply = _own(429, f"a fault lets {self.limit} requests pass in {self.window.total_seconds():g} seconds")
        else:
            reply = answer.forced(moment, language)
        return _with(reply, [(b"retry-after", b"%d" % max(1, ceil(opens.total_seconds())))])


def _own(status: int, detail: str) -> Reply:
    reply = problem(status, detail)
    return reply._replace(headers=[*reply.headers, UNDECLARED], forced=True)


def _with(reply: Reply, headers: Sequence[Header]) -> Reply:
    """Return a reply with these headers; they go before its own of the same name."""
    if not headers:
        return reply
    given = {name for name, _ in headers}
    return reply._replace(headers=[*(header for header in reply.headers if header[0] not in given), *headers])

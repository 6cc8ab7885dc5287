"""The faults of one sandbox, and which of them strikes a request."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from understudy.bounds import DEFAULTS
from understudy.contract.operation import Operation
from understudy.contract.request import Reply
from understudy.faults.effects import NO_REPLY, RateLimit, Strike
from understudy.faults.rule import RESET, Rule
from understudy.journal import Exchange
from understudy.kernel.provider import Moment

_PREFLIGHT = b"access-control-request-method"


Course = tuple[str, Rule, int, int, datetime | None, int]
"""One fault and how it has fared, as a value."""


class TooManyFaults(Exception):
    """One fault more than a sandbox may have."""


class Fault:
    """A rule that is set, and how it has fared."""

    __slots__ = ("_began", "_passed", "id", "met", "rule", "struck")

    def __init__(self, id: str, rule: Rule) -> None:
        self.id = id
        self.rule = rule
        self.met = 0  # requests that matched
        self.struck = 0
        self._began: datetime | None = None  # the window of a rate limit, …
        self._passed = 0  # … and the requests that passed in it

    @classmethod
    def of(cls, course: Course) -> "Fault":
        """Return a fault that has fared so."""
        fault = cls(*course[:2])
        fault.met, fault.struck, fault._began, fault._passed = course[2:]
        return fault

    def course(self) -> Course:
        """Return how it has fared up to now."""
        return self.id, self.rule, self.met, self.struck, self._began, self._passed

    def as_data(self) -> dict[str, Any]:
        """Return what the API says of a fault: its rule as it was given, its id, how often it struck."""
        return {"id": self.id, **self.rule.data, "struck": self.struck}

    def meets(self, exchange: Exchange, now: datetime, operation: Operation | None, *, refused: bool) -> bool:
        """Say whether the fault strikes a request, and count it; ``refused`` for one that no handler would play."""
        rule = self.rule
        if not self._can_strike(exchange, operation, refused=refused) or not rule.criteria.match(exchange):
            return False
        self.met += 1
        if not rule.hits(self.met - 1) or (rule.limit is not None and self._passes(rule.limit, now)):
            return False
        self.struck += 1
        return True

    def _can_strike(self, exchange: Exchange, operation: Operation | None, *, refused: bool) -> bool:
        rule = self.rule
        if rule.times is not None and self.struck >= rule.times:
            return False
        if rule.answer is not None and (refused or operation is None or not rule.answer.fits(operation)):
            return False
        if rule.limit is not None and exchange.reply is not None and exchange.reply.forced:
            return False  # the client asked for this answer
        preflight = exchange.method == "OPTIONS" and _PREFLIGHT in exchange.headers
        return not preflight or "method" in rule.match

    def strike(self) -> Strike:
        """Return what is left to do to the request that was struck last."""
        rule = self.rule
        return Strike(rule.pause(self.met - 1), rule.drip, RESET if rule.loses else rule.wire)

    def reply(self, operation: Operation | None, moment: Moment | None, language: str, now: datetime) -> Reply | None:
        """Return what is answered in the handler's place; None where the handler is to answer."""
        rule = self.rule
        if rule.wire is not None:
            return NO_REPLY
        if rule.answer is not None and operation is not None and moment is not None:
            return rule.answer.reply(operation, moment, language)
        if rule.limit is not None and self._began is not None:
            return rule.limit.reply(operation, moment, language, self._began + rule.limit.window - now)
        return None

    def _passes(self, limit: RateLimit, now: datetime) -> bool:
        """Say whether the rate limit lets one more request pass, and count it."""
        if self._began is None or not self._began <= now < self._began + limit.window:
            self._began, self._passed = now, 0
        self._passed += 1
        return self._passed <= limit.limit


class Faults:
    """The faults of one sandbox, in the order in which they were set."""

    __slots__ = ("_count", "limit", "members")

    def __init__(self, limit: int = DEFAULTS.faults) -> None:
        self.limit = limit
        self.members: tuple[Fault, ...] = ()
        self._count = 0

    def __len__(self) -> int:
        return len(self.members)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.members)

    def add(self, rule: Rule) -> Fault:
        """Set one more. Raises TooManyFaults."""
        if len(self.members) >= self.limit:
            raise TooManyFaults(
                f"there are {self.limit} faults already, as many as a sandbox may have; delete some, or start the "
                f"server with a higher --max-faults"
            )
        self._count += 1
        fault = Fault(f"f{self._count}", rule)
        self.members = (*self.members, fault)
        return fault

    @property
    def bytes(self) -> int:
        """About how many bytes the rules take."""
        return sum(fault.rule.bytes for fault in self.members)

    def value(self) -> tuple[int, tuple[Course, ...]]:
        """Return all of it as a value: how many were ever set, and how those that are set have fared."""
        return self._count, tuple([fault.course() for fault in self.members])

    def assume(self, value: tuple[int, tuple[Course, ...]]) -> None:
        """Go on from what ``value`` returned."""
        self._count, courses = value
        self.members = tuple([Fault.of(course) for course in courses])

    def find(self, id: str) -> Fault | None:
        """Return the fault of this id."""
        return next((fault for fault in self.members if fault.id == id), None)

    def drop(self, fault: Fault) -> None:
        """Take one away."""
        self.members = tuple(other for other in self.members if other is not fault)

    def clear(self) -> None:
        """Take all away."""
        self.members = ()


class Meeting:
    """One request on its way past the faults of its sandbox.

    The first in order that matches it and has strikes left takes effect, and no other. Asked by the contract engine
    for an answer in the handler's place, once the request has passed every check.
    """

    __slots__ = ("_exchange", "_fault", "_faults", "_now", "_operation", "_played")

    def __init__(self, faults: Faults, exchange: Exchange, now: datetime, operation: Operation | None = None) -> None:
        self._faults = faults
        self._exchange = exchange
        self._now = now
        self._operation = operation
        self._fault: Fault | None = None
        self._played = False

    def __call__(self, moment: Moment, language: str) -> Reply | None:
        """Return what is answered in the handler's place; None where the handler is to answer."""
        self._played = True
        self._strike()
        return None if self._fault is None else self._fault.reply(self._operation, moment, language, self._now)

    def settle(self, moment: Moment | None) -> None:
        """Let the faults strike a request that got no further than its refusal, and note what is left to do."""
        exchange = self._exchange
        if not self._played:
            self._strike()
            if self._fault is not None:
                exchange.reply = self._fault.reply(self._operation, moment, "en", self._now) or exchange.reply
        if exchange.reply is NO_REPLY:
            exchange.reply = None

    def _strike(self) -> None:
        exchange, refused = self._exchange, not self._played
        for fault in self._faults:
            if fault.meets(exchange, self._now, self._operation, refused=refused):
                self._fault = fault
                exchange.fault = fault.id
                exchange.effect = fault.strike()
                return

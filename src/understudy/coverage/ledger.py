"""Coverage as it is kept while the server runs: over all sandboxes, whatever is reset."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from understudy.contract.contract import Contract
from understudy.contract.secrets import Secrets
from understudy.coverage.tally import NO_DETAILS, Details, Sample, Tally, Telling, telling
from understudy.journal import Exchange

BATCH = 256
"""Different exchanges that may wait to be worked out."""
BATCH_BYTES = 256 * 1024
"""What they may hold of queries and bodies."""
LONG = 4096
"""Bytes of an exchange that is worked out at once, instead of being kept for a batch."""
MISSES = 100
"""Different requests that no operation answered."""
_SHOWN_PATH = 200
_UNFILLED = "path"
"""The keyword of the hint at a placeholder that was left in a path: it breaks no rule."""


class Misses:
    """Requests that no operation answered: by method and path, as many as there may be."""

    def __init__(self) -> None:
        self.by_target: dict[tuple[str, str], int] = {}
        self.others = 0
        """Those of further methods and paths."""

    def count(self, method: str, path: str, times: int = 1) -> None:
        """Count one, or several alike."""
        target = (method, path[:_SHOWN_PATH])
        if target in self.by_target or len(self.by_target) < MISSES:
            self.by_target[target] = self.by_target.get(target, 0) + times
        else:
            self.others += times


class Coverage:
    """Counts exchanges as they end. One like one before costs a dict look-up; those that are new wait for others alike.

    Once as many wait as may, each that comes has the longest waiting worked out, so that none is held up by all.
    """

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self._contracts: dict[str | None, Contract] = {}
        self.secrets: Callable[[], Secrets] = Secrets
        """What is not told of a path."""
        self.clear()
        self.follow(contracts)

    def clear(self) -> None:
        """Begin anew."""
        self.since = datetime.now(UTC)
        self.misses = Misses()
        self._tallies: dict[tuple[str | None, str], Tally] = {}
        self._waiting: dict[Any, list[int]] = {}  # count and size by sample, or the plain tuple that equals it
        self._bytes = 0

    def follow(self, contracts: Iterable[Contract]) -> None:
        """Count by these contracts from now on, as after a reload. What they still have keeps its counts."""
        self.work_out()
        self._contracts = {contract.name: contract for contract in contracts}
        kept, self._tallies = self._tallies, {}
        for (provider, operation), before in kept.items():
            tally = self.tally(provider, operation)
            if tally is not None:
                tally.adopt(before)
        self._telling = _telling(self._contracts.values())

    def record(self, exchange: Exchange) -> None:
        """Count one exchange that has ended."""
        operation, reply, body = exchange.operation, exchange.reply, exchange.body
        if operation is None or reply is None or reply.violations or len(body or b"") > LONG or reply.name is None:
            self._record_other(exchange)
            return
        told = self._telling.get(operation)
        details = NO_DETAILS if told is None else self._details(told, exchange)
        key = (exchange.provider, operation, exchange.query, body, reply.name, reply.forced, details)
        count = self._waiting.get(key)
        if count is None:
            self._put_aside(Sample(*key))
        else:
            count[0] += 1

    def tallies(self, provider: str) -> Iterator[Tally]:
        """Yield the tally of each operation of a provider, in the contract's order, with all that was recorded."""
        self.work_out()
        for operation in self._contracts[provider].operations:
            tally = self.tally(provider, operation)
            if tally is not None:
                yield tally

    def counted(self) -> Iterator[tuple[str, Tally]]:
        """Yield the tallies of operations that were called, with their providers."""
        self.work_out()
        for (provider, _), tally in self._tallies.items():
            if provider is not None:
                yield provider, tally

    def work_out(self) -> None:
        """Count what waits."""
        while self._waiting:
            self._work_out_one()

    def _work_out_one(self) -> None:
        """Count what waits longest."""
        sample = next(iter(self._waiting))
        count, size = self._waiting.pop(sample)
        self._bytes -= size
        tally = self.tally(sample.provider, sample.operation)
        if tally is not None:
            tally.count(sample, count)

    def _put_aside(self, sample: Sample) -> None:
        size = sample.size
        if size > LONG:
            tally = self.tally(sample.provider, sample.operation)
            if tally is not None:
                tally.count(sample)
            return
        self._waiting[sample] = [1, size]
        self._bytes += size
        while len(self._waiting) >= BATCH or self._bytes >= BATCH_BYTES:
            self._work_out_one()

    def _record_other(self, exchange: Exchange) -> None:
        """Record an exchange that takes a second look."""
        operation, reply = exchange.operation, exchange.reply
        if operation is None:
            if exchange.method != "OPTIONS" or not exchange.allowed:
                secrets = self.secrets()
                path = secrets.cover_text(exchange.path, secrets.brought(exchange.headers))
                self.misses.count(exchange.method, path)
            return
        tally = self.tally(exchange.provider, operation)
        if tally is None:
            return
        if reply is None:  # the connection broke, and nothing was played
            tally.calls += 1
            return
        details = tally.telling.of(exchange)
        sample = Sample(exchange.provider, operation, exchange.query, exchange.body, reply.name, reply.forced, details)
        if not all(violation.keyword == _UNFILLED for violation in reply.violations):
            tally.count_violating(sample, reply.status)
        elif reply.name is None:
            tally.count_own(sample, reply.status)
        else:
            tally.count(sample)

    @staticmethod
    def _details(told: Mapping[str | None, Telling], exchange: Exchange) -> Details:
        own = told.get(exchange.provider)
        return NO_DETAILS if own is None else own.of(exchange)

    def tally(self, provider: str | None, operation: str) -> Tally | None:
        """Return the tally of an operation, made when it is first needed; None for one that is gone."""
        tally = self._tallies.get((provider, operation))
        if tally is None:
            contract = self._contracts.get(provider)
            if contract is None or operation not in contract.operations:
                return None
            tally = self._tallies[provider, operation] = Tally(contract, contract.operations[operation])
        return tally


def _telling(contracts: Iterable[Contract]) -> dict[str, dict[str | None, Telling]]:
    """Return, by operationId and provider, what matters beside query and body, where anything does."""
    found: dict[str, dict[str | None, Telling]] = {}
    for contract in contracts:
        for operation in contract.operations.values():
            told = telling(contract, operation)
            if told:
                found.setdefault(operation.id, {})[contract.name] = told
    return found

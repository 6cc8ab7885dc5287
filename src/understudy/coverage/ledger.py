"""Coverage as it is kept while the server runs: over all sandboxes, whatever is reset."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from understudy.contract.contract import Contract
from understudy.contract.operation import Operation
from understudy.contract.request import Reply
from understudy.coverage.inventory import tells
from understudy.coverage.tally import Sample, Tally
from understudy.journal import Exchange

BATCH = 256
"""Different exchanges that wait to be worked out."""
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

    def count(self, method: str, path: str) -> None:
        """Count one."""
        target = (method, path[:_SHOWN_PATH])
        if target in self.by_target or len(self.by_target) < MISSES:
            self.by_target[target] = self.by_target.get(target, 0) + 1
        else:
            self.others += 1


class Coverage:
    """Counts exchanges as they end. An exchange like one before costs a dict look-up; new ones wait for a batch."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self._contracts: dict[str, Contract] = {}
        self.clear()
        self.follow(contracts)

    def clear(self) -> None:
        """Begin anew."""
        self.since = datetime.now(UTC)
        self.misses = Misses()
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._waiting: dict[tuple[Any, ...], list[int]] = {}
        self._bytes = 0

    def follow(self, contracts: Iterable[Contract]) -> None:
        """Count by these contracts from now on, as after a reload. What they still have keeps its counts."""
        self.work_out()
        self._contracts = {contract.name: contract for contract in contracts}
        kept, self._tallies = self._tallies, {}
        for (provider, operation), before in kept.items():
            tally = self._tally(provider, operation)
            if tally is not None:
                tally.adopt(before)
        self._wide = _wide(self._contracts.values())

    def record(self, exchange: Exchange) -> None:
        """Count one exchange that has ended."""
        operation, reply, body = exchange.operation, exchange.reply, exchange.body
        if operation is None or reply is None or reply.violations or operation in self._wide or len(body or b"") > LONG:
            self._record_other(exchange)
            return
        sample = (
            exchange.provider,
            operation,
            exchange.query,
            body,
            exchange.headers.get(b"content-type"),
            reply.status,
            reply.name,
            reply.forced,
        )
        count = self._waiting.get(sample)
        if count is None:
            self._put_aside(sample)
        else:
            count[0] += 1

    def tallies(self, provider: str) -> Iterator[Tally]:
        """Yield the tally of each operation of a provider, in the contract's order, with all that was recorded."""
        self.work_out()
        for operation in self._contracts[provider].operations:
            tally = self._tally(provider, operation)
            if tally is not None:
                yield tally

    def work_out(self) -> None:
        """Count what waits."""
        waiting, self._waiting, self._bytes = self._waiting, {}, 0
        for sample, count in waiting.items():
            self._count(Sample(*sample), count[0])

    def _record_other(self, exchange: Exchange) -> None:
        """Record an exchange that takes a second look."""
        reply, operation, provider = exchange.reply, exchange.operation, exchange.provider
        if operation is None or provider is None:
            if exchange.method != "OPTIONS" or not exchange.allowed:
                self.misses.count(exchange.method, exchange.path)
        elif reply is not None:
            sample = _sample(exchange, reply, provider, operation, self._wide.get(operation))
            count = self._waiting.get(sample) if len(sample.body or b"") <= LONG else None
            if count is None:
                self._put_aside(sample)
            else:
                count[0] += 1

    def _put_aside(self, key: tuple[Any, ...]) -> None:
        sample = Sample(*key)
        size = sample.size
        if size > LONG:
            self._count(sample, 1)
            return
        self._waiting[key] = [1]
        self._bytes += size
        if len(self._waiting) >= BATCH or self._bytes >= BATCH_BYTES:
            self.work_out()

    def _count(self, sample: Sample, times: int) -> None:
        tally = self._tally(sample.provider, sample.operation)
        if tally is not None:
            tally.count(sample, times)

    def _tally(self, provider: str, operation: str) -> Tally | None:
        """Return the tally of an operation, made when it is first needed; None for one that is gone."""
        tally = self._tallies.get((provider, operation))
        if tally is None:
            contract = self._contracts.get(provider)
            promised = contract.operations.get(operation) if contract is not None else None
            if contract is None or promised is None:
                return None
            tally = self._tallies[provider, operation] = Tally(contract, promised)
        return tally


def _sample(exchange: Exchange, reply: Reply, provider: str, operation: str, wide: "_Wide | None") -> Sample:
    if reply.violations and not all(violation.keyword == _UNFILLED for violation in reply.violations):
        return Sample(provider, operation, b"", b"", None, reply.status, reply.name, reply.forced, violating=True)
    head = exchange.headers
    names = () if wide is None else wide.headers
    return Sample(
        provider,
        operation,
        exchange.query,
        exchange.body,
        head.get(b"content-type"),
        reply.status,
        reply.name,
        reply.forced,
        path=exchange.path if wide is not None and wide.path else None,
        headers=tuple((name, head[name]) for name in names if name in head),
    )


class _Wide(NamedTuple):
    """An operation of which more than query and body matters. By operationId: two providers' may share one."""

    headers: tuple[bytes, ...] = ()
    path: bool = False


def _wide(contracts: Iterable[Contract]) -> dict[str, _Wide]:
    found: dict[str, _Wide] = {}
    for contract in contracts:
        for operation in contract.operations.values():
            one, other = _wideness(contract, operation), found.get(operation.id, _Wide())
            if one != _Wide():
                found[operation.id] = _Wide((*other.headers, *one.headers), other.path or one.path)
    return found


def _wideness(contract: Contract, operation: Operation) -> _Wide:
    parameters = operation.inputs.parameters
    headers = [parameter.name.lower().encode() for parameter in parameters if parameter.place == "header"]
    if any(parameter.place == "cookie" for parameter in parameters):
        headers.append(b"cookie")
    path = any(parameter.place == "path" and tells(contract, parameter) for parameter in parameters)
    return _Wide(tuple(headers), path)

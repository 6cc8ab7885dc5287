"""The counts of one operation."""

from typing import NamedTuple

from understudy.contract.contract import Contract
from understudy.contract.operation import Operation
from understudy.contract.request import Request
from understudy.coverage.inventory import Inventory, tells
from understudy.journal import Exchange

Details = tuple[str | None, *tuple[bytes | None, ...]]
"""What else matters in an exchange of some operations: the path, and the values of some headers."""
NO_DETAILS: Details = (None,)


class Sample(NamedTuple):
    """What distinguishes one exchange of an operation from others, as far as coverage goes."""

    provider: str | None
    operation: str
    query: bytes
    body: bytes | None
    answer: str | None
    """The answer's name; None for an answer of our own."""
    forced: bool
    details: Details = NO_DETAILS

    @property
    def size(self) -> int:
        """How many bytes it holds, nearly."""
        size = len(self.query) + len(self.body or b"")
        return size if self.details is NO_DETAILS else size + sum(len(text) for text in self.details if text)


class Met:
    """How often an answer was met, and how often of these because it was asked for."""

    __slots__ = ("count", "forced")

    def __init__(self) -> None:
        self.count = 0
        self.forced = 0


class Tally:
    """Counts what the exchanges of one operation exercise. Each exchange counts once, whatever it repeats."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self.operation = operation
        self.telling = telling(contract, operation)
        self.path = contract.base_paths[0] + operation.path
        self._inventory = Inventory(contract, operation)
        self.items = self._inventory.items
        self.counts = [0] * len(self.items)
        self.answers = {name: Met() for name in operation.answers.by_name}
        self.statuses: dict[int, int] = dict.fromkeys(sorted(operation.answers.by_status), 0)
        self.calls = self.kept = self.violating = self.forced = 0

    def count(self, sample: Sample, times: int = 1) -> None:
        """Count an exchange that came so many times and ended with an answer of the contract."""
        answer = self.operation.answers.by_name.get(sample.answer or "")
        if answer is None:
            return  # a reload took it out of the contract
        self._count_answer(sample, answer.status, times)
        self._count_inputs(sample, times)

    def count_own(self, sample: Sample, status: int) -> None:
        """Count an exchange that ended with an answer of our own: nothing was played, unless that was wished for."""
        self._count_answer(sample, status, 1)
        if sample.forced:
            self._count_inputs(sample, 1)

    def count_violating(self, sample: Sample, status: int) -> None:
        """Count an exchange whose request violated the contract."""
        self._count_answer(sample, status, 1)
        self.violating += 1

    def adopt(self, other: "Tally") -> None:
        """Go on from the counts of a tally of the same operation, as it was before a reload."""
        self.calls, self.kept, self.violating, self.forced = other.calls, other.kept, other.violating, other.forced
        self.statuses |= {status: count for status, count in other.statuses.items() if count}
        self.answers |= {name: met for name, met in other.answers.items() if name in self.answers}
        before = {item.key: count for item, count in zip(other.items, other.counts, strict=True)}
        self.counts = [before.get(item.key, 0) for item in self.items]

    def _count_answer(self, sample: Sample, status: int, times: int) -> None:
        self.calls += times
        self.forced += times * sample.forced
        met = self.answers.get(sample.answer or "")
        if met is not None:
            met.count += times
            met.forced += times * sample.forced
        self.statuses[status] = self.statuses.get(status, 0) + times

    def _count_inputs(self, sample: Sample, times: int) -> None:
        touched = self._inventory.touched(self._request(sample))
        if touched is None:
            self.violating += times
            return
        self.kept += times
        for number in touched:
            self.counts[number] += times

    def _request(self, sample: Sample) -> Request:
        if sample.details is NO_DETAILS:
            return Request("", "", sample.query, {}, sample.body or b"", {}, sample.body is None)
        path, *values = sample.details
        headers = {name: value for name, value in zip(self.telling.headers, values, strict=False) if value is not None}
        path_values = {} if path is None else self._inventory.path_values(path)
        return Request("", path or "", sample.query, headers, sample.body or b"", path_values, sample.body is None)


class Telling(NamedTuple):
    """What matters in an exchange of an operation beside query and body; false where nothing does."""

    headers: tuple[bytes, ...] = ()
    path: bool = False

    def __bool__(self) -> bool:
        return bool(self.headers) or self.path

    def of(self, exchange: Exchange) -> Details:
        """Return it of one exchange."""
        return (exchange.path if self.path else None, *map(exchange.headers.get, self.headers))


def telling(contract: Contract, operation: Operation) -> Telling:
    """Return what matters in the exchanges of an operation: parameters in headers, and how its body is to be read."""
    parameters = operation.inputs.parameters
    headers = [parameter.name.lower().encode() for parameter in parameters if parameter.place == "header"]
    if any(parameter.place == "cookie" for parameter in parameters):
        headers.append(b"cookie")
    if operation.inputs.body is not None and operation.inputs.body.looks_at_type:
        headers += [b"content-type", b"content-encoding"]
    path = any(parameter.place == "path" and tells(contract, parameter) for parameter in parameters)
    return Telling(tuple(headers), path)

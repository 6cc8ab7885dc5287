"""The counts of one operation."""

from typing import NamedTuple

from understudy.contract.contract import Contract
from understudy.contract.operation import Operation
from understudy.contract.request import Request
from understudy.coverage.inventory import Inventory


class Sample(NamedTuple):
    """What distinguishes one exchange of an operation from others, as far as coverage goes."""

    provider: str
    operation: str
    query: bytes
    body: bytes | None
    content_type: bytes | None
    status: int
    answer: str | None
    """The answer's name; None for an answer of our own."""
    forced: bool
    violating: bool = False
    path: str | None = None
    """Where a parameter in it has enumerated values."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """Those that are parameters."""

    @property
    def size(self) -> int:
        """How many bytes it holds, nearly."""
        texts = (self.query, self.body, self.content_type, self.path, *(value for _, value in self.headers))
        return sum(len(text) for text in texts if text)


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
        self.path = contract.base_paths[0] + operation.path
        self._inventory = Inventory(contract, operation)
        self.items = self._inventory.items
        self.counts = [0] * len(self.items)
        self.answers = {name: Met() for name in operation.answers.by_name}
        self.statuses: dict[int, int] = dict.fromkeys(sorted(operation.answers.by_status), 0)
        self.calls = self.kept = self.violating = self.forced = 0

    def count(self, sample: Sample, times: int) -> None:
        """Count an exchange that came so many times."""
        self.calls += times
        self.statuses[sample.status] = self.statuses.get(sample.status, 0) + times
        self.forced += times * sample.forced
        met = self.answers.get(sample.answer or "")
        if met is not None:
            met.count += times
            met.forced += times * sample.forced
        if sample.violating:
            self.violating += times
        elif sample.answer is not None or sample.forced:
            self._count_inputs(sample, times)

    def adopt(self, other: "Tally") -> None:
        """Go on from the counts of a tally of the same operation, as it was before a reload."""
        self.calls, self.kept, self.violating, self.forced = other.calls, other.kept, other.violating, other.forced
        self.statuses |= {status: count for status, count in other.statuses.items() if count}
        self.answers |= {name: met for name, met in other.answers.items() if name in self.answers}
        before = {item.key: count for item, count in zip(other.items, other.counts, strict=True)}
        self.counts = [before.get(item.key, 0) for item in self.items]

    def _count_inputs(self, sample: Sample, times: int) -> None:
        touched = self._inventory.touched(self._request(sample))
        if touched is None:
            self.violating += times
            return
        self.kept += times
        for number in touched:
            self.counts[number] += times

    def _request(self, sample: Sample) -> Request:
        headers = dict(sample.headers)
        if sample.content_type is not None:
            headers[b"content-type"] = sample.content_type
        values = {} if sample.path is None else self._inventory.path_values(sample.path)
        body = sample.body or b""
        return Request("", sample.path or "", sample.query, headers, body, values, sample.body is None)

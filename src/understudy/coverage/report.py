"""Coverage as data: what the control API says, and what the table and the page are made from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from understudy.contract.contract import Contract
from understudy.coverage.ledger import Coverage
from understudy.coverage.tally import Tally
from understudy.kernel.clock import iso

KINDS = ("operations", "answers", "parameters", "properties", "values")
"""What counts as an item. A status is none: its answers are."""


class Share(NamedTuple):
    """How many of some items were touched."""

    items: int = 0
    touched: int = 0

    def __add__(self, other: tuple[int, ...]) -> "Share":  # type: ignore[override]
        return Share(self.items + other[0], self.touched + other[1])

    @property
    def percent(self) -> float:
        """To one decimal, rounded down: 100 is all of them. All of none is 100 too."""
        return 1000 * self.touched // self.items / 10 if self.items else 100.0

    def data(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return {"items": self.items, "touched": self.touched, "percent": self.percent}


def report(coverage: Coverage, contracts: Iterable[Contract], operation: str | None = None) -> dict[str, Any]:
    """Return what was exercised of these contracts, or of their operations of one operationId."""
    providers = [_provider(coverage, contract, operation) for contract in contracts]
    providers = [provider for provider in providers if provider["operations"]]
    misses = coverage.misses
    return {
        "since": iso(coverage.since),
        **_total(providers),
        "providers": providers,
        "unmatched": {
            "total": sum(misses.by_target.values()) + misses.others,
            "items": [
                {"method": method, "path": path, "count": count} for (method, path), count in misses.by_target.items()
            ],
        },
    }


def _provider(coverage: Coverage, contract: Contract, operation: str | None) -> dict[str, Any]:
    wanted = [tally for tally in coverage.tallies(contract.name) if operation in (None, tally.operation.id)]
    operations = [_operation(tally) for tally in wanted]
    return {"provider": contract.name, "title": contract.title, **_total(operations), "operations": operations}


def _operation(tally: Tally) -> dict[str, Any]:
    lists = _lists(tally)
    kinds = {"operations": Share(1, int(tally.kept > 0))} | {kind: _share(lists[kind]) for kind in KINDS[1:]}
    return {
        "operationId": tally.operation.id,
        "method": tally.operation.method.upper(),
        "path": tally.path,
        **_summed(kinds),
        "calls": tally.calls,
        "violating": tally.violating,
        "forced": tally.forced,
        "statuses": [
            {"status": status, "count": count, "declared": status in tally.operation.answers.by_status}
            for status, count in sorted(tally.statuses.items())
        ],
        **lists,
    }


def _lists(tally: Tally) -> dict[str, list[dict[str, Any]]]:
    lists: dict[str, list[dict[str, Any]]] = {
        "answers": [
            {"answer": name, "status": answer.status, "count": met.count, "forced": met.forced}
            for (name, met), answer in zip(tally.answers.items(), tally.operation.answers.by_name.values(), strict=True)
        ],
        "parameters": [],
        "properties": [],
        "values": [],
    }
    for item, count in zip(tally.items, tally.counts, strict=True):
        if item.kind == "parameter":
            lists["parameters"].append({"in": item.place, "name": item.name, "count": count})
        elif item.kind == "property":
            lists["properties"].append({"pointer": item.name, "count": count})
        else:
            lists["values"].append({"in": item.place, "name": item.name, "value": item.value, "count": count})
    return lists


def _share(items: Sequence[Mapping[str, Any]]) -> Share:
    return Share(len(items), sum(item["count"] > 0 for item in items))


def _summed(kinds: Mapping[str, Share]) -> dict[str, Any]:
    """Return the share of all kinds together, and that of each."""
    total = sum(kinds.values(), Share())
    return {**total.data(), "kinds": {kind: kinds[kind].data() for kind in KINDS}}


def _total(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the shares of several operations, or providers, together."""
    return _summed(
        {
            kind: sum((Share(part["kinds"][kind]["items"], part["kinds"][kind]["touched"]) for part in parts), Share())
            for kind in KINDS
        }
    )

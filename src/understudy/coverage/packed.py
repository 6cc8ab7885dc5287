"""What a worker has counted, as JSON data, and how several are added up. All of them play the same contracts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from understudy.coverage.ledger import Coverage
from understudy.coverage.tally import Tally


def packed(coverage: Coverage) -> dict[str, Any]:
    """Return all that was counted."""
    misses = coverage.misses
    return {
        "since": coverage.since.isoformat(),
        "misses": [[method, path, count] for (method, path), count in misses.by_target.items()],
        "others": misses.others,
        "tallies": [[provider, _packed(tally)] for provider, tally in coverage.counted()],
    }


def add(coverage: Coverage, data: Mapping[str, Any]) -> None:
    """Add what another has counted."""
    coverage.since = min(coverage.since, datetime.fromisoformat(data["since"]))
    for method, path, count in data["misses"]:
        coverage.misses.count(method, path, count)
    coverage.misses.others += data["others"]
    for provider, one in data["tallies"]:
        tally = coverage.tally(provider, one["operation"])
        if tally is not None:
            _add(tally, one)


def _packed(tally: Tally) -> dict[str, Any]:
    return {
        "operation": tally.operation.id,
        "sums": [tally.calls, tally.kept, tally.violating, tally.forced],
        "statuses": [[status, count] for status, count in tally.statuses.items() if count],
        "answers": [[name, met.count, met.forced] for name, met in tally.answers.items() if met.count],
        "counts": [[number, count] for number, count in enumerate(tally.counts) if count],
    }


def _add(tally: Tally, data: Mapping[str, Any]) -> None:
    calls, kept, violating, forced = data["sums"]
    tally.calls += calls
    tally.kept += kept
    tally.violating += violating
    tally.forced += forced
    for status, count in data["statuses"]:
        tally.statuses[status] = tally.statuses.get(status, 0) + count
    for name, count, forced_count in data["answers"]:
        tally.answers[name].count += count
        tally.answers[name].forced += forced_count
    for number, count in data["counts"]:
        tally.counts[number] += count

"""Coverage that several servers measured, put together."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_LISTS = ("answers", "parameters", "properties", "values")
_COUNTS = ("count", "forced")
Touched = dict[tuple[Any, ...], bool]
"""Each item of the contracts, by what it is called; whether it was touched."""


def merged(reports: Iterable[Mapping[str, Any]]) -> Touched:
    """Put together what ``GET /__admin/coverage`` said, of several servers: touched is what one of them met."""
    touched: Touched = {}
    for report in reports:
        for key, met in _items(report):
            touched[key] = touched.get(key, False) or met
    return touched


def percent(touched: Iterable[bool]) -> float:
    """Return the share that was touched, rounded down to one decimal as the server does; 0 of nothing."""
    met = list(touched)
    return 1000 * sum(met) // len(met) / 10 if met else 0.0


def shares(touched: Touched) -> str:
    """Return the share of each provider in words."""
    names = list(dict.fromkeys(key[0] for key in touched))
    told = (f"{name} {percent(met for key, met in touched.items() if key[0] == name)} %" for name in names)
    return ", ".join(told) or "no mock was asked anything"


def _items(report: Mapping[str, Any]) -> Iterator[tuple[tuple[Any, ...], bool]]:
    for provider in report["providers"]:
        for operation in provider["operations"]:
            base = (provider["provider"], operation["operationId"])
            yield base, operation["kinds"]["operations"]["touched"] > 0
            for kind in _LISTS:
                for item in operation[kind]:
                    name = tuple(f"{key}={value!r}" for key, value in item.items() if key not in _COUNTS)
                    yield (*base, kind, name), item["count"] > 0

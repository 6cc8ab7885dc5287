"""How long an answer is held back: always as long, or drawn anew for each request."""

from collections.abc import Callable, Mapping
from math import exp
from statistics import NormalDist
from typing import Any

LONGEST = 3600.0
"""Seconds that an answer may be held back at most."""
_NORMAL = NormalDist()

Delay = Callable[[float], float]
"""Turns a number between 0 and 1, both excluded, into seconds."""


def delay_of(data: Mapping[str, Any]) -> Delay:
    """Build a delay from JSON, in milliseconds: ``fixed``, ``uniform`` (lowest, highest) or ``lognormal``."""
    ((kind, how),) = data.items()
    return _KINDS[kind](how)


def _fixed(milliseconds: float) -> Delay:
    return lambda _: min(milliseconds / 1000, LONGEST)


def _uniform(bounds: list[float]) -> Delay:
    low, high = min(bounds), max(bounds)
    return lambda chance: min((low + (high - low) * chance) / 1000, LONGEST)


def _lognormal(how: Mapping[str, float]) -> Delay:
    median, sigma = how["median"], how["sigma"]
    return lambda chance: min(median * exp(sigma * _NORMAL.inv_cdf(chance)) / 1000, LONGEST)


_KINDS: Mapping[str, Callable[[Any], Delay]] = {"fixed": _fixed, "uniform": _uniform, "lognormal": _lognormal}

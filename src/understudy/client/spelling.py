"""Keyword arguments, as the control API spells them."""

from collections.abc import Mapping
from typing import Any, TypedDict

Matcher = Mapping[str, Any]
"""``equals``, ``contains`` (partial JSON), ``jsonPath``, ``matches`` (a regular expression) or ``absent``."""


class Criteria(TypedDict, total=False):
    """Which exchanges are meant: all that is given must hold."""

    provider: str
    operation_id: str
    method: str
    path: str | Matcher
    status: int | str
    """``404``, or ``"4xx"`` for all of a class."""
    answer: str
    query: Mapping[str, str | Matcher]
    headers: Mapping[str, str | Matcher]
    body: Matcher


class Effect(TypedDict, total=False):
    """What a fault does: exactly one of these."""

    answer: Mapping[str, Any]
    """``{"example": NAME}``, or ``{"status": …}`` with ``headers``, and ``undeclared`` with a ``body``."""
    delay: Mapping[str, Any]
    """In ms: ``{"fixed": 100}``, ``{"uniform": [50, 150]}``, ``{"lognormal": {"median": 100, "sigma": 0.5}}``."""
    wire: str
    """``CONNECTION_RESET_BY_PEER``, ``EMPTY_RESPONSE``, ``MALFORMED_RESPONSE_CHUNK``, ``RANDOM_DATA_THEN_CLOSE``."""
    drip: Mapping[str, Any]
    """The body comes slowly: ``{"seconds": 2, "chunks": 10}``."""
    rate_limit: Mapping[str, Any]
    """``{"limit": 5, "window": "PT1M"}``, by the sandbox's clock."""
    lose_answer: bool
    """The change is made, and the answer never arrives."""


_SPELT = {"operation_id": "operationId", "rate_limit": "rateLimit", "lose_answer": "loseAnswer"}


def spelt(**given: Any) -> dict[str, Any]:
    """Return what was given (not None), under the control API's names."""
    return {_SPELT.get(name, name): value for name, value in given.items() if value is not None}

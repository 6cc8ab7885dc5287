"""Where a promise comes from, and how much of an API comes from where."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

KINDS = ("documented", "observed", "inferred")
MEANINGS: Mapping[str, str] = {
    "documented": "the vendor's page says so",
    "observed": "seen on the real service, or in its published contract",
    "inferred": "our choice where nobody says",
}


class Provenance(NamedTuple):
    """One ``x-provenance``."""

    kind: str
    source: str = ""


class Share(NamedTuple):
    """How many of an API's promises are of one kind."""

    kind: str
    amount: int
    start: float
    """Where its part of the bar begins, in percent."""
    percent: float


def provenance_of(*nodes: Any) -> Provenance | None:
    """Return the provenance of the first of these nodes that says one."""
    for node in nodes:
        said = node.get("x-provenance") if isinstance(node, dict) else None
        if isinstance(said, dict) and said.get("kind"):
            return Provenance(str(said["kind"]), str(said.get("source", "")))
    return None


def shares(found: Iterable[Provenance | None]) -> tuple[Share, ...]:
    """Return the share of each kind, in the order of ``KINDS``; what says nothing counts as inferred."""
    counted = Counter(KINDS[-1] if one is None or one.kind not in KINDS else one.kind for one in found)
    total = counted.total() or 1
    told: list[Share] = []
    start = 0.0
    for kind in KINDS:
        percent = 100 * counted[kind] / total
        told.append(Share(kind, counted[kind], round(start, 3), round(percent, 3)))
        start += percent
    return tuple(told)

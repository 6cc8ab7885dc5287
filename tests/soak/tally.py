"""What was done in a run, and what was found."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from time import monotonic

_MOST = 20
"""Findings that are told in full."""


class Wrong(AssertionError):
    """Something that was not asked for."""


class Away(Exception):
    """The store was away for an instant: the answer says so, and to try again."""


@dataclass
class Tally:
    """Counts what all actors do; a finding is told once, with whose it is."""

    seed: int
    remote: bool = False
    """Whether the store is another process, which may be away."""
    done: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    more: int = 0
    slowest: float = 0.0
    """Seconds that an answer took at most, the client's own included."""
    over: Event = field(default_factory=Event)
    """Set when the actors are to come to an end."""
    began: float = field(default_factory=monotonic)

    def count(self, what: str, times: int = 1) -> None:
        """Count something that was done."""
        self.done[what] += times

    def found(self, who: str, what: str) -> None:
        """Note a finding."""
        if len(self.findings) < _MOST:
            self.findings.append(f"{monotonic() - self.began:.1f} s, {who}: {what}")
        else:
            self.more += 1

    def random(self, who: str) -> random.Random:
        """Return what this actor draws from: a function of the seed and of who it is."""
        return random.Random(f"{self.seed}/{who}")  # noqa: S311


def shown(value: object, most: int = 600) -> str:
    """Return a value as a finding shows it."""
    text = str(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def require(holds: object, what: Callable[[], str]) -> None:
    """Raise Wrong, unless something holds."""
    if not holds:
        raise Wrong(what())

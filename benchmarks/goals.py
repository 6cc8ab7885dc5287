"""What Understudy shall reach, as data, and whether it does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.contenders import BACKEND, BARE, FIELDS, MOCKOON, PRISM, STOCK, UNDERSTUDY, Contender, Field
from benchmarks.work import Work

Samples = Mapping[str, Mapping[str, Sequence[Sequence[float]]]]
"""Of one field, by work and contender: requests a second, p50 and p99 of each round."""
Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Faster:
    """How many times as many requests a second as a peer Understudy shall answer."""

    peer: Contender
    times: float
    of: Mapping[str, float] = field(default_factory=dict)
    """Where a work has another goal than the others."""

    def goal(self, work: Work) -> float:
        """Return the goal for a work."""
        return self.of.get(work.name, self.times)


FASTER = (
    Faster(PRISM, 10.0),
    Faster(MOCKOON, 25.0),
    Faster(BACKEND, 5.0),
    Faster(STOCK, 8.0, {"list": 20.0}),
    Faster(BARE, 1.0, {"list": 1.5}),
)
BY_PEER = {goal.peer.title: goal for goal in FASTER}
P99 = 1.0
"""Times the lowest p99 of a peer."""
START = 0.4
"""Times Prism's time to the first answer."""
IDLE = 0.6
"""Times Prism's memory idle."""
AFTER = 1.2
"""Times our own memory idle."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal, and what was reached."""

    what: str
    figure: float
    goal: float
    at_least: bool = False
    unit: str = "×"

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.figure >= self.goal if self.at_least else self.figure <= self.goal

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        word = "pass" if self.reached else "MISS"
        return f"{word}  {self.what}: {self.figure:.2f} {self.unit} (goal: {sign} {self.goal:g} {self.unit})"


def rate(samples: Samples, work: Work, contender: Contender) -> float:
    """Return the requests a second of a contender, the median of the rounds."""
    return median(sample[0] for sample in samples[work.name][contender.name])


def p99(samples: Samples, work: Work, contender: Contender) -> float:
    """Return the 99th percentile of a contender's milliseconds, the median of the rounds."""
    return median(sample[2] for sample in samples[work.name][contender.name])


def ratio(samples: Samples, work: Work, ours: Contender, peer: Contender) -> float:
    """Return how many times as fast as a peer Understudy is, by the medians."""
    return rate(samples, work, ours) / rate(samples, work, peer)


def spread(samples: Samples, work: Work, ours: Contender, peer: Contender) -> tuple[float, float]:
    """Return the lowest and the highest such ratio of a round."""
    pairs = zip(samples[work.name][ours.name], samples[work.name][peer.name], strict=True)
    ratios = [mine[0] / theirs[0] for mine, theirs in pairs]
    return min(ratios), max(ratios)


def of_throughput(figures: Figures) -> Iterator[Verdict]:
    """Judge the requests a second, and how long the slowest take."""
    for each in FIELDS:
        samples = figures["samples"][each.name]
        for peer in each.peers:
            for work in each.works(peer):
                goal = BY_PEER[peer.title].goal(work)
                what = f"{each.title}, {work.title}, against {peer.title}"
                yield Verdict(what, ratio(samples, work, each.ours, peer), goal, at_least=True)
        yield from _of_p99(each, samples)


def _of_p99(each: Field, samples: Samples) -> Iterator[Verdict]:
    for work in each.works():
        best = min(p99(samples, work, peer) for peer in each.peers if peer.can(work))
        what = f"{each.title}, {work.title}, p99 against the best"
        yield Verdict(what, p99(samples, work, each.ours) / best, P99)


def of_startup(figures: Figures) -> Iterator[Verdict]:
    """Judge the time to the first answer."""
    seconds = figures["seconds"]
    yield Verdict(
        "start to the first answer, against Prism's",
        median(seconds[UNDERSTUDY.name]) / median(seconds[PRISM.name]),
        START,
    )


def of_memory(figures: Figures) -> Iterator[Verdict]:
    """Judge the memory."""
    ours, prism = figures["weights"][UNDERSTUDY.name], figures["weights"][PRISM.name]
    yield Verdict("memory idle, against Prism's", ours["idle"] / prism["idle"], IDLE)
    yield Verdict(f"memory after {ours['requests']:,.0f} requests, against idle", ours["after"] / ours["idle"], AFTER)


def of_curves(figures: Figures) -> Iterator[Verdict]:
    """Judge what grows with size."""
    for curve in figures["curves"]:
        for line in curve["lines"]:
            if line.get("goal"):
                costs = [cost for _, cost in line["points"]]
                yield Verdict(
                    f"{line['title']}, over {curve['over']} up to {line['points'][-1][0]:,}",
                    max(costs) / costs[0],
                    line["goal"],
                )
            if line.get("limit"):
                at, most = line["limit"]
                for size, cost in line["points"]:
                    if size == at:
                        yield Verdict(f"{line['title']}, {at:,} {curve['over']}", cost, most, unit=curve["unit"])


JUDGES = {"throughput": of_throughput, "startup": of_startup, "memory": of_memory, "curves": of_curves}

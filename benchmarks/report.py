"""What came of it: the goals, the verdict, and RESULTS.md."""

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.load import CONNECTIONS, Sample
from benchmarks.servers import BARE, CONTENDERS, STOCK, UNDERSTUDY, Contender
from benchmarks.work import WORKS, Work

_PACKAGES = ("understudy", "connexion", "starlette", "uvicorn", "uvloop", "httptools", "jsonschema_rs", "orjson")


@dataclass(frozen=True, slots=True)
class Goal:
    """How many times as many requests a second as a peer Understudy shall answer, on every work."""

    peer: Contender
    times: float


GOALS = (Goal(STOCK, 6.0), Goal(BARE, 1.0))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every sample, by (contender, work), in the order of the rounds."""

    samples: Mapping[tuple[str, str], Sequence[Sample]]
    rounds: int
    seconds: int
    busy: float
    """The machine's load in the minute before."""

    def per_second(self, contender: Contender, work: Work) -> list[float]:
        """Return the requests a second of every round."""
        return [sample.per_second for sample in self.samples[contender.name, work.name]]

    def ratio(self, peer: Contender, work: Work) -> float:
        """Return how many times as fast as a peer Understudy is, by the medians."""
        return median(self.per_second(UNDERSTUDY, work)) / median(self.per_second(peer, work))

    def ratios(self, peer: Contender, work: Work) -> list[float]:
        """Return how many times as fast as a peer Understudy was, round by round."""
        pairs = zip(self.per_second(UNDERSTUDY, work), self.per_second(peer, work), strict=True)
        return [ours / theirs for ours, theirs in pairs]


def verdict(comparison: Comparison) -> tuple[str, bool]:
    """Return a line for each goal and work, and whether all are reached."""
    lines, passed = [], True
    for goal in GOALS:
        for work in WORKS:
            ratio = comparison.ratio(goal.peer, work)
            reached = ratio >= goal.times
            passed = passed and reached
            word = "pass" if reached else "FAIL"
            lines.append(f"{word}  {work.title:<18} {ratio:5.2f} x {goal.peer.title} (goal: {goal.times:g})")
    return "\n".join(lines), passed


def render(comparison: Comparison) -> str:
    """Return RESULTS.md."""
    return "\n".join([*_ratios(comparison), *_figures(comparison), *_contenders(), *_circumstances(comparison)]) + "\n"


def _ratios(comparison: Comparison) -> Iterator[str]:
    yield "# How fast it is"
    yield "Written by `make bench`. **Only ratios within one run count**: a request a second is worth something else on"
    yield "every machine, and on the same machine an hour later.\n"
    yield "How many times as many requests a second Understudy answers, one worker each, by the medians of"
    yield f"{comparison.rounds} rounds (in brackets: the lowest and highest of a round):\n"
    yield "| Understudy against | " + " | ".join(work.title for work in WORKS) + " | goal |"
    yield "|---|" + "---:|" * (len(WORKS) + 1)
    for goal in GOALS:
        cells = " | ".join(_ratio(comparison, goal.peer, work) for work in WORKS)
        yield f"| {goal.peer.title} | {cells} | ≥ {goal.times:g} × |"


def _ratio(comparison: Comparison, peer: Contender, work: Work) -> str:
    rounds = comparison.ratios(peer, work)
    return f"**{comparison.ratio(peer, work):.2f} ×** ({min(rounds):.2f}–{max(rounds):.2f})"


def _figures(comparison: Comparison) -> Iterator[str]:
    yield "\n## The figures behind them"
    yield "| work | server | requests/s, median | min–max | p50 | p99 |"
    yield "|---|---|---:|---:|---:|---:|"
    for work in WORKS:
        for contender in CONTENDERS:
            samples = comparison.samples[contender.name, work.name]
            rates = comparison.per_second(contender, work)
            p50, p99 = (median(getattr(sample, name) for sample in samples) for name in ("p50", "p99"))
            yield (
                f"| {work.title} | {contender.title} | {median(rates):,.0f} | {min(rates):,.0f}–{max(rates):,.0f} "
                f"| {p50:.2f} ms | {p99:.2f} ms |"
            )


def _contenders() -> Iterator[str]:
    yield "\n## Who does what"
    yield from (f"- **{contender.title}**: {contender.does}." for contender in CONTENDERS)
    yield "\nAll three run on uvicorn with uvloop and httptools, one worker, no access log, and answer the same JSON:"
    yield "what Understudy answers is recorded before the run, and the other two return it. Status and JSON of each are"
    yield "compared before and after the measuring; the two that validate must also refuse a missing credential, a"
    yield "parameter and a body that break the contract.\n"
    yield "Understudy keeps a record immutable, so one that was held to the contract once, and has not been replaced,"
    yield "is not checked or written again when it is read again. A PUT makes a new record."


def _circumstances(comparison: Comparison) -> Iterator[str]:
    yield "\n## How to repeat it"
    yield "```sh"
    yield f'make bench ARGS="--rounds {comparison.rounds} --seconds {comparison.seconds}"'
    yield "```"
    yield f"wrk with {CONNECTIONS} connections on one core, the servers pinned to another; in each round every work by"
    yield f"every server in turn, {comparison.seconds} s each, after a warm-up. Exit code 1 says that a goal is missed."
    yield f"The machine's load just before was {comparison.busy:.1f} on {os.cpu_count()} cores; the less, the better.\n"
    yield f"{datetime.now(UTC):%Y-%m-%d} · {_processor()} · {platform.system()} {platform.release()}"
    yield f"· Python {platform.python_version()} · {_load_tool()}"
    yield "· " + " · ".join(f"{package} {version(package)}" for package in _PACKAGES)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _load_tool() -> str:
    """Return the name and version of wrk, which says so with an exit code of 1."""
    shown = subprocess.run(["wrk", "-v"], check=False, capture_output=True, encoding="utf-8").stdout
    return " ".join(shown.split()[:2])

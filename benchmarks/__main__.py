"""The benchmark: ``python -m benchmarks [PART …] [--rounds N] [--seconds N]``.

Measures the parts that are named, or all; keeps their figures, writes RESULTS.md and its pictures out
of all figures that are kept, and says which goals the measured parts reach. Exit code 1 where one is missed.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from benchmarks.answers import WrongAnswer
from benchmarks.circumstances import Unsuitable, circumstances, keep, kept
from benchmarks.goals import JUDGES, Verdict
from benchmarks.load import Failed
from benchmarks.paths import PICTURES, RESULTS, ROOT
from benchmarks.report import pictures, render
from benchmarks.servers import NotServed


def _throughput(arguments: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.throughput import compare

    return compare(arguments.rounds, arguments.seconds)


def _startup(arguments: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.startup import time_starts

    return time_starts(arguments.starts)


def _memory(arguments: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.memory import weigh

    return weigh(arguments.requests)


def _curves(arguments: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.curves import measure

    return measure(arguments.largest)


def _profile(_: argparse.Namespace) -> dict[str, Any]:
    """Return the table of ``benchmarks/profile.py``: a row a stage, with its microseconds in a GET and in a PUT."""
    found = circumstances()
    rows = [list(row) for row in import_module(_PROFILE).rows()]
    return {"circumstances": found, "note": _PROFILE_NOTE, "columns": list(_COLUMNS), "rows": rows}


_PROFILE = "benchmarks.profile"
_COLUMNS = ("stage", "what it does", "GET, µs", "PUT, µs")
_PROFILE_NOTE = "CPU time of one request in process, stage by stage."
PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "throughput": _throughput,
    "startup": _startup,
    "memory": _memory,
    "curves": _curves,
    **({"profile": _profile} if find_spec(_PROFILE) else {}),
}
_REPORT = "report"


def main(words: Sequence[str] | None = None) -> int:
    """Measure, keep, write, judge."""
    arguments = _arguments(words)
    wanted = arguments.parts or list(PARTS)
    try:
        for part in wanted:
            if part != _REPORT:
                keep(part, PARTS[part](arguments))
    except (Failed, NotServed, Unsuitable, WrongAnswer) as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 2
    publish()
    verdicts = [verdict for part in wanted for verdict in judged(part)]
    print("", *verdicts, "", f"written: {RESULTS.relative_to(ROOT)}", sep="\n")
    return 0 if all(verdict.reached for verdict in verdicts) else 1


def publish() -> None:
    """Write RESULTS.md and its pictures out of the figures that are kept."""
    figures = {part: kept(part) for part in PARTS}
    PICTURES.mkdir(exist_ok=True)
    for name, picture in pictures(figures).items():
        (PICTURES / name).write_text(picture, encoding="utf-8")
    RESULTS.write_text(render(figures), encoding="utf-8")


def judged(part: str) -> list[Verdict]:
    """Return what is to be said of a part; of the report itself: of all parts."""
    if part == _REPORT:
        return [verdict for each in PARTS for verdict in judged(each)]
    figures = kept(part)
    return [] if figures is None or part not in JUDGES else list(JUDGES[part](figures))


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Compare Understudy with its peers.")
    parts = [*PARTS, _REPORT]
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(parts)}; default: all")
    parser.add_argument("--rounds", type=int, default=3, help="how often each work is measured (default 3)")
    parser.add_argument("--seconds", type=int, default=2, help="how long each time (default 2)")
    parser.add_argument("--starts", type=int, default=5, help="how often each server is started (default 5)")
    parser.add_argument("--requests", type=int, default=100_000, help="after how many to weigh (default 100000)")
    parser.add_argument("--largest", type=int, default=1_000_000, help="the largest size of a curve (default 1000000)")
    arguments = parser.parse_args(words)
    for part in arguments.parts:
        if part not in parts:
            parser.error(f"there is no part {part!r}; there are {', '.join(parts)}")
    if min(arguments.rounds, arguments.seconds, arguments.starts, arguments.requests, arguments.largest) < 1:
        parser.error("numbers are at least 1")
    return arguments


if __name__ == "__main__":
    sys.exit(main())

"""What the journal costs: ``python -m benchmarks.journal [--rounds N] [--seconds N]``; exit code 1 above 15 %.

Two servers that differ only in ``--journal 1000`` and ``--journal 0`` answer a validated GET in turn.
"""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.circumstances import Unsuitable, cores
from benchmarks.contenders import UNDERSTUDY, Contender
from benchmarks.load import Failed, measure
from benchmarks.servers import NotServed, Stage
from benchmarks.work import TYK

GOAL = 0.15
_WARM_UP = 2
_READ = TYK.work("read")


def keeping(exchanges: int) -> Contender:
    """Return Understudy with a journal of this length."""
    return replace(
        UNDERSTUDY,
        name=f"journal-{exchanges}",
        title=f"--journal {exchanges}",
        command=(*UNDERSTUDY.command, "--journal", str(exchanges)),
    )


def compare(rounds: int, seconds: int) -> tuple[list[float], list[float]]:
    """Return the requests a second with and without a journal, round by round."""
    server_core, load_core = cores()
    contenders = [keeping(1000), keeping(0)]
    rates: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    with ExitStack() as running:
        stage = Stage(Path(running.enter_context(tempfile.TemporaryDirectory())))
        urls = {one.name: running.enter_context(stage.served(one, TYK, server_core)).url for one in contenders}
        for url in urls.values():
            measure(url, TYK, _READ, core=load_core, seconds=_WARM_UP)
        for turn in range(rounds):
            for one in contenders if turn % 2 else contenders[::-1]:
                sample = measure(urls[one.name], TYK, _READ, core=load_core, seconds=seconds)
                rates[one.name].append(sample.per_second)
                print(f"round {turn + 1}  {one.title:<15} {sample.per_second:>9,.0f} requests/s", flush=True)
    return rates["journal-1000"], rates["journal-0"]


def main() -> int:
    """Compare and print what the journal costs."""
    arguments = _arguments()
    try:
        kept, bare = compare(arguments.rounds, arguments.seconds)
    except (Failed, NotServed, Unsuitable) as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 2
    ratios = [with_it / without for with_it, without in zip(kept, bare, strict=True)]
    cost = 1 - median(ratios)
    word = "pass" if cost < GOAL else "FAIL"
    print(f"\n{median(kept):,.0f} requests/s with a journal of 1,000 exchanges, {median(bare):,.0f} without")
    print(
        f"{word}  the journal costs {cost:.1%} of a validated GET's throughput (median of {arguments.rounds} rounds, "
    )
    print(f"      {1 - max(ratios):.1%} to {1 - min(ratios):.1%}; goal: less than {GOAL:.0%})")
    return 0 if cost < GOAL else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.journal", description="What does the journal cost?")
    parser.add_argument("--rounds", type=int, default=15, help="how often each is measured (default 15)")
    parser.add_argument("--seconds", type=int, default=2, help="how long each time (default 2)")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.seconds < 1:
        parser.error("--rounds and --seconds are at least 1")
    return arguments


if __name__ == "__main__":
    sys.exit(main())

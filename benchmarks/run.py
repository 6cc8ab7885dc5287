"""Runs the comparison: ``python -m benchmarks.run [--rounds N] [--seconds N]``; exit code 1 where a goal is missed."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.load import Failed, Sample, measure
from benchmarks.paths import RESULTS, ROOT
from benchmarks.peers.prepared import VARIABLE
from benchmarks.report import Comparison, render, verdict
from benchmarks.servers import CONTENDERS, PEERS, UNDERSTUDY, NotServed, served
from benchmarks.work import WORKS, WrongAnswer, check, prepare

_WARM_UP = 2
_QUIET = 0.5


def main() -> int:
    """Compare, write RESULTS.md, print the verdict."""
    arguments = _arguments()
    try:
        server_core, load_core = cores()
        comparison = compare(arguments.rounds, arguments.seconds, server_core, load_core)
    except (Failed, NotServed, Unsuitable, WrongAnswer) as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 2
    RESULTS.write_text(render(comparison), encoding="utf-8")
    text, passed = verdict(comparison)
    print(f"\n{text}\n\nwritten: {RESULTS.relative_to(ROOT)}")
    return 0 if passed else 1


class Unsuitable(Exception):
    """A machine on which nothing can be compared."""


def compare(rounds: int, seconds: int, server_core: int, load_core: int) -> Comparison:
    """Serve every contender, check it, and load one after the other, round by round."""
    busy = os.getloadavg()[0]
    if busy > _QUIET:
        print(
            f"benchmark: the machine has a load of {busy:.1f} already; what follows is noise in part", file=sys.stderr
        )
    samples: dict[tuple[str, str], list[Sample]] = {}
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        urls = {UNDERSTUDY: running.enter_context(served(UNDERSTUDY, server_core, {}))}
        answers = prepare(urls[UNDERSTUDY])
        prepared = folder / "answers.json"
        prepared.write_text(json.dumps(answers), encoding="utf-8")
        for peer in PEERS:
            urls[peer] = running.enter_context(served(peer, server_core, {VARIABLE: str(prepared)}))
        for contender, url in urls.items():
            check(contender.title, url, answers, validates=contender.validates)
            for work in WORKS:
                measure(url, work, core=load_core, seconds=_WARM_UP)
        for turn in range(rounds):
            first = turn % len(CONTENDERS)
            for work in WORKS:
                for contender in CONTENDERS[first:] + CONTENDERS[:first]:
                    sample = measure(urls[contender], work, core=load_core, seconds=seconds)
                    samples.setdefault((contender.name, work.name), []).append(sample)
                    title = f"round {turn + 1}  {work.title:<18} {contender.title:<16}"
                    print(f"{title} {sample.per_second:>9,.0f} requests/s  p99 {sample.p99:.2f} ms", flush=True)
        for contender, url in urls.items():
            check(contender.title, url, answers, validates=contender.validates)
    return Comparison(samples, rounds, seconds, busy)


def cores() -> tuple[int, int]:
    """Return the core that serves and the core that loads. Raises Unsuitable."""
    for tool in ("taskset", "wrk"):
        if shutil.which(tool) is None:
            raise Unsuitable(f"{tool} is missing; `make bench` as root on Debian installs wrk, util-linux has taskset")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise Unsuitable("this needs two cores: one for the server, one for the load")
    return cores[0], cores[1]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Compare Understudy with its peers.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default 5)")
    parser.add_argument("--seconds", type=int, default=5, help="how long each time (default 5)")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.seconds < 1:
        parser.error("--rounds and --seconds are at least 1")
    return arguments


if __name__ == "__main__":
    sys.exit(main())

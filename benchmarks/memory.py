"""Memory of a server that has just answered, and after many requests: ``python -m benchmarks memory``.

It is the sum of the proportional set sizes (Pss) of the server's process and of all below it.
"""

from pathlib import Path
from typing import Any

from benchmarks.circumstances import circumstances, cores
from benchmarks.contenders import CONTENDERS, UNDERSTUDY, Contender
from benchmarks.load import measure
from benchmarks.servers import Served, Stage
from benchmarks.startup import fresh_stage, until_right
from benchmarks.work import TYK

REQUESTS = 100_000
_IN_TURN = ("read", "update", "list")
_SPELL = 2
"""Seconds of one work, before the next has its turn."""
_LONGEST = 12
"""Seconds of load for a peer; how many requests that were is told. Understudy gets all of them."""


def weigh(requests: int = REQUESTS) -> dict[str, Any]:
    """Start every contender, and return its megabytes at first and after that many requests."""
    found = circumstances()
    weights = {}
    with fresh_stage() as (stage, answers):
        for contender in CONTENDERS:
            weights[contender.name] = _weighed(stage, answers, contender, requests)
            told = "  ".join(f"{name} {value:,.0f}" for name, value in weights[contender.name].items())
            print(f"memory  {contender.title:<16} {told}", flush=True)
    return {"circumstances": found, "weights": weights}


def _weighed(stage: Stage, answers: dict[str, Any], contender: Contender, requests: int) -> dict[str, float]:
    with stage.started(contender, TYK, cores()[0]) as server:
        until_right(server, contender, answers)
        idle = megabytes(server.process.pid)
        answered = _load(server, contender, requests)
        return {"idle": idle, "after": megabytes(server.process.pid), "requests": answered}


def _load(server: Served, contender: Contender, requests: int) -> int:
    """Load a server with each work in turn; return how many requests it answered."""
    answered = spells = 0
    while answered < requests and (contender is UNDERSTUDY or spells * _SPELL < _LONGEST):
        work = TYK.work(_IN_TURN[spells % len(_IN_TURN)])
        sample = measure(server.url, TYK, work, core=cores()[1], seconds=_SPELL, base=contender.base(TYK))
        answered += sample.requests
        spells += 1
    return answered


def megabytes(pid: int) -> float:
    """Return the proportional set size of a process and of all that it started, in megabytes."""
    return sum(_pss(each) for each in family(pid)) / 1000


def family(pid: int) -> list[int]:
    """Return a process and all that it started, and they."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="utf-8").split():
            found += family(int(child))
    return found


def _pss(pid: int) -> int:
    """Return kilobytes."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise RuntimeError("this system does not say how much memory a process has")

"""From the start of a process to the first right answer, several times: ``python -m benchmarks startup``."""

import http.client
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.answers import WrongAnswer, objection, record, send
from benchmarks.circumstances import circumstances, cores
from benchmarks.contenders import CONTENDERS, UNDERSTUDY, Contender
from benchmarks.servers import NotServed, Served, Stage
from benchmarks.work import TYK, Work

STARTS = 5
_READ = TYK.work("read")
_PATIENCE = 60.0
_PAUSE = 0.002


def time_starts(starts: int = STARTS) -> dict[str, Any]:
    """Start every contender in turn, several times; return the seconds by contender."""
    found = circumstances()
    seconds: dict[str, list[float]] = {contender.name: [] for contender in CONTENDERS}
    with fresh_stage() as (stage, answers), on_core(cores()[1]):
        for turn in range(starts):
            for contender in CONTENDERS:
                with stage.started(contender, TYK, cores()[0]) as server:
                    took = until_right(server, contender, answers)
                seconds[contender.name].append(took)
                print(f"start {turn + 1}  {contender.title:<16} {took:6.2f} s", flush=True)
    return {"circumstances": found, "starts": starts, "seconds": seconds}


@contextmanager
def fresh_stage() -> Iterator[tuple[Stage, dict[str, Any]]]:
    """Give a stage on which all answer what Understudy does before anybody changed anything, and these answers."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        with stage.served(UNDERSTUDY, TYK, cores()[0]) as server:
            untouched = send(server.url, TYK, _READ).json()
            answers = record(server.url, TYK)
        answers[_READ.operation]["body"] = untouched
        stage.prepare(TYK, answers)
        yield stage, answers


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Keep this process out of the way of what it measures."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def until_right(server: Served, contender: Contender, answers: dict[str, Any]) -> float:
    """Return the seconds from the start to the first answer. Raises WrongAnswer, NotServed."""
    deadline = server.started + _PATIENCE
    while time.perf_counter() < deadline and server.process.poll() is None:
        answered = _asked(server.url, contender.base(TYK), _READ)
        if answered is not None:
            took = time.perf_counter() - server.started
            status, body = answered
            found = objection(_READ, status, json.loads(body), answers)
            if found is not None:
                raise WrongAnswer(f"{contender.title}, its first answer: {found}")
            return took
        time.sleep(_PAUSE)
    raise NotServed(f"{contender.title} did not answer within {_PATIENCE:g} s")


def _asked(url: str, base: str, work: Work) -> tuple[int, bytes] | None:
    """Return status and body, or None where nobody listens yet."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE)
    try:
        connection.request(work.method, base + work.path, headers=TYK.headers(work))
        response = connection.getresponse()
        return response.status, response.read()
    except ConnectionError:
        return None
    finally:
        connection.close()

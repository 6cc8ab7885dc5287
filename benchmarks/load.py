"""The load: wrk on a core of its own."""

import json
import subprocess
from typing import Any, NamedTuple

from benchmarks.paths import HERE
from benchmarks.work import Subject, Work, fresh_number

CONNECTIONS = 16


class Sample(NamedTuple):
    """What one run of the load tool saw."""

    per_second: float
    p50: float
    """Milliseconds."""
    p99: float
    """Milliseconds."""
    requests: int = 0


class Failed(Exception):
    """A run in which some requests were not answered, or not as they should be."""


def measure(
    url: str, subject: Subject, work: Work, *, core: int, seconds: int, base: str | None = None, tolerant: bool = False
) -> Sample:
    """Send one request for some seconds over a fixed number of connections.

    Raises Failed; with ``tolerant`` not for requests that were answered too late.
    """
    place = subject.base if base is None else base
    command = ["taskset", "--cpu-list", str(core), "wrk", "--threads", "1", "--connections", str(CONNECTIONS)]
    command += ["--duration", f"{seconds}s", "--timeout", "10s", "--script", str(HERE / "load.lua")]
    for name, value in subject.headers(work).items():
        command += ["--header", f"{name}: {value}"]
    command += [url + place + work.path, "--", work.method, str(fresh_number())]
    body = work.written()
    if body is not None:
        command.append(body)
    shown = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    return sample_of(json.loads(shown.splitlines()[-1]), work, tolerant=tolerant)


def sample_of(seen: dict[str, Any], work: Work, *, tolerant: bool = False) -> Sample:
    """Return what the load tool saw. Raises Failed where that is not what the work asks for."""
    refused = seen["requests"] if work.refused else 0
    if not seen["requests"] or seen["refused"] != refused or (seen["failed"] and not tolerant):
        what = f"{seen['requests']} requests, {seen['refused']} refused, {seen['failed']} without an answer"
        raise Failed(f"{work.title}: {what}; {refused} should be refused")
    return Sample(
        seen["requests"] / seen["microseconds"] * 1e6, seen["p50"] / 1000, seen["p99"] / 1000, seen["requests"]
    )

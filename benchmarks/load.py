"""The load: wrk on a core of its own."""

import json
import subprocess
from typing import NamedTuple

from benchmarks.paths import HERE
from benchmarks.work import Work

CONNECTIONS = 16


class Sample(NamedTuple):
    """What one run of the load tool saw."""

    per_second: float
    p50: float
    """Milliseconds."""
    p99: float
    """Milliseconds."""


class Failed(Exception):
    """A run in which some requests were not answered, or answered with an error."""


def measure(url: str, work: Work, *, core: int, seconds: int) -> Sample:
    """Send one request for some seconds over a fixed number of connections. Raises Failed."""
    command = ["taskset", "--cpu-list", str(core), "wrk", "--threads", "1", "--connections", str(CONNECTIONS)]
    command += ["--duration", f"{seconds}s", "--script", str(HERE / "load.lua")]
    for name, value in work.headers.items():
        command += ["--header", f"{name}: {value}"]
    command += [url + work.path, "--", work.method]
    if work.body is not None:
        command.append(json.dumps(work.body, separators=(",", ":")))
    shown = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    seen = json.loads(shown.splitlines()[-1])
    if seen["failed"] or not seen["requests"]:
        raise Failed(f"{work.title} at {url}: {seen['failed']} failed of {seen['requests']}\n{shown}")
    return Sample(seen["requests"] / seen["microseconds"] * 1e6, seen["p50"] / 1000, seen["p99"] / 1000)

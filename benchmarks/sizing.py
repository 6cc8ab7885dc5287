"""What a team's server needs, measured: ``python -m benchmarks.sizing [--seconds N]``.

Writes the tables of docs/running-it-for-a-team.md: requests a second and processor time a request by workers, the
memory of a worker, and what exchanges, changes and sandboxes take up in Redis. It needs redis-server and wrk.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from redis import Redis

CREDENTIAL = {"admin-auth": "12345"}
ORGANISATIONS = "/admin/organisations"
JIVELY = f"{ORGANISATIONS}/54b53d3aeba6db5c35000002"
DOCUMENTED_BODY = {"owner_name": "Jively", "cname": "jive.ly", "cname_enabled": True}
PAGE = Path(__file__).parents[1] / "docs/running-it-for-a-team.md"
SANDBOXES = 20
MANY = 1000
CREWS = ((0, 1), (1, 1), (1, 2), (1, 4))
"""With Redis or without, and how many workers."""
CALLS = (("GET", None), ("PUT", DOCUMENTED_BODY))
KEPT = (
    ("1,000 exchanges in a journal (GET of one record)", MANY, "GET", JIVELY, None),
    ("1,000 records made, without their exchanges", 0, "POST", ORGANISATIONS, DOCUMENTED_BODY),
    ("one record changed 1,000 times, without the exchanges", 0, "PUT", JIVELY, DOCUMENTED_BODY),
)
"""What is kept, with how long a journal, and the call that has it kept."""
_CLIENTS = 16
_LOAD = Path(__file__).with_suffix(".lua")
_PATIENCE = 30
BEGIN, END = "<!-- sizing -->\n", "<!-- /sizing -->\n"
HEAD = (
    "| store | workers | call | requests/s | CPU µs a request | of it in Redis | MB a worker |\n"
    "|---|--:|---|--:|--:|--:|--:|"
)
HEAD_OF_KEPT = "| what Redis keeps | kB |\n|---|--:|"
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Row:
    """What one crew does under one load."""

    store: str
    workers: int
    method: str
    per_second: float
    cost: float
    """Microseconds of processor time a request, in the workers."""
    redis: float
    """The same, in Redis."""
    memory: float
    """Megabytes a worker, what they share counted once."""


def main() -> None:
    """Measure, print the tables and put them into the page."""
    parser = argparse.ArgumentParser(description="What a team's server needs")
    parser.add_argument("--seconds", type=int, default=5, help="of load for each line")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts")
    arguments = parser.parse_args()
    circumstances = (
        f"{datetime.now(UTC):%-d %B %Y}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before"
    )
    with redis() as (port, asked):
        rounds = [measure(port, asked, arguments.seconds) for _ in range(arguments.rounds)]
        kept = taken_up(port, asked)
    tables = [HEAD, *map(line, zip(*rounds, strict=True)), "", HEAD_OF_KEPT]
    tables += [f"| {name} | {bytes / 1000:,.0f} |" for name, bytes in kept.items()]
    written = "\n".join([f"{circumstances}:", "", *tables])
    print(written)
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{written}\n{END}{rest.partition(END)[2]}")


def line(rows: tuple[Row, ...]) -> str:
    """Return the line of a table for what was measured in several rounds."""
    one = rows[0]
    per_second, cost, redis, memory = (
        median(getattr(row, name) for row in rows) for name in ("per_second", "cost", "redis", "memory")
    )
    figures = f"{per_second:,.0f} | {cost + redis:.0f} | {redis:.0f} | {memory:.0f}"
    return f"| {one.store} | {one.workers} | {one.method} | {figures} |"


def measure(port: int, asked: Redis, seconds: int) -> list[Row]:
    """Return what each crew does, warm."""
    rows = []
    for shared, workers in CREWS:
        asked.flushall()
        with served(port if shared else 0, workers) as (url, master):
            for method, body in CALLS:
                load(url, method, body, 1)
                busy, redis_busy = _busy(master), _redis_busy(asked)
                requests, took = load(url, method, body, seconds)
                cost = (_busy(master) - busy) / requests * 1e6
                redis_cost = (_redis_busy(asked) - redis_busy) / requests * 1e6 if shared else 0.0
                store = "Redis" if shared else "memory"
                rows.append(Row(store, workers, method, requests / took, cost, redis_cost, _memory(master) / workers))
    return rows


def taken_up(port: int, asked: Redis) -> dict[str, float]:
    """Return the bytes that Redis needs for what sandboxes keep."""
    found = {}
    for title, journal, method, path, body in KEPT:
        asked.flushall()
        with served(port, 1, "--journal", str(journal)) as (url, _), httpx.Client(trust_env=False) as http:
            _send(http, f"{url}/~one{path}", method, body)
            before = _used(asked)
            for number in range(MANY):
                changed = {**body, "owner_name": f"Jively {number}"} if body else None
                _send(http, f"{url}/~one{path}", method, changed)
            found[title] = _used(asked) - before
    asked.flushall()
    with served(port, 1) as (url, _), httpx.Client(trust_env=False) as http:
        before = _used(asked)
        for number in range(MANY):
            http.put(f"{url}/__admin/sandboxes/made-{number}").raise_for_status()
        found["1,000 sandboxes that nobody changed"] = _used(asked) - before
    return found


@contextmanager
def redis() -> Iterator[tuple[int, Redis]]:
    """Run a Redis of one's own as a team would: append-only, synced each second."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        options = ("--appendonly", "yes", "--save", "", "--dir", folder, "--bind", "127.0.0.1", "--port", str(port))
        process = subprocess.Popen([_found("redis-server"), *options], stdout=subprocess.DEVNULL)
        try:
            _until_listening(port)
            with Redis(port=port, protocol=2) as asked:
                yield port, asked
        finally:
            _end(process)


@contextmanager
def served(redis_port: int, workers: int, *options: str) -> Iterator[tuple[str, int]]:
    """Serve with so many workers, over Redis if there is a port; give URL and process id."""
    port = _free_port()
    command = [sys.executable, "-m", "understudy", "serve", "--port", str(port), "--log-level", "error", *options]
    if redis_port:
        command += ["--store", f"redis://127.0.0.1:{redis_port}/0", "--workers", str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _until_listening(port)
        httpx.get(f"http://127.0.0.1:{port}/__admin/health", trust_env=False, timeout=30).raise_for_status()
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        _end(process)


def load(url: str, method: str, body: Any, seconds: int) -> tuple[int, float]:
    """Send one call to many sandboxes in turn; return how many were answered, and in how many seconds."""
    command = [_found("wrk"), "--threads", "1", "--connections", str(_CLIENTS), "--duration", f"{seconds}s"]
    for name, value in CREDENTIAL.items():
        command += ["--header", f"{name}: {value}"]
    command += ["--script", str(_LOAD), url, "--", method, JIVELY, str(SANDBOXES)]
    command += [json.dumps(body)] if body is not None else []
    shown = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    seen = json.loads(shown.splitlines()[-1])
    if seen["failed"] or not seen["requests"]:
        raise SystemExit(f"{seen['failed']} of {seen['requests']} failed")
    return seen["requests"], seen["microseconds"] / 1e6


def _send(http: httpx.Client, url: str, method: str, body: Any) -> None:
    http.request(method, url, headers=CREDENTIAL, json=body).raise_for_status()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _until_listening(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens at {port}")


def _crew(master: int) -> list[int]:
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [master, *map(int, children)]


def _busy(master: int) -> float:
    """Return the seconds of processor time that a crew has used."""
    ticks = 0
    for process in _crew(master):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICK


def _memory(master: int) -> float:
    """Return the megabytes that a crew takes up, what is shared counted once (Pss)."""
    total = 0
    for process in _crew(master):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _redis_busy(asked: Redis) -> float:
    told = asked.info("cpu")
    return float(told["used_cpu_user"]) + float(told["used_cpu_sys"])


def _used(asked: Redis) -> float:
    return float(asked.info("memory")["used_memory_dataset"])


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise SystemExit(f"{program} is not installed")
    return path


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()

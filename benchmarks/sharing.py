"""CPU time per request: the memory store against Redis, with 1, 2 and 4 workers. ``python -m benchmarks.sharing``.

CPU time, not speed: on a machine with few cores, server, Redis and load get in each other's way, and only what each
of them uses says how far more cores or machines go.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.work import WORKS, Work
from tests.load.client import Client
from tests.support.redis import RedisServer, redis_server
from tests.support.served import served, workers_of

_CONNECTIONS = 16
_SANDBOXES = 16
_ROUNDS = 3
_TICKS = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Microseconds of CPU time that a request takes."""

    server: float
    redis: float


class Contender(NamedTuple):
    """One way to serve."""

    title: str
    workers: int
    shared: bool


CONTENDERS = (
    Contender("memory, 1 worker", 1, shared=False),
    Contender("Redis, 1 worker", 1, shared=True),
    Contender("Redis, 2 workers", 2, shared=True),
    Contender("Redis, 4 workers", 4, shared=True),
)


@contextmanager
def serving(contender: Contender) -> Iterator[tuple[str, list[int], RedisServer | None]]:
    """Serve; give the URL, the processes, and the Redis."""
    options = ["--provider", "tyk", "--log-level", "error"]
    with ExitStack() as stack:
        redis = None
        if contender.shared:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            redis = stack.enter_context(redis_server(directory))
            options += ["--store", redis.url, "--workers", str(contender.workers)]
        server = stack.enter_context(served(*options))
        asyncio.run(_send(server.url, WORKS[0], 500))
        yield server.url, [server.process.pid, *workers_of(server.process.pid)], redis


async def _send(url: str, work: Work, requests: int) -> None:
    """Send so many requests, over sandboxes in turn."""
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    host, port = address.hostname, address.port

    async def send_some(number: int) -> None:
        headers = {**work.headers, "understudy-sandbox": f"box-{number % _SANDBOXES}"}
        async with Client(host, port) as client:
            for turn in range(requests // _CONNECTIONS):
                # two bodies in turn: a PUT that changes nothing would be no write
                body = work.body and {**work.body, "owner_name": f"Jively {turn % 2}"}
                response = await client.send(work.method, work.path, headers, body)
                if response.status != 200:
                    raise RuntimeError(f"{response}")

    await asyncio.gather(*(send_some(number) for number in range(_CONNECTIONS)))


def measure(contender: Contender, requests: int) -> dict[str, Cost]:
    """Return what each work costs: the best of some rounds."""
    best: dict[str, Cost] = {}
    with serving(contender) as (url, processes, redis):
        for _ in range(_ROUNDS):
            for work in WORKS:
                before = _used(processes), _used_by_redis(redis)
                asyncio.run(_send(url, work, requests))
                after = _used(processes), _used_by_redis(redis)
                cost = Cost(*((now - was) / requests * 1e6 for was, now in zip(before, after, strict=True)))
                best[work.title] = min(cost, best.get(work.title, cost), key=sum)
    return best


def _used(processes: list[int]) -> float:
    """Return the seconds of CPU time that processes have used."""
    fields = (Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in processes)
    return sum(int(field[11]) + int(field[12]) for field in fields) / _TICKS


def _used_by_redis(redis: RedisServer | None) -> float:
    if redis is None:
        return 0.0
    said = redis.ask("INFO", "cpu")
    return float(said["used_cpu_user"]) + float(said["used_cpu_sys"])


def main() -> None:
    """Print a table."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    print(f"{datetime.now(UTC):%Y-%m-%d}, `python -m benchmarks.sharing {requests}`, µs of CPU time per request")
    print()
    print("| store | " + " | ".join(f"{work.title}: server | Redis" for work in WORKS) + " |")
    print("|---|" + "---|" * 2 * len(WORKS))
    for contender in CONTENDERS:
        costs = measure(contender, requests)
        cells = [f"{part:.0f}" for work in WORKS for part in costs[work.title]]
        print(f"| {contender.title} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

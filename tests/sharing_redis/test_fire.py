"""Workers that share a Redis, under load: what was acknowledged is there, once, in the order that clients saw.

``--requests`` says how much: some in ``make test``, 50,000 writes in ``make load``. ``-s`` shows the figures.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator

import pytest

from tests.sharing_redis.clients import CLIENTS, Crowd, run
from tests.support.redis import RedisServer
from tests.support.served import Served, served, workers_of

_QUIET = ("--provider", "tyk", "--log-level", "error", "--journal", "100")


@pytest.fixture
def writes(request: pytest.FixtureRequest) -> int:
    """How many writes there shall be."""
    requests: int = request.config.getoption("--requests")
    return requests // 2


@pytest.fixture
def two(lasting: RedisServer) -> Iterator[Served]:
    """Two workers over a Redis that keeps what it has."""
    with served(*_QUIET, "--workers", "2", "--store", lasting.url) as server:
        yield server


@pytest.mark.parametrize("workers", [2, 4])
def test_nothing_is_lost_doubled_or_out_of_order(redis: RedisServer, writes: int, workers: int) -> None:
    redis.ask("FLUSHALL")
    with served(*_QUIET, "--workers", str(workers), "--store", redis.url) as server:
        crowd = Crowd(server.url)
        assert [] == run(crowd, writes)
        show(f"{workers} workers, {CLIENTS} clients", crowd)
        failed = crowd.told.answered.total() - crowd.told.answered["ok"]
        assert failed <= crowd.told.answered.total() / 1000, "where the machine is too busy, the store may seem away"
        assert set(crowd.told.answered) <= {"ok", "Store away"}


def test_a_worker_that_is_killed_breaks_its_connections_and_is_replaced(two: Served, writes: int) -> None:
    crowd = Crowd(two.url)
    killed = []

    async def kill_each() -> None:
        for _ in range(3):
            await asyncio.sleep(0.7)
            victim = workers_of(two.process.pid)[0]
            killed.append(victim)
            os.kill(victim, signal.SIGKILL)
        await asyncio.sleep(1)

    assert [] == run(crowd, writes, kill_each)
    show("a worker killed three times", crowd)
    assert {"ok", "broken"} == set(crowd.told.answered)
    assert crowd.told.answered["broken"] <= CLIENTS * 3
    assert 2 == len(set(workers_of(two.process.pid)) - set(killed))


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_a_redis_that_is_restarted_is_found_again(two: Served, lasting: RedisServer, writes: int, ending: str) -> None:
    crowd = Crowd(two.url)

    async def restart() -> None:
        await asyncio.sleep(0.7)
        await asyncio.to_thread(lasting.stop if ending == "stop" else lasting.kill)
        await asyncio.sleep(0.7)
        await asyncio.to_thread(lasting.start)
        await asyncio.sleep(1)

    assert [] == run(crowd, writes, restart)
    show(f"Redis restarted ({ending})", crowd)
    assert {"ok", "Store away"} == set(crowd.told.answered)


def test_a_redis_that_stands_still_for_five_seconds_is_waited_for(
    two: Served, lasting: RedisServer, writes: int
) -> None:
    crowd = Crowd(two.url)

    async def pause() -> None:
        await asyncio.sleep(0.7)
        lasting.pause()
        await asyncio.sleep(5)
        lasting.go_on()
        await asyncio.sleep(1)

    assert [] == run(crowd, writes, pause)
    show("Redis paused for 5 s", crowd)
    assert {"ok", "Store away"} == set(crowd.told.answered)


def show(what: str, crowd: Crowd) -> None:
    """Show the figures of a run, for RESULTS.md."""
    sys.stdout.write(f"\n{what}: {crowd.told.text()}\n")

"""Several workers of one server: how they begin, share connections and the terminal, and end."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.load.client import Client
from tests.support.redis import RedisServer
from tests.support.served import Served, served, workers_of

_TYK = {"admin-auth": "12345"}
_LINE = re.compile(r"\d\d:\d\d:\d\d \d{3} [A-Z]+ /\S+  .* ms #\d+|         ↳ .+")


@pytest.fixture
def server(redis: RedisServer) -> Iterator[Served]:
    """Two workers, at the usual log level."""
    with served("--provider", "tyk", "--workers", "2", "--store", redis.url) as one:
        while len(workers_of(one.process.pid)) < 2:  # the first screen is shown before they are made
            time.sleep(0.02)
        yield one


async def connected(server: Served, count: int) -> list[Client]:
    address = urlsplit(server.url)
    assert address.hostname is not None
    assert address.port is not None
    clients = [Client(address.hostname, address.port) for _ in range(count)]
    return list(await asyncio.gather(*(client.__aenter__() for client in clients)))


def ended(pid: int) -> bool:
    """Say whether a process has ended, whether anybody has taken notice of it or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_them_cleanly(redis: RedisServer, tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", "--provider", "tyk"]
    command += ["--workers", "3", "--store", redis.url]
    with (tmp_path / "said").open("w+") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        text = ""
        while "Ctrl-C ends it." not in text or len(workers_of(process.pid)) < 3:
            assert process.poll() is None, text
            time.sleep(0.1)
            text = (tmp_path / "said").read_text()
        workers = workers_of(process.pid)
        process.send_signal(number)
        assert 0 == process.wait(20)
    assert all(ended(pid) for pid in workers)
    assert "Traceback" not in (tmp_path / "said").read_text()
    assert 1 == (tmp_path / "said").read_text().count("Ctrl-C ends it."), "the first screen is shown once"


def test_when_the_first_process_is_killed_its_workers_end_too(server: Served) -> None:
    workers = workers_of(server.process.pid)
    assert 2 == len(workers)
    os.kill(server.process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not all(ended(pid) for pid in workers):
        assert time.monotonic() < deadline, "workers that are nobody's go on"
        time.sleep(0.05)


def test_workers_that_cannot_start_stop_the_server_with_a_message() -> None:
    script = (
        "import os\nfrom understudy.web.workers import Crew\nfrom understudy.source import SourceError\n"
        "try:\n    Crew(2, lambda number: os._exit(3)).run()\nexcept SourceError as error:\n    print(error)\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    assert "workers end as soon as they begin (exit code 3); see above\n" == shown.stdout


def test_log_lines_of_several_workers_are_whole(server: Served) -> None:
    async def work() -> None:
        clients = await connected(server, 16)
        await asyncio.gather(*(ask(client, number) for number, client in enumerate(clients)))

    async def ask(client: Client, number: int) -> None:
        for turn in range(20):
            body = {"owner_name": 5, "x" * 500: turn} if turn % 2 else {"owner_name": f"{number}"}
            await client.send("POST", "/admin/organisations", _TYK, body)
        await client.__aexit__()

    asyncio.run(work())
    server.shown(r"#320\b")
    time.sleep(0.5)
    first = next(number for number, line in enumerate(server.lines) if line.startswith("Ctrl-C"))
    lines = [line for line in server.lines[first + 1 :] if line]
    assert [] == [line for line in lines if not _LINE.fullmatch(line)]
    assert 320 == len({line.rsplit("#")[-1] for line in lines if "↳" not in line})


def test_each_worker_gets_a_part_of_the_connections(server: Served) -> None:
    def sockets() -> list[int]:
        return [count_sockets(pid) for pid in workers_of(server.process.pid)]

    async def connect() -> list[int]:
        clients = await connected(server, 1)
        before = sockets()
        clients += await connected(server, 64)
        for client in clients:
            await client.send("GET", "/admin/organisations", _TYK)
        after = sockets()
        for client in clients:
            await client.__aexit__()
        return [now - was for was, now in zip(before, after, strict=True)]

    assert 8 < min(asyncio.run(connect()))


def count_sockets(pid: int) -> int:
    return sum(str(entry.readlink()).startswith("socket:") for entry in Path(f"/proc/{pid}/fd").iterdir())


def refused(*arguments: str) -> str:
    command = [sys.executable, "-m", "understudy", "serve", *arguments]
    shown = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (2, "") == (shown.returncode, shown.stdout)
    assert 1 == len(shown.stderr.splitlines()), shown.stderr
    return shown.stderr


def test_a_port_of_workers_is_taken_for_others(server: Served, redis: RedisServer) -> None:
    port = server.url.rsplit(":", 1)[1]
    told = f"understudy: port {port} on 127.0.0.1 is taken; "
    assert refused("--provider", "tyk", "--port", port).startswith(told)
    assert refused("--provider", "tyk", "--port", port, "--workers", "2", "--store", redis.url).startswith(told)


@pytest.mark.parametrize("store", ["memory", "file:/tmp/understudy-test-store"])
def test_workers_without_a_store_that_they_share_are_refused(store: str) -> None:
    told = refused("--port", "0", "--workers", "2", "--store", store)
    assert told.startswith(
        f"understudy: --workers 2 with --store {store}: each worker would have sandboxes of its own;"
    )


def test_there_is_one_worker_at_least() -> None:
    assert "understudy: --workers 0: give 1 or more\n" == refused("--port", "0", "--workers", "0")


def test_a_handler_that_hangs_in_one_worker_leaves_the_others_at_work(redis: RedisServer) -> None:
    key = {"X-Key": "open-sesame"}
    thing = {"name": "sleep", "colour": "red", "secret": "s"}
    store = redis.url.rsplit("/", 1)[0] + "/7"  # where nobody else plays anything
    with served("--workers", "2", "--store", store, "--handler-timeout", "2", module="tests.toy") as toy:

        async def play() -> None:
            clients = await connected(toy, 12)
            status, *_ = await clients[0].send("POST", "/toy/things", key, thing)
            assert 201 == status
            hung = asyncio.ensure_future(clients[0].send("GET", "/toy/things/latest", key))
            others = [client.send("GET", "/toy/things/1", key) for client in clients[1:]]
            assert {200} == {answer[0] for answer in await asyncio.gather(*others)}
            assert 500 == (await hung)[0]
            for client in clients:
                assert 200 == (await client.send("GET", "/toy/things/4", key))[0]
                await client.__aexit__()

        asyncio.run(play())

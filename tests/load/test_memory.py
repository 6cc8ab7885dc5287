"""A client that fills whatever can be filled: the server stays under what it was started with, and answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.load.client import Client, Response
from tests.support.callers import ORGANISATION, TYK
from tests.support.served import Served, served

MB = 1024 * 1024
MEMORY = 48
"""Megabytes that the server may keep."""
BESIDE = 48
"""Megabytes for what is no part of that: requests on their way, what the allocator does not give back."""
LIMITS = ("--max-memory", str(MEMORY), "--max-sandboxes", "60", "--max-watchers", "8", "--log-level", "error")
ADMIN = "/__admin"
LARGE = "x" * 100_000
KIND = (200, 201, 204, 404, 409, 503, 507)


def resident(server: Served) -> int:
    """Return the bytes of memory that the server's process takes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


@asynccontextmanager
async def filling(server: Served) -> AsyncIterator["Filler"]:
    host, _, port = server.url.removeprefix("http://").partition(":")
    async with Client(host, int(port)) as client:
        yield Filler(client)


class Filler:
    """Asks for more and more, in many sandboxes, and counts what is answered."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.statuses: dict[int, int] = {}

    async def ask(self, method: str, path: str, sandbox: str = "default", body: Any = None) -> Response:
        answer = await self.client.send(method, path, {**TYK, "understudy-sandbox": sandbox}, body)
        assert answer.status in KIND, answer
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        return answer

    async def records(self, sandbox: str, count: int) -> None:
        for number in range(count):
            body = {"owner_name": f"{number}{LARGE}", "owner_slug": f"s{number}"}
            made = await self.ask("POST", "/admin/organisations", sandbox, body)
            if made.status == 200 and number % 3 == 0:
                await self.ask("PUT", f"/admin/organisations/{made.json()['Meta']}", sandbox, body)
            if made.status == 200 and number % 5 == 0:
                await self.ask("DELETE", f"/admin/organisations/{made.json()['Meta']}", sandbox)

    async def small_records(self, sandbox: str, count: int) -> None:
        for number in range(count):
            await self.ask("POST", "/admin/organisations", sandbox, {"owner_name": f"n{number}"})

    async def exchanges(self, sandbox: str, count: int) -> None:
        for number in range(count):
            await self.ask("GET", f"/nowhere/{number}?q={'y' * 20_000}", sandbox)

    async def snapshots(self, sandbox: str, count: int) -> None:
        for number in range(count):
            await self.ask("PUT", f"{ADMIN}/snapshots/s{number}", sandbox)
            await self.ask("PUT", ORGANISATION, sandbox, {"owner_name": f"{number}{LARGE}"})
            if number % 4 == 3:
                await self.ask("POST", f"{ADMIN}/snapshots/s{number - 1}/restore", sandbox)

    async def faults(self, sandbox: str, count: int) -> None:
        rule = {"match": {"body": {"contains": {"owner_name": LARGE}}}, "delay": {"fixed": 0}}
        for _ in range(count):
            await self.ask("POST", f"{ADMIN}/faults", sandbox, rule)

    async def worlds(self, seeds: range) -> None:
        for seed in seeds:
            await self.ask("PUT", f"{ADMIN}/sandboxes/w{seed}", body={"seed": seed})


async def fill(server: Served, rounds: int) -> tuple[list[int], dict[int, int]]:
    """Fill, round by round; return what the server takes after each, and how often each status came."""
    sizes = []
    async with filling(server) as filler:
        for number in range(rounds):
            for sandbox in range(10):
                name = f"s{number}-{sandbox}"
                await filler.records(name, 15)
                await filler.exchanges(name, 30)
                await filler.snapshots(name, 12)
                await filler.small_records(name, 100)
            await filler.faults(f"s{number}-0", 20)
            await filler.worlds(range(2 + 5 * number, 7 + 5 * number))
            sizes.append(resident(server))
        assert 200 == (await filler.ask("GET", f"{ADMIN}/health")).status
        assert 200 == (await filler.ask("GET", "/admin/organisations")).status
        listed = (await filler.ask("GET", f"{ADMIN}/sandboxes?limit=1000")).json()["items"]
        for one in listed:
            dropped = await filler.ask("DELETE", f"{ADMIN}/sandboxes/{one['name']}")
            assert 204 == dropped.status
        again = await filler.ask("POST", "/admin/organisations", "again", {"owner_name": LARGE})
        assert 200 == again.status
        return sizes, filler.statuses


async def listen(server: Served, count: int) -> list[asyncio.StreamWriter]:
    """Ask for event streams, and read nothing of them."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    writers = []
    for number in range(count):
        _, writer = await asyncio.open_connection(host, int(port), limit=1024)
        head = f"GET {ADMIN}/events HTTP/1.1\r\nhost: {host}\r\nunderstudy-sandbox: s{number % 3}-{number % 7}\r\n\r\n"
        writer.write(head.encode())
        writers.append(writer)
    return writers


def test_memory_stays_under_its_limit_whatever_is_filled() -> None:
    async def go(server: Served) -> tuple[int, list[int], dict[int, int]]:
        began = resident(server)
        writers = await listen(server, 12)
        sizes, statuses = await fill(server, 6)
        for writer in writers:
            writer.close()
        return began, sizes, statuses

    with served(*LIMITS) as server:
        began, sizes, statuses = asyncio.run(go(server))
    assert max(sizes) - began < (MEMORY + BESIDE) * MB, [size // MB for size in (began, *sizes)]
    assert statuses[507] > 100, statuses
    assert statuses[200] > 1000, statuses

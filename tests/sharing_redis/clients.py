"""Clients that write and read organisations in shared sandboxes, and note when each answer came and what it said."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from time import monotonic
from urllib.parse import urlsplit

from tests.load.client import Client, Response
from tests.sharing_redis.checker import NEVER, Observed, Read, Write, complaints

CLIENTS = 64
SANDBOXES = 20
_ORGANISATIONS = "/admin/organisations"
_TYK = {"admin-auth": "12345"}
_SEEDED = 5
"""Organisations that a sandbox begins with."""
_BROKEN = (ConnectionError, asyncio.IncompleteReadError)
_PAUSE = 0.05


class Unexpected(AssertionError):
    """An answer that nothing allows."""


@dataclass(slots=True)
class Told:
    """What a run was like for its clients."""

    writes: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    """By kind: ``ok``, ``broken``, or the title of a problem."""
    longest: float = 0.0
    """Seconds that the slowest answer took, of whatever kind."""
    longest_refusal: float = 0.0
    """Seconds that the slowest 503 took."""
    succeeded: list[float] = field(default_factory=list)
    """When each answer came that was as asked."""
    seconds: float = 0.0

    def note(self, kind: str, started: float) -> None:
        """Note how a request ended, now."""
        now = monotonic()
        self.answered[kind] += 1
        self.longest = max(self.longest, now - started)
        if kind == "ok":
            self.succeeded.append(now)
        elif kind != "broken":
            self.longest_refusal = max(self.longest_refusal, now - started)

    def gap(self) -> float:
        """Return the longest time without one good answer."""
        times = sorted(self.succeeded)
        return max(after - before for before, after in pairwise(times))

    def text(self) -> str:
        """Say it in a line, for the results."""
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.answered.items()))
        return (
            f"{self.writes} writes in {self.seconds:.1f} s; {kinds}; longest answer {self.longest * 1000:.0f} ms, "
            f"longest refusal {self.longest_refusal * 1000:.0f} ms, longest time without a good answer "
            f"{self.gap() * 1000:.0f} ms"
        )


class Crowd:
    """So many clients over so many sandboxes, until there are so many writes."""

    def __init__(self, url: str, *, clients: int = CLIENTS, sandboxes: int = SANDBOXES, name: str = "fire") -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self._address = (parts.hostname, parts.port)
        self._clients = clients
        self.names = [f"{name}-{number}" for number in range(sandboxes)]
        self.seen = {name: Observed() for name in self.names}
        self.told = Told()
        self.ids: dict[str, list[str]] = {name: [] for name in self.names}

    async def run(self, writes: int, meanwhile: Callable[[], Awaitable[object]] | None = None) -> None:
        """Make so many writes, and have something happen meanwhile: it ends before the last write is made."""
        began = monotonic()
        going = asyncio.ensure_future(meanwhile()) if meanwhile is not None else None

        def goes_on() -> bool:
            return self.told.writes < writes or (going is not None and not going.done())

        await asyncio.gather(*(_Actor(self, number).act(goes_on) for number in range(self._clients)))
        if going is not None:
            await going
        self.told.seconds = monotonic() - began

    async def judge(self) -> list[str]:
        """Return what is wrong with what the clients saw, given what there is now."""
        found = []
        async with Client(*self._address) as client:
            for name in self.names:
                listed = await client.send("GET", _ORGANISATIONS, {**_TYK, "understudy-sandbox": name})
                if listed.status != 200:
                    raise Unexpected(f"{listed}")
                final = [(one["id"], one["owner_name"]) for one in listed.json()["organisations"][_SEEDED:]]
                found += [f"{name}: {told}" for told in complaints(self.seen[name], final)]
        return found

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self._address


class _Actor:
    """One client, in one sandbox."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self._crowd = crowd
        self._number = number
        self._name = crowd.names[number % len(crowd.names)]
        self._seen = crowd.seen[self._name]
        self._ids = crowd.ids[self._name]
        self._random = Random(number)  # noqa: S311
        self._values = 0
        self._client: Client | None = None

    async def act(self, goes_on: Callable[[], bool]) -> None:
        """Do one thing after the other."""
        try:
            while goes_on():
                await self._random.choices((self._create, self._change, self._read, self._list), (40, 40, 60, 1))[0]()
        finally:
            await self._hang_up()

    async def _create(self) -> None:
        value, started = self._value(), monotonic()
        response = await self._ask("POST", _ORGANISATIONS, {"owner_name": value})
        self._crowd.told.writes += 1
        id = "" if response is None else response.json()["Meta"]
        self._seen.creations.append(Write(self._number, id, value, started, monotonic() if id else NEVER))
        if id:
            self._ids.append(id)

    async def _change(self) -> None:
        if not self._ids:
            await self._create()
            return
        id, value, started = self._one(), self._value(), monotonic()
        response = await self._ask("PUT", f"{_ORGANISATIONS}/{id}", {"owner_name": value})
        self._crowd.told.writes += 1
        ended = NEVER if response is None else monotonic()
        self._seen.changes.append(Write(self._number, id, value, started, ended))

    async def _read(self) -> None:
        if not self._ids:
            return
        id, started = self._one(), monotonic()
        response = await self._ask("GET", f"{_ORGANISATIONS}/{id}")
        if response is not None:
            self._seen.reads.append(Read(self._number, id, response.json()["owner_name"], started, monotonic()))

    async def _list(self) -> None:
        started = monotonic()
        response = await self._ask("GET", _ORGANISATIONS)
        if response is None:
            return
        records, ended = response.json()["organisations"][_SEEDED:], monotonic()
        self._seen.listed.append((started, frozenset(record["id"] for record in records)))
        self._seen.reads += [Read(self._number, one["id"], one["owner_name"], started, ended) for one in records]

    def _one(self) -> str:
        """Choose a record: mostly one that others are at as well."""
        return self._random.choice(self._ids[-3:] if self._random.random() < 0.8 else self._ids)

    def _value(self) -> str:
        self._values += 1
        return f"{self._number}/{self._values}"

    async def _ask(self, method: str, path: str, body: object = None) -> Response | None:
        """Return the answer if it is as asked; None if it is an error that may be. Raises Unexpected."""
        started = monotonic()
        try:
            response = await self._send(method, path, body)
        except _BROKEN:
            self._crowd.told.note("broken", started)
            await self._hang_up()
        else:
            if response.status == 200:
                self._crowd.told.note("ok", started)
                self._seen.exchanges.append(int(response.headers["understudy-exchange"]))
                return response
            self._crowd.told.note(_problem(response), started)
        await asyncio.sleep(_PAUSE)
        return None

    async def _send(self, method: str, path: str, body: object) -> Response:
        if self._client is None:
            client = Client(*self._crowd.address)
            await client.__aenter__()
            self._client = client
        return await self._client.send(method, path, {**_TYK, "understudy-sandbox": self._name}, body)

    async def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                await client.__aexit__()
            except _BROKEN:
                return


def _problem(response: Response) -> str:
    """Return the title of a 503 that is as promised."""
    headers = response.headers
    fine = response.status == 503 and headers.get("content-type") == "application/problem+json"
    if not fine or headers.get("retry-after") != "1":
        raise Unexpected(f"{response}")
    title: str = response.json()["title"]
    return title


def run(crowd: Crowd, writes: int, meanwhile: Callable[[], Awaitable[object]] | None = None) -> Sequence[str]:
    """Run a crowd and judge what it saw."""

    async def all_of_it() -> list[str]:
        await crowd.run(writes, meanwhile)
        return await crowd.judge()

    return asyncio.run(all_of_it())

"""Those who share sandboxes, read pages and listen: what they see is their own, or whole, or in order."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import orjson

from tests.soak.line import PATIENCE, Line, chunks, read_head, request_of
from tests.soak.player import Bases
from tests.soak.tally import Away, Tally, Wrong, require, shown
from tests.soak.vendors import ORGANISATIONS, TYK

SHARED = 2
"""Sandboxes in which several work at a time."""
_PAGES = (
    "/", "/console", "/docs/tyk", "/docs/elevate", "/docs/ivalt", "/docs/koneksi", "/docs/tyk/openapi.yaml",
    "/docs/koneksi/openapi.json", "/docs/tyk/swagger", "/~shared-0/console", "/~shared-1/docs/tyk",
)  # fmt: skip
_ASSET = re.compile(rb'/assets/[^"?]+\?v=[0-9a-f]+')


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everybody plays."""

    address: tuple[str, int]
    tally: Tally
    bases: Bases


class Neighbour:
    """Works in a sandbox beside others, on records of its own."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.name = f"neighbour-{number}"
        self._tally = stage.tally
        self._random = stage.tally.random(self.name)
        self._line = Line(stage.address, stage.tally, kept=number % 3 != 0)
        self._sandbox = f"shared-{number % SHARED}"
        self._serial = 0
        self._exchange = 0

    async def step(self) -> None:
        """Make a record, see it among the others, and take it away again."""
        self._serial += 1
        name = f"{self.name} {self._serial}"
        id: str = (await self._call("organisation_created", "POST", "", {"owner_name": name}))["Meta"]
        await self._sees(id, name)
        await self._call("organisation_updated", "PUT", f"/{id}", {"owner_name": f"{name} changed"})
        await self._sees(id, f"{name} changed")
        await self._call("organisation_deleted", "DELETE", f"/{id}")
        await self._call("organisation_not_found", "GET", f"/{id}")

    async def leave(self) -> None:
        await self._line.close()

    async def _sees(self, id: str, name: str) -> None:
        read = await self._call("organisation_read", "GET", f"/{id}")
        listed = await self._call("organisations_listed", "GET", "")
        names = [record["owner_name"] for record in listed["organisations"] if record["id"] == id]
        require([name] == names == [read["owner_name"]], lambda: f"{id} is {name}: {shown(read)} {names}")

    async def _call(self, wanted: str, method: str, path: str, body: object = None) -> Any:
        target = f"/~{self._sandbox}{ORGANISATIONS}{path}"
        answer = await self._line.ask(method, target, TYK, body)
        number = int(answer.headers.get("understudy-exchange", 0))
        holds = answer.name == wanted and self._exchange < number
        require(holds, lambda: f"{method} {target}: {wanted} after {self._exchange} wanted, {shown(answer)}")
        self._exchange = number
        return answer.json()


class Reader:
    """Visits pages, and all that they are made of."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.name = f"reader-{number}"
        self._tally = stage.tally
        self._random = stage.tally.random(self.name)
        self._line = Line(stage.address, stage.tally, kept=number % 2 == 0)

    async def step(self) -> None:
        page = self._random.choice(_PAGES)
        for asset in dict.fromkeys(_ASSET.findall(await self._read(page))):
            await self._read(asset.decode())
        await asyncio.sleep(self._random.uniform(0, 0.5))

    async def leave(self) -> None:
        await self._line.close()

    async def _read(self, path: str) -> bytes:
        answer = await self._line.ask("GET", path, {})
        require(answer.status == 200 and answer.body, lambda: f"GET {path}: {shown(answer)}")
        self._tally.count("pages and assets read")
        return answer.body


class Listener:
    """Listens to a shared sandbox for a while, and goes; often comes back for what it missed."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.name = f"listener-{number}"
        self._stage = stage
        self._random = stage.tally.random(self.name)
        self._sandbox = f"shared-{number % SHARED}"
        self._last: int | None = None

    async def step(self) -> None:
        line = Line(self._stage.address, self._stage.tally)
        try:
            async with asyncio.timeout(PATIENCE) as patience:
                await self._listen(line, patience)
        except TimeoutError:
            raise Wrong(f"no event of {self._sandbox} within {PATIENCE:.0f} s") from None
        finally:
            line.hang_up(reset=self._random.random() < 0.5)
        if self._random.random() < 0.5:
            self._last = None
        await asyncio.sleep(self._random.uniform(0, 0.3))

    async def leave(self) -> None:
        """It left already."""

    async def _listen(self, line: Line, patience: asyncio.Timeout) -> None:
        reader, writer = await line.open()
        since = {} if self._last is None else {"last-event-id": str(self._last)}
        writer.write(request_of(line.address[0], "GET", f"/~{self._sandbox}/__admin/events", since))
        status, headers = await read_head(reader)
        if self._stage.tally.remote and status == 503:
            raise Away
        require(status == 200, lambda: f"events of {self._sandbox}: {status} {headers}")
        self._stage.tally.count("event streams")
        wanted, buffer = self._random.randint(5, 200), b""
        async for piece in chunks(reader):
            *events, buffer = (buffer + piece).split(b"\n\n")
            for event in events:
                if self._hear(event):
                    wanted -= 1
                    patience.reschedule(asyncio.get_running_loop().time() + PATIENCE)
            if wanted <= 0 or self._stage.tally.over.is_set():
                return
        raise Wrong(f"the events of {self._sandbox} ended by themselves")

    def _hear(self, event: bytes) -> bool:
        """Hold an event to the one before; say whether it tells of an exchange."""
        if event.startswith(b":"):
            return False
        fields = dict(line.split(b": ", 1) for line in event.split(b"\n"))
        data = orjson.loads(fields[b"data"])
        if fields[b"event"] == b"gap":
            self._last = None if data["lost"] is None or self._last is None else self._last + data["lost"]
            self._stage.tally.count("gaps told of")
            return False
        id = int(fields[b"id"])
        follows = self._last is None or id == self._last + 1
        require(follows, lambda: f"event {id} of {self._sandbox} comes after {self._last}")
        require(data["sandbox"] == self._sandbox, lambda: f"an event of {data['sandbox']} in {self._sandbox}")
        self._last = id
        self._stage.tally.count("events")
        return True

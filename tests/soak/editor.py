"""Somebody who edits contracts and handlers while everybody plays, and at times breaks them."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from tests.soak.line import Line
from tests.soak.server import SoakServer
from tests.soak.tally import Tally, require, shown
from tests.soak.vendors import TYK

_MESSAGE = re.compile(r"(route_not_found:.*?Message: )([^,}]*)", re.DOTALL)
_RELOADED = "reloaded after a change"
_REFUSED = "not reloaded, still playing"


class Editor:
    """Changes the contract of Tyk, its fixture and its handlers, in a copy that the server watches."""

    def __init__(self, server: SoakServer, sources: Path, tally: Tally) -> None:
        self.name = "editor"
        self._server = server
        self._tally = tally
        self._random = tally.random(self.name)
        self._line = Line(server.address, tally, kept=False)
        self._contract = sources / "openapi/tyk.yaml"
        self._fixture = sources / "fixtures/tyk.yaml"
        self._handlers = sources / "src/understudy/providers/tyk/organisations.py"
        self._message = "Not found"
        self._serial = 0

    async def step(self) -> None:
        """Change one thing, and see that it is played; or break one, and see that it is not."""
        way = self._random.choice(
            (self._alter_contract, self._alter_contract, self._break, self._alter_handlers, self._alter_fixture)
        )
        await way()
        await asyncio.sleep(self._random.uniform(0.5, 3))

    async def leave(self) -> None:
        """Nothing is left open."""

    async def _alter_contract(self) -> None:
        self._serial += 1
        self._message = f"Not found by edition {self._serial}"
        await self._edit(self._contract, lambda text: _MESSAGE.sub(rf"\g<1>{self._message}", text, count=1), _RELOADED)
        await self._see()
        self._tally.count("contracts altered")

    async def _alter_handlers(self) -> None:
        self._serial += 1
        await self._edit(self._handlers, lambda text: f"{text.rstrip()}\nEDITION = {self._serial}\n", _RELOADED)
        await self._see()
        self._tally.count("handlers altered")

    async def _alter_fixture(self) -> None:
        self._serial += 1
        await self._edit(self._fixture, lambda text: f"{text.rstrip()}\n# {self._serial}\n", _RELOADED)
        self._tally.count("fixtures altered")

    async def _break(self) -> None:
        path, broken = self._random.choice(
            (
                (self._contract, "openapi: ["),
                (self._contract, "openapi: 3.0.3\n"),
                (self._handlers, "def list_organisations(:"),
                (self._fixture, "worlds: {documented: {organisations: {personas: 5}}}"),
            )
        )
        good = await asyncio.to_thread(path.read_text)
        await self._edit(path, lambda _: broken, _REFUSED)
        await self._see()
        await self._edit(path, lambda _: good, _RELOADED)
        await self._see()
        self._tally.count("files broken and mended")

    async def _edit(self, path: Path, change: Callable[[str], str], wanted: str) -> None:
        mark = len(self._server.watched)
        await asyncio.to_thread(_rewrite, path, change)
        said = await asyncio.to_thread(self._server.wait_for, mark)
        require(said is not None and wanted in said, lambda: f"{path.name}: {wanted!r} wanted, {said!r} said")
        self._tally.count("reloads" if wanted == _RELOADED else "reloads refused")

    async def _see(self) -> None:
        answer = await self._line.ask("GET", "/~edited/admin/nowhere", TYK)
        played = answer.json()["Message"]
        require(played == self._message, lambda: f"{self._message!r} wanted, {shown(answer)} played")


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text()))

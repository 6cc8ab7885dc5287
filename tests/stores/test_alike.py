"""Both shared stores, asked the same, answer the same: what a proposal leads to stands in Python and in Lua."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.redis import redis_server
from understudy.stores.file import FileStore
from understudy.stores.redis import RedisStore
from understudy.stores.store import NOWHERE, Head, Missed, Proposal, Settled, Store

NAMES = ("default", "a", "b")
BOUNDS: dict[str, Any] = {"journal": 5, "bytes": 10**6}
Step = Callable[[Store, dict[str, str]], Awaitable[Any]]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A Redis of one's own."""
    with redis_server(tmp_path) as server:
        yield server.url


class Asked:
    """One store under a random course of events; epochs are told apart by the order in which they were met."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store = store
        self.draw = random.Random(seed)  # noqa: S311
        self.epochs = [""]
        self.seen: dict[str, list[Head]] = {name: [NOWHERE] for name in NAMES}

    async def step(self) -> Any:
        """Ask something; return what can be told of the answer."""
        name = self.draw.choice(NAMES)
        kinds = ("create", "drop", "catch_up", "record", "forgive", "checkpoint", "entries", "names", *["settle"] * 12)
        kind = self.draw.choice(kinds)
        return kind, name, await getattr(self, f"_{kind}")(name)

    async def _create(self, name: str) -> Any:
        return self._met(name, await self.store.create(name, 10))

    async def _drop(self, name: str) -> None:
        if self.draw.random() < 0.2:
            await self.store.drop(name)

    async def _catch_up(self, name: str) -> Any:
        head, missed = await self.store.catch_up(name, self._known(name))
        return self._met(name, head), _told(missed)

    async def _settle(self, name: str) -> Any:
        draw, seen = self.draw, self._known(name)
        change = draw.choice((b"", b"", b"change", b"another change"))
        proposal = Proposal(
            seen,
            change,
            draw.choice((b"", b"entry", b"a longer entry than that")),
            draw.choice((0, seen.exchanges + 1, seen.exchanges + 1)),
            reset=draw.random() < 0.05,
            clear=draw.random() < 0.05,
            reserved=draw.random() < 0.1,
        )
        if proposal.id and draw.random() < 0.3:
            proposal = proposal._replace(exact=True)
        settled: Settled = await self.store.settle(name, proposal)
        return settled.done, self._met(name, settled.head), settled.id, _told(settled.missed)

    async def _record(self, name: str) -> None:
        seen = self._known(name)
        entry, id, pending = self.draw.choice((b"", b"late")), self.draw.randrange(1, 9), self.draw.random() < 0.5
        await self.store.record(name, seen, entry, id, pending=pending)

    async def _forgive(self, name: str) -> None:
        head, _ = await self.store.catch_up(name, NOWHERE)
        if head.epoch:
            await self.store.forgive(name)

    async def _checkpoint(self, name: str) -> None:
        seen = self._known(name)
        await self.store.checkpoint(name, seen, self.draw.randrange(0, 12), b"whole")

    async def _entries(self, name: str) -> Any:
        return [tuple(entry) for entry in await self.store.entries(name, self.draw.randrange(0, 5))]

    async def _names(self, _: str) -> Any:
        return sorted({"default", *await self.store.names()})

    def _known(self, name: str) -> Head:
        return self.draw.choice(self.seen[name][-3:])

    def _met(self, name: str, head: Head) -> Any:
        self.seen[name].append(head)
        if head.epoch not in self.epochs:
            self.epochs.append(head.epoch)
        return self.epochs.index(head.epoch), head[1:-1]  # but for the stamp, which a file does not need


def _told(missed: Missed) -> Any:
    return missed.checkpoint, tuple(missed.changes)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_both_stores_say_the_same(url: str, tmp_path: Path, seed: int) -> None:
    async def go() -> None:
        stores: tuple[Store, Store] = (FileStore(tmp_path / "x.db", **BOUNDS), RedisStore(url, **BOUNDS))
        one, other = (Asked(store, seed) for store in stores)
        for _ in range(400):
            assert await one.step() == await other.step()
        for store in stores:
            await store.close()

    asyncio.run(go())

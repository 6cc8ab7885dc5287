"""Two workers of one store, in one process and one loop: a store that is a file, and what may become of it."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from tests.support.inprocess import call, edge_of
from understudy.journal import BYTES
from understudy.stores.file import FileStore
from understudy.stores.store import Proposal, Settled, StoreAway

ORGANISATIONS = "/admin/organisations"
TYK = ((b"admin-auth", b"12345"),)
ADMIN = "/__admin"


class Met(NamedTuple):
    """An answer."""

    status: int
    headers: dict[str, str]
    json: Any

    @property
    def id(self) -> int:
        return int(self.headers["understudy-exchange"])


class TroubledStore(FileStore):
    """A store to which things happen."""

    def __init__(self, folder: Path, journal: int = 1000) -> None:
        super().__init__(folder / "store.db", journal=journal, bytes=BYTES)
        self.proposals: list[Proposal] = []
        self.rivals = 0
        """How often somebody else changes a sandbox just before."""
        self.away = ""
        """``before``: what is asked is not done; ``after``: it is, and nobody hears of it."""

    async def names(self) -> list[str]:
        if self.away:
            raise StoreAway("gone")
        return await super().names()

    async def settle(self, name: str, proposal: Proposal) -> Settled:
        self.proposals.append(proposal)
        if self.away == "before":
            raise StoreAway("gone")
        kept = self._archive.find(name)
        if self.rivals and kept is not None:
            self.rivals -= 1
            await super().settle(name, Proposal(kept.head, b"{}"))
        settled = await super().settle(name, proposal)
        if self.away == "after":
            raise StoreAway("gone")
        return settled


class Worker:
    """A worker, asked without a socket."""

    def __init__(self, store: FileStore, **options: Any) -> None:
        self.edge, self.sandbox = edge_of("tyk", store=store, **options)
        self.replicas: Any = self.edge.sandboxes

    async def __call__(self, method: str, path: str, json: Any = None, **headers: str) -> Met:
        path, _, query = path.partition("?")
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost"), *TYK, *named],
            "server": ("localhost", 80),
            "root_path": "",
        }
        body = b"" if json is None else orjson.dumps(json)
        status, answered, content = await call(self.edge, scope, body)
        told = {name.decode(): value.decode() for name, value in answered}
        return Met(status, told, orjson.loads(content) if content.startswith((b"{", b"[")) else None)

    async def create(self, name: str) -> Met:
        return await self("POST", ORGANISATIONS, {"owner_name": name})

    async def names(self) -> list[str]:
        """Return the names of the organisations that were created, as the vendor's API lists them."""
        listed = (await self("GET", f"{ORGANISATIONS}?p=-1")).json["organisations"]
        return [one["owner_name"] for one in listed if one["owner_name"].startswith("New ")]

    async def asked(self) -> list[tuple[int, str, str]]:
        """Return id, method and path of what is in the journal, oldest first."""
        items = (await self("GET", f"{ADMIN}/requests?limit=1000")).json["items"]
        return [(one["id"], one["method"], one["path"]) for one in items][::-1]


def two(
    folder: Path, play: Callable[[Worker, Worker, TroubledStore], Coroutine[Any, Any, None]], **options: Any
) -> None:
    """Have two workers of one store play."""

    async def go() -> None:
        store = TroubledStore(folder)
        try:
            await play(Worker(store, **options), Worker(store, **options), store)
        finally:
            await store.close()

    asyncio.run(go())

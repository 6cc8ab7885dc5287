"""Talking to the app without a socket: an httpx transport over ASGI, driven synchronously."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.support.stores import STORES
from understudy.bounds import DEFAULTS, Bounds
from understudy.control.gate import Gate
from understudy.control.room import House
from understudy.kernel.clock import Clock
from understudy.parts import Part, load_parts
from understudy.sandbox import JOURNAL, Sandbox, World
from understudy.sandboxes import DEFAULT, LIMIT, Sandboxes, Worlds
from understudy.sharing.replicas import Replicas
from understudy.stores.store import Store
from understudy.web.app import build_edge
from understudy.web.edge import Edge
from understudy.web.hosts import Hosts

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
_parts: dict[tuple[str, ...], tuple[Part, ...]] = {}
_worlds: dict[tuple[Any, ...], Worlds] = {}


def parts_of(*names: str) -> tuple[Part, ...]:
    """Load providers once for the whole test run: they are immutable."""
    if names not in _parts:
        _parts[names] = load_parts(names)
    return _parts[names]


def worlds_of(names: Sequence[str], *, validate: bool = True, **options: Any) -> Worlds:
    """Build worlds once for the whole test run: they are immutable."""
    key = (tuple(names), validate, repr(options))
    if key not in _worlds:
        _worlds[key] = Worlds(parts_of(*names), validate=validate, **options)
    return _worlds[key]


def world_of(names: Sequence[str], world: str = "documented", seed: int = 1, **options: Any) -> World:
    """Return one world, built once for the whole test run."""
    return worlds_of(names, **options).get(world, seed)


class InProcess(httpx.BaseTransport):
    """Sends requests straight into an ASGI application."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "server": ("localhost", 80),
            "client": ("127.0.0.1", 1),
            "root_path": "",
        }
        status, headers, content = self.loop.run_until_complete(call(self.app, scope, body))
        return httpx.Response(status, headers=headers, content=content, request=request)

    def close(self) -> None:
        store = getattr(getattr(self.app, "sandboxes", None), "store", None)
        if store is not None:
            self.loop.run_until_complete(_close(store))
        self.loop.close()


async def _close(store: Store) -> None:
    """Let what goes on in the background end, and go of the store."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await store.close()


async def call(app: Any, scope: dict[str, Any], body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Run one request through an ASGI application."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], sent[0]["headers"], content


def edge_of(
    *names: str,
    world: str = "documented",
    seed: int = 1,
    now: datetime | None = NEW_YEAR,
    validate: bool = True,
    limit: int = LIMIT,
    journal: int = JOURNAL,
    bounds: Bounds = DEFAULTS,
    store: Store | None = None,
    gate: Gate | None = None,
    show_secrets: bool = False,
    **options: Any,
) -> tuple[Edge, Sandbox]:
    """Return an app and its default sandbox; ``now`` is when its clock stands still, ``None`` lets it run.

    With a ``store`` the app is one of several that keep their sandboxes there; without, ``pytest --store`` says where.
    """
    store = store or STORES.another(journal)
    if bounds is DEFAULTS:
        worlds = worlds_of(names, validate=validate, **options)
    else:  # worlds that other tests hold on to would count
        worlds = Worlds(parts_of(*names), validate=validate, **options)
    sandboxes = (
        Sandboxes(worlds, world, seed, limit=limit, journal=journal, bounds=bounds)
        if store is None
        else Replicas(worlds, store, world, seed, limit=limit, journal=journal, bounds=bounds)
    )
    sandbox = sandboxes.get(DEFAULT)
    sandbox.clock = Clock(frozen=now)
    stand_in(sandbox)
    return build_edge(parts_of(*names), House(sandboxes, gate or Gate(), show_secrets=show_secrets)), sandbox


def stand_in(sandbox: Sandbox) -> None:
    """Have a sandbox that was arranged by hand begin like that, also where a store has it."""
    if sandbox.replica is not None:
        sandbox.replica.stand_in_for(sandbox)


def client_of(*names: str, **options: Any) -> httpx.Client:
    """Return a client of a fresh app in process."""
    edge, _ = edge_of(*names, **options)
    return httpx.Client(transport=InProcess(edge), base_url="http://localhost")


def any_host(client: httpx.Client) -> None:
    """Have the app of a client in process answer to any host."""
    client._transport.app.hosts = Hosts(["*"])  # type: ignore[attr-defined]

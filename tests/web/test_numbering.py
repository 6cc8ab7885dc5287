"""Exchanges are numbered when their requests are whole, whatever happens while a body is on its way."""

import asyncio
from typing import Any

from tests.support.inprocess import call, edge_of
from understudy.web.edge import Edge

BODY = b'{"owner_name": "Slow"}'


def scope(path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    headers["host"] = "localhost"
    head = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "raw_path": b"", "query_string": b"", "headers": head}


async def send_slowly(edge: Edge, message: dict[str, Any], meanwhile: Any) -> None:
    """Send a request whose body, or end, comes only after something else has happened."""
    awaited = asyncio.Event()

    async def receive() -> dict[str, Any]:
        awaited.set()
        await asyncio.sleep(0)
        await meanwhile
        return message

    async def send(_: Any) -> None:
        """Nobody listens."""

    await edge(scope("/admin/organisations", "POST", admin_auth="12345", content_length="22"), receive, send)
    assert awaited.is_set()


def test_a_request_that_is_not_whole_before_a_reset_is_the_next_after_it() -> None:
    edge, sandbox = edge_of("tyk")

    async def meanwhile() -> None:
        await call(edge, scope("/hello"), b"")
        sandbox.reset()
        await call(edge, scope("/hello"), b"")

    asyncio.run(send_slowly(edge, {"type": "http.request", "body": BODY}, meanwhile()))
    assert [(1, "/hello"), (2, "/admin/organisations")] == [(one.id, one.path) for one in sandbox.journal]


def test_a_request_that_never_becomes_whole_takes_no_number() -> None:
    edge, sandbox = edge_of("tyk")
    asyncio.run(send_slowly(edge, {"type": "http.disconnect"}, asyncio.sleep(0)))
    asyncio.run(call(edge, scope("/hello"), b""))
    assert [(1, "/hello")] == [(one.id, one.path) for one in sandbox.journal]

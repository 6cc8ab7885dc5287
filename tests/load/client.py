"""A client that is quick enough to load a server from a test: one connection, kept alive, one request at a time."""

import asyncio
from typing import Any, NamedTuple, Self

import orjson


class Response(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as a value."""
        return orjson.loads(self.body)


class Client:
    """Speaks HTTP/1.1 with a server whose answers have a content length."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.requests = 0

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def send(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> Response:
        """Send one request, its body as JSON."""
        self.requests += 1
        content = b"" if body is None else orjson.dumps(body)
        lines = [f"{method} {path} HTTP/1.1", f"host: {self._host}", f"content-length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if content:
            lines.append("content-type: application/json")
        self._writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content)
        return await self._response()

    async def _response(self) -> Response:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = (line.partition(": ") for line in head[1:-2])
        headers = {name.lower(): value for name, _, value in fields}
        length = int(headers.get("content-length", 0))
        return Response(int(head[0].split()[1]), headers, await self._reader.readexactly(length))

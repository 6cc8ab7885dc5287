"""One request, handed to the application as a server would: in on one side, the answer's pieces out on the other."""

import asyncio
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any

import httpx

from understudy.local.mailbox import End, Mailbox
from understudy.local.stage import Stage
from understudy.web.exchange import Message, Scope

HOST = "localhost"


class Visit:
    """One request inside the mock's loop. The mailbox gets every message of the answer, then End."""

    def __init__(self, stage: Stage, request: httpx.Request, body: bytes, mailbox: Mailbox) -> None:
        self._app = stage.app
        self._scope = _scope(request)
        self._body: bytes | None = body
        self._mailbox = mailbox
        self._gone = asyncio.Event()
        self._stage = stage
        stage.submit(self._play).add_done_callback(self._end)

    def leave(self) -> None:
        """Hang up, as a client does that has heard enough; what was begun is ended all the same."""
        self._stage.call(self._gone.set)

    async def _play(self) -> None:
        await self._app(self._scope, self._receive, self._send)

    def _end(self, future: "Future[None]") -> None:
        try:
            self._mailbox.put(End(future.exception()))
        except CancelledError:
            self._mailbox.put(End())

    async def _receive(self) -> Message:
        body, self._body = self._body, None
        if body is not None:
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self._mailbox.put(message)


def _scope(request: httpx.Request) -> Scope:
    raw_path, _, _ = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.url.path,
        "raw_path": raw_path,
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw if name.lower() != b"host"]
        + [(b"host", HOST.encode())],
        "client": ("127.0.0.1", 0),
        "server": (HOST, 80),
    }


def head_of(message: Any) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Return status and headers of an answer's first message. Raises what became of it instead."""
    if isinstance(message, End):
        raise _told(message, "the mock gave no answer")
    return message["status"], list(message["headers"])


def piece_of(message: Any) -> tuple[bytes, bool]:
    """Return a piece of the body and whether more will come. Raises httpx.ReadError where it breaks off."""
    if isinstance(message, End):
        raise _told(message, "the mock's answer broke off")
    return message.get("body", b""), message.get("more_body", False)


def _told(end: End, otherwise: str) -> BaseException:
    failure = end.failure
    if failure is None:
        return httpx.RemoteProtocolError(otherwise)
    if type(failure).__name__ == "WireFault":
        return _WIRE.get(getattr(failure, "name", ""), httpx.RemoteProtocolError)(f"a fault struck: {failure}")
    return failure


_WIRE: dict[str, Callable[[str], Exception]] = {
    "CONNECTION_RESET_BY_PEER": httpx.ReadError,
}

"""httpx transports into the mock of this process: no socket, real answers, streamed as they are made."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from understudy.client.errors import NotRunning
from understudy.local.asgi import Visit, head_of, piece_of
from understudy.local.mailbox import LoopMailbox, ThreadMailbox
from understudy.local.stage import Stage

_EXTENSIONS = {"http_version": b"HTTP/1.1"}


def _patience(request: httpx.Request) -> Any:
    return request.extensions.get("timeout", {}).get("read")


class ThreadTransport(httpx.BaseTransport):
    """Carries the requests of an httpx.Client; any thread may wait in it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Hand a request to the mock's loop, wait for the head of its answer. Raises httpx.TransportError."""
        assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101 - a Client has seen to it
        body = b"".join(request.stream)
        mailbox = ThreadMailbox(_patience(request))
        visit = _enter(self._stage, request, body, mailbox)
        try:
            status, headers = head_of(mailbox.get())
        except BaseException:
            visit.leave()
            raise
        return httpx.Response(status, headers=headers, stream=_Stream(visit, mailbox), extensions=dict(_EXTENSIONS))


class LoopTransport(httpx.AsyncBaseTransport):
    """Carries the requests of an httpx.AsyncClient, of whatever asyncio loop."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand a request to the mock's loop, wait for the head of its answer. Raises httpx.TransportError."""
        assert isinstance(request.stream, httpx.AsyncByteStream)  # noqa: S101 - an AsyncClient has seen to it
        body = b"".join([piece async for piece in request.stream])
        mailbox = LoopMailbox(_patience(request))
        visit = _enter(self._stage, request, body, mailbox)
        try:
            status, headers = head_of(await mailbox.get())
        except BaseException:
            visit.leave()
            raise
        stream = _AsyncStream(visit, mailbox)
        return httpx.Response(status, headers=headers, stream=stream, extensions=dict(_EXTENSIONS))


class _Stream(httpx.SyncByteStream):
    def __init__(self, visit: Visit, mailbox: ThreadMailbox) -> None:
        self._visit = visit
        self._mailbox = mailbox

    def __iter__(self) -> Iterator[bytes]:
        more = True
        while more:
            piece, more = piece_of(self._mailbox.get())
            if piece:
                yield piece

    def close(self) -> None:
        self._visit.leave()


class _AsyncStream(httpx.AsyncByteStream):
    def __init__(self, visit: Visit, mailbox: LoopMailbox) -> None:
        self._visit = visit
        self._mailbox = mailbox

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            piece, more = piece_of(await self._mailbox.get())
            if piece:
                yield piece

    async def aclose(self) -> None:
        self._visit.leave()


def _enter(stage: Stage, request: httpx.Request, body: bytes, mailbox: ThreadMailbox | LoopMailbox) -> Visit:
    try:
        return Visit(stage, request, body, mailbox)
    except NotRunning as error:
        raise httpx.ConnectError(str(error), request=request) from error

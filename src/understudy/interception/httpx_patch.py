"""httpx, patched where a request would leave for the network: clients that exist already are reached, too."""

from collections.abc import Callable
from typing import Any

import httpx

from understudy.client.way import OwnAsyncTransport, OwnTransport
from understudy.interception.active import taker_of


def sync_send(original: Callable[..., httpx.Response]) -> Callable[..., httpx.Response]:
    """Return what stands in for ``httpx.HTTPTransport.handle_request``."""

    def handle_request(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        taker = None if isinstance(self, OwnTransport) else taker_of(request.method, request.url)
        return original(self, request) if taker is None else taker.send(request)

    return handle_request


def async_send(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return what stands in for ``httpx.AsyncHTTPTransport.handle_async_request``."""

    async def handle_async_request(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> Any:
        taker = None if isinstance(self, OwnAsyncTransport) else taker_of(request.method, request.url)
        return await (original(self, request) if taker is None else taker.send_async(request))

    return handle_async_request

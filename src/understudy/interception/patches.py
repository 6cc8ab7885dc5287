"""Putting patches on, and taking them off again."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any, NamedTuple

import httpx

from understudy.interception.active import LOCK
from understudy.interception.httpx_patch import async_send, sync_send


class _Patch(NamedTuple):
    owner: type
    name: str
    original: Any
    ours: Any


_on: list[_Patch] = []


def put_on() -> None:
    """Patch what is importable, unless it is patched."""
    with LOCK:
        if not _on:
            for owner, name, wrapped in _wanted():
                original = getattr(owner, name)
                ours = wrapped(original)
                setattr(owner, name, ours)
                _on.append(_Patch(owner, name, original, ours))


def take_off() -> None:
    """Restore the originals. One that somebody else has patched since stays, and lets everything through."""
    with LOCK:
        while _on:
            patch = _on.pop()
            if getattr(patch.owner, patch.name) is patch.ours:
                setattr(patch.owner, patch.name, patch.original)


def _wanted() -> Iterator[tuple[type, str, Callable[[Any], Any]]]:
    yield httpx.HTTPTransport, "handle_request", sync_send
    yield httpx.AsyncHTTPTransport, "handle_async_request", async_send
    if find_spec("requests") is not None:
        from requests.adapters import HTTPAdapter

        from understudy.interception.requests_patch import adapter_send

        yield HTTPAdapter, "send", adapter_send

"""Exchanges as they happen: server-sent events, resumable."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import orjson

from understudy.contract.secrets import Secrets
from understudy.control.entries import entry_of
from understudy.control.room import Room
from understudy.journal import Exchange, Journal, Shelf
from understudy.kernel.exchange import Answer, Call

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent."""
WAITING = 256
"""Exchanges that wait for a slow listener."""
WAITING_BYTES = 4 * 1024 * 1024


def stream_events(room: Room, call: Call) -> tuple[Answer, Room]:
    """Send the exchanges of the sandbox as they end; first those after ``Last-Event-ID``."""
    journal, house = room.sandbox.journal, room.house
    if house.streams >= house.max_streams:
        told = f"{house.streams} event streams are open; close one, or raise --max-streams"
        return Answer("too_many_streams", {"detail": told}, {"Retry-After": "1"}), room
    since = call.headers.get("Last-Event-ID", journal.sequence)
    stream = events(journal, since, lambda: house.secrets)
    return Answer("events_streamed", "", {"Cache-Control": "no-store"}), replace(room, stream=stream)


async def events(
    journal: Journal,
    since: int,
    secrets: Callable[[], Secrets],
    *,
    heartbeat: float = HEARTBEAT,
    waiting: int = WAITING,
) -> AsyncGenerator[bytes, None]:
    """Yield an event for each exchange after the one of sequence ``since``; end when the journal is closed.

    Where exchanges are missing in between, a ``gap`` says how many.
    """
    listener = _Listener(waiting)
    end = journal.watch(listener)
    try:
        yield b": listening\n\n"
        if since > journal.sequence:  # counted by another server, or before the sandbox was dropped
            yield _event("gap", {"lost": None})
            since = journal.sequence - len(journal)
        missed = journal.after(since)
        listener.begin_after(missed[-1].sequence if missed else since)
        async for exchange in _following(missed, listener, heartbeat):
            if exchange is None:
                yield b": still listening\n\n"
                continue
            if exchange.sequence > since + 1:
                yield _event("gap", {"lost": exchange.sequence - since - 1})
            since = exchange.sequence
            yield _event("exchange", entry_of(exchange, secrets()), since)
    finally:
        end()


async def _following(missed: list[Exchange], listener: "_Listener", heartbeat: float) -> AsyncIterator[Exchange | None]:
    """Yield those that were missed, then those that come; None after each silence."""
    for exchange in missed:
        yield exchange
    while True:
        while listener.shelf.held:
            yield listener.shelf.take()
        if listener.ended:
            return
        try:
            async with asyncio.timeout(heartbeat):
                await listener.news.wait()
        except TimeoutError:
            yield None
        listener.news.clear()


class _Listener:
    """Keeps what has not been sent yet."""

    def __init__(self, waiting: int) -> None:
        self.shelf = Shelf(waiting, WAITING_BYTES)
        self.news = asyncio.Event()
        self.ended = False

    def __call__(self, exchange: Exchange | None) -> None:
        if exchange is None:
            self.ended = True
        else:
            self.shelf.put(exchange)
        self.news.set()

    def begin_after(self, sequence: int) -> None:
        """Drop what came while the beginning was sent, and is sent from the journal."""
        while self.shelf.held and self.shelf.held[0].sequence <= sequence:
            self.shelf.take()


def _event(kind: str, data: Any, id: int | None = None) -> bytes:
    head = b"" if id is None else b"id: %d\n" % id
    return head + b"event: %s\ndata: %s\n\n" % (kind.encode(), orjson.dumps(data))

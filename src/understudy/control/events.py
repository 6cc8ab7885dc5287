"""Exchanges as they happen: server-sent events, resumable."""

import asyncio
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import orjson

from understudy.bounds import TooManyWatchers
from understudy.contract.secrets import Secrets
from understudy.control.entries import entry_of
from understudy.control.room import Room
from understudy.journal import Exchange, Journal, Shelf
from understudy.kernel.exchange import Answer, Call

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent."""
WAITING = 256
"""Exchanges that wait for a slow listener."""
WAITING_BYTES = 1024 * 1024
_PIECE = 128 * 1024
"""Bytes of the journal that are held on to while they are sent; one exchange may be more."""


def stream_events(room: Room, call: Call) -> tuple[Answer, Room]:
    """Send the exchanges of the sandbox as they end; first those after ``Last-Event-ID``. Raises Refusal."""
    journal, house = room.sandbox.journal, room.house
    try:
        leave = room.sandbox.budget.watch(room.sandbox.name)
    except TooManyWatchers as error:
        return Answer("too_many_watchers", {"detail": str(error)}, {"Retry-After": "1"}), room
    since = call.headers.get("Last-Event-ID", journal.sequence)
    stream = events(journal, since, lambda: house.secrets)
    weakref.finalize(stream, leave)  # whether it was ever begun, or not
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
    listener = _Listener(waiting, journal.sequence)
    end = journal.watch(listener)
    try:
        yield b": listening\n\n"
        if since > journal.sequence:  # counted by another server, or before the sandbox was dropped
            yield _event("gap", {"lost": None})
            since = journal.sequence - len(journal)
        async for exchange in _following(journal, since, listener, heartbeat):
            if exchange is None:
                yield b": still listening\n\n"
                continue
            if exchange.sequence > since + 1:
                yield _event("gap", {"lost": exchange.sequence - since - 1})
            since = exchange.sequence
            yield _event("exchange", entry_of(exchange, secrets()), since)
    finally:
        end()


async def _following(
    journal: Journal, since: int, listener: "_Listener", heartbeat: float
) -> AsyncIterator[Exchange | None]:
    """Yield those that were missed, then those that come; None after each silence."""
    while True:
        since = listener.since(since)
        if found := listener.found(_piece(journal.after(since)), since):
            for exchange in found:
                yield exchange
            since = found[-1].sequence
            continue
        if listener.ended:
            return
        try:
            async with asyncio.timeout(heartbeat):
                await listener.news.wait()
        except TimeoutError:
            yield None
        listener.news.clear()


def _piece(missed: list[Exchange]) -> list[Exchange]:
    """Return the first of them, as many as may be held on to by who reads slowly."""
    total = 0
    for number, exchange in enumerate(missed, 1):
        total += exchange.size
        if total > _PIECE:
            return missed[:number]
    return missed


class _Listener:
    """Keeps what has not been sent yet, and may be in the journal no longer."""

    def __init__(self, waiting: int, last: int) -> None:
        self.shelf = Shelf(waiting, WAITING_BYTES)
        self._last = last  # the sequence of what came last
        self._anew: int | None = None
        self.news = asyncio.Event()
        self.ended = False

    def __call__(self, exchange: Exchange | None) -> None:
        if exchange is None:
            self.ended = True
        else:
            self._note(exchange)
        self.news.set()

    def since(self, since: int) -> int:
        """Return the sequence after which to go on: another one where the journal began to count anew."""
        if self._anew is None:
            return since
        begun, self._anew = self._anew, None
        return begun

    def found(self, kept: list[Exchange], since: int) -> list[Exchange]:
        """Return what comes next: of the journal, or else what was taken off it, as by a reset."""
        held = self.shelf.held
        while held and held[0].sequence <= since:
            self.shelf.take()
        if held and (not kept or held[0].sequence < kept[0].sequence):
            return [self.shelf.take()]
        return kept

    def _note(self, exchange: Exchange) -> None:
        if exchange.sequence <= self._last:  # the store forgot what there was, and counts from 1
            while self.shelf.held:
                self.shelf.take()
            self._anew = exchange.sequence - 1
        self._last = exchange.sequence
        self.shelf.put(exchange)


def _event(kind: str, data: Any, id: int | None = None) -> bytes:
    head = b"" if id is None else b"id: %d\n" % id
    return head + b"event: %s\ndata: %s\n\n" % (kind.encode(), orjson.dumps(data))

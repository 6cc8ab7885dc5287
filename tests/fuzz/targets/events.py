"""What sends events: whoever comes back with the last one that was seen gets the rest, and learns what is missing."""

import asyncio
import json
import re
from contextlib import aclosing
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.target import Target
from understudy.contract.secrets import Secrets
from understudy.control.events import events
from understudy.journal import Exchange, Journal

_LOOP = asyncio.new_event_loop()
_NONE = Secrets()
_COUNTS = st.integers(0, 12)
_SINCE = st.integers(0, 30) | st.sampled_from([2**63 - 1, 2**64 - 1])
_TEXTS = st.sampled_from([b"", b"a\n\ndata: {}", b"id: 9\r\n", b"\xe2\x80\xa8", b"\xff\x00", b"\r"]) | st.binary(
    max_size=9
)


async def _told(kept: int, waiting: int, before: list[bytes], since: int, after: list[bytes]) -> list[dict[str, Any]]:
    """Have a journal of so many exchanges, some recorded before somebody listens and some while; return the events."""
    journal = Journal(kept)
    for body in before:
        journal.record(_exchange(body))
    async with aclosing(events(journal, since, lambda: _NONE, waiting=waiting)) as following:
        pieces = [await anext(following)]
        recording = asyncio.ensure_future(_record(journal, after))
        pieces += [piece async for piece in following]
        await recording
    return [_event(piece) for piece in pieces if not piece.startswith(b":")]


async def _record(journal: Journal, bodies: list[bytes]) -> None:
    """Record exchanges, and let others go on after those of an odd length."""
    for body in bodies:
        journal.record(_exchange(body))
        if len(body) % 2:
            await asyncio.sleep(0)
    journal.close()


def _exchange(body: bytes) -> Exchange:
    return Exchange("POST", "/x", body, {b"a": body}, 0.0, body=body, ended=0.1)


def _event(piece: bytes) -> dict[str, Any]:
    """Read an event as a browser does: a line for each field, an empty one at the end."""
    lines = re.split("\r\n|\n|\r", piece.decode())
    assert ["", ""] == lines[-2:]
    fields = dict(line.split(": ", 1) for line in lines[:-2])
    assert len(fields) == len(lines) - 2
    return fields | {"data": json.loads(fields["data"])}


def _follow(made: tuple[int, int, list[bytes], int, list[bytes]]) -> None:
    """Tell each exchange once and in order, or that it is missing."""
    told = _LOOP.run_until_complete(_told(*made))
    kept, _, before, since, after = made
    seen: int | None = since
    for event in told:
        if event["event"] == "gap" and event["data"]["lost"] is None:
            assert event is told[0], "only where another server has counted is it unknown how many are missing"
            assert since > len(before)
            seen = None
        elif event["event"] == "gap":
            assert event["data"]["lost"] > 0
            seen = None if seen is None else seen + event["data"]["lost"]
        else:
            seen = int(event["id"]) if seen is None else seen + 1
            assert str(seen) == event["id"]
    last = len(before) + len(after)
    off = kept == 0 and not after  # then nothing comes that could tell what is missing
    assert seen in (None, last) or seen == since >= last or off


TARGETS = (
    Target(
        "events",
        st.tuples(_COUNTS, st.integers(1, 6), st.lists(_TEXTS, max_size=12), _SINCE, st.lists(_TEXTS, max_size=12)),
        _follow,
    ),
)

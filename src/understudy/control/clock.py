"""The time that a sandbox lives in: read, set, frozen, advanced."""

from datetime import datetime
from typing import Any

from understudy.control.room import Handler, Room
from understudy.durations import OutOfCalendar, UnusableDuration, moved
from understudy.kernel.clock import Clock, iso, read_iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.sandbox import Sandbox

_YEARS = range(1900, 9999)
"""Vendors count from and to moments around the present one, and must be able to write them."""
_OUT_OF_RANGE = f"a clock stands between the years {_YEARS[0]} and {_YEARS[-1]}"


def clock_data(sandbox: Sandbox) -> dict[str, Any]:
    """Return what the API says of a clock."""
    return {"now": iso(sandbox.now()), "frozen": sandbox.clock.frozen is not None}


def read_clock(room: Room, _: Call) -> tuple[Answer, Room]:
    """Read the clock."""
    return Answer("clock_read", clock_data(room.sandbox)), room


def set_clock(room: Room, call: Call) -> tuple[Answer, Room]:
    """Set the clock, freeze it, or let it run on; what the body does not mention stays."""
    sandbox, real = room.sandbox, room.sandbox.real_time()
    frozen = call.body.get("frozen", sandbox.clock.frozen is not None)
    now = _read_moment(call.body["now"]) if "now" in call.body else sandbox.clock.read(real)
    sandbox.clock = _clock(now, real, frozen=frozen)
    return Answer("clock_set", clock_data(sandbox)), room


def advance_clock(room: Room, call: Call) -> tuple[Answer, Room]:
    """Move the clock by a duration; it stays frozen, or runs on."""
    sandbox, real = room.sandbox, room.sandbox.real_time()
    try:
        now = moved(sandbox.clock.read(real), call.body["by"])
    except OutOfCalendar as error:
        raise Refusal("out_of_range", detail=f"{_OUT_OF_RANGE}; {error}") from None
    except UnusableDuration as error:
        raise Refusal("unusable_duration", detail=str(error)) from None
    sandbox.clock = _clock(now, real, frozen=sandbox.clock.frozen is not None)
    return Answer("clock_advanced", clock_data(sandbox)), room


def _clock(now: datetime, real: datetime, *, frozen: bool) -> Clock:
    """Return a clock; a frozen one stands at a whole millisecond, so that it is what the API says it is."""
    if now.year not in _YEARS:
        raise Refusal("out_of_range", detail=f"{_OUT_OF_RANGE}; this would be {now.year}")
    if frozen:
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return Clock.at(now, real, frozen=frozen)


def _read_moment(text: str) -> datetime:
    try:
        return read_iso(text)
    except (ValueError, OverflowError):
        # RFC 3339 has leap seconds and the year 0; the calendar here has not.
        raise Refusal("out_of_range", detail=f"{text[:50]!r} is no moment that a clock here can show") from None


HANDLERS: tuple[Handler, ...] = (read_clock, set_clock, advance_clock)

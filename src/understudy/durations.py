"""Spans of time as ISO 8601 writes them: ``P1DT2H``, ``PT1M30S``, ``P1M``."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import isodate

_SHAPE = re.compile(r"[+-]?P(?=[0-9T])[0-9A-Z:.,-]*[0-9A-Z]\Z", re.ASCII)


class UnusableDuration(Exception):
    """A text that is no span of time, or one that does not fit here; the message says so."""


class OutOfCalendar(UnusableDuration):
    """A span of time that leads to before the year 1, or beyond 9999."""


def moved(moment: datetime, by: str) -> datetime:
    """Return the moment that lies a duration later; a month later than 31 January is the last of February.

    Raises UnusableDuration for what is no duration, OutOfCalendar for one that leads there.
    """
    span = _read(by)
    try:
        return moment + span
    except (ValueError, OverflowError):
        raise OutOfCalendar(f"{by[:50]!r} leads out of the calendar") from None


def seconds(text: str) -> float:
    """Return how long a duration takes. Raises UnusableDuration, also for one in months or years: they differ."""
    span = _read(text)
    if not isinstance(span, timedelta):
        raise UnusableDuration(f"{text[:50]!r} has months or years, which differ in length; say it in days")
    return span.total_seconds()


def _read(text: str) -> "timedelta | isodate.Duration":
    import isodate

    if not _SHAPE.match(text) or text.endswith("T"):
        raise UnusableDuration(f"{text[:50]!r} is no ISO 8601 duration, such as P1DT2H, PT30S or -P1D")
    try:
        span = isodate.parse_duration(text)
    except OverflowError:
        raise UnusableDuration(f"{text[:50]!r} is too long") from None
    except (isodate.ISO8601Error, ArithmeticError, ValueError):
        raise UnusableDuration(f"{text[:50]!r} is no ISO 8601 duration, such as P1DT2H, PT30S or -P1D") from None
    if not isinstance(span, timedelta) and (span.years % 1 or span.months % 1):
        raise UnusableDuration(f"{text[:50]!r} has a part of a month or a year, which differ in length")
    return span

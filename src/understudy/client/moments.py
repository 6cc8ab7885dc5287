"""Moments and durations, as the control API writes them."""

from datetime import UTC, datetime, timedelta

import isodate


def written(moment: datetime | str) -> str:
    """Write a moment as RFC 3339; a text is taken as it is. Raises ValueError for a moment without a time zone."""
    if isinstance(moment, str):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; give one, such as datetime(2027, 1, 1, tzinfo=UTC)")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def duration(length: timedelta | str) -> str:
    """Write a duration as ISO 8601; a text, such as ``P1DT2H``, is taken as it is."""
    return length if isinstance(length, str) else str(isodate.duration_isoformat(length))

"""Moments and durations, as the control API writes them."""

from datetime import UTC, datetime, timedelta

import isodate


def written(moment: datetime | str) -> str:
    """Write a moment as RFC 3339; a text is taken as it is.

    Raises ValueError for a moment without a time zone, TypeError for what is none.
    """
    if isinstance(moment, str):
        return moment
    if not isinstance(moment, datetime):
        raise TypeError(f"{moment!r} is no moment; give a datetime with a time zone, or such as '2027-01-01T00:00:00Z'")
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; give one, such as datetime(2027, 1, 1, tzinfo=UTC)")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def duration(length: timedelta | str) -> str:
    """Write a duration as ISO 8601; a text, such as ``P1DT2H``, is taken as it is. Raises TypeError for another."""
    if isinstance(length, str):
        return length
    if not isinstance(length, timedelta):
        raise TypeError(f"{length!r} is no duration; give such as timedelta(days=1), or 'P1D'")
    return str(isodate.duration_isoformat(length))

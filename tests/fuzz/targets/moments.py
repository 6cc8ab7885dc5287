"""What reads moments and durations."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from tests.fuzz.target import Target
from understudy.durations import UnusableDuration, moved, seconds
from understudy.kernel.clock import iso, read_iso

_NOW = datetime(2026, 1, 31, tzinfo=UTC)
_DURATIONS = st.from_regex(
    r"[+-]?P?([0-9]{1,12}[.,]?[0-9]{0,3}[YMWDTHS]?){0,4}T?([0-9]{1,9}[HMS]){0,3}\n?", fullmatch=True
) | st.text(alphabet="P-+T0123456789.,YMWDHS:nÑ٣e ", max_size=15)
_MOMENTS = st.from_regex(
    r"-?[0-9]{1,5}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?",
    fullmatch=True,
) | st.text(alphabet="0123456789-:TZtz+.W ", max_size=25)


def _duration(text: str) -> None:
    """Take a duration, or say in one sentence that it is none."""
    try:
        later = moved(_NOW, text)
    except UnusableDuration as error:
        _see(text, error)
    else:
        assert later.tzinfo is UTC
    try:
        assert abs(seconds(text)) <= timedelta.max.total_seconds()
    except UnusableDuration as error:
        _see(text, error)


def _see(text: str, error: Exception) -> None:
    assert repr(text[:50]) in str(error)
    assert "\n" not in str(error)


def _moment(text: str) -> None:
    """Read a moment that can be written again, to the millisecond."""
    try:
        moment = read_iso(text)
    except (ValueError, OverflowError):
        return
    again = read_iso(iso(moment))
    assert timedelta() <= moment - again < timedelta(milliseconds=1)


def _exact(moment: datetime) -> None:
    assert read_iso(moment.isoformat()) == moment


TARGETS = (
    Target("duration", _DURATIONS, _duration),
    Target("moment", _MOMENTS, _moment),
    Target("calendar", st.datetimes(timezones=st.just(UTC)), _exact),
)

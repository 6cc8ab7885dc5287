"""The header ``Date``, by the sandbox's clock: a frozen clock freezes it as well."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

_SECOND = timedelta(seconds=1)


class DateHeader:
    """Writes moments as HTTP does. Moments of one second, which mostly come together, cost two comparisons."""

    __slots__ = ("_from", "_header", "_until")

    def __init__(self) -> None:
        self._from = self._until = datetime.min.replace(tzinfo=UTC)
        self._header = (b"date", b"")

    def of(self, moment: datetime) -> tuple[bytes, bytes]:
        """Return the header that tells a moment (aware, UTC)."""
        if not self._from <= moment < self._until:
            self._from = moment.replace(microsecond=0)
            self._until = self._from + _SECOND
            self._header = _written(self._from)
        return self._header


@lru_cache(maxsize=4096)  # sandboxes whose clocks differ, by turns
def _written(second: datetime) -> tuple[bytes, bytes]:
    return b"date", format_datetime(second, usegmt=True).encode()

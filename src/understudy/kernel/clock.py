"""The time that a sandbox lives in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock as a value: the real time plus an offset, or one frozen moment."""

    offset: timedelta = timedelta()
    frozen: datetime | None = None

    def read(self, real: datetime) -> datetime:
        """Return the sandbox's time at the real time ``real`` (both aware, UTC)."""
        if self.frozen is not None:
            return self.frozen
        return real + self.offset if self.offset else real


def iso(moment: datetime) -> str:
    """Write a moment as RFC 3339 with milliseconds and Z, as most APIs do."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"

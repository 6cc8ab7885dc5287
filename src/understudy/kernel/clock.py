"""The time that a sandbox lives in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock as a value: the real time plus an offset, or one frozen moment."""

    offset: timedelta = timedelta()
    frozen: datetime | None = None

    @classmethod
    def at(cls, now: datetime, real: datetime, *, frozen: bool) -> "Clock":
        """Return a clock that says ``now`` at the real time ``real``: one that stands still, or one that goes on."""
        return cls(frozen=now) if frozen else cls(offset=now - real)

    def read(self, real: datetime) -> datetime:
        """Return the sandbox's time at the real time ``real`` (both aware, UTC)."""
        if self.frozen is not None:
            return self.frozen
        return real + self.offset if self.offset else real


def iso(moment: datetime) -> str:
    """Write a moment as RFC 3339 with milliseconds and Z, as most APIs do."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{utc.isoformat(timespec='milliseconds')[:-6]}Z"


def read_iso(text: str) -> datetime:
    """Read an RFC 3339 moment, in capitals or not. Raises ValueError or OverflowError for one off this calendar."""
    return datetime.fromisoformat(text.upper()).astimezone(UTC)

"""Ids as MongoDB makes them: the first eight of 24 hex digits are Unix seconds."""

from datetime import UTC, datetime

from understudy.kernel.mint import Mint

_32_BITS = 0xFFFFFFFF


def object_id(moment: datetime, mint: Mint, collection: str, nth: int) -> str:
    """Return the id of the ``nth`` record of a collection, born at ``moment``."""
    # A sandbox's clock may stand outside of what 32 bits can say; the real thing wraps round as well.
    seconds = int(moment.timestamp()) & _32_BITS
    return f"{seconds:08x}{mint.hex(f'{collection}.id', nth, 16)}"


def born(id: str) -> datetime:
    """Return the moment that an id begins with."""
    return datetime.fromtimestamp(int(id[:8], 16), UTC)

"""What one sandbox keeps, as the server's budget is charged for it.

A write is charged by the length of what was sent, which costs nothing to find out and is more than enough. Only when
the budget is used up by that is it found out what is kept indeed.
"""

from typing import Protocol
from weakref import proxy

from understudy.bounds import Budget

_CALL, _PIECE, _BYTE = 16 * 1024, 2048, 4
"""Bytes that any call may come to, and each member or item of its body, and each of its bytes."""
_FEW, _CHANGE = 2, 8192
"""Changes that any call may make, and bytes that each of more may come to."""
_SHORT = 512
"""Bytes of a body that may be anything."""
_DROP = 64 * 1024
"""Bytes that may be free again when something was dropped."""
_RECORDS = 8
"""Records that a call may add, beside one for each member or item of its body."""


class Holder(Protocol):
    """What an account is of."""

    def weigh(self) -> int:
        """Return about how many bytes are kept."""

    def lighten(self) -> None:
        """Let go of what can be let go of."""

    def count(self) -> int:
        """Return how many records were added to those of the world."""


class Account:
    """What is kept for one sandbox: never less than there is."""

    __slots__ = ("__weakref__", "_budget", "_faults", "_holder", "_last", "_most", "bytes", "records", "sure")

    def __init__(self, budget: Budget, holder: Holder) -> None:
        self._budget = budget
        self._holder: Holder = proxy(holder)
        self._most = budget.bounds.records
        self._faults = 0
        self.records = 0
        """That were added, at most."""
        self.bytes = 0
        """Of states and snapshots, at most."""
        self.sure = 0
        """What these came to when they were last weighed; less, where something may be free since."""
        self._last = 0
        budget.accounts.add(self)

    def pay(self, body: bytes, changes: int = 0) -> bool:
        """Charge what a call may have added that had this body, and made so many changes; False for too much."""
        length = len(body)
        if length < _SHORT:  # it is not worth a look
            size, records = _CALL + _PIECE * length // 8, _RECORDS + length
        else:
            pieces = body.count(b",") + body.count(b"{") + body.count(b"[")
            size, records = _CALL + _BYTE * length + _PIECE * pieces, _RECORDS + pieces
        if changes > _FEW:
            size += changes * _CHANGE
            records += changes
        self.records += records
        self.bytes += size
        self._last = size
        budget = self._budget
        budget.kept += size
        return budget.kept <= budget.room and self.records <= self._most

    def objection(self, *, more: bool) -> str | None:
        """Say why what was paid for last cannot be kept, if so. ``more``: there are more records than before."""
        if self.records > self._most:
            self.records = self._holder.count()
            if more and self.records > self._most:
                return too_many_records(self._most)
        return None if self._budget.allows(0) else self._budget.full()

    def take_back(self) -> None:
        """Charge no longer what was paid for last: it is not kept."""
        if self._last:
            self.bytes -= self._last
            self._budget.kept -= self._last
        else:
            self._be(self._holder.weigh())  # it was weighed together with the rest

    def learn(self, change: bytes) -> None:
        """Charge what somebody else has changed: it cannot be refused any more, but others may let go of something."""
        if not self.pay(change):
            self._budget.allows(0)

    def dropped(self) -> None:
        """Take into account that something was dropped, and what was kept for it may be free again."""
        self.sure -= _DROP

    def doubt(self) -> None:
        """Take into account that nobody knows what is kept now."""
        self.sure = 0

    def charge(self, bytes: int) -> bool:
        """Charge so many bytes; charge nothing, and return False, where that would be too much."""
        if not self._budget.allows(bytes):
            return False
        self.bytes += bytes
        self._budget.kept += bytes
        return True

    def charge_faults(self, bytes: int) -> bool:
        """Charge what all faults take; change nothing, and return False, where that would be too much."""
        more = bytes - self._faults
        if more > 0 and not self._budget.allows(more):
            return False
        self._faults = bytes
        self._budget.kept += more
        return True

    def weigh(self) -> None:
        """Find out what is kept, where that is not known."""
        if self.bytes != self.sure:
            self._be(self._holder.weigh())

    def lighten(self) -> None:
        """Let go of what can be let go of, and find out what is kept then."""
        if self.bytes:
            self._holder.lighten()
            self._be(self._holder.weigh())

    def begin(self, *, anew: bool) -> None:
        """Charge no faults any more; ``anew``: nothing at all."""
        self.charge_faults(0)
        if anew:
            self.records = 0
            self._be(0)
        self.doubt()

    def close(self) -> None:
        """Charge nothing any more."""
        self.begin(anew=True)
        self._budget.accounts.discard(self)

    def __del__(self) -> None:
        self.close()

    def _be(self, bytes: int) -> None:
        self._budget.kept += bytes - self.bytes
        self.bytes = self.sure = bytes
        self._last = 0


def too_many_records(limit: int) -> str:
    """Say that a sandbox has as many records of its own as it may, and what to do."""
    return (
        f"this sandbox has {limit} records beside those of its world, as many as it may; drop some, reset it "
        f"(POST /__admin/reset), or start the server with a higher --max-records"
    )

"""All connections of one server: how many there may be, what they hold unsent, and which have had their time."""

from typing import Protocol

from uvicorn.server import ServerState

from understudy.limits import Limits

_QUIET = 1.0
"""Seconds that a connection was quiet at least, before it makes room for another."""
_PARTING = 64
"""Connections beyond the limit that may hear so at a time; others are cut off without a word."""


class Party(Protocol):
    """A connection, as the whole of them is looked after."""

    quiet_since: float | None
    """When it became quiet, by the loop's time; None while there is a request."""

    def sweep(self, now: float) -> None:
        """End it, if it has had its time."""

    def close(self) -> None:
        """End it, as soon as what was written is sent."""

    def cut_off(self) -> None:
        """End it at once."""

    def unsent(self) -> int:
        """Return how many bytes the client has not taken yet."""


class Traffic(ServerState):
    """What uvicorn's connections share, held to limits. Nothing of it is looked at in the way of a request."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.open: set[Party] = set()
        self.refused: set[Party] = set()
        """Connections that there is no room for, while they hear it."""
        self.full: set[Party] = set()
        """Connections whose clients read slower than they are answered."""

    def admit(self, party: Party, now: float) -> bool:
        """Take in a connection. False where there are as many as there may be, and each has something to do."""
        if len(self.open) >= self.limits.max_connections and not self._make_room(now):
            return False
        self.open.add(party)
        return True

    def refuse(self, party: Party) -> bool:
        """Say whether there is room to tell a connection that there is none."""
        if len(self.refused) >= _PARTING:
            return False
        self.refused.add(party)
        return True

    def leave(self, party: Party) -> None:
        """Forget a connection that has ended."""
        for group in (self.open, self.refused, self.full):
            group.discard(party)

    def fill(self, party: Party) -> None:
        """Note that a client reads too slowly; cut off the one that has read least, where that is too much in all."""
        self.full.add(party)
        if sum(one.unsent() for one in self.full) > self.limits.max_unsent:
            worst = max(self.full, key=lambda one: one.unsent())
            self.leave(worst)
            worst.cut_off()

    def sweep(self, now: float) -> None:
        """End what has had its time; called about once a second."""
        for party in [*self.open, *self.refused]:
            party.sweep(now)

    def end(self) -> None:
        """Cut off those that hear that there is no room."""
        for party in [*self.refused]:
            party.cut_off()

    def _make_room(self, now: float) -> bool:
        quiet = [(party.quiet_since, party) for party in self.open if party.quiet_since is not None]
        since, party = min(quiet, key=lambda one: one[0], default=(now, None))
        if party is None or now - since < _QUIET:
            return False
        self.leave(party)
        party.close()
        return True

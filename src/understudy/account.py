"""What one sandbox keeps, as it is charged to the server's budget."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from understudy.bounds import Budget
from understudy.kernel.load import GONE, NOTHING, Load
from understudy.kernel.state import State

_SNAPSHOT = 4096
"""Bytes that a snapshot takes beside its records."""


class Held(Protocol):
    """States that are held on to."""

    @property
    def states(self) -> Mapping[str, State]:
        """The states, by provider."""


class _Kept(NamedTuple):
    """One snapshot."""

    snapshot: Held
    bytes: int
    """Of all its records."""
    cost: int
    """Of what none of those before it has."""
    parent: Held | None
    """The one that it shares the rest with."""


class Account:
    """Records, snapshots and faults of one sandbox. What several of these share is charged once, if that is known.

    The present states are made from those of the last snapshot that was taken or restored, the ``root``; beside these
    they hold no more than what was added since.
    """

    __slots__ = ("_budget", "_faults", "_kept", "_loads", "_root", "_since", "bytes", "due", "gone", "records")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._loads: dict[str, tuple[State, Load]] = {}
        self._kept: dict[str, _Kept] = {}
        self._root: Held | None = None
        self._since = self._faults = 0
        self.records = 0
        """Records that are not as in the world."""
        self.bytes = 0
        """Of these, in the present states."""
        self.due = 0
        """What the budget is charged."""
        self.gone = 0
        """Bytes that the last write took out of the present states."""

    def write(self, provider: str, state: State) -> str | None:
        """Count a provider's next state; say why it cannot be kept, and count nothing, where it would be too much."""
        old, load = self._load(provider), state.load()
        added, more = load.added - old.added, load.records - old.records
        records, bytes = self.records + more, self.bytes + load.own - old.own
        charge = self._charge(bytes, self._since + max(0, added))
        if added > more * GONE:  # more than that some are gone
            if more > 0 and records > self._budget.bounds.records:
                return too_many_records(self._budget.bounds.records)
            if charge > self.due and not self._budget.allows(charge - self.due):
                return self._budget.full()
        self._loads[provider] = state, load
        self.records, self.bytes = records, bytes
        self.gone = max(0, added - load.own + old.own)
        self._since += max(0, added)
        self._pay(charge)
        return None

    def begin(self) -> int:
        """Count the states of a world, and no faults; return how many bytes those before had for themselves."""
        self._faults = 0
        return self.jump({}) if self._loads else 0

    def jump(self, states: Mapping[str, State], root: Held | None = None) -> int:
        """Count other states than came of the present ones; return how many bytes these had for themselves."""
        left = self._live(self.bytes, self._since)
        if root is None or root not in [kept.snapshot for kept in self._kept.values()]:
            root = None
        self._root, self._since = root, 0
        self._count(states)
        for name, kept in self._kept.items():
            bytes = load_of(kept.snapshot.states).own  # more where others have grown out of it, and left theirs to it
            if bytes != kept.bytes:
                self._kept[name] = kept._replace(bytes=bytes, cost=bytes)
        self._pay(self._charge(self.bytes, 0))
        return left

    def follow(self, states: Mapping[str, State], snapshots: Mapping[str, Held]) -> None:
        """Count states and snapshots that came from elsewhere, whatever they come to."""
        since = self._since
        for name, state in states.items():
            known = self._loads.get(name)
            if known is None or known[0] is not state:
                old, load = self._load(name), state.load()
                self._loads[name] = state, load
                self.records += load.records - old.records
                self.bytes += load.own - old.own
                since += abs(load.added - old.added)
        self._since = since
        for name in [name for name, kept in self._kept.items() if snapshots.get(name) is not kept.snapshot]:
            self._forget(name)
        for name, snapshot in snapshots.items():
            if name not in self._kept:
                self._put(name, snapshot, states)
        self._pay(self._charge(self.bytes, self._since))

    def keep(self, name: str, snapshot: Held, states: Mapping[str, State]) -> str | None:
        """Count a snapshot, in the place of another of its name; say why it cannot be kept where that is so."""
        cost = _SNAPSHOT
        if not _is_here(snapshot, states):
            cost += load_of(snapshot.states).own
        if not self._budget.allows(cost):
            return self._budget.full()
        self.gone = self._forget(name) if name in self._kept else 0
        self._put(name, snapshot, states)
        self._pay(self._charge(self.bytes, self._since))
        return None

    def forget(self, name: str) -> None:
        """Count a snapshot no longer; ``gone`` says what only exchanges may have of it now."""
        self.gone = self._forget(name)
        self._pay(self._charge(self.bytes, self._since))

    def set_faults(self, bytes: int) -> str | None:
        """Count what all faults take; say why they cannot be kept where that is so."""
        more = bytes - self._faults
        if more > 0 and not self._budget.allows(more):
            return self._budget.full()
        self._faults = bytes
        self._pay(self._charge(self.bytes, self._since))
        return None

    def close(self) -> None:
        """Charge nothing any more."""
        self._pay(0)

    def _put(self, name: str, snapshot: Held, states: Mapping[str, State]) -> None:
        bytes = load_of(snapshot.states).own
        here = _is_here(snapshot, states)
        cost = self._live(bytes, self._since) if here else bytes
        self._kept[name] = _Kept(snapshot, bytes, cost, self._root if here else None)
        if here:
            self._root, self._since = snapshot, 0

    def _forget(self, name: str) -> int:
        gone = self._kept.pop(name)
        here, self._root = self._root is gone.snapshot, None
        for other, kept in self._kept.items():
            if kept.parent is gone.snapshot:
                self._kept[other] = kept._replace(cost=kept.bytes, parent=None)
        return 0 if here else gone.cost

    def _live(self, bytes: int, since: int) -> int:
        return bytes if self._root is None else min(bytes, since)

    def _charge(self, bytes: int, since: int) -> int:
        live = self._live(bytes, since) + self._faults
        return live + sum([kept.cost + _SNAPSHOT for kept in self._kept.values()]) if self._kept else live

    def _pay(self, charge: int) -> None:
        self._budget.kept += charge - self.due
        self.due = charge

    def _load(self, provider: str) -> Load:
        known = self._loads.get(provider)
        return NOTHING if known is None else known[1]

    def _count(self, states: Mapping[str, State]) -> None:
        self._loads = {name: (state, state.load()) for name, state in states.items()}
        self.records = sum([load.records for _, load in self._loads.values()])
        self.bytes = sum([load.own for _, load in self._loads.values()])


def load_of(states: Mapping[str, State]) -> Load:
    """Return what some states hold beside their world."""
    return Load(*map(sum, zip(*[state.load() for state in states.values()], strict=True)))


def too_many_records(limit: int) -> str:
    """Say that a sandbox has as many records of its own as it may, and what to do."""
    return (
        f"this sandbox has {limit} records that are not as in its world, as many as it may; drop some, reset it "
        f"(POST /__admin/reset), or start the server with a higher --max-records"
    )


def _is_here(snapshot: Held, states: Mapping[str, State]) -> bool:
    return snapshot.states.keys() == states.keys() and all(snapshot.states[name] is states[name] for name in states)

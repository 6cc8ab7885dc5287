"""One isolated copy of a world, with its own clock, faults, journal and snapshots, that answers calls."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from understudy.contract.operation import Operation, Setting
from understudy.contract.request import Request
from understudy.faults.faults import Course, Faults, Meeting
from understudy.journal import Exchange, Journal
from understudy.kernel.clock import Clock
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Moment
from understudy.kernel.state import State
from understudy.parts import Part
from understudy.source import SourceError
from understudy.stores.memory import MemoryStore
from understudy.watchdog import UNWATCHED, Watchdog

JOURNAL = 1000
"""Exchanges that a sandbox keeps."""
_RUNNING = Clock()


def real_time() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class World:
    """A named starting state of every provider, made from one seed. Shared by every sandbox that starts from it."""

    name: str
    seed: int
    states: Mapping[str, State]
    settings: Mapping[str, Setting]
    mints: Mapping[str, Mint]

    @classmethod
    def build(
        cls,
        parts: Iterable[Part],
        name: str = "documented",
        seed: int = 1,
        credentials: Mapping[str, list[str]] | None = None,
        *,
        any_credentials: bool = False,
        validate: bool = True,
        watchdog: Watchdog = UNWATCHED,
    ) -> "World":
        """Build a world. Raises SourceError for one that the fixtures do not have."""
        given = credentials or {}
        parts = tuple(parts)
        for part in parts:
            if name not in part.fixture.worlds:
                raise SourceError(
                    f"world {name!r}: {part.name} has no such world; it has {', '.join(part.fixture.worlds)}"
                )
        keyrings = {part.name: part.keyring(given.get(part.name, ()), any=any_credentials) for part in parts}
        return cls(
            name,
            seed,
            {part.name: part.state(name, seed) for part in parts},
            {provider: Setting(keyring, validate, watchdog) for provider, keyring in keyrings.items()},
            {part.name: Mint(seed, part.name) for part in parts},
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The states of a sandbox at one moment, by provider: references, nothing is copied."""

    states: Mapping[str, State]
    taken: datetime
    """The sandbox's time."""
    world: str
    seed: int


class Condition(NamedTuple):
    """All that a sandbox is in beside its journal: a value, which nothing that happens to the sandbox changes."""

    world: World
    states: Mapping[str, State]
    clock: Clock
    faults: tuple[int, tuple[Course, ...]]
    snapshots: Mapping[str, Snapshot]


class Sandbox:
    """Plays operations against its own states: one at a time, each wholly or not at all."""

    __slots__ = (
        "_real_time",
        "_store",
        "clock",
        "exchanges",
        "faults",
        "journal",
        "label",
        "name",
        "replica",
        "snapshots",
        "used",
        "world",
    )

    def __init__(
        self,
        world: World,
        *,
        name: str = "default",
        clock: Clock = _RUNNING,
        journal: int | Journal = JOURNAL,
        real_time: Callable[[], datetime] = real_time,
        replica: Any = None,
    ) -> None:
        self.name = name
        self.label = (b"understudy-sandbox", name.encode())
        self.journal = Journal(journal) if isinstance(journal, int) else journal
        self.replica = replica  # what keeps it the same as its likes in other processes, where there are any
        self.snapshots: dict[str, Snapshot] = {}
        self.used = 0.0  # when a request last came, by time.perf_counter
        self._real_time = real_time
        self.reset(world)
        self.clock = clock

    def reset(self, world: World | None = None) -> None:
        """Begin again, in another world if one is given: states, clock, faults and journal; snapshots stay."""
        if world is not None:
            self.world = world
        self._hold(self.world.states)
        self.exchanges = 0  # that were taken: the id of the last
        self.clock = _RUNNING
        self.faults = Faults()
        self.journal.clear()

    def take(self, exchange: Exchange) -> datetime:
        """Take in a request that is whole: it gets its id, the time, and the states that it finds. Return the time."""
        self.exchanges += 1
        exchange.id = self.exchanges
        exchange.states = self._store.states()
        exchange.world = self.world
        exchange.now = now = self.now()
        return now

    def now(self) -> datetime:
        """Return the sandbox's time."""
        return self.clock.read(self._real_time())

    def real_time(self) -> datetime:
        """Return the time that the sandbox's clock starts from."""
        return self._real_time()

    def play(self, operation: Operation, request: Request, exchange: Exchange) -> None:
        """Play one request, keep the state that it leads to, and note all of it in the exchange."""
        now = self.take(exchange)
        name = operation.provider
        before = self._store.states()[name]
        moment = Moment(exchange.id, now, self.world.mints[name])
        meeting = Meeting(self.faults, exchange, now, operation) if self.faults.members else None
        outcome = operation.perform(request, before, moment, self.world.settings[name], meeting)
        if outcome.state is not before:
            self._store.write(name, outcome.state)
        exchange.after = outcome.state
        exchange.reply = outcome.reply
        exchange.failure = outcome.failure
        if meeting is not None:
            meeting.settle(moment)

    def strike(self, exchange: Exchange) -> None:
        """Let the faults strike a request that no operation plays."""
        Meeting(self.faults, exchange, exchange.now or self.now()).settle(None)

    def moment(self, provider: str, exchange: Exchange) -> Moment:
        """Return the moment of an exchange that no operation plays."""
        mint = self.world.mints.get(provider) or Mint(self.world.seed, provider)  # the control API has none there
        return Moment(exchange.id, exchange.now or self.now(), mint)

    def states(self) -> Mapping[str, State]:
        """Return every provider's present state: a value."""
        return self._store.states()

    def fitted(self, states: Mapping[str, State], world: World | None = None) -> Mapping[str, State]:
        """Return these states as the providers of this world, or another, play them.

        One from before handlers were reloaded is of a class that is gone, and a provider may be.
        """
        ours = (world or self.world).states
        pairs = ((ours[name], state, name) for name, state in states.items() if name in ours)
        return {name: state if type(state) is type(own) else own.adopt(state) for own, state, name in pairs}

    def enter(self, states: Mapping[str, State], world: World | None = None) -> None:
        """Go on from these states, of all providers or of some, in the world that they are of.

        Clock, journal, faults and snapshots stay, and exchanges are counted on.
        """
        fitted = self.fitted(states, world)  # before anything has changed: a provider may raise over its records
        if world is not None and world is not self.world:
            self.world = world
            self._hold(world.states)
        for name, state in fitted.items():
            self._store.write(name, state)

    def snapshot(self) -> Snapshot:
        """Return the present states."""
        return Snapshot(self._store.states(), self.now(), self.world.name, self.world.seed)

    def condition(self) -> Condition:
        """Return all that the sandbox is in, as a value."""
        return Condition(self.world, self._store.states(), self.clock, self.faults.value(), dict(self.snapshots))

    def assume(self, condition: Condition) -> None:
        """Go on from a condition, of this sandbox or of its like; the journal stays."""
        self.world, states, self.clock, faults, snapshots = condition
        self._hold(states)
        self.faults.assume(faults)
        self.snapshots = dict(snapshots)

    def _hold(self, states: Mapping[str, State]) -> None:
        self._store = MemoryStore(states, sealing=self.replica is None)

    def adopted(self, world: World) -> Mapping[str, State]:
        """Return the present records in the states of another world; its providers may raise anything over them."""
        before = self._store.states()
        return {name: state.adopt(before[name]) for name, state in world.states.items() if name in before}

    def rebase(self, world: World, adopted: Mapping[str, State]) -> None:
        """Play on over another world that has adopted the records; clock, journal and snapshots stay."""
        self.world = world
        self._hold(world.states)
        for name, state in adopted.items():
            self._store.write(name, state)

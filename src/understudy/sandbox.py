"""One isolated copy of a world, with its own clock, faults, journal and snapshots, that answers calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from understudy import weighing
from understudy.account import Account
from understudy.bounds import Budget, TooManySnapshots, TooMuchKept
from understudy.contract.operation import Operation, Outcome
from understudy.contract.problem import problem
from understudy.contract.request import Request
from understudy.faults.faults import Course, Fault, Faults, Meeting
from understudy.faults.rule import Rule
from understudy.journal import CHANGE, Exchange, Journal
from understudy.kernel.clock import Clock
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Moment
from understudy.kernel.state import State
from understudy.stores.memory import MemoryStore
from understudy.world import World

__all__ = ["JOURNAL", "Condition", "Sandbox", "Snapshot", "TooManySnapshots", "World", "real_time"]

JOURNAL = 1000
"""Exchanges that a sandbox keeps."""
_SNAPSHOT = 16 * 1024
"""Bytes that a snapshot takes beside its records."""
_RUNNING = Clock()


def real_time() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, eq=False)
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
        "__weakref__",
        "_real_time",
        "_store",
        "account",
        "budget",
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
        budget: Budget | None = None,
    ) -> None:
        self.name = name
        self.label = (b"understudy-sandbox", name.encode())
        self.budget = Budget() if budget is None else budget
        self.account = Account(self.budget, self)
        self.journal = self._new_journal(journal) if isinstance(journal, int) else journal
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
        self.account.begin(anew=not self.snapshots)
        self.exchanges = 0  # that were taken: the id of the last
        self.clock = _RUNNING
        self.faults = Faults(self.budget.bounds.faults)
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
            outcome = self._kept(operation, request, before, outcome, exchange)
        exchange.after = outcome.state
        exchange.reply = outcome.reply
        exchange.failure = outcome.failure
        if meeting is not None:
            meeting.settle(moment)

    def _kept(
        self, operation: Operation, request: Request, before: State, outcome: Outcome, exchange: Exchange
    ) -> Outcome:
        """Keep the state that a call leads to, unless that would be too much: then it is refused, by us.

        Whoever drops something never has too much.
        """
        changes = self._store.write(operation.provider, outcome.state)
        exchange.gone = CHANGE * (changes or 1)
        if operation.method == "delete":
            self.account.dropped()
            return outcome
        if self.account.pay(request.body, changes):
            return outcome
        objection = self.account.objection(more=weighing.more(before, outcome.state))
        if objection is None:
            return outcome
        self._store.write(operation.provider, before)
        self.account.take_back()
        return Outcome(problem(507, objection), before)

    def weigh(self) -> int:
        """Return about how many bytes are kept, with what the way back takes if that can be found out in short."""
        kept = [self._store.states(), *[snapshot.states for snapshot in self.snapshots.values()]]
        past = [*self.journal.states(), *(() if self.replica is None else self.replica.past())]
        if weighing.is_long(past, kept[0]):
            self.lighten()
            past = []
        return weighing.weigh([*kept, *past]) + _SNAPSHOT * len(self.snapshots)

    def lighten(self) -> None:
        """Let go of what can be let go of: there is no way back then to before any exchange."""
        self.journal.forget_states()
        if self.replica is None:
            for name, state in self._store.states().items():
                if (slim := weighing.slim(state)) is not state:
                    self._store.write(name, slim)
        else:
            self.replica.forget()

    def count(self) -> int:
        """Return how many records were added to those of the world."""
        return weighing.added(self._store.states())

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
        self.account.doubt()

    def forget(self, name: str) -> None:
        """Forget a snapshot."""
        del self.snapshots[name]
        self.account.doubt()

    def put(self, provider: str, state: State, body: bytes) -> None:
        """Go on from another state of a provider, made by what a body says. Raises TooMuchKept."""
        before = self._store.states()[provider]
        self._store.write(provider, state)
        if not self.account.pay(body) and (objection := self.account.objection(more=weighing.more(before, state))):
            self._store.write(provider, before)
            self.account.take_back()
            raise TooMuchKept(objection)

    def keep(self, name: str, snapshot: Snapshot) -> None:
        """Keep a snapshot, in the place of another of its name. Raises TooManySnapshots, TooMuchKept."""
        if name not in self.snapshots and len(self.snapshots) >= self.budget.bounds.snapshots:
            raise TooManySnapshots(self.budget.bounds.snapshots)
        is_here = snapshot.states == self._store.states()
        if not self.account.charge(_SNAPSHOT + (0 if is_here else weighing.weigh([snapshot.states]))):
            raise TooMuchKept(self.budget.full())
        self.snapshots[name] = snapshot

    def set_fault(self, rule: Rule) -> Fault:
        """Set one more fault. Raises TooManyFaults, TooMuchKept."""
        fault = self.faults.add(rule)
        if not self.account.charge_faults(self.faults.bytes):
            self.faults.drop(fault)
            raise TooMuchKept(self.budget.full())
        return fault

    def close(self) -> None:
        """Let go of everything: the sandbox is no more."""
        self.journal.retire()
        self.account.close()

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

    def _new_journal(self, limit: int) -> Journal:
        return Journal(limit, self.budget.bounds.journal_bytes, self.budget.journals)

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
        self.journal.let_go()

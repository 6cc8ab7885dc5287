"""One isolated copy of a world, with its own clock, that answers calls."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from understudy.contract.operation import Operation, Outcome, Setting
from understudy.contract.request import Request
from understudy.kernel.clock import Clock
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Keyring, Moment
from understudy.kernel.state import State
from understudy.parts import Part
from understudy.stores.memory import MemoryStore


def _real_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class World:
    """A named starting state of every provider, made from one seed."""

    name: str
    seed: int
    states: Mapping[str, State]
    keyrings: Mapping[str, Keyring]

    @classmethod
    def build(
        cls,
        parts: Iterable[Part],
        name: str = "documented",
        seed: int = 1,
        credentials: Mapping[str, list[str]] | None = None,
        *,
        any_credentials: bool = False,
    ) -> "World":
        """Build a world. Raises SourceError for one that the fixtures do not have."""
        given = credentials or {}
        parts = tuple(parts)
        return cls(
            name,
            seed,
            {part.name: part.state(name, seed) for part in parts},
            {part.name: part.keyring(given.get(part.name, ()), any=any_credentials) for part in parts},
        )


class Sandbox:
    """Plays operations against its own states: one at a time, each wholly or not at all."""

    def __init__(
        self,
        world: World,
        *,
        clock: Clock | None = None,
        validate: bool = True,
        real_time: Callable[[], datetime] = _real_time,
    ) -> None:
        self.clock = clock or Clock()
        self._validate = validate
        self._real_time = real_time
        self._exchanges = 0
        self._enter(world)

    def answer(self, operation: Operation, request: Request) -> Outcome:
        """Play one request; keep the state that it leads to."""
        name = operation.provider
        before = self._store.read(name)
        outcome = operation.perform(request, before, self.moment(name), self._settings[name])
        if outcome.state is not before:
            self._store.write(name, outcome.state)
        return outcome

    def moment(self, provider: str) -> Moment:
        """Return the moment of the next exchange, and count it."""
        self._exchanges += 1
        return Moment(self._exchanges, self.clock.read(self._real_time()), self._mints[provider])

    def states(self) -> dict[str, State]:
        """Return every provider's present state."""
        return self._store.states()

    def rebase(self, world: World) -> None:
        """Play on over another world, as after a reload: records, clock and the count of exchanges stay."""
        before = self._store.states()
        self._enter(world)
        for name, state in world.states.items():
            if name in before:
                self._store.write(name, state.adopt(before[name]))

    def _enter(self, world: World) -> None:
        self.world = world
        self._store = MemoryStore(world.states)
        self._mints = {name: Mint(world.seed, name) for name in world.states}
        self._settings = {name: Setting(keyring, self._validate) for name, keyring in world.keyrings.items()}

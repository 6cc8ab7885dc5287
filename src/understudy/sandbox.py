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
        self.world = world
        self.clock = clock or Clock()
        self._real_time = real_time
        self._store = MemoryStore(world.states)
        self._mints = {name: Mint(world.seed, name) for name in world.states}
        self._settings = {name: Setting(keyring, validate) for name, keyring in world.keyrings.items()}
        self._exchanges = 0

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

    def adopt(self, states: Mapping[str, State]) -> None:
        """Take over the records of another sandbox, for the providers that both have."""
        for name, state in self.world.states.items():
            if name in states:
                self._store.write(name, state.adopt(states[name]))

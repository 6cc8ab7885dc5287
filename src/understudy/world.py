"""A named starting state of every provider."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from understudy.contract.operation import Setting
from understudy.kernel.mint import Mint
from understudy.kernel.state import State
from understudy.parts import Part
from understudy.source import SourceError
from understudy.watchdog import UNWATCHED, Watchdog

_WORLD, _RECORD = 128 * 1024, 1280
"""Bytes that a world takes, and each record of it, on an average of the vendors'."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class World:
    """A named starting state of every provider, made from one seed. Shared by every sandbox that starts from it."""

    name: str
    seed: int
    states: Mapping[str, State]
    settings: Mapping[str, Setting]
    mints: Mapping[str, Mint]
    hashes: dict[str, str] = field(default_factory=dict, compare=False)
    """Of the states, once somebody has asked."""

    @property
    def bytes(self) -> int:
        """About how many bytes of memory it takes."""
        tables = [state.table(name) for state in self.states.values() for name in state.collections()]
        return _WORLD + _RECORD * sum(map(len, tables))

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

"""Who is in a world: what a fixture says, as a provider's seed function reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from understudy.kernel.mint import Mint


class FixtureError(Exception):
    """A fixture that cannot be played; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Persona:
    """One fixed entry of a collection, as the fixture spells it out."""

    members: Mapping[str, Any]
    source: str
    """``file:line``."""

    def over(self, defaults: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``defaults`` with the persona's members laid over them.

        Raises FixtureError for a member that the defaults do not have.
        """
        unknown = [name for name in self.members if name not in defaults]
        if unknown:
            raise FixtureError(
                f"{self.source}: unknown key {unknown[0]!r}; this collection has {', '.join(sorted(defaults))}"
            )
        return {**defaults, **self.members}


@dataclass(frozen=True, slots=True)
class Casting:
    """One collection of a world: fixed personas, and how many made-up entries stand around them."""

    personas: tuple[Persona, ...] = ()
    cast: int = 0


@dataclass(frozen=True, slots=True)
class Cast:
    """One world of one provider."""

    provider: str
    world: str
    mint: Mint
    source: str = ""
    collections: Mapping[str, Casting] = field(default_factory=dict)

    def of(self, collection: str) -> Casting:
        """Return what the fixture says about a collection; nothing if it is not mentioned."""
        return self.collections.get(collection, Casting())

    def only(self, *collections: str) -> None:
        """Refuse a fixture that mentions any other collection. Raises FixtureError."""
        for name in self.collections:
            if name not in collections:
                raise FixtureError(
                    f"{self.source}: world {self.world!r} has an unknown collection {name!r}; "
                    f"{self.provider} has {', '.join(collections)}"
                )

"""Who is in a world: what a fixture says, as a provider's seed function reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from understudy.kernel.mint import Mint


class FixtureError(Exception):
    """A fixture that cannot be played; the message says what is wrong, where, and what to do."""


NOTHING = "nothing"


def kind_of(value: Any) -> str:
    """Say in a word or two what a value of a YAML file is."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a mapping" if isinstance(value, Mapping) else "a list"


def _remedy(wanted: str, given: str) -> str:
    scalar = given in ("true or false", "a number")
    return "write it in quotes" if wanted == "a text" and scalar else "correct it"


@dataclass(frozen=True, slots=True)
class Persona:
    """One fixed entry of a collection, as the fixture spells it out."""

    members: Mapping[str, Any]
    source: str
    """``file:line``."""

    def over(self, defaults: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``defaults`` with the persona's members laid over them.

        Raises FixtureError for a member that the defaults do not have, or have as something else.
        """
        unknown = [name for name in self.members if name not in defaults]
        if unknown:
            raise FixtureError(
                f"{self.source}: unknown key {unknown[0]!r}; this collection has {', '.join(sorted(defaults))}"
            )
        for name, value in self.members.items():
            wanted, given = kind_of(defaults[name]), kind_of(value)
            if wanted != given and NOTHING not in (wanted, given):
                raise FixtureError(
                    f"{self.source}: {name!r} is {given}, and must be {wanted}; {_remedy(wanted, given)}"
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

    def without(self, collection: str, number: int) -> "Cast":
        """Return the same world without one of its personas."""
        section = self.of(collection)
        left = (*section.personas[:number], *section.personas[number + 1 :])
        return replace(self, collections={**self.collections, collection: replace(section, personas=left)})

    def only(self, *collections: str) -> None:
        """Refuse a fixture that mentions any other collection. Raises FixtureError."""
        for name in self.collections:
            if name not in collections:
                raise FixtureError(
                    f"{self.source}: world {self.world!r} has an unknown collection {name!r}; "
                    f"{self.provider} has {', '.join(collections)}"
                )

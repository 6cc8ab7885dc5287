"""The worlds of one provider, as its fixture file spells them out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from understudy.kernel.cast import Cast, Casting, Persona
from understudy.kernel.mint import Mint
from understudy.source import Source, SourceError, pointer_to

_TOP = ("credentials", "logins", "worlds")


class Fixture:
    """One ``fixtures/NAME.yaml``: credentials, logins to print, and worlds."""

    def __init__(self, provider: str, source: Source) -> None:
        self.provider = provider
        self._source = source
        data = source.data
        _only(source, "", data, _TOP)
        self.credentials: tuple[Mapping[str, str], ...] = tuple(data.get("credentials") or ())
        self.logins: tuple[Mapping[str, str], ...] = tuple(data.get("logins") or ())
        self._worlds: Mapping[str, Any] = data.get("worlds") or {}
        for world in self._worlds:
            self.cast(world, Mint(0, provider))

    @classmethod
    def load(cls, provider: str, path: Path) -> "Fixture":
        """Read a fixture file. Raises SourceError with file, line and remedy."""
        return cls(provider, Source.read(path))

    @property
    def worlds(self) -> tuple[str, ...]:
        """The names of the worlds, in the file's order."""
        return tuple(self._worlds)

    def cast(self, world: str, mint: Mint) -> Cast:
        """Return who is in a world. Raises SourceError for a world that the fixture does not have."""
        if world not in self._worlds:
            raise SourceError(f"{self._source.label}: no world {world!r}; it has {', '.join(self._worlds)}")
        where = self._source.at(pointer_to("worlds", world))
        return Cast(self.provider, world, mint, where, self._collections(world, ()))

    def _collections(self, world: str, seen: tuple[str, ...]) -> dict[str, Casting]:
        at = pointer_to("worlds", world)
        spelt = self._worlds[world] or {}
        if not isinstance(spelt, dict):
            raise SourceError(f"{self._source.at(at)}: a world maps collections to their personas and cast")
        collections: dict[str, Casting] = {}
        if like := spelt.get("like"):
            if like not in self._worlds or like in (*seen, world):
                raise SourceError(f"{self._source.at(at + '/like')}: no other world is called {like!r}")
            collections = self._collections(like, (*seen, world))
        for name, section in spelt.items():
            if name != "like":
                collections[name] = self._casting(f"{at}/{name}", section or {}, collections.get(name, Casting()))
        return collections

    def _casting(self, at: str, section: Any, below: Casting) -> Casting:
        _only(self._source, at, section, ("personas", "cast"))
        count = section.get("cast", below.cast)
        if not isinstance(count, int) or count < 0:
            raise SourceError(f"{self._source.at(at + '/cast')}: cast is how many made-up records to add, 0 or more")
        personas = below.personas
        if "personas" in section:
            listed = section["personas"] or []
            personas = tuple(self._persona(f"{at}/personas/{n}", persona) for n, persona in enumerate(listed))
        return Casting(personas, count)

    def _persona(self, at: str, members: Any) -> Persona:
        if not isinstance(members, dict):
            raise SourceError(f"{self._source.at(at)}: a persona maps member names to values")
        return Persona(members, self._source.at(at))


def _only(source: Source, at: str, section: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(section, dict):
        raise SourceError(f"{source.at(at)}: expected a mapping with {', '.join(allowed)}")
    for key in section:
        if key not in allowed:
            raise SourceError(
                f"{source.at(pointer_to(key, base=at))}: unknown key {key!r}; expected {', '.join(allowed)}"
            )

"""The worlds of one provider, as its fixture file spells them out."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from understudy.kernel.cast import Cast, Casting, Persona, kind_of
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
        self.credentials = _texts(source, "credentials")
        self.logins = _texts(source, "logins")
        self._worlds: Mapping[str, Any] = data.get("worlds") or {}
        if not isinstance(self._worlds, dict):
            raise SourceError(f"{source.at('/worlds')}: worlds maps names to worlds, such as 'documented:'")
        for world in self._worlds:
            self.cast(world, Mint(0, provider))

    @classmethod
    def load(cls, provider: str, path: Path) -> "Fixture":
        """Read a fixture file. Raises SourceError with file, line and remedy."""
        return cls(provider, Source.read(path))

    @property
    def label(self) -> str:
        """How messages name the file."""
        return self._source.label

    @property
    def worlds(self) -> tuple[str, ...]:
        """The names of the worlds, in the file's order."""
        return tuple(self._worlds)

    def require_schemes(self, known: Iterable[str]) -> None:
        """See that the credentials name security schemes of the contract. Raises SourceError."""
        schemes = tuple(known)
        for number, credential in enumerate(self.credentials):
            for scheme in credential:
                if scheme not in schemes:
                    where = self._source.at(pointer_to("credentials", number, scheme))
                    there = ", ".join(schemes) or "none"
                    raise SourceError(f"{where}: credentials name {scheme!r}; the contract has {there}")

    def cast(self, world: str, mint: Mint) -> Cast:
        """Return who is in a world. Raises SourceError for a world that the fixture does not have."""
        if world not in self._worlds:
            raise SourceError(f"{self._source.at('/worlds')}: no world {world!r}; it has {', '.join(self._worlds)}")
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
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise SourceError(f"{self._source.at(at + '/cast')}: cast is how many made-up records to add, 0 or more")
        personas = below.personas
        if "personas" in section:
            listed = section["personas"] or []
            if not isinstance(listed, list):
                raise SourceError(f"{self._source.at(at + '/personas')}: personas is a list: begin each with '- '")
            personas = tuple(self._persona(f"{at}/personas/{n}", persona) for n, persona in enumerate(listed))
        return Casting(personas, count)

    def _persona(self, at: str, members: Any) -> Persona:
        if not isinstance(members, dict):
            raise SourceError(f"{self._source.at(at)}: a persona maps member names to values")
        return Persona(members, self._source.at(at))


def _texts(source: Source, key: str) -> tuple[Mapping[str, str], ...]:
    """Return the mappings of names to texts that are listed under a key. Raises SourceError for anything else."""
    listed = source.data.get(key) or []
    if not isinstance(listed, list):
        raise SourceError(f"{source.at('/' + key)}: {key} is a list: begin each with '- '")
    for number, item in enumerate(listed):
        at = pointer_to(key, number)
        if not isinstance(item, dict):
            raise SourceError(f"{source.at(at)}: each of {key} maps names to texts, such as 'NAME: \"value\"'")
        for name, value in item.items():
            if not isinstance(value, str):
                where = source.at(pointer_to(name, base=at))
                raise SourceError(f"{where}: {name} is {kind_of(value)}, and must be a text: write it in quotes")
    return tuple(listed)


def _only(source: Source, at: str, section: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(section, dict):
        raise SourceError(f"{source.at(at)}: expected a mapping with {', '.join(allowed)}")
    for key in section:
        if key not in allowed:
            raise SourceError(
                f"{source.at(pointer_to(key, base=at))}: unknown key {key!r}; expected {', '.join(allowed)}"
            )

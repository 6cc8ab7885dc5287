"""One running mock: parts, world, sandbox and app, assembled from options; reloadable while it runs."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from understudy.parts import Part, Places, load_parts, state_hash
from understudy.sandbox import Sandbox, World
from understudy.source import SourceError
from understudy.web.app import build_app, build_stages
from understudy.web.edge import Edge


@dataclass(frozen=True, slots=True)
class Playbill:
    """What to play: the options that decide on parts, world and strictness."""

    providers: tuple[str, ...] = ()
    world: str = "documented"
    seed: int = 1
    credentials: Mapping[str, list[str]] = field(default_factory=dict)
    any_credentials: bool = False
    validate: bool = True
    places: Places = field(default_factory=Places.default)


class Production:
    """A mock that plays. Raises SourceError where contracts, fixtures or options do not fit together."""

    def __init__(self, playbill: Playbill) -> None:
        self.playbill = playbill
        self.parts, self.world = self._prepare()
        self.sandbox = Sandbox(self.world, validate=playbill.validate)
        self.app: Edge = build_app(self.parts, self.sandbox)

    def state_hash(self) -> str:
        """Return the hash of the starting state."""
        return state_hash(self.world.states.items())

    def reload(self) -> None:
        """Read contracts, fixtures and handlers again; the state stays.

        Raises SourceError, or whatever a handler's module raises when imported, and goes on with
        what it played before.
        """
        with _fresh_modules(self.playbill.places.package):
            parts, world = self._prepare()
        stages = build_stages(parts, self.sandbox)
        self.sandbox.rebase(world)
        self.app.app = stages
        self.parts, self.world = parts, world

    def _prepare(self) -> tuple[tuple[Part, ...], World]:
        playbill = self.playbill
        parts = load_parts(playbill.providers, playbill.places)
        _refuse_unknown(parts, playbill)
        world = World.build(
            parts, playbill.world, playbill.seed, playbill.credentials, any_credentials=playbill.any_credentials
        )
        return parts, world


def _refuse_unknown(parts: tuple[Part, ...], playbill: Playbill) -> None:
    names = [part.name for part in parts]
    for name in playbill.credentials:
        if name not in names:
            raise SourceError(f"--credential {name}=…: no provider is called {name!r}; playing {', '.join(names)}")
    for part in parts:
        if playbill.world not in part.fixture.worlds:
            worlds = ", ".join(part.fixture.worlds)
            raise SourceError(f"--world {playbill.world}: {part.name} has no such world; it has {worlds}")


@contextmanager
def _fresh_modules(package: str) -> Iterator[None]:
    """Import a package's modules anew inside the block; put the old ones back if it fails."""
    old = {name: module for name, module in sys.modules.items() if name.startswith(package + ".")}
    for name in old:
        del sys.modules[name]
    importlib.invalidate_caches()
    try:
        yield
    except BaseException:
        for name in [name for name in sys.modules if name.startswith(package + ".")]:
            del sys.modules[name]
        sys.modules.update(old)
        raise

"""One running mock: parts, world, sandbox and app, assembled from options; reloadable while it runs."""

import gc
import importlib
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from understudy.bounds import DEFAULTS, Bounds
from understudy.control.gate import Gate
from understudy.control.room import House
from understudy.limits import Limits
from understudy.parts import Part, Places, load_parts, state_hash
from understudy.sandbox import JOURNAL
from understudy.sandboxes import LIMIT, Sandboxes, Worlds
from understudy.sharing.opening import MEMORY, claim, opener
from understudy.sharing.replicas import Replicas
from understudy.source import SourceError
from understudy.watchdog import SECONDS, Watchdog
from understudy.web.app import build_edge, build_stages
from understudy.web.hosts import hosts_of

RELOAD = 4
"""How many times the limit of a handler a reload may take: as long as that nobody is answered."""
_SEED = 2**53 - 1
"""As the control API has it."""
_QUICKEST, _SLOWEST = 0.01, 24 * 60 * 60
"""Seconds that a handler's limit may be."""
Beside = Callable[[], Awaitable[None]]
"""Runs along with the server, until it is cancelled."""


@dataclass(frozen=True, slots=True)
class Playbill:
    """What to play: the options that decide on parts, world and strictness."""

    providers: tuple[str, ...] = ()
    world: str = "documented"
    seed: int = 1
    credentials: Mapping[str, list[str]] = field(default_factory=dict, repr=False)
    any_credentials: bool = False
    validate: bool = True
    journal: int = JOURNAL
    max_sandboxes: int = LIMIT
    sandbox_idle: float | None = None
    places: Places = field(default_factory=Places.default)
    store: str = MEMORY
    hosts: tuple[str, ...] = ()
    """Names that the server may be asked under, beside those that it has anyway."""
    admin_token: str | None = field(default=None, repr=False)
    admin: bool = True
    """Have a control API and a console."""
    secure: bool = False
    """Speak TLS."""
    handler_timeout: float = SECONDS
    """Seconds that a handler may take; 0: any."""
    bounds: Bounds = DEFAULTS
    limits: Limits = field(default_factory=Limits)
    show_secrets: bool = False
    """Cover no credentials and tokens where exchanges and records are shown."""

    def __post_init__(self) -> None:
        """Raise SourceError for a seed that no JSON tells exactly, and for a time that no timer takes."""
        if abs(self.seed) > _SEED:
            raise SourceError(f"--seed {self.seed}: give a number from -{_SEED} to {_SEED}")
        timeout = self.handler_timeout
        if timeout != 0 and not _QUICKEST <= timeout <= _SLOWEST:
            raise SourceError(
                f"--handler-timeout {timeout}: give seconds from {_QUICKEST} to {_SLOWEST}, or 0 for any time"
            )


class Production:
    """A mock that plays. Raises SourceError where contracts, fixtures or options do not fit together."""

    def __init__(self, playbill: Playbill) -> None:
        self.playbill = playbill
        self.watchdog = Watchdog(playbill.handler_timeout)
        self.parts, worlds = self._prepare()
        self.notice = ""  # what is worth telling at the start
        self.sandboxes = self._open(worlds)
        self.house = House(self.sandboxes, self._gate(), show_secrets=playbill.show_secrets)
        self.app = build_edge(self.parts, self.house, playbill.limits, hosts=playbill.hosts)

    def _open(self, worlds: Worlds) -> Sandboxes:
        """Return the sandboxes in their store; see that nobody who plays something else keeps it."""
        playbill = self.playbill
        limits: dict[str, Any] = {
            "limit": playbill.max_sandboxes,
            "idle": playbill.sandbox_idle,
            "journal": playbill.journal,
            "bounds": playbill.bounds,
        }
        bytes = playbill.bounds.journal_bytes
        open_store = opener(playbill.store, journal=playbill.journal, bytes=bytes, idle=playbill.sandbox_idle)
        if open_store is None:
            return Sandboxes(worlds, playbill.world, playbill.seed, **limits)
        self.notice = claim(playbill.store, open_store, self.parts, worlds.get(playbill.world, playbill.seed))
        return Replicas(worlds, open_store(), playbill.world, playbill.seed, **limits)

    def _gate(self) -> Gate:
        playbill = self.playbill
        return Gate(playbill.admin_token, closed=not playbill.admin, secure=playbill.secure)

    def state_hash(self) -> str:
        """Return the hash of the starting state."""
        return state_hash(self.sandboxes.world.states.items())

    def beside(self) -> Sequence[Beside]:
        """Return what runs along with the server."""
        return [self.sandboxes.tend] if isinstance(self.sandboxes, Replicas) else []

    def reload(self) -> None:
        """Read contracts, fixtures and handlers again; the states stay.

        Raises SourceError, whatever a handler's module raises when imported, or HandlerHung for what goes on for ever
        there, and goes on with what it played before.
        """
        with _fresh_modules(self.playbill.places.package), self.watchdog.over(RELOAD):
            parts, worlds = self._prepare()
            stages = build_stages(parts, self.house, self.playbill.limits)
            self.sandboxes.rebase(worlds)
        self.app.app, self.app.hosts = stages, hosts_of(parts, self.playbill.hosts)
        self.house.coverage.follow(part.contract for part in parts)
        self.parts = parts
        gc.collect()  # contracts and modules lie in cycles: each reload would leave 4 MB, as long as requests come

    def _prepare(self) -> tuple[tuple[Part, ...], Worlds]:
        playbill = self.playbill
        parts = load_parts(playbill.providers, playbill.places)
        _refuse_unknown(parts, playbill)
        worlds = Worlds(
            parts,
            playbill.credentials,
            any_credentials=playbill.any_credentials,
            validate=playbill.validate,
            watchdog=self.watchdog,
        )
        worlds.get(playbill.world, playbill.seed)
        return parts, worlds


def _refuse_unknown(parts: tuple[Part, ...], playbill: Playbill) -> None:
    names = [part.name for part in parts]
    for name in playbill.credentials:
        if name not in names:
            raise SourceError(f"--credential {name}=…: no provider is called {name!r}; playing {', '.join(names)}")


@contextmanager
def _fresh_modules(package: str) -> Iterator[None]:
    """Import a package's modules anew inside the block; put the old ones back if it fails."""
    loaded = tuple(sys.modules.items())  # a thread that builds a world may import meanwhile
    old = {name: module for name, module in loaded if name.startswith(package + ".")}
    for name in old:
        del sys.modules[name]
    importlib.invalidate_caches()
    try:
        yield
    except BaseException:
        for name in [name for name in tuple(sys.modules) if name.startswith(package + ".")]:
            del sys.modules[name]
        sys.modules.update(old)
        raise

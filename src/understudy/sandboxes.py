"""Every sandbox of one server, by name: made on first use, up to a limit."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from threading import Lock
from time import perf_counter
from weakref import ReferenceType, WeakValueDictionary, ref

from understudy.bounds import DEFAULTS, MEGABYTE, Bounds, Budget
from understudy.parts import Part
from understudy.sandbox import JOURNAL, Sandbox, World, real_time
from understudy.source import SourceError
from understudy.watchdog import UNWATCHED, Watchdog

DEFAULT = "default"
"""The sandbox of a request that names none."""
LIMIT = 10_000
_NAME = re.compile(r"(?!\.\.?\Z)[A-Za-z0-9._-]{1,64}\Z")  # clients take /~../ for a way up
_WORLDS = 16


class TooManySandboxes(Exception):
    """One sandbox more than there may be; the message says how to raise the limit."""


class TooManyWorlds(SourceError):
    """A world more than may be kept; the message says what to do."""


def is_name(text: str) -> bool:
    """Say whether a sandbox can be called that: 1 to 64 letters, digits, dots, underscores or hyphens."""
    return _NAME.match(text) is not None


def too_many(limit: int) -> str:
    """Say that there are as many sandboxes as there may be, and what to do."""
    return (
        f"there are {limit} sandboxes already, as many as there may be; drop one "
        f"(DELETE /__admin/sandboxes/NAME), or start the server with a higher --max-sandboxes"
    )


class Worlds:
    """The worlds of these parts, each built once a seed and shared."""

    def __init__(
        self,
        parts: Sequence[Part],
        credentials: Mapping[str, list[str]] | None = None,
        *,
        any_credentials: bool = False,
        validate: bool = True,
        watchdog: Watchdog = UNWATCHED,
    ) -> None:
        self.parts = {part.name: part for part in parts}
        self.credentials = tuple(value for values in (credentials or {}).values() for value in values)
        """Accepted beside the documented ones."""
        self.watchdog = watchdog
        self._build = partial(
            World.build,
            parts,
            credentials=credentials,
            any_credentials=any_credentials,
            validate=validate,
            watchdog=watchdog,
        )
        self._built: OrderedDict[tuple[str, int], World] = OrderedDict()
        self._used: WeakValueDictionary[tuple[str, int], World] = WeakValueDictionary()
        self._ready: WeakValueDictionary[tuple[str, int], World] = WeakValueDictionary()
        self._sizes: dict[str, int] = {}
        self._alive: list[tuple[ReferenceType[object], int]] = []
        self._building = Lock()
        self._budget: Budget | None = None

    def charge(self, budget: Budget) -> None:
        """Have the worlds that are in use count as a part of what is kept, but for the first that was built."""
        self._budget = budget
        budget.count_worlds, budget.let_worlds_go = self._bytes, self._built.clear

    def stands(self, name: str, seed: int) -> bool:
        """Say whether a world is built already: for a crowded one that takes seconds."""
        return (name, seed) in self._built or (name, seed) in self._used

    def build(self, name: str, seed: int) -> World:
        """Return a world as ``get`` will find it for as long as somebody holds it; in whichever thread.

        Nothing is weighed for it here: what others keep is only looked at in the thread that plays. Raises SourceError,
        TooManyWorlds for one that is larger than all that may be kept.
        """
        key = name, seed
        with self._building:  # one at a time, whichever threads want them
            world = self._ready.get(key) or self._used.get(key)
            if world is None:
                size, budget = self._sizes.get(name, 0), self._budget
                if budget is not None and size > budget.room:
                    raise TooManyWorlds(_too_many_worlds(name, seed, size, budget))
                world = self._build(name, seed)
            self._ready[key], self._sizes[name] = world, world.bytes
            return world

    def expect(self, name: str, seed: int) -> None:
        """See that there is room for a world before it is built, where one of that name was. Raises TooManyWorlds."""
        if name in self._sizes and not self.stands(name, seed):
            self._make_room(name, seed, self._sizes[name])

    def get(self, name: str, seed: int) -> World:
        """Return a world. Raises SourceError for one that a part does not have, TooManyWorlds."""
        key = name, seed
        world = self._built.get(key)
        if world is None:
            world = self._built[key] = self._used.get(key) or self._kept(name, seed)
            while len(self._built) > _WORLDS:
                self._built.popitem(last=False)
        with suppress(KeyError):  # another thread may have had it go
            self._built.move_to_end(key)  # the last that was asked for is the last to go
        return world

    def _kept(self, name: str, seed: int) -> World:
        """Keep a world, if it may be. Raises SourceError, TooManyWorlds."""
        world = self._ready.get((name, seed))
        if world is None:
            self.expect(name, seed)
            world = self.build(name, seed)
        self._make_room(name, seed, world.bytes)
        self._used[name, seed] = world
        self._alive.append((ref(_lasting(world)), world.bytes if self._alive else 0))
        if self._budget is not None:
            self._budget.world_came()
        return world

    def _make_room(self, name: str, seed: int, bytes: int) -> None:
        """See that there is room for so much; let go of what nobody uses. Raises TooManyWorlds."""
        budget = self._budget
        if budget is not None and not budget.allows(bytes):
            raise TooManyWorlds(_too_many_worlds(name, seed, bytes, budget))

    def _bytes(self) -> int:
        """Return what the worlds take that somebody uses, but for the first."""
        self._alive = [(base, bytes) for base, bytes in self._alive if base() is not None]
        return sum(bytes for _, bytes in self._alive)

    def names(self) -> tuple[str, ...]:
        """Return the names of the worlds that every part has."""
        fixtures = [part.fixture.worlds for part in self.parts.values()]
        return tuple(name for name in fixtures[0] if all(name in worlds for worlds in fixtures)) if fixtures else ()


def _lasting(world: World) -> object:
    """Return what is there as long as any state that began as the world's: the base of its first table."""
    state = next(iter(world.states.values()))
    return state.table(state.collections()[0]).stands_on()


def _too_many_worlds(name: str, seed: int, bytes: int, budget: Budget) -> str:
    return (
        f"the world {name!r} of seed {seed} takes about {bytes // MEGABYTE + 1} MB, and {budget.full()}; "
        f"a world that is in use already takes no more"
    )


class Sandboxes:
    """The sandboxes that there are. A dict look-up finds one; a new one shares its world with the others."""

    def __init__(
        self,
        worlds: Worlds,
        world: str = "documented",
        seed: int = 1,
        *,
        limit: int = LIMIT,
        idle: float | None = None,
        journal: int = JOURNAL,
        bounds: Bounds = DEFAULTS,
        real_time: Callable[[], datetime] = real_time,
    ) -> None:
        """Start with none but ``default``.

        ``limit`` is how many there may be. One that nobody addressed for ``idle`` seconds may be
        dropped. ``journal`` is how many exchanges each keeps.
        """
        self.budget = Budget(bounds)
        self.worlds = worlds
        self.world = worlds.get(world, seed)
        worlds.charge(self.budget)
        self.limit = limit
        self.idle = idle
        self._journal = journal
        self._real_time = real_time
        self._swept = perf_counter()
        self._sandboxes: dict[str, Sandbox] = {}
        self._events = 0
        """Of the journal among those of dropped sandboxes that had most."""
        self.get(DEFAULT)

    def __len__(self) -> int:
        return len(self._sandboxes)

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(tuple(self._sandboxes.values()))

    def __contains__(self, name: str) -> bool:
        return name in self._sandboxes

    def get(self, name: str) -> Sandbox:
        """Return a sandbox; make it on first use. Raises TooManySandboxes, but for ``default``."""
        return self._sandboxes.get(name) or self._make(name, self.world)

    def visit(self, name: str) -> Sandbox:
        """Return a sandbox; where there is none of that name one that is not kept, for who asks for something else."""
        return self._sandboxes.get(name) or self._new(name, self.world)

    def put(self, name: str, world: str | None = None, seed: int | None = None) -> Sandbox:
        """Make a sandbox, or make it anew, without its snapshots; world and seed are the server's unless given.

        Raises SourceError for an unknown world, TooManySandboxes.
        """
        found = self.worlds.get(world or self.world.name, self.world.seed if seed is None else seed)
        sandbox = self._sandboxes.get(name)
        if sandbox is None:
            return self._make(name, found)
        sandbox.snapshots.clear()
        sandbox.reset(found)
        return sandbox

    def drop(self, name: str) -> bool:
        """Drop a sandbox with all that is in it; say whether there was one."""
        sandbox = self._sandboxes.pop(name, None)
        if sandbox is not None:
            sandbox.close()
            self._events = max(self._events, sandbox.journal.sequence)
        return sandbox is not None

    def rebase(self, worlds: Worlds) -> None:
        """Play on over other worlds of the same names, as after a reload.

        Raises SourceError, or what a provider raises over records that it does not know, and has changed nothing then.
        """
        wanted = {(box.world.name, box.world.seed) for box in self} | {(self.world.name, self.world.seed)}
        found = {key: worlds.get(*key) for key in wanted}
        worlds_of = [(box, found[box.world.name, box.world.seed]) for box in self]
        ready = [(box, world, box.adopted(world)) for box, world in worlds_of]
        self.worlds = worlds
        worlds.charge(self.budget)
        self.world = found[self.world.name, self.world.seed]
        for box, world, adopted in ready:
            box.rebase(world, adopted)

    def _make(self, name: str, world: World) -> Sandbox:
        self._sweep()
        if len(self._sandboxes) >= self.limit and name != DEFAULT:  # without it nobody could ask for anything
            raise TooManySandboxes(too_many(self.limit))
        sandbox = self._sandboxes[name] = self._new(name, world)
        sandbox.used = perf_counter()
        return sandbox

    def _new(self, name: str, world: World) -> Sandbox:
        sandbox = Sandbox(world, name=name, journal=self._journal, real_time=self._real_time, budget=self.budget)
        sandbox.journal.begin_at(self._events)
        return sandbox

    def _sweep(self) -> None:
        """Drop those who have been idle too long; look at most ten times in that time."""
        now = perf_counter()
        if self.idle is None or now - self._swept < self.idle / 10:
            return
        self._swept = now
        for sandbox in self:
            if now - sandbox.used > self.idle and sandbox.name != DEFAULT and not sandbox.journal.watchers:
                self.drop(sandbox.name)

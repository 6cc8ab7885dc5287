"""Every sandbox of a shared store, as far as this worker has met them."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from time import perf_counter
from typing import Any

from understudy.bounds import DEFAULTS, Bounds
from understudy.contract.secrets import Secrets
from understudy.sandbox import JOURNAL, Sandbox, World, real_time
from understudy.sandboxes import DEFAULT, LIMIT, Sandboxes, TooManySandboxes, Worlds, too_many
from understudy.sharing.counts import Counts
from understudy.sharing.history import Unplayable
from understudy.sharing.mirrored import MirroredJournal
from understudy.sharing.replica import Replica
from understudy.sharing.troupe import Troupe
from understudy.stores.store import Store, StoreAway, StoreFull

QUIET = 30.0
"""Seconds after which a sandbox that the store has no longer is forgotten here."""


class Replicas(Sandboxes):
    """The sandboxes of a store: what is asked of them here has to be looked up there first."""

    def __init__(
        self,
        worlds: Worlds,
        store: Store,
        world: str = "documented",
        seed: int = 1,
        *,
        limit: int = LIMIT,
        idle: float | None = None,
        journal: int = JOURNAL,
        bounds: Bounds = DEFAULTS,
        real_time: Callable[[], datetime] = real_time,
    ) -> None:
        """Start with none but ``default``. ``limit`` is how many the store may have.

        One that nobody addressed here for ``idle`` seconds is forgotten here; the store decides whether it goes.
        """
        self.store = store
        contracts = [part.contract for part in worlds.parts.values()]
        self.counts = Counts(store, contracts)
        secrets = Secrets.union(contract.secrets for contract in contracts)
        self._troupe = Troupe(store, worlds.get, limit, secrets)
        self._full = False
        super().__init__(
            worlds, world, seed, limit=limit, idle=idle, journal=journal, bounds=bounds, real_time=real_time
        )

    def replica(self, name: str) -> Replica:
        """Return the replica of a sandbox, whether the store has it or not."""
        replica: Replica = self.visit(name).replica
        return replica

    async def look(self, name: str) -> bool:
        """Have the sandbox of that name here if the store has it, as it is now; say whether it is. Raises StoreAway."""
        there = await self.replica(name).catch_up()
        if there and name not in self:
            self._sandboxes[name] = self._new(name, self.world)
            await self.replica(name).catch_up()
        if not there and name != DEFAULT:
            self.drop(name)
        return there

    async def look_at_all(self, offset: int = 0, limit: int = 0) -> None:
        """Have every sandbox of the store here, and those of a page as they are now. Raises StoreAway."""
        names = dict.fromkeys([DEFAULT, *await self.store.names()])
        gone = [sandbox.replica for sandbox in self if sandbox.name not in names]
        self._sandboxes = {name: self._sandboxes.get(name) or self._new(name, self.world) for name in names}
        for replica in gone:  # it lets go of what another worker dropped
            with suppress(Unplayable):
                await replica.glance()
        for name in list(names)[offset : offset + limit]:
            with suppress(Unplayable):
                await self.look(name)

    async def change(self, name: str, act: Callable[[], Any], *, making: bool) -> Any:
        """Have an act of the control API make, make anew or drop a sandbox; return what it returned.

        Raises StoreAway, StoreFull, Busy, Unplayable; one that is unplayable can be dropped.
        """
        try:
            there = await self.look(name)
        except Unplayable:
            if making:
                raise
            await self.store.drop(name)
            self._sandboxes.setdefault(name, self.visit(name))
            return act()
        if there:
            replica = self.replica(name)
            result = await replica.transact(act)
            if name not in self:
                await self.store.drop(name)
                with suppress(StoreAway):  # let it see that all is gone: it and its sandbox hold each other
                    await replica.glance()
            return result
        return await self._made(name, act) if making else act()

    async def _made(self, name: str, act: Callable[[], Any]) -> Any:
        """Have an act make a sandbox that the store does not have."""
        try:
            head = await self.store.create(name, self.limit)
        except StoreFull:
            self._full = True
            try:
                return act()
            finally:
                self._full = False
        result = act()
        if name not in self:
            await self.store.drop(name)
        elif not await self.replica(name).adopt(head):
            return await self.replica(name).transact(act)
        return result

    async def let_go(self, quiet: float = QUIET) -> None:
        """Forget the sandboxes that the store has no longer, and nobody here asked for lately. Raises StoreAway."""
        lately = perf_counter() - quiet
        gone = self._sandboxes.keys() - {DEFAULT, *await self.store.names()}
        for name in gone:
            if self._sandboxes[name].used < lately:
                self.drop(name)

    async def _let_go_again(self) -> None:
        while True:
            await asyncio.sleep(QUIET)
            with suppress(StoreAway):
                await self.let_go()

    async def tend(self) -> None:
        """Tell what is counted as long as this runs; then see that all is in the store, and let go of it."""
        letting_go = asyncio.ensure_future(self._let_go_again())
        try:
            await self.counts.beat()
        finally:
            letting_go.cancel()
            await asyncio.sleep(0)  # for exchanges that end with the server
            for sandbox in self:
                await sandbox.replica.rest()
            with suppress(StoreAway):
                await self.counts.tell(anyway=True)
            with suppress(StoreAway):
                await self.store.close()

    def _make(self, name: str, world: World) -> Sandbox:
        if self._full:
            raise TooManySandboxes(too_many(self.limit))
        self._sweep()
        sandbox = self._sandboxes[name] = self._new(name, world)
        sandbox.used = perf_counter()
        return sandbox

    def _new(self, name: str, world: World) -> Sandbox:
        journal = MirroredJournal(self._journal, self.budget.bounds.journal_bytes, self.budget.journals)
        replica = Replica(name, journal, self._troupe)
        sandbox = Sandbox(
            self.world, name=name, journal=journal, real_time=self._real_time, replica=replica, budget=self.budget
        )
        replica.stand_in_for(sandbox)
        if world is not self.world:
            sandbox.reset(world)
        return sandbox

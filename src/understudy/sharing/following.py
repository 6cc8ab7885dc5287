"""Following what happens in a shared sandbox, as long as somebody here watches its journal."""

import asyncio
from typing import TYPE_CHECKING

from understudy.sandboxes import DEFAULT
from understudy.sharing.history import Unplayable
from understudy.stores.store import Store, StoreAway

if TYPE_CHECKING:
    from understudy.sharing.replica import Replica

_PAUSE = 1.0
"""Seconds between looks whether a store that was away is back, or what cannot be read was dropped."""


async def follow(replica: "Replica", store: Store) -> None:
    """Have a replica absorb entries as they come; end the watching of a sandbox that is dropped."""
    while replica.journal.watchers:
        try:
            await _follow_one_life(replica, store)
        except (StoreAway, Unplayable):
            await asyncio.sleep(_PAUSE)
            continue
        if not replica.head.epoch and replica.name != DEFAULT:
            replica.journal.close()


async def _follow_one_life(replica: "Replica", store: Store) -> None:
    """Return when nobody watches any more, or the sandbox is dropped or made anew: its journal begins anew, too."""
    life = await replica.glance()
    async for entries in store.follow(replica.name, replica.journal.sequence):
        if await replica.glance() != life or not replica.journal.watchers:
            return
        replica.absorb(entries)

"""Coverage over every worker: each tells the store what it has counted, and any of them adds it up."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from uuid import uuid4

import orjson

from understudy.contract.contract import Contract
from understudy.coverage.ledger import Coverage
from understudy.coverage.packed import add, packed
from understudy.stores.store import Store, StoreAway

PULSE = 0.1
"""Seconds between looks whether anybody wants to know."""
_BEATS = 20
"""Pulses after which a worker tells unasked: what it told stays when it is killed."""
_log = logging.getLogger(__name__)
_PATIENCE = 5
"""Pulses after which a worker that does not tell is taken to be gone."""


class Counts:
    """What one worker counts, and the sum of all."""

    def __init__(self, store: Store, contracts: Sequence[Contract]) -> None:
        self.coverage = Coverage(contracts)
        self._store = store
        self._contracts = contracts
        self._mine = uuid4().hex
        self._told = (0, -1)
        self._gone: set[str] = set()
        self._heir = False

    async def beat(self) -> None:
        """Tell what was counted whenever somebody asks, as long as this runs."""
        for beat in count():
            with suppress(StoreAway):
                await self.tell(anyway=beat % _BEATS == 0)
            await asyncio.sleep(PULSE)

    async def gathered(self) -> Coverage:
        """Return what all have counted. Raises StoreAway."""
        asked = await self._store.ask_for_counts()
        await self.tell()
        found: dict[str, bytes] = {}
        for _ in range(_PATIENCE):
            found = dict(await self._store.gather())
            late = {name for name, data in found.items() if orjson.loads(data)["asked"] < asked}
            self._gone &= late
            if not late - self._gone:
                break
            await asyncio.sleep(PULSE)
        else:
            self._gone = late
        total = Coverage(self._contracts)
        for data in found.values():
            add(total, orjson.loads(data)["counted"])
        return total

    async def clear(self) -> None:
        """Have every worker begin to count anew, and wait until they have. Raises StoreAway."""
        told = set(await self._store.gather()) - self._gone
        await self._store.clear_counts()
        await self.tell()
        for _ in range(_PATIENCE):
            told -= set(await self._store.gather())
            if not told:
                break
            await asyncio.sleep(PULSE)

    async def tell(self, *, anyway: bool = False) -> None:
        """Tell what was counted if anybody wants to know, or all shall begin anew. Raises StoreAway."""
        now = await self._store.counts(self._mine, None)
        if not self._heir:
            await self._inherit(now)
        if now == self._told and not anyway:
            return
        cleared, asked = now
        if cleared > self._told[0]:
            self.coverage.clear()
        data = orjson.dumps({"asked": asked, "counted": packed(self.coverage)})
        await self._store.counts(self._mine, data)
        self._told = now

    async def _inherit(self, now: tuple[int, int]) -> None:
        """Count on from what was counted by those who are gone; what was cleared before has nothing to do with it."""
        for data in await self._store.inherit():
            try:
                add(Coverage(self._contracts), counted := orjson.loads(data)["counted"])
            except Exception as error:  # noqa: BLE001 - whatever becomes of data that are not as they were written
                _log.warning("coverage that the store kept is damaged (%r), and counted anew", error)
            else:
                add(self.coverage, counted)
        self._heir, self._told = True, (now[0], -1)

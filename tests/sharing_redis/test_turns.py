"""Writers of one worker take turns; where the store is away, nobody waits for it longer than once."""

import asyncio

import pytest

from understudy.sharing.turns import Turns
from understudy.stores.store import StoreAway


def test_who_had_to_wait_is_told_so() -> None:
    async def waiting() -> tuple[bool, bool]:
        turns = Turns()
        first = await turns.take()
        second = asyncio.ensure_future(turns.take())
        await asyncio.sleep(0)
        turns.end()
        return first, await second

    assert (False, True) == asyncio.run(waiting())


def test_who_waits_for_one_that_finds_the_store_away_need_not_find_it_too() -> None:
    async def fail(turns: Turns) -> None:
        async with turns:
            for _ in range(3):
                await asyncio.sleep(0)
            raise StoreAway("gone")

    async def failing() -> list[object]:
        turns = Turns()
        first = asyncio.ensure_future(fail(turns))
        await asyncio.sleep(0)
        others = [asyncio.ensure_future(turns.take()) for _ in range(3)]
        with pytest.raises(StoreAway):
            await first
        found: list[object] = list(await asyncio.gather(*others, return_exceptions=True))
        found.append(await turns.take())  # who comes later may try
        return found

    *others, later = asyncio.run(failing())
    assert ["gone"] * 3 == [str(error) for error in others if isinstance(error, StoreAway)]
    assert later is False

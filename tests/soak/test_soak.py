"""A soak of seconds, in which everything that the long one does is done once; and what the long one goes by."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.soak.line import Line
from tests.soak.player import Bases, Player
from tests.soak.run import Plan, soak
from tests.soak.table import table
from tests.soak.tally import Tally, Wrong
from tests.soak.vendors import create_organisation
from tests.soak.vitals import Growth, Vitals, complaints, growth_of
from tests.support.served import served

_SECONDS = 1.5
"""Too few for memory to have become flat."""
_REQUESTS = 800
_EVERY_TIME = ("events", "faults", "refusals and forced answers", "pages and assets read", "snapshots", "restores")


@pytest.mark.parametrize(("variant", "more"), [("memory", "reloads"), ("file", "restarts")])
def test_nothing_is_found_in_a_short_soak(variant: str, more: str, tmp_path: Path) -> None:
    outcome = soak(Plan(variant, _SECONDS, growth=3, idle=0.5, lives=(20, 60), least=_REQUESTS), tmp_path)
    assert [] == outcome.tally.findings, table(outcome)
    assert [] == [what for what in (*_EVERY_TIME, more) if not outcome.tally.done[what]], table(outcome)


def test_what_changes_behind_the_back_of_a_player_is_found() -> None:
    with served("--log-level", "error") as server:
        address = urlsplit(server.url)
        assert address.hostname
        assert address.port
        asyncio.run(_behind_the_back((address.hostname, address.port)))


async def _behind_the_back(address: tuple[str, int]) -> None:
    tally, bases = Tally(1), Bases()
    player = Player("watched", Line(address, tally), tally, bases)
    await player.begin("documented", 1)
    await create_organisation(player)
    await player.examine()
    id = list(player.known["tyk/organisations"])[-1]
    await player.control("PATCH", f"/state/tyk/organisations/{id}", {"owner_name": "somebody else's"})
    with pytest.raises(Wrong, match="somebody else's"):
        await player.examine()
    player.learn("tyk/organisations", id, "somebody else's")
    await player.examine()
    await player.line.ask("GET", "/~watched/hello", {})
    with pytest.raises(Wrong, match="journal of watched"):
        await player.examine()
    with pytest.raises(Wrong, match="begins with"):
        bases.hold("documented", 1, player.known)
    await player.line.close()


def vitals(at: float, *, memory: float = 100, files: int = 10, threads: int = 3, cpu: float = 5) -> Vitals:
    return Vitals(at, memory, files, threads, cpu)


def test_memory_is_compared_after_the_warm_up_and_at_the_end() -> None:
    memory = [*range(10, 20), *[100] * 10, *[105] * 20, *[110] * 9, 900]
    assert Growth(100, 110) == growth_of([vitals(at, memory=size) for at, size in enumerate(memory)])
    with pytest.raises(ValueError, match="4 samples are too few"):
        growth_of([vitals(0)] * 4)


@pytest.mark.parametrize(
    ("growth", "end", "complaint"),
    [
        (Growth(100, 111), vitals(13), "memory grew from 100.0 to 111.0 MB, 1.11 times"),
        (Growth(100, 100), vitals(13, files=15), "file descriptors: 10 at the start, 15 when all clients were gone"),
        (Growth(100, 100), vitals(13, threads=12), "threads: 3 at the start, 12 at the end"),
        (Growth(100, 100), vitals(13, cpu=8), "idle, the server takes 100% of a core"),
    ],
)
def test_what_is_more_than_it_should_be_is_told(growth: Growth, end: Vitals, complaint: str) -> None:
    assert [] == complaints(Growth(100, 110), 1.1, vitals(0), [vitals(10), vitals(13, files=14, threads=11, cpu=5.5)])
    assert [complaint] == complaints(growth, 1.1, vitals(0), [vitals(10), end])

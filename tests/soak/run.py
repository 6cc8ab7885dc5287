"""One run: a server, everybody who plays with it, and what is measured meanwhile and looked at in the end."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.soak.company import Listener, Neighbour, Reader, Stage
from tests.soak.controls import CONTROLS
from tests.soak.editor import Editor
from tests.soak.line import Broken, Line
from tests.soak.player import Bases, Player
from tests.soak.server import AWAY, SoakServer, copy_of_the_sources
from tests.soak.tally import Away, Tally, Wrong
from tests.soak.troubles import RARE_TROUBLES, TROUBLES
from tests.soak.vandal import Vandal
from tests.soak.vendors import IN_A_DOCUMENTED_ONE, IN_EVERY_WORLD
from tests.soak.vitals import FEW, Growth, Vitals, complaints, growth_of, measure, share_of
from tests.support.redis import redis_server

VARIANTS = ("memory", "file", "redis")
_WORLDS = (("documented", 1), ("documented", 1), ("documented", 2), ("empty", 1))
_COMPANY = ((Neighbour, 6), (Reader, 2), (Listener, 4), (Vandal, 4))
OWNERS = 16
_POOLS = 2 * 32
"""Connections to a store that its workers keep for later."""
CLIENTS = OWNERS + sum(number for _, number in _COMPANY)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run."""

    variant: str
    seconds: float
    seed: int = 1
    growth: float = 1.1
    """Times as much memory as after the warm-up that there may be at the end."""
    idle: float = 3.0
    """Seconds that the server is left alone for at the end."""
    lives: tuple[int, int] = (20, 250)
    """Steps that a player takes in one sandbox."""
    least: int = 0
    """Requests that are answered at least, however long that takes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    plan: Plan
    tally: Tally
    start: Vitals
    samples: tuple[Vitals, ...]
    idle: tuple[Vitals, ...]
    growth: Growth

    @property
    def idle_share(self) -> float:
        """The share of a core that the server took when nobody asked anything."""
        return share_of(self.idle)


class Actor(Protocol):
    """Somebody who takes one step after the other."""

    name: str

    async def step(self) -> None:
        """Do something, and hold what comes of it to what must. Raises Wrong, Broken."""

    async def leave(self) -> None:
        """Go."""


def soak(plan: Plan, folder: Path) -> Outcome:
    """Run a plan; ``folder`` takes what the server keeps, and the copy of the sources that it plays."""
    with _server(plan, folder) as (server, sources):
        return asyncio.run(_soak(plan, server, sources))


@contextmanager
def _server(plan: Plan, folder: Path) -> Iterator[tuple[SoakServer, Path | None]]:
    if plan.variant == "memory":
        sources = copy_of_the_sources(folder)
        with _running(SoakServer(["--watch"], sources)) as server:
            yield server, sources
    elif plan.variant == "file":
        with _running(SoakServer(["--store", f"file:{folder / 'soak.db'}"])) as server:
            yield server, None
    else:
        with redis_server(folder / "redis") as store:
            with _running(SoakServer(["--store", store.url, "--workers", "2"], also=AWAY)) as server:
                yield server, None


@contextmanager
def _running(server: SoakServer) -> Iterator[SoakServer]:
    server.start()
    try:
        yield server
    finally:
        server.kill()


async def _soak(plan: Plan, server: SoakServer, sources: Path | None) -> Outcome:
    tally = Tally(plan.seed, remote=plan.variant == "redis")
    stage = Stage(server.address, tally, Bases())
    start = await _first_look(stage, server)
    owners = [_Owner(stage, number, plan) for number in range(OWNERS)]
    company: list[Actor] = [kind(stage, number) for kind, count in _COMPANY for number in range(count)]
    if sources is not None:
        company.append(Editor(server, sources, tally))
    async with _sampled(plan, server) as samples:
        await asyncio.gather(
            _end(plan, tally), *(owner.play() for owner in owners), *(_act(actor, tally) for actor in company)
        )
    idle = await _left_alone(plan, server, start)
    await _look_again(plan, server, owners, tally)
    growth = growth_of(samples)
    for complaint in complaints(growth, plan.growth, start, idle, FEW + (_POOLS if tally.remote else 0)):
        tally.found("vitals", complaint)
    for line in server.odd:
        tally.found("output", line)
    return Outcome(plan, tally, start, tuple(samples), tuple(idle), growth)


async def _first_look(stage: Stage, server: SoakServer) -> Vitals:
    """Have what is made on first use made, then measure."""
    line = Line(stage.address, stage.tally)
    for path in ("/hello", "/", "/console", "/docs/tyk", "/__admin/health"):
        await line.ask("GET", path, {})
    await line.close()
    await asyncio.sleep(0.2)
    return measure(server.processes())


async def _end(plan: Plan, tally: Tally) -> None:
    """Bring all to an end when it is time."""
    await asyncio.sleep(plan.seconds)
    while tally.done["requests answered"] < plan.least and not tally.findings:  # noqa: ASYNC110 - it is a number
        await asyncio.sleep(0.1)
    tally.over.set()


async def _act(actor: Actor, tally: Tally) -> None:
    while not tally.over.is_set():
        await _guarded(actor.name, actor.step(), tally)
        await asyncio.sleep(0.01)
    await actor.leave()


async def _guarded(name: str, deed: Coroutine[Any, Any, None], tally: Tally) -> bool:
    """Do something, note what is found; say whether all was well."""
    try:
        await deed
    except Away:
        tally.count("answers that the store is away")
        return False
    except (Wrong, Broken) as error:
        tally.found(name, f"{type(error).__name__}: {error}")
        return False
    except Exception as error:  # noqa: BLE001 - an answer of another shape than expected is a finding, too
        tally.found(name, f"{type(error).__name__} in {_place(error)}: {error}")
        return False
    return True


def _place(error: Exception) -> str:
    """Return where of us an exception came up last."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "soak" in frame.filename]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"


class _Owner:
    """Plays in one sandbox after the other."""

    def __init__(self, stage: Stage, number: int, plan: Plan) -> None:
        self.name = f"owner-{number}"
        self.player: Player | None = None
        self._stage = stage
        self._random = stage.tally.random(self.name)
        self._line = Line(stage.address, stage.tally, kept=number % 4 != 0)
        self._generation = 0
        self._lives = plan.lives

    async def play(self) -> None:
        """Play until all is over; the last sandbox stays, to be looked at again."""
        tally = self._stage.tally
        while not tally.over.is_set():
            self._generation += 1
            player = self.player = Player(f"{self.name}-{self._generation}", self._line, tally, self._stage.bases)
            if not await _guarded(player.name, self._live(player), tally):
                self.player = None
        if self.player is not None and not await _guarded(self.player.name, self.player.examine(), tally):
            self.player = None
        await self._line.close()

    async def look_again(self) -> None:
        """See whether the last sandbox is still as it was left."""
        if self.player is not None:
            await _guarded(f"{self.player.name}, in the end", self.player.examine(), self._stage.tally)
        await self._line.close()

    async def _live(self, player: Player) -> None:
        world, seed = self._random.choice(_WORLDS)
        await player.begin(world, seed)
        acts = IN_EVERY_WORLD + (IN_A_DOCUMENTED_ONE if world == "documented" else ())
        kinds, weights = (acts, CONTROLS, TROUBLES, RARE_TROUBLES), (78, 14, 8, 0.1)
        for _ in range(self._random.randint(*self._lives)):
            if self._stage.tally.over.is_set():
                return
            await self._random.choice(self._random.choices(kinds, weights)[0])(player)
            await asyncio.sleep(self._random.uniform(0, 0.02))
        self.player = None
        await player.end()


@asynccontextmanager
async def _sampled(plan: Plan, server: SoakServer) -> AsyncIterator[list[Vitals]]:
    """Measure the server evenly in the block."""
    samples: list[Vitals] = []

    async def sample() -> None:
        while True:
            samples.append(measure(server.processes()))
            await asyncio.sleep(min(3.0, plan.seconds / 30))

    task = asyncio.ensure_future(sample())
    try:
        yield samples
    finally:
        task.cancel()


async def _left_alone(plan: Plan, server: SoakServer, start: Vitals) -> list[Vitals]:
    """Let what was left behind be closed and swept, then measure twice."""
    for _ in range(20):
        await asyncio.sleep(plan.idle)
        if measure(server.processes()).files <= start.files + FEW + (_POOLS if plan.variant == "redis" else 0):
            break
    first = measure(server.processes())
    await asyncio.sleep(plan.idle)
    return [first, measure(server.processes())]


async def _look_again(plan: Plan, server: SoakServer, owners: list[_Owner], tally: Tally) -> None:
    """See that the last sandboxes are as they were left: of a store that lasts, after a crash, and after an end."""
    endings = {"memory": (), "file": (server.kill, server.stop), "redis": (server.stop,)}[plan.variant]
    for ending in (None, *endings):
        if ending is not None:
            await asyncio.to_thread(ending)
            await asyncio.to_thread(server.start)
            tally.count("restarts")
        for owner in owners:
            await owner.look_again()
    code = await asyncio.to_thread(server.stop)
    if code:
        tally.found("server", f"it ended with exit code {code}")

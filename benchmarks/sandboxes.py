"""What sandboxes cost, in process: ``python -m benchmarks.sandboxes [--rounds N]``; exit code 1 where a goal is missed.

Time: creation, reset, snapshot and restore over each world, a record changed before each reset and restore.
Memory: what 10,000 sandboxes over the crowded world add to the process that has one.
"""

import argparse
import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from understudy.kernel.state import State
from understudy.parts import load_parts
from understudy.sandbox import Sandbox, World
from understudy.sandboxes import Sandboxes, Worlds

WORLDS = ("empty", "documented", "crowded")
MANY = 10_000
GOALS = {"create": 100.0, "reset": 100.0, "snapshot": 1000.0, "restore": 1000.0}
"""Microseconds that an action may take over the largest world."""
MEMORY_GOAL = 150.0
_ROUNDS = 2000
_MEMORY = "--memory"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    world: str
    records: int
    times: dict[str, float]
    """Median microseconds, by action."""


def main() -> int:
    """Measure, print the table and the memory; return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description="What sandboxes cost")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument(_MEMORY, action="store_true", help="measure memory alone, in this process")
    arguments = parser.parse_args()
    if arguments.memory:
        print(*memory())
        return 0
    worlds = Worlds(load_parts())
    rows = [measure(worlds.get(name, 1), arguments.rounds) for name in WORLDS]
    print(written(rows))
    resident, traced = fresh_memory()
    print(f"\n{MANY:,} sandboxes over crowded: {resident:.1f} MB resident, {traced:.1f} MB by tracemalloc")
    missed = [name for row in rows for name, most in GOALS.items() if row.times[name] > most]
    missed += ["memory"] if max(resident, traced) > MEMORY_GOAL else []
    print(f"goals missed: {', '.join(dict.fromkeys(missed))}" if missed else "all goals are reached")
    return 1 if missed else 0


def measure(world: World, rounds: int) -> Row:
    """Return what each action costs over a world."""
    sandbox = Sandbox(world)
    changed = changed_states(sandbox)
    snapshot = sandbox.snapshot()

    def change() -> None:
        sandbox.enter(changed)

    times = {
        "create": timed(lambda: Sandbox(world), rounds),
        "reset": timed(sandbox.reset, rounds, change),
        "snapshot": timed(sandbox.snapshot, rounds, change),
        "restore": timed(lambda: sandbox.enter(snapshot.states), rounds, change),
    }
    return Row(world.name, records_of(world), times)


def changed_states(sandbox: Sandbox) -> dict[str, State]:
    """Return the sandbox's states with a record dropped from each collection that has one."""
    changed = dict(sandbox.states())
    for provider, state in sandbox.states().items():
        for name in state.collections():
            table = state.table(name)
            for record in table.page(0, 1):
                changed[provider] = changed[provider].with_table(name, table.drop(record[table.key]))
    return changed


def timed(action: Callable[[], object], rounds: int, before: Callable[[], None] | None = None) -> float:
    """Return the median microseconds of an action."""
    times = []
    for _ in range(rounds):
        if before is not None:
            before()
        start = perf_counter()
        action()
        times.append((perf_counter() - start) * 1e6)
    return median(times)


def records_of(world: World) -> int:
    """Return how many records a world has."""
    return sum(len(state.table(name)) for state in world.states.values() for name in state.collections())


def written(rows: list[Row]) -> str:
    """Return the table."""
    head = f"{'world':<12}{'records':>9}" + "".join(f"{name + ' µs':>14}" for name in GOALS)
    lines = [head]
    for row in rows:
        times = "".join(f"{row.times[name]:>14.2f}" for name in GOALS)
        lines.append(f"{row.world:<12}{row.records:>9,}{times}")
    lines.append(f"{'goal':<21}" + "".join(f"{f'< {most:g}':>14}" for most in GOALS.values()))
    return "\n".join(lines)


def fresh_memory() -> tuple[float, float]:
    """Return what ``memory`` finds in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.sandboxes", _MEMORY]
    shown = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    resident, traced = map(float, shown.split())
    return resident, traced


def memory() -> tuple[float, float]:
    """Return the megabytes that many sandboxes take beyond the first: by the system's count, and by tracemalloc's."""
    parts = load_parts()
    worlds = Worlds(parts)
    sandboxes = Sandboxes(worlds, "crowded", limit=2 * MANY + 1)
    gc.collect()
    before = _resident()
    for number in range(MANY):
        sandboxes.get(f"s{number}")
    resident = _resident() - before
    tracemalloc.start()
    for number in range(MANY):
        sandboxes.get(f"t{number}")
    traced = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return resident, traced / 1e6


def _resident() -> float:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("this system does not say how much memory a process has")


if __name__ == "__main__":
    sys.exit(main())

"""Sandboxes cost the same over a large world as over a small one: counted in steps and bytes, not in seconds."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from tests.kernel.test_cost import lines_run
from tests.support.inprocess import parts_of, world_of, worlds_of
from understudy.sandbox import Sandbox, World
from understudy.sandboxes import Sandboxes

NAMES = tuple(part.name for part in parts_of())


def changed(world: World) -> Sandbox:
    """Return a sandbox in which a record of each collection was dropped."""
    sandbox = Sandbox(world)
    for name, state in world.states.items():
        for collection in state.collections():
            table, now = state.table(collection), sandbox.states()[name]
            for record in table.page(0, 1):
                sandbox.enter({name: now.with_table(collection, table.drop(record[table.key]))})
    return sandbox


ACTIONS: dict[str, Callable[[Sandbox, World], Callable[[], Any]]] = {
    "create": lambda _, world: lambda: Sandbox(world),
    "reset": lambda sandbox, _: sandbox.reset,
    "snapshot": lambda sandbox, _: sandbox.snapshot,
    "restore": lambda sandbox, world: lambda: sandbox.enter(world.states),
}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_the_size_of_the_world_does_not_matter(action: Callable[[Sandbox, World], Callable[[], Any]]) -> None:
    steps = [lines_run(action(changed(world), world)) for world in (world_of(NAMES), world_of(NAMES, "crowded"))]
    assert 0 < steps[0] == steps[1] < 200


def test_ten_thousand_sandboxes_over_a_crowded_world_are_small() -> None:
    """Under 150 MB is what was promised; a sandbox that nobody used takes a few kilobytes."""
    sandboxes = Sandboxes(worlds_of(NAMES), "crowded", limit=10_000)
    tracemalloc.start()
    try:
        for number in range(9_999):
            sandboxes.get(f"sandbox-{number}")
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 10_000 == len(sandboxes)
    assert size < 50_000_000

"""Snapshots as JSON data: of each state only what differs from its world."""

from collections.abc import Mapping
from typing import Any

from understudy.kernel.clock import iso
from understudy.kernel.overlay import Overlay
from understudy.kernel.state import State
from understudy.parts import Part, state_hash
from understudy.sandbox import Snapshot, World

FORMAT = 1


def exported(snapshot: Snapshot, world: World, parts: Mapping[str, Part]) -> dict[str, Any]:
    """Return a snapshot as data. ``world`` is the one that it was taken in."""
    return {
        "format": FORMAT,
        "world": snapshot.world,
        "seed": snapshot.seed,
        "taken": iso(snapshot.taken),
        "providers": {
            name: {
                "contract": parts[name].contract.hash,
                "base": base_hash(name, world),
                "collections": _collections(world.states[name], state),
            }
            for name, state in snapshot.states.items()
        },
    }


def base_hash(provider: str, world: World) -> str:
    """Return the hash of a world's state: what a snapshot's file is laid over must be what it was taken from."""
    if provider not in world.hashes:
        world.hashes[provider] = state_hash([(provider, world.states[provider])])
    return world.hashes[provider]


def _collections(base: State, state: State) -> dict[str, Any]:
    pairs = ((name, base.table(name), state.table(name)) for name in state.collections())
    return {name: Overlay.between(was, now).as_data() for name, was, now in pairs if was is not now}

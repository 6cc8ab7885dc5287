"""What made one condition of a sandbox out of another, as JSON data, and the way back.

States are told as briefly as can be: by the records that were put and dropped, as those of a snapshot, as those that
the world begins with, and only else by all that differs from the world.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from understudy.kernel.overlay import Overlay
from understudy.kernel.state import State
from understudy.kernel.table import Table
from understudy.sandbox import Condition, Snapshot, World
from understudy.sharing.values import clock_data, faults_data, moment_data, read_clock, read_faults, read_moment

Worlds = Callable[[str, int], World]
"""Returns a world by name and seed."""


def change_between(before: Condition, after: Condition, worlds: Worlds) -> dict[str, Any]:
    """Return what differs as JSON data; empty where nothing does."""
    change: dict[str, Any] = {}
    if after.world is not before.world:
        change["world"] = [after.world.name, after.world.seed]
    if after.states is not before.states:
        change["states"] = dict(_states(before, after))
    if after.snapshots != before.snapshots:
        change["snapshots"] = dict(_snapshots(before, after, worlds))
    if after.clock != before.clock:
        change["clock"] = clock_data(after.clock)
    if after.faults != before.faults:
        change["faults"] = faults_data(after.faults)
    return {name: value for name, value in change.items() if value != {}}


def changed(condition: Condition, change: Mapping[str, Any], worlds: Worlds) -> Condition:
    """Return a condition after a change. Raises SourceError for a world that there is not."""
    world, states, clock, faults, snapshots = condition
    if "world" in change:
        world = worlds(*change["world"])
        states = world.states
    if "states" in change:
        states = {**states, **dict(_read_states(change["states"], states, world, snapshots))}
    if "snapshots" in change:
        snapshots = _read_snapshots(change["snapshots"], snapshots, states, worlds)
    if "clock" in change:
        clock = read_clock(change["clock"])
    if "faults" in change:
        faults = read_faults(change["faults"])
    return Condition(world, states, clock, faults, snapshots)


def whole(condition: Condition, worlds: Worlds) -> dict[str, Any]:
    """Return all of a condition as JSON data: what makes it out of the condition that every sandbox begins in."""
    return {
        "world": [condition.world.name, condition.world.seed],
        "states": _overlays(condition.world, condition.states),
        "clock": clock_data(condition.clock),
        "faults": faults_data(condition.faults),
        "snapshots": dict(_snapshots(condition._replace(snapshots={}), condition, worlds)),
    }


def _states(before: Condition, after: Condition) -> Iterator[tuple[str, Any]]:
    """Yield, by provider, what became of its state."""
    from_world = after.world is not before.world
    for name, state in after.states.items():
        base = after.world.states[name]
        was = base if from_world else before.states[name]
        if state is was:
            continue
        yield name, _state(before, name, was, state, base)


def _state(before: Condition, name: str, was: State, state: State, base: State) -> dict[str, Any]:
    if state is base:
        return {"begins": True}
    for title, snapshot in before.snapshots.items():
        if snapshot.states.get(name) is state:
            return {"snapshot": title}
    puts = {}
    for collection in state.collections():
        table, old = state.table(collection), was.table(collection)
        if table is old:
            continue
        changes = table.changes_since(old)
        if changes is None:
            return {"overlays": _overlay(base, state)}
        puts[collection] = changes
    return {"changes": puts}


def _overlays(world: World, states: Mapping[str, State]) -> dict[str, Any]:
    pairs = ((name, state, world.states[name]) for name, state in states.items())
    return {name: {"overlays": _overlay(base, state)} for name, state, base in pairs if state is not base}


def _overlay(base: State, state: State) -> dict[str, Any]:
    pairs = ((name, base.table(name), state.table(name)) for name in state.collections())
    return {name: Overlay.between(was, now).as_data() for name, was, now in pairs if was is not now}


def _read_states(
    told: Mapping[str, Any], states: Mapping[str, State], world: World, snapshots: Mapping[str, Snapshot]
) -> Iterator[tuple[str, State]]:
    for name, one in told.items():
        if "begins" in one:
            yield name, world.states[name]
        elif "snapshot" in one:
            yield name, snapshots[one["snapshot"]].states[name]
        elif "changes" in one:
            yield name, _with(states[name], {of: states[name].table(of).changed(s) for of, s in one["changes"].items()})
        else:
            yield name, _laid(world.states[name], one["overlays"])


def _laid(base: State, overlays: Mapping[str, Any]) -> State:
    return _with(base, {name: Overlay.of(data).over(base.table(name)) for name, data in overlays.items()})


def _with(state: State, tables: Mapping[str, Table]) -> State:
    for collection, table in tables.items():
        table.seal()
        state = state.with_table(collection, table)
    return state


def _snapshots(before: Condition, after: Condition, worlds: Worlds) -> Iterator[tuple[str, Any]]:
    """Yield, by name, what became of each snapshot."""
    for name in before.snapshots:
        if name not in after.snapshots:
            yield name, None
    for name, snapshot in after.snapshots.items():
        if before.snapshots.get(name) is not snapshot:
            yield name, _snapshot(snapshot, after, worlds)


def _snapshot(snapshot: Snapshot, after: Condition, worlds: Worlds) -> dict[str, Any]:
    told: dict[str, Any] = {"taken": moment_data(snapshot.taken), "world": [snapshot.world, snapshot.seed]}
    if not _is_here(snapshot, after):
        told["states"] = _overlays(worlds(snapshot.world, snapshot.seed), snapshot.states)
    return told


def _is_here(snapshot: Snapshot, condition: Condition) -> bool:
    """Say whether a snapshot has the states that a condition has."""
    same_world = (snapshot.world, snapshot.seed) == (condition.world.name, condition.world.seed)
    return same_world and all(snapshot.states.get(name) is state for name, state in condition.states.items())


def _read_snapshots(
    told: Mapping[str, Any], snapshots: Mapping[str, Snapshot], states: Mapping[str, State], worlds: Worlds
) -> dict[str, Snapshot]:
    found = dict(snapshots)
    for name, one in told.items():
        if one is None:
            del found[name]
            continue
        world, seed = one["world"]
        theirs = states if "states" not in one else _read_overlays(one["states"], worlds(world, seed))
        found[name] = Snapshot(theirs, read_moment(one["taken"]), world, seed)
    return found


def _read_overlays(told: Mapping[str, Any], world: World) -> dict[str, State]:
    return {**world.states, **{name: _laid(world.states[name], one["overlays"]) for name, one in told.items()}}

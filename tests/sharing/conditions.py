"""Sandboxes of a world that is nothing but records of two colours, and all that can happen to them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from understudy.faults.rule import Rule
from understudy.kernel.clock import Clock
from understudy.kernel.state import State
from understudy.kernel.table import Table
from understudy.sandbox import Condition, Sandbox, World
from understudy.sharing.change import change_between, changed
from understudy.sharing.values import faults_data

Act = Callable[[Sandbox], object]
INDEXES = {"colour": lambda record: record["colour"]}
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
RULES: tuple[dict[str, Any], ...] = (
    {"wire": "EMPTY_RESPONSE", "times": 2},
    {"delay": {"fixed": 5}, "probability": 0.5},
    {"rateLimit": {"limit": 3, "window": 60}},
)


@dataclass(frozen=True, slots=True)
class Balls(State):
    """Two tables, the second of which begins empty."""

    balls: Table
    more: Table


def _world(name: str, seed: int) -> World:
    base = [{"id": id, "colour": "red" if id % 2 else "blue", "size": seed} for id in range(5 * seed)]
    states = {
        "toy": Balls(Table.of(base, indexes=INDEXES), Table.of(indexes=INDEXES)),
        "other": Balls(Table.of(indexes=INDEXES), Table.of(base)),
    }
    return World(name, seed, states, {}, {})


_WORLDS = {(name, seed): _world(name, seed) for name in ("plain", "odd") for seed in (1, 2)}


def worlds(name: str, seed: int) -> World:
    """Return a world."""
    return _WORLDS[name, seed]


def new_sandbox() -> Sandbox:
    """Return a sandbox that remembers what its states were made from, as the one of a replica does."""
    return Sandbox(worlds("plain", 1), replica="somebody", real_time=lambda: NEW_YEAR)


def put(provider: str, table: str, record: dict[str, Any]) -> Act:
    return lambda box: _with_table(box, provider, table, lambda old: old.put(record))


def drop(provider: str, table: str, id: int) -> Act:
    return lambda box: _with_table(box, provider, table, lambda old: old.drop(id))


def _with_table(box: Sandbox, provider: str, table: str, act: Callable[[Table], Table]) -> None:
    state = box.states()[provider]
    box.enter({provider: state.with_table(table, act(state.table(table)))})


def rebuild(box: Sandbox) -> None:
    """Give a table another base, as an import does."""
    _with_table(box, "toy", "balls", lambda old: Table.of(reversed(list(old)), indexes=INDEXES))


def snapshot(name: str) -> Act:
    return lambda box: box.snapshots.__setitem__(name, box.snapshot())


def forget(name: str) -> Act:
    return lambda box: box.snapshots.pop(name, None)


def restore(name: str) -> Act:
    def act(box: Sandbox) -> None:
        taken = box.snapshots.get(name)
        if taken is not None:
            box.enter(taken.states, worlds(taken.world, taken.seed))

    return act


def reset(name: str, seed: int) -> Act:
    return lambda box: box.reset(worlds(name, seed))


def begin_again(box: Sandbox) -> None:
    box.reset()


def set_clock(clock: Clock) -> Act:
    return lambda box: setattr(box, "clock", clock)


def add_fault(number: int) -> Act:
    return lambda box: box.faults.add(Rule.of(RULES[number], 7))


def clear_faults(box: Sandbox) -> None:
    box.faults.clear()


_providers = st.sampled_from(["toy", "other"])
_tables = st.sampled_from(["balls", "more"])
_ids = st.integers(0, 9)
_records = st.builds(
    lambda id, colour, size: {"id": id, "colour": colour, "size": size},
    _ids,
    st.sampled_from(["red", "blue", None, "wäre"]),
    st.sampled_from([1, 1.0, True, {"a": [None, 2]}]),
)
_names = st.sampled_from(["a", "b"])
_moments = st.integers(-(10**9), 10**9).map(lambda micros: NEW_YEAR + timedelta(microseconds=micros))
acts = st.one_of(
    st.builds(put, _providers, _tables, _records),
    st.builds(put, _providers, _tables, _records),
    st.builds(drop, _providers, _tables, _ids),
    st.just(rebuild),
    st.builds(snapshot, _names),
    st.builds(forget, _names),
    st.builds(restore, _names),
    st.builds(reset, st.sampled_from(["plain", "odd"]), st.sampled_from([1, 2])),
    st.just(begin_again),
    st.builds(set_clock, _moments.map(lambda moment: Clock(frozen=moment))),
    st.builds(set_clock, _moments.map(lambda moment: Clock(offset=moment - NEW_YEAR))),
    st.builds(add_fault, st.integers(0, len(RULES) - 1)),
    st.just(clear_faults),
)
calls = st.lists(st.lists(acts, min_size=1, max_size=4), max_size=12)
"""What one call after the other does."""


def play(box: Sandbox, taken: list[Act]) -> tuple[Condition, Condition]:
    """Do what a call does; return the conditions before and after, as a history keeps them."""
    before = box.condition()
    for act in taken:
        act(box)
    return before, box.condition()


def seal(condition: Condition) -> None:
    for state in condition.states.values():
        state.seal()


def told(before: Condition, after: Condition) -> dict[str, Any]:
    """Return what differs, as it arrives elsewhere."""
    data: dict[str, Any] = json.loads(json.dumps(change_between(before, after, worlds)))
    return data


def learn(condition: Condition, change: dict[str, Any]) -> Condition:
    return changed(condition, change, worlds)


def shown(condition: Condition) -> Any:
    """Return all that can be seen of a condition."""
    world, states, clock, faults, snapshots = condition
    return (
        (world.name, world.seed),
        {name: _state(state) for name, state in states.items()},
        clock,
        faults_data(faults),
        {
            name: (one.taken, one.world, one.seed, {provider: _state(state) for provider, state in one.states.items()})
            for name, one in sorted(snapshots.items())
        },
    )


def _state(state: State) -> Any:
    return {name: _table(state.table(name)) for name in state.collections()}


def _table(table: Table) -> Any:
    groups = [
        (index, colour, repr(list(table.where(index, colour))))
        for index in table.indexes
        for colour in ("red", "blue", "wäre")
    ]
    return repr(list(table)), table.created, groups

"""States kept under a name, and the way back."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from understudy.bounds import TooMuchKept
from understudy.contract.wording import as_data
from understudy.control.entries import covered_change
from understudy.control.export import exported
from understudy.control.imports import Unfit, changed_contracts, imported
from understudy.control.journal import existing_exchange
from understudy.control.room import Handler, Room
from understudy.control.sandboxes import built, sandbox_data
from understudy.differences import difference_data, differences
from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.sandbox import Snapshot, TooManySnapshots, World
from understudy.sandboxes import TooManyWorlds, Worlds
from understudy.source import SourceError


def list_snapshots(room: Room, _: Call) -> tuple[Answer, Room]:
    """List the snapshots of the sandbox."""
    items = [snapshot_data(name, snapshot) for name, snapshot in room.sandbox.snapshots.items()]
    return Answer("snapshots_listed", {"items": items}), room


def take_snapshot(room: Room, call: Call) -> tuple[Answer, Room]:
    """Keep the states as they are now under a name."""
    name = call.path["name"]
    answer = "snapshot_retaken" if name in room.sandbox.snapshots else "snapshot_taken"
    snapshot = room.sandbox.snapshot()
    _keep(room, name, snapshot)
    return Answer(answer, snapshot_data(name, snapshot)), room


def drop_snapshot(room: Room, call: Call) -> tuple[Answer, Room]:
    """Forget a snapshot."""
    _found(room, call)
    room.sandbox.forget(call.path["name"])
    return Answer("snapshot_dropped"), room


def restore_snapshot(room: Room, call: Call) -> tuple[Answer, Room]:
    """Go back to a snapshot's states, and to its world and seed."""
    snapshot = _found(room, call)
    if _is_gone(room, snapshot):
        return Answer("snapshot_restored", snapshot_data(call.path["name"], snapshot)), _builder(room, snapshot)
    room.sandbox.enter(snapshot.states, _world(room, snapshot.world, snapshot.seed))
    return Answer("snapshot_restored", snapshot_data(call.path["name"], snapshot)), room


def compare_snapshot(room: Room, call: Call) -> tuple[Answer, Room]:
    """List what turns a snapshot into the states as they are now."""
    before, after = room.sandbox.fitted(_found(room, call).states), room.sandbox.states()
    offset, limit = call.query["offset"], call.query["limit"]
    found = [(name, one) for name in after if name in before for one in differences(before[name], after[name])]
    secrets = room.house.secrets
    items = [covered_change(difference_data(name, one), secrets) for name, one in islice(found, offset, offset + limit)]
    return Answer("snapshot_compared", {"total": len(found), "offset": offset, "items": items}), room


def export_snapshot(room: Room, call: Call) -> tuple[Answer, Room]:
    """Give a snapshot out as a file."""
    snapshot = _found(room, call)
    if _is_gone(room, snapshot):
        blank = exported(room.sandbox.snapshot(), room.sandbox.world, room.house.parts)
        return Answer("snapshot_exported", blank), _builder(room, snapshot)
    world = _world(room, snapshot.world, snapshot.seed)
    content = exported(replace(snapshot, states=room.sandbox.fitted(snapshot.states)), world, room.house.parts)
    return Answer("snapshot_exported", content), room


def import_snapshot(room: Room, call: Call) -> tuple[Answer, Room]:
    """Take a snapshot in from a file."""
    name = call.path["name"]
    answer = "snapshot_imported_again" if name in room.sandbox.snapshots else "snapshot_imported"
    if not room.worked:
        try:
            room.sandboxes.worlds.expect(call.body["world"], call.body["seed"])
        except TooManyWorlds as error:
            raise Refusal("too_many_worlds", detail=str(error)) from None
        blank = {**snapshot_data(name, room.sandbox.snapshot()), "changedContracts": []}
        return Answer(answer, blank), room.beside(partial(_imported, call.body, room.sandboxes.worlds))
    if isinstance(room.result, TooManyWorlds):
        raise Refusal("too_many_worlds", detail=str(room.result))
    if isinstance(room.result, Unfit):
        first = "; ".join(f"{reason.pointer} {reason.message}" for reason in room.result.reasons[:5])
        violations = [as_data(reason) for reason in room.result.reasons]
        raise Refusal("snapshot_unfit", detail=first, violations=violations)
    snapshot, world = room.result
    try:
        room.sandboxes.worlds.get(world.name, world.seed)
    except TooManyWorlds as error:
        raise Refusal("too_many_worlds", detail=str(error)) from None
    _keep(room, name, snapshot)
    changed = changed_contracts(call.body, room.house.parts)
    return Answer(answer, {**snapshot_data(name, snapshot), "changedContracts": changed}), room


def rewind_sandbox(room: Room, call: Call) -> tuple[Answer, Room]:
    """Go back to the states as they were just before an exchange."""
    exchange = existing_exchange(room, call.body["to"])
    if exchange.states is None:
        detail = f"exchange {exchange.id} is in the journal, but the states before it are kept no longer"
        raise Refusal("no_such_exchange", detail=detail)
    room.sandbox.enter(exchange.states, _world(room, exchange.world.name, exchange.world.seed))
    return Answer("sandbox_rewound", sandbox_data(room.sandbox)), room


def snapshot_data(name: str, snapshot: Snapshot) -> dict[str, Any]:
    """Return what the API says of a snapshot."""
    return {"name": name, "taken": iso(snapshot.taken), "world": snapshot.world, "seed": snapshot.seed}


def _imported(data: Mapping[str, Any], worlds: Worlds) -> tuple[Snapshot, World] | Unfit | TooManyWorlds:
    """Read a file, which takes seconds for a large one; what is wrong with it is said when that is done."""
    try:
        return imported(data, worlds)
    except (TooManyWorlds, Unfit) as error:
        return error


def _found(room: Room, call: Call) -> Snapshot:
    name = call.path["name"]
    snapshot = room.sandbox.snapshots.get(name)
    if snapshot is None:
        known = ", ".join(room.sandbox.snapshots) or "none"
        detail = f"the sandbox {room.sandbox.name!r} has no snapshot {name!r}; it has {known}"
        raise Refusal("no_such_snapshot", detail=detail)
    return snapshot


def _is_gone(room: Room, snapshot: Snapshot) -> bool:
    """Say whether a snapshot's world is to be built again: where it is large that takes seconds."""
    of, present = (snapshot.world, snapshot.seed), room.sandbox.world
    return not room.worked and of != (present.name, present.seed) and not room.sandboxes.worlds.stands(*of)


def _builder(room: Room, snapshot: Snapshot) -> Room:
    return room.beside(partial(built, room.sandboxes.worlds, snapshot.world, snapshot.seed))


def _keep(room: Room, name: str, snapshot: Snapshot) -> None:
    try:
        room.sandbox.keep(name, snapshot)
    except TooManySnapshots as error:
        raise Refusal("too_many_snapshots", detail=str(error)) from None
    except TooMuchKept as error:
        raise Refusal("too_much_kept", detail=str(error)) from None


def _world(room: Room, name: str, seed: int) -> World:
    """Return a world that the sandbox is or was in. Raises Refusal where it can no longer be built."""
    present = room.sandbox.world
    if (present.name, present.seed) == (name, seed):
        return present
    try:
        return room.sandboxes.worlds.get(name, seed)
    except TooManyWorlds as error:
        raise Refusal("too_many_worlds", detail=str(error)) from None
    except SourceError as error:
        raise Refusal("world_gone", detail=str(error)) from None


HANDLERS: tuple[Handler, ...] = (
    list_snapshots,
    take_snapshot,
    drop_snapshot,
    restore_snapshot,
    compare_snapshot,
    export_snapshot,
    import_snapshot,
    rewind_sandbox,
)

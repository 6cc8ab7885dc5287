"""Isolated copies of a world: listed, made, looked at, dropped, begun again."""

from functools import partial
from typing import Any

from understudy.control.clock import clock_data
from understudy.control.room import Handler, Room
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.sandbox import Sandbox, World
from understudy.sandboxes import TooManySandboxes, TooManyWorlds, Worlds
from understudy.source import SourceError


def list_sandboxes(room: Room, call: Call) -> tuple[Answer, Room]:
    """List a page of the sandboxes."""
    offset = call.query["offset"]
    every = list(room.sandboxes)
    page = every[offset : offset + call.query["limit"]]
    content = {"total": len(every), "offset": offset, "items": [sandbox_data(sandbox) for sandbox in page]}
    return Answer("sandboxes_listed", content), room


def read_sandbox(room: Room, call: Call) -> tuple[Answer, Room]:
    """Look at a sandbox without making one."""
    return Answer("sandbox_read", sandbox_data(_existing(room, call.path["name"]))), room


def put_sandbox(room: Room, call: Call) -> tuple[Answer, Room]:
    """Make a sandbox, or make it anew."""
    name, wish = call.path["name"], call.body or {}
    world, seed = wish.get("world", room.sandboxes.world.name), wish.get("seed", room.sandboxes.world.seed)
    worlds = room.sandboxes.worlds
    name_of_answer = "sandbox_made_anew" if name in room.sandboxes else "sandbox_made"
    try:
        if not room.worked and not worlds.stands(world, seed):
            worlds.expect(world, seed)
            return Answer("sandbox_made", sandbox_data(room.sandbox)), room.beside(partial(built, worlds, world, seed))
        sandbox = room.sandboxes.put(name, world, seed)
    except TooManyWorlds as error:
        raise Refusal("too_many_worlds", detail=str(error)) from None
    except SourceError as error:
        raise Refusal("no_such_world", detail=str(error)) from None
    except TooManySandboxes as error:
        raise Refusal("too_many_sandboxes", detail=str(error)) from None
    return Answer(name_of_answer, sandbox_data(sandbox)), room


def drop_sandbox(room: Room, call: Call) -> tuple[Answer, Room]:
    """Drop a sandbox with all that is in it."""
    room.sandboxes.drop(_existing(room, call.path["name"]).name)
    return Answer("sandbox_dropped"), room


def reset_sandbox(room: Room, _: Call) -> tuple[Answer, Room]:
    """Put the addressed sandbox back to its world."""
    room.sandbox.reset()
    return Answer("sandbox_reset", sandbox_data(room.sandbox)), room


def sandbox_data(sandbox: Sandbox) -> dict[str, Any]:
    """Return what the API says of a sandbox."""
    return {
        "name": sandbox.name,
        "world": sandbox.world.name,
        "seed": sandbox.world.seed,
        "exchanges": len(sandbox.journal),
        "snapshots": list(sandbox.snapshots),
        "faults": len(sandbox.faults),
        "clock": clock_data(sandbox),
    }


def built(worlds: Worlds, name: str, seed: int) -> World | None:
    """Build a world, which takes seconds for a crowded one, so that it is there when it is asked for."""
    try:
        return worlds.build(name, seed)
    except SourceError:  # it is said then
        return None


def _existing(room: Room, name: str) -> Sandbox:
    if name not in room.sandboxes:
        raise Refusal("no_such_sandbox", detail=f"there is no sandbox {name!r}")
    return room.sandboxes.get(name)


HANDLERS: tuple[Handler, ...] = (list_sandboxes, read_sandbox, put_sandbox, drop_sandbox, reset_sandbox)

"""Is it up, and what does it play."""

from time import monotonic

from understudy import __version__
from understudy.control.checks import check_request
from understudy.control.providers import provider_data
from understudy.control.room import Handler, Room
from understudy.kernel.exchange import Answer, Call, Refusal


def read_health(room: Room, _: Call) -> tuple[Answer, Room]:
    """Say what the server is."""
    if room.house.away is not None:
        raise Refusal("store_away", detail=f"the shared store cannot be used now ({room.house.away})")
    sandboxes = room.sandboxes
    return Answer(
        "healthy",
        {
            "status": "ok",
            "version": __version__,
            "providers": list(room.house.parts),
            "world": sandboxes.world.name,
            "seed": sandboxes.world.seed,
            "worlds": list(sandboxes.worlds.names()),
            "sandboxes": len(sandboxes),
            "uptime": round(monotonic() - room.house.started, 3),
        },
    ), room


def list_providers(room: Room, _: Call) -> tuple[Answer, Room]:
    """Say what is played, and how to call it."""
    return Answer("providers_listed", {"items": [provider_data(part) for part in room.house.parts.values()]}), room


HANDLERS: tuple[Handler, ...] = (read_health, list_providers, check_request)

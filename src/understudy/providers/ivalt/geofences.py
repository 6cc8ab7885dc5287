"""Geo-fences: where a user may authenticate."""

from dataclasses import replace

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call
from understudy.providers.ivalt.state import IvaltState, find_user

_SHOWN = ("name", "latitude", "longitude", "radius", "enabled")


def list_geofences(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Show a user's geo-fences (other pages of the reference, Get User Geofences).

    Raises Refusal for an unknown user.
    """
    return Answer("geofences_listed", {"data": find_user(state, call.path["userId"])["geofences"]}), state


def update_geofences(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Replace all of a user's geo-fences (iVALT Admin Portal APIs, Configure User Geo-Fences).

    Raises Refusal for an unknown user.
    """
    changed = {
        **find_user(state, call.path["userId"]),
        "geofences": [{name: fence[name] for name in _SHOWN} for fence in call.body["geofences"]],
        "updated_at": iso(call.now),
    }
    return Answer("geofences_updated"), replace(state, users=state.users.put(changed))

"""How much each member may store."""

from dataclasses import replace

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.providers.koneksi.state import KoneksiState, metrics_after, visible_member


def update_user_limit(state: KoneksiState, call: Call) -> tuple[Answer, KoneksiState]:
    """Set a member's storage limit (Organization Admin, Update user limit).

    Raises Refusal ``user_limit_not_found``, or ``usage_exceeds_limit`` for a limit below what the
    member has stored already (sibling endpoints).
    """
    old = visible_member(state, call.path["user"])
    if old is None:
        raise Refusal("user_limit_not_found")
    limit = call.body["bytes_limit"]
    if limit < old["bytes_usage"]:
        raise Refusal("usage_exceeds_limit")
    member = {**old, "bytes_limit": limit, "updated_at": iso(call.now)}
    shown = {"user_id": member["id"], "bytes_limit": limit, "bytes_usage": member["bytes_usage"]}
    return Answer("limit_updated", {"data": shown}), replace(
        state,
        members=state.members.put(member),
        metrics=metrics_after(state, member["id"], old, member),
    )

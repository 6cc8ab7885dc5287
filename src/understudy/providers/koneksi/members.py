"""The members of the organization."""

from dataclasses import replace
from typing import Any

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.providers.koneksi.passwords import with_password
from understudy.providers.koneksi.state import (
    Data,
    KoneksiState,
    email_owner,
    metrics_after,
    visible_member,
    visible_members,
)

DEFAULT_LIMIT = 5 * 1024**3
"""What a new member may store (sibling endpoints: 5 GiB)."""

_CHANGEABLE = (
    "first_name",
    "middle_name",
    "last_name",
    "suffix",
    "email",
    "is_verified",
    "is_locked",
    "is_deleted",
)


def list_members(state: KoneksiState, call: Call) -> tuple[Answer, KoneksiState]:
    """Answer with one page of members, and the totals (Organization Admin, List members)."""
    page, limit = call.query["page"], call.query["limit"]
    rows = visible_members(state)
    total = len(rows)
    pages = {"page": page, "limit": limit, "total": total, "total_pages": -(-total // limit)}
    return Answer("members_listed", {"data": rows.page((page - 1) * limit, limit), "meta": pages}), state


def read_member(state: KoneksiState, call: Call) -> tuple[Answer, KoneksiState]:
    """Answer with one member (Organization Admin, Read member). Raises Refusal ``user_not_found``."""
    member = visible_member(state, call.path["user"])
    if member is None:
        raise Refusal("user_not_found")
    return Answer("member_read", {"data": member}), state


def create_member(state: KoneksiState, call: Call) -> tuple[Answer, KoneksiState]:
    """Add a member, unverified and with the usual limit (Organization Admin, Create member).

    Raises Refusal ``passwords_differ``, or ``email_taken`` (sibling endpoints).
    """
    body = call.body
    if body["password"] != body["confirm_password"]:
        raise Refusal("passwords_differ")
    if email_owner(state, body["email"]) is not None:
        raise Refusal("email_taken")
    member = _new_member(body, call.mint.hex("members.id", state.members.created, 24), iso(call.now))
    return Answer("member_created", {"data": member}), replace(
        state,
        members=state.members.put(member),
        passwords=with_password(state.passwords, call.mint, member["id"], body["password"]),
        metrics=metrics_after(state, member["id"], None, member),
    )


def update_member(state: KoneksiState, call: Call) -> tuple[Answer, KoneksiState]:
    """Change what was sent, keep the rest (Organization Admin, Update member).

    A deleted member is not found, but by the update that says ``is_deleted: false``: nothing else
    could bring it back. Raises Refusal ``user_not_found``, or ``email_taken`` for another's address.
    """
    body = call.body
    old = state.members.get(call.path["user"])
    if old is None or (old["is_deleted"] and body.get("is_deleted") is not False):
        raise Refusal("user_not_found")
    changes = {name: body[name] for name in _CHANGEABLE if name in body}
    owner = email_owner(state, body["email"]) if "email" in body else None
    if owner is not None and owner["id"] != old["id"]:
        raise Refusal("email_taken")
    member = {**old, **changes, "updated_at": iso(call.now)}
    passwords = state.passwords
    if "password" in body:
        passwords = with_password(passwords, call.mint, member["id"], body["password"])
    return Answer("member_updated", {"data": member}), replace(
        state,
        members=state.members.put(member),
        passwords=passwords,
        metrics=metrics_after(state, member["id"], old, member),
    )


def remove_member(state: KoneksiState, call: Call) -> tuple[Answer, KoneksiState]:
    """Take a member out of the organization (Organization Admin, Remove member).

    Raises Refusal ``user_not_member`` for one who was removed before, ``user_not_found`` for any
    other who is not there (sibling endpoints).
    """
    id = call.path["userID"]
    if id in state.former_members:
        raise Refusal("user_not_member")
    member = visible_member(state, id)
    if member is None:
        raise Refusal("user_not_found")
    return Answer("member_removed"), replace(
        state,
        members=state.members.drop(id),
        holdings=state.holdings.drop(id),
        former_members=state.former_members.put({"id": id, "removed_at": iso(call.now)}),
        passwords=state.passwords.drop(id),
        metrics=metrics_after(state, id, member, None),
    )


def _new_member(body: Data, id: str, now: str) -> dict[str, Any]:
    return {
        "id": id,
        "first_name": body["first_name"],
        "middle_name": body.get("middle_name"),
        "last_name": body["last_name"],
        "suffix": body.get("suffix"),
        "email": body["email"],
        "role": body["role"],
        "is_verified": False,
        "is_locked": False,
        "is_deleted": False,
        "bytes_limit": DEFAULT_LIMIT,
        "bytes_usage": 0,
        "created_at": now,
        "updated_at": now,
    }

"""Users of every organisation, as the admin secret manages them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.freeze import freeze
from understudy.kernel.table import Record
from understudy.providers.tyk.ids import object_id
from understudy.providers.tyk.pages import page
from understudy.providers.tyk.passwords import with_password
from understudy.providers.tyk.state import TykState, holder

_NEVER = "0001-01-01T00:00:00Z"
_ADMINISTRATOR = {"IsAdmin": "admin", "ResetPassword": "admin"}
BLANK: Record = freeze(
    {
        "api_model": {},
        "first_name": "",
        "last_name": "",
        "email_address": "",
        "org_id": "",
        "active": False,
        "id": "",
        "access_key": "",
        "user_permissions": _ADMINISTRATOR,
        "group_id": "",
        "password_max_days": 0,
        "password_updated": _NEVER,
        "PWHistory": [],
        "last_login_date": _NEVER,
        "created_at": _NEVER,
    }
)
"""A user of whom nothing was said, in the order in which the Dashboard shows its members."""
_EDITABLE = (
    "first_name",
    "last_name",
    "email_address",
    "active",
    "user_permissions",
    "group_id",
    "password_max_days",
)


def edited(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a body says of a user: every member that can be edited, empty where left out or null."""
    return {name: BLANK[name] if given.get(name) is None else given[name] for name in _EDITABLE}


def new_user(state: TykState, call: Call, org_id: str) -> dict[str, Any]:
    """Return the user that a call creates in an organisation (``""``: a super user)."""
    nth = state.users.created
    return {
        **BLANK,
        **edited(call.body),
        "org_id": org_id,
        "id": object_id(call.now, call.mint, "users", nth),
        "access_key": call.mint.hex("users.access_key", nth, 32),
        "created_at": iso(call.now),
    }


def changed_user(user: Record, call: Call, org_id: str | None) -> dict[str, Any]:
    """Return what a call makes of a user, who stays in the organisation where ``org_id`` is None."""
    return {**user, **edited(call.body), "org_id": user["org_id"] if org_id is None else org_id}


def email_is_taken(state: TykState, user: Mapping[str, Any]) -> bool:
    """Say whether another user of ``user``'s organisation has the same address."""
    other = holder(state, user["org_id"], user["email_address"])
    return other is not None and other["id"] != user["id"]


def keep(state: TykState, user: Mapping[str, Any]) -> TykState:
    """Return the state with ``user`` in it."""
    return replace(state, users=state.users.put(user))


def keep_with_password(state: TykState, call: Call, user: Mapping[str, Any], password: str | None) -> TykState:
    """Return the state with ``user`` in it, and the password, if there is one, as the user's."""
    if not password:
        return keep(state, user)
    passwords = with_password(state.passwords, call.mint, user["id"], password)
    return keep(replace(state, passwords=passwords), {**user, "password_updated": iso(call.now)})


def without_user(state: TykState, id: str) -> TykState:
    """Return the state without a user, the password included."""
    return replace(state, users=state.users.drop(id), passwords=state.passwords.drop(id))


def list_users(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Answer every user of every organisation, or a page of them."""
    users, pages = page(state.users.all(), call)
    return Answer("users_listed", {"users": users, "pages": pages}), state


def create_user(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Create a user in the organisation that the body names. Raises Refusal for a taken address.

    The organisation is not looked up, and a password is not read (Dashboard Admin API Users, Add user).
    """
    user = new_user(state, call, call.body.get("org_id") or "")
    if email_is_taken(state, user):
        raise Refusal("email_taken")
    return Answer("user_created", {"Message": user["access_key"], "Meta": user}), keep(state, user)


def read_user(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Answer one user. Raises Refusal where there is none."""
    return Answer("user_read", _found(state, call)), state


def update_user(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Replace what can be edited of one user. Raises Refusal for an unknown user and for a taken address."""
    old = state.users.get(call.path["id"])
    if old is None:
        raise Refusal("user_to_update_not_found")
    user = changed_user(old, call, call.body.get("org_id"))
    if email_is_taken(state, user):
        raise Refusal("email_taken")
    after = keep_with_password(state, call, user, call.body.get("password"))
    return Answer("user_replaced", {"Message": user["access_key"], "Meta": after.users.get(user["id"])}), after


def delete_user(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Remove one user. Raises Refusal where there is none."""
    return Answer("user_deleted"), without_user(state, _found(state, call)["id"])


def allow_reset_passwords(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Let a user reset the passwords of others. Raises Refusal where there is no such user."""
    user = _found(state, call)
    permissions = {**user["user_permissions"], "ResetPassword": "admin"}
    user = {**user, "user_permissions": permissions}
    return Answer("password_resets_allowed", {"Meta": user}), keep(state, user)


def disallow_reset_passwords(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Stop a user from resetting the passwords of others. Raises Refusal where there is no such user."""
    user = _found(state, call)
    permissions = {name: value for name, value in user["user_permissions"].items() if name != "ResetPassword"}
    user = {**user, "user_permissions": permissions}
    return Answer("password_resets_disallowed", {"Meta": user}), keep(state, user)


def _found(state: TykState, call: Call) -> Mapping[str, Any]:
    found = state.users.get(call.path["id"])
    if found is None:
        raise Refusal("user_not_found")
    return found

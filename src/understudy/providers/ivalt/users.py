"""The users of an organisation."""

from dataclasses import replace
from typing import Any

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.freeze import FrozenDict
from understudy.providers.ivalt.state import IvaltState, email_key, find_organisation, find_user, next_id
from understudy.providers.ivalt.timeslots import refuse_backward


def list_users(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Show an organisation's users (other pages of the reference, Get All Users of Organization: no paging).

    Raises Refusal for an unknown organisation.
    """
    organisation = find_organisation(state, call.path["org_id"])
    return Answer("users_listed", {"data": list(state.users.where("organisation", organisation["id"]))}), state


def create_user(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Add a user to an organisation (iVALT Admin Portal APIs, Create a New User).

    Raises Refusal for an unknown organisation, and for an e-mail address or a mobile number that
    another of its users has.
    """
    organisation = find_organisation(state, call.path["orgId"])
    user = _new_user(state, organisation["id"], call)
    _keep_email_unique(state, user)
    if len(state.users.where("mobile", (user["organization_id"], user["country_code"], user["mobile"]))):
        raise Refusal("mobile_taken")
    return Answer("user_created"), replace(state, users=state.users.put(user))


def update_user(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Change a user of an organisation (Admin Panel APIs, Update Organization User).

    Raises Refusal for an unknown organisation or user, for a time slot that ends before it starts,
    and for another user's e-mail address.
    """
    body = call.body
    user = {
        **_find_member(state, call),
        "email": body["email"],
        "name": body["name"],
        "verify_timeslots": body["verify_timeslots"],
        "timeslots": body["timeslots"],
        "updated_at": iso(call.now),
    }
    refuse_backward(body["timeslots"])
    _keep_email_unique(state, user)
    return Answer("user_updated"), replace(state, users=state.users.put(user))


def delete_user(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Remove a user from an organisation, and so altogether: a user belongs to one organisation.

    Source: Admin Panel APIs, Delete Organization User. Raises Refusal for an unknown organisation or user.
    """
    user = _find_member(state, call)
    return Answer("user_deleted"), replace(state, users=state.users.drop(user["id"]))


def _new_user(state: IvaltState, organisation: int, call: Call) -> dict[str, Any]:
    body = call.body
    return {
        "id": next_id(state.users),
        "organization_id": organisation,
        "name": f"{body['first_name']} {body['last_name']}",
        "email": body["email"],
        "country_code": body["country_code"],
        "mobile": body["mobile"],
        "verify_timeslots": "off",
        "timeslots": "[]",
        "timeslot_ids": [],
        "geofences": [],
        "created_at": iso(call.now),
        "updated_at": iso(call.now),
    }


def _find_member(state: IvaltState, call: Call) -> FrozenDict:
    organisation = find_organisation(state, call.path["orgId"])
    user = find_user(state, call.path["userId"])
    if user["organization_id"] != organisation["id"]:
        raise Refusal("user_not_found")
    return user


def _keep_email_unique(state: IvaltState, user: dict[str, Any]) -> None:
    key = email_key(user["organization_id"], user["email"])
    if any(holder["id"] != user["id"] for holder in state.users.where("email", key).page(0, 2)):
        raise Refusal("email_taken")

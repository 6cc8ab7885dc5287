"""The iVALT Admin Portal APIs, as the documents have them.

Checks come in this order: the API key, the ids in the path, the body, then what there is: the organization, its user.
Ids are digits without leading zeros. E-mail addresses are one, whatever their letter case.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.models.drawn import address, matches, number, text, whole
from tests.models.telling import NOTHING, Ask, Matcher, Record, State, Told, drop, put

SHOWN = ("organisations", "users", "auth_codes")
NOBODY = (99_999, "0123", "abc")
KEYS = ("YOUR_API_KEY", "YOUR_API_KEY_HERE")
SLOT = ("timezone", "start_time", "end_time", "status", "user_id", "org_id")
FENCE = ("name", "latitude", "longitude", "radius", "enabled")


def headers_of(who: Any) -> dict[str, str]:
    return {} if who is None else {"x-api-key": who}


def readings(state: State) -> Iterator[tuple[str, Any, dict[str, Any], dict[str, str]]]:
    yield "list_organisations", KEYS[0], {}, {}
    for organisation in list(state["organisations"])[:3]:
        yield "list_users", KEYS[0], {"org_id": organisation}, {}


# ---- organizations


def list_organisations(state: State, ask: Ask) -> Told:
    return _stopped(ask) or Told("organisations_listed", {"data": list(state["organisations"].values())})


def read_organisation(state: State, ask: Ask) -> Told:
    organisations = {one["slug"]: one for one in state["organisations"].values()}
    code = ask.path["org_code"]
    if stopped := _stopped(ask, "user_id"):
        return stopped
    if not re.fullmatch("[A-Za-z0-9_-]{1,64}", code):
        return Told("organisation_not_found")
    user = state["users"].get(_id(ask.path["user_id"]))
    if user is None:
        return Told("user_not_found")
    if code not in organisations:
        return Told("organisation_not_found")
    if organisations[code]["id"] != user["organization_id"]:
        return Told("user_not_in_organisation")
    return Told("organisation_read", {"data": organisations[code]})


# ---- users


def list_users(state: State, ask: Ask) -> Told:
    organisation = _id(ask.path["org_id"])
    return _stopped(ask, "org_id") or (
        Told("users_listed", {"data": _members(state, organisation)})
        if organisation in state["organisations"]
        else Told("organisation_not_found")
    )


def create_user(state: State, ask: Ask) -> Told:
    if stopped := _stopped(ask, "orgId") or _body(ask, _wrong_in_a_new_user):
        return stopped
    organisation, body = _id(ask.path["orgId"]), ask.body
    if organisation not in state["organisations"]:
        return Told("organisation_not_found")
    others = _members(state, organisation)
    if body["email"].lower() in (other["email"].lower() for other in others):
        return Told("email_taken")
    if (body["country_code"], body["mobile"]) in ((other["country_code"], other["mobile"]) for other in others):
        return Told("mobile_taken")
    return Told("user_created")


def created_user(organisation: int, body: Record, now: str) -> Record:
    """Return a user as it is right after its creation, but for the id, which is in no answer."""
    return {
        "organization_id": organisation,
        "name": f"{body['first_name']} {body['last_name']}",
        "email": body["email"],
        "country_code": body["country_code"],
        "mobile": body["mobile"],
        "verify_timeslots": "off",
        "timeslots": "[]",
        "timeslot_ids": [],
        "geofences": [],
        "created_at": now,
        "updated_at": now,
    }


def update_user(state: State, ask: Ask) -> Told:
    stopped = _stopped(ask, "orgId", "userId") or _body(ask, _wrong_in_an_update) or _no_member(state, ask)
    if stopped:
        return stopped
    user, body = state["users"][_id(ask.path["userId"])], ask.body
    if any(_moment(slot["end_time"]) < _moment(slot["start_time"]) for slot in json.loads(body["timeslots"])):
        return Told("timeslot_ends_before_start")
    others = (one for one in _members(state, user["organization_id"]) if one["id"] != user["id"])
    if body["email"].lower() in (other["email"].lower() for other in others):
        return Told("email_taken")
    sent = {name: body[name] for name in ("email", "name", "verify_timeslots", "timeslots")}
    put(state, "users", {**user, **sent, "updated_at": ask.now})
    return Told("user_updated")


def delete_user(state: State, ask: Ask) -> Told:
    if stopped := _stopped(ask, "orgId", "userId") or _no_member(state, ask):
        return stopped
    drop(state, "users", _id(ask.path["userId"]))
    return Told("user_deleted")


# ---- auth codes


def list_auth_codes(state: State, ask: Ask) -> Told:
    if stopped := _stopped(ask, "org_id"):
        return stopped
    organisation = _id(ask.path["org_id"])
    if organisation not in state["organisations"]:
        return Told("organisation_not_found")
    its = [code for code in state["auth_codes"].values() if code["organization_id"] == organisation]
    return Told("auth_codes_listed", {"data": its})


def update_auth_code(state: State, ask: Ask) -> Told:
    if stopped := _stopped(ask, "orgId", "authCodeId") or _body(ask, _wrong_in_an_auth_code):
        return stopped
    organisation, code = _id(ask.path["orgId"]), state["auth_codes"].get(_id(ask.path["authCodeId"]))
    if organisation not in state["organisations"]:
        return Told("organisation_not_found")
    if code is None or code["organization_id"] != organisation:
        return Told("auth_code_not_found")
    sent = {name: ask.body[name] for name in ("client_id", "client_secret")}
    put(state, "auth_codes", {**code, **sent, "updated_at": ask.now})
    return Told("auth_code_updated")


# ---- geo-fences and time slots


def list_geofences(state: State, ask: Ask) -> Told:
    user = state["users"].get(_id(ask.path["userId"]))
    return _stopped(ask, "userId") or (
        Told("geofences_listed", {"data": user["geofences"]}) if user else Told("user_not_found")
    )


def update_geofences(state: State, ask: Ask) -> Told:
    if stopped := _stopped(ask, "userId") or _body(ask, _wrong_in_geofences):
        return stopped
    fences = [{name: fence[name] for name in FENCE} for fence in ask.body["geofences"]]
    return _set(state, ask, "geofences_updated", geofences=fences)


def update_timeslots(state: State, ask: Ask) -> Told:
    if stopped := _stopped(ask, "userId") or _body(ask, _wrong_in_timeslots):
        return stopped
    sent = ask.body["timeslot_ids"]
    return _set(
        state, ask, "timeslots_updated", timeslot_ids=list(dict.fromkeys(sent)) if sent.__class__ is list else [sent]
    )


# ---- what they share


def _stopped(ask: Ask, *ids: str) -> Told | None:
    if ask.who not in KEYS:
        return Told("forbidden")
    for name in ids:
        if _id(ask.path[name]) is None:
            noun = {"org": "organisation", "use": "user", "aut": "auth_code"}[name[:3]]
            return Told(f"{noun}_not_found")
    return None


def _id(sent: Any) -> int | None:
    return int(sent) if re.fullmatch("0|[1-9][0-9]{0,18}", str(sent)) else None


def _body(ask: Ask, wrong_in: Any) -> Told | None:
    if ask.body is NOTHING:
        return Told("body_missing")
    if isinstance(ask.body, bytes):
        return Told("body_malformed")
    wrong = wrong_in(ask.body) if isinstance(ask.body, dict) else ["body"]
    return Told("validation_failed", {"errors": _about(wrong)}) if wrong else None


def _about(fields: list[str]) -> Matcher:
    """Match errors about just these fields, a sentence at least for each."""
    return Matcher(f"errors about {fields}", lambda it: set(fields) == set(it) and all(it.values()))


def _wrong_in_a_new_user(body: Record) -> list[str]:
    good = {
        "email": address(body.get("email")) and text(body["email"], 0, 255),
        "country_code": matches(body.get("country_code"), r"\+[0-9]{1,4}"),
        "mobile": matches(body.get("mobile"), "[0-9]{4,15}"),
        "first_name": text(body.get("first_name"), 1, 255),
        "last_name": text(body.get("last_name"), 1, 255),
    }
    return [name for name, is_good in good.items() if not is_good]


def _wrong_in_an_update(body: Record) -> list[str]:
    good = {
        "email": address(body.get("email")) and text(body["email"], 0, 255),
        "name": text(body.get("name"), 1, 255),
        "verify_timeslots": body.get("verify_timeslots") in ("on", "off"),
    }
    return [name for name, is_good in good.items() if not is_good] + _wrong_in_slots(body.get("timeslots"))


def _wrong_in_slots(sent: Any) -> list[str]:
    """Say what is wrong in a JSON document inside a string, by its place."""
    try:
        slots = json.loads(sent)
    except (TypeError, ValueError):
        return ["timeslots"]
    if not isinstance(slots, list):
        return ["timeslots"]
    return [
        f"timeslots.{index}" + (f".{name}" if isinstance(slot, dict) else "")
        for index, slot in enumerate(slots)
        for name in (SLOT if isinstance(slot, dict) else SLOT[:1])
        if not isinstance(slot, dict) or not _good_in_a_slot(name, slot.get(name))
    ]


def _good_in_a_slot(name: str, value: Any) -> bool:
    if name in ("start_time", "end_time"):
        return matches(value, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
    if name == "org_id":
        return matches(value, "[0-9]{1,19}")
    return value == "UTC" if name == "timezone" else whole(value, 0, 1 if name == "status" else 2**63 - 1)


def _wrong_in_an_auth_code(body: Record) -> list[str]:
    return [name for name in ("client_id", "client_secret") if not text(body.get(name), 1, 255)]


def _wrong_in_geofences(body: Record) -> list[str]:
    fences = body.get("geofences")
    if not isinstance(fences, list) or len(fences) > 1000:
        return ["geofences"]
    return [
        f"geofences.{index}" + (f".{name}" if isinstance(fence, dict) else "")
        for index, fence in enumerate(fences)
        for name in FENCE
        if not isinstance(fence, dict) or not _good_in_a_fence(name, fence.get(name))
    ]


def _good_in_a_fence(name: str, value: Any) -> bool:
    if name == "name":
        return text(value, 1, 255)
    if name == "enabled":
        return isinstance(value, bool)
    return number(value) and {"latitude": abs(value) <= 90, "longitude": abs(value) <= 180, "radius": value > 0}[name]


def _wrong_in_timeslots(body: Record) -> list[str]:
    sent = body.get("timeslot_ids")
    good = len(sent) <= 1000 and all(whole(id, 0) for id in sent) if isinstance(sent, list) else whole(sent, 0)
    return [] if good else ["timeslot_ids"]


def _moment(sent: str) -> datetime:
    return datetime.fromisoformat(sent)


def _members(state: State, organisation: int | None) -> list[Record]:
    return [user for user in state["users"].values() if user["organization_id"] == organisation]


def _no_member(state: State, ask: Ask) -> Told | None:
    organisation = _id(ask.path["orgId"])
    if organisation not in state["organisations"]:
        return Told("organisation_not_found")
    user = state["users"].get(_id(ask.path["userId"]))
    return None if user and user["organization_id"] == organisation else Told("user_not_found")


def _set(state: State, ask: Ask, answer: str, **members: Any) -> Told:
    user = state["users"].get(_id(ask.path["userId"]))
    if user is None:
        return Told("user_not_found")
    put(state, "users", {**user, **members, "updated_at": ask.now})
    return Told(answer)

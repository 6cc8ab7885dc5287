"""What the Tyk Dashboard's bodies are made of, and who may send them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tests.models.drawn import address, matches, text, whole
from tests.models.telling import NOTHING, Ask, Matcher, Record, State, Told, drop, like, new_id, put

ADMIN = {"admin-auth": "12345"}
MASTER = "7a7b140f-2480-4d5a-4e78-24049e3ba7f8"
"""The key of the vendor's samples, which acts as a super user."""
NEVER = "0001-01-01T00:00:00Z"
ID = "[0-9a-f]{24}"
PAGE = 10

_EVERYTHING = {"IsAdmin": "admin", "ResetPassword": "admin"}
_API = {"api_human_name": "", "api_id": ""}
_EVENT = {"webhook": "", "email": "", "redis": False}
_POLICY: Record = {"enabled": False, "rules": ""}
_UI: Record = {
    "languages": {},
    "hide_help": False,
    "default_lang": "",
    "login_page": {},
    "nav": {},
    "uptime": {},
    "portal_section": {},
    "designer": {},
    "dont_show_admin_sockets": False,
    "dont_allow_license_management": False,
    "dont_allow_license_management_view": False,
    "cloud": False,
}
ORGANISATION: Record = {
    "owner_name": "",
    "owner_slug": "",
    "cname": "",
    "cname_enabled": False,
    "apis": [_API],
    "developer_quota": 0,
    "developer_count": 0,
    "event_options": {"*": _EVENT},
    "hybrid_enabled": False,
    "sso_enabled": False,
    "ui": _UI,
    "org_options_meta": {},
    "open_policy": _POLICY,
    "additional_permissions": {"*": ""},
}
"""What an organisation is made of: each member as it is when it is empty, and what its items are like."""
USER: Record = {
    "first_name": "",
    "last_name": "",
    "email_address": "",
    "active": False,
    "user_permissions": {"*": ""},
    "group_id": "",
    "password_max_days": 0,
}
"""What of a user can be edited."""


def fits(shape: Any, value: Any) -> bool:
    """Tell whether a value is of a shape; any member may be null."""
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(shape[0], item) for item in value)
    if isinstance(shape, dict):
        known = {name: shape.get("*", shape.get(name)) for name in value} if isinstance(value, dict) else {}
        members = ((known[name], value[name]) for name in known if known[name] is not None)
        may_be_null = "*" not in shape
        return isinstance(value, dict) and all((may_be_null and it is None) or fits(its, it) for its, it in members)
    if isinstance(shape, int) and not isinstance(shape, bool):
        return whole(value)
    return type(value) is type(shape)


def filled(shape: Any, value: Any) -> Any:
    """Return a value with everything in it that its shape has, empty where it was left out, and nothing else."""
    if isinstance(shape, list):
        return [filled(shape[0], item) for item in value or []]
    if isinstance(shape, dict) and "*" in shape:
        return {name: filled(shape["*"], item) for name, item in (value or {}).items()}
    if isinstance(shape, dict) and shape:
        return {name: filled(its, (value or {}).get(name)) for name, its in shape.items()}
    return shape if value is None else value


def is_organisation(body: Any) -> bool:
    return fits({**ORGANISATION, "id": ""}, body)


def is_exported(body: Any) -> bool:
    return is_organisation(body) and matches(body.get("id"), ID)


def is_user(body: Any) -> bool:
    if not fits({**USER, "org_id": "", "password": ""}, body) or not address(body.get("email_address")):
        return False
    return body.get("org_id") is None or matches(body["org_id"], f"({ID})?")


def is_whole_user(body: Any) -> bool:
    return is_user(body) and text(body.get("first_name")) and text(body.get("last_name"))


def is_password(body: Any) -> bool:
    if not isinstance(body, dict) or not text(body.get("new_password"), 6):
        return False
    return body.get("current_password") is None or text(body["current_password"])


def edited(body: Record) -> Record:
    """Return what a body makes of a user; permissions that are left out are an administrator's."""
    given = filled(USER, body)
    return given if body.get("user_permissions") is not None else {**given, "user_permissions": _EVERYTHING}


def new_user(state: State, ask: Ask, org_id: str) -> Record:
    """Return a user as it is right after its creation, with what the server draws left open."""
    later = {"password_updated": NEVER, "PWHistory": [], "last_login_date": NEVER, "created_at": ask.now}
    drawn = {"id": born(ask.now, state["users"]), "access_key": like("[0-9a-f]{32}")}
    return {"api_model": {}, **edited(ask.body), "org_id": org_id, **drawn, **later}


def with_password(state: State, ask: Ask, user: Record, password: str | None) -> Record:
    """Set a password that is not empty; the user says when."""
    if not password:
        return user
    put(state, "passwords", {"id": user["id"], "password": password})
    return {**user, "password_updated": ask.now}


def taken(state: State, user: Record) -> bool:
    """Tell whether another user of the organisation has this address."""
    others = (other for other in state["users"].values() if other["id"] != user["id"])
    mailbox = user["org_id"], user["email_address"].lower()
    return mailbox in ((other["org_id"], other["email_address"].lower()) for other in others)


def born(now: str, others: Mapping[str, Any]) -> Matcher:
    """Match a new id, which begins with the seconds of its birth."""
    seconds = int(datetime.fromisoformat(now).timestamp())
    return Matcher("a new id of now", lambda it: it == new_id(others) and it.startswith(f"{seconds:08x}"))


def admin(ask: Ask) -> Told | None:
    return None if ask.who == ADMIN else Told("unauthorised")


def caller(state: State, ask: Ask) -> Record | None:
    """Return the user whose key it is, if he is active; the key of the samples is nobody's."""
    key = ask.who.removeprefix("Bearer ") if isinstance(ask.who, str) else None
    if key == MASTER:
        return {"id": "", "org_id": "", "user_permissions": _EVERYTHING}
    active = (user for user in state["users"].values() if user["active"])
    return next((user for user in active if key and user["access_key"] == key), None)


def reached(state: State, ask: Ask) -> Record | None:
    """Return the user that is meant, if he is of the caller's organisation."""
    who, user = caller(state, ask), state["users"].get(ask.path["id"])
    return user if who and user and who["org_id"] in ("", user["org_id"]) else None


def shape_of_id(ask: Ask, not_found: str) -> Told | None:
    return None if matches(ask.path["id"], ID) else Told(not_found)


def body(ask: Ask, fit: Callable[[Any], bool], malformed: str, invalid: str, missing: str) -> Told | None:
    if ask.body is NOTHING:
        return Told(missing)
    return Told(malformed) if isinstance(ask.body, bytes) else None if fit(ask.body) else Told(invalid)


def listed(ask: Ask, collection: str, records: list[Record], refused: str) -> Told:
    """Answer everything, or a page of ten, of which there are so many."""
    sent = ask.query.get("p", "-1")
    if not matches(sent, "-?[0-9]+") or not whole(int(sent)):
        return Told(refused)
    number = int(sent)
    if number < 0:
        return Told(f"{collection}_listed", {collection: records, "pages": 0})
    start = (max(number, 1) - 1) * PAGE
    return Told(f"{collection}_listed", {collection: records[start : start + PAGE], "pages": -(-len(records) // PAGE)})


def removed(state: State, user: Record | None, not_found: str) -> Told:
    if user is None:
        return Told(not_found)
    drop(state, "users", user["id"])
    drop(state, "passwords", user["id"])
    return Told("user_deleted")

"""Koneksi's Organization Admin API, as the document has it.

Checks come in this order: the credentials, the ID or the query, the body, then what there is.
A member who is deleted is found by the update alone that brings it back; one who is removed is not found at all.
E-mail addresses are one, whatever their letter case, and those of deleted members are taken.
"""

from collections.abc import Iterator
from typing import Any

from tests.models.drawn import address, matches, text, whole
from tests.models.telling import NOTHING, Ask, Record, State, Told, drop, new_id, put

SHOWN = ("organizations", "members", "holdings")
NOBODY = ("0" * 24, "686EA73481FBE273D180E8FE", "x")
PAIRS = (
    ("id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E", "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY"),
    ("id_5f9b3c4d-e8a1-4b2f-9e7d-12a34b56c789", "sk_x7k9p2m4q8r5t1y3w6u0v9z2b4c6n8m"),
)
"""The document's credentials: each ID with its own secret."""
VIEWER = ("id_viewer0Pq7Wn3Zk5Tt8Rb2Yc6Xd4Vf9Gh1Js0La", "sk_viewer8Mm4Nn1Bb7Vv3Cc9Xx5Zz2Aa6Ss0Dd4Ff")
VIEWING = "6874f7c2485ac74c1017613b"
"""The client that acts for a member who is no administrator, and that member."""
GIB = 1024**3
ROLES = ("organization_admin", "organization_user", "organization_viewer")
HELD = ("directory_count", "file_count", "service_account_count")


def headers_of(who: Any) -> dict[str, str]:
    return {name: value for name, value in zip(("Client-ID", "Client-Secret"), who, strict=True) if value is not None}


def readings(state: State) -> Iterator[tuple[str, Any, dict[str, Any], dict[str, str]]]:
    yield "list_members", PAIRS[0], {}, {"limit": "100"}
    yield "collect_metrics", PAIRS[0], {}, {}


# ---- the organization


def collect_metrics(state: State, ask: Ask) -> Told:
    """Count again, over all members who are not deleted."""
    members = _visible(state)
    held = [state["holdings"].get(member["id"], {}) for member in members]
    data = {
        "organization_id": next(iter(state["organizations"])),
        "byte_limit": sum(member["bytes_limit"] for member in members),
        "byte_usage": sum(member["bytes_usage"] for member in members),
        **{name: sum(one.get(name, 0) for one in held) for name in HELD},
        "member_count": len(members),
        "verified_member_count": sum(member["is_verified"] for member in members),
        "locked_member_count": sum(member["is_locked"] for member in members),
    }
    return _stopped(state, ask) or Told("metrics_collected", {"data": data})


def read_organization(state: State, ask: Ask) -> Told:
    return _stopped(state, ask) or Told("organization_read", {"data": _organization(state)})


def update_organization(state: State, ask: Ask) -> Told:
    if refused := _stopped(state, ask) or _body(ask, _wrong_in_the_organization):
        return refused
    sent = {name: ask.body[name] for name in ("name", "domain", "contact", "parent_id") if name in ask.body}
    put(state, "organizations", {**_organization(state), **sent, "updated_at": ask.now})
    return Told("organization_updated", {"data": _organization(state)})


# ---- members


def list_members(state: State, ask: Ask) -> Told:
    if refused := _stopped(state, ask):
        return refused
    numbers = {}
    for name, most, usual in (("page", 2**63 - 1, "1"), ("limit", 100, "10")):
        sent = ask.query.get(name, usual)
        if not matches(sent, "-?[0-9]+") or not whole(int(sent), 1, most):
            return Told(f"invalid_{name}")
        numbers[name] = int(sent)
    page, limit, members = numbers["page"], numbers["limit"], _visible(state)
    meta = {"page": page, "limit": limit, "total": len(members), "total_pages": -(-len(members) // limit)}
    return Told("members_listed", {"data": members[(page - 1) * limit : page * limit], "meta": meta})


def search_members(state: State, ask: Ask) -> Told:
    """A space may have been a plus."""
    if refused := _stopped(state, ask):
        return refused
    term = ask.query.get("email", "").lower()
    if not term:
        return Told("email_required")
    terms = (term, term.replace(" ", "+"))
    found = [one for one in _visible(state) if any(wanted in one["email"].lower() for wanted in terms)]
    return Told("members_found", {"data": found[:10]})


def read_member(state: State, ask: Ask) -> Told:
    found = _member(state, ask.path["user"])
    return _stopped(state, ask) or (Told("member_read", {"data": found}) if found else Told("user_not_found"))


def create_member(state: State, ask: Ask) -> Told:
    if refused := _stopped(state, ask) or _body(ask, _wrong_in_a_new_member):
        return refused
    body = ask.body
    if body["password"] != body["confirm_password"]:
        return Told("passwords_differ")
    if _taken(state, body["email"]):
        return Told("email_taken")
    names = {name: body.get(name) for name in ("first_name", "middle_name", "last_name", "suffix", "email", "role")}
    begun = {"is_verified": False, "is_locked": False, "is_deleted": False, "bytes_limit": 5 * GIB, "bytes_usage": 0}
    moments = {"created_at": ask.now, "updated_at": ask.now}
    id = new_id(state["members"], state["former_members"])

    def learn(answer: Any) -> None:
        put(state, "members", answer["data"])
        put(state, "listed", {"id": answer["data"]["id"]})
        put(state, "passwords", {"id": answer["data"]["id"]})

    return Told("member_created", {"data": {"id": id, **names, **begun, **moments}}, learn)


def update_member(state: State, ask: Ask) -> Told:
    refused = _stopped(state, ask) or _shape(ask.path["user"], "user_not_found") or _body(ask, _wrong_in_an_update)
    if refused:
        return refused
    old, body = state["members"].get(ask.path["user"]), ask.body
    if old is None or (old["is_deleted"] and body.get("is_deleted") is not False):
        return Told("user_not_found")
    if "email" in body and _taken(state, body["email"], old["id"]):
        return Told("email_taken")
    sent = {name: value for name, value in body.items() if name in old and name in _UPDATED}
    put(state, "members", {**old, **sent, "updated_at": ask.now})
    if state["members"][old["id"]]["is_deleted"]:
        drop(state, "listed", old["id"])
    else:
        put(state, "listed", {"id": old["id"]})
    if "password" in body:
        put(state, "passwords", {"id": old["id"]})
    return Told("member_updated", {"data": state["members"][old["id"]]})


def remove_member(state: State, ask: Ask) -> Told:
    id = ask.path["userID"]
    if refused := _stopped(state, ask):
        return refused
    if id in state["former_members"]:
        return Told("user_not_member")
    if _member(state, id) is None:
        return Told("user_not_found")
    for collection in ("members", "listed", "holdings", "passwords"):
        drop(state, collection, id)
    put(state, "former_members", {"id": id})
    return Told("member_removed")


def update_user_limit(state: State, ask: Ask) -> Told:
    id = ask.path["user"]
    refused = _stopped(state, ask) or _shape(id, "user_limit_not_found") or _body(ask, _wrong_in_a_limit)
    member = _member(state, id)
    if refused or member is None:
        return refused or Told("user_limit_not_found")
    limit = ask.body["bytes_limit"]
    if limit < member["bytes_usage"]:
        return Told("usage_exceeds_limit")
    put(state, "members", {**member, "bytes_limit": limit, "updated_at": ask.now})
    shown = {"user_id": id, "bytes_limit": limit, "bytes_usage": member["bytes_usage"]}
    return Told("limit_updated", {"data": shown})


# ---- what bodies must be: the name of what refuses them, or None

_UPDATED = ("first_name", "middle_name", "last_name", "suffix", "email", "is_verified", "is_locked", "is_deleted")


def _wrong_in_a_new_member(body: Record) -> str | None:
    good = _names(body) and address(body.get("email")) and text(body.get("confirm_password"))
    if not good or not text(body.get("password")) or not text(body.get("role")) or not _named(body):
        return "invalid_request_body"
    return _weak(body["password"]) or (None if body["role"] in ROLES else "role_not_found")


def _wrong_in_an_update(body: Record) -> str | None:
    flags = (body.get(name, False) for name in ("is_verified", "is_locked", "is_deleted"))
    good = _names(body) and address(body.get("email", "a@b.c")) and text(body.get("password", ""))
    if not good or not all(isinstance(flag, bool) for flag in flags):
        return "invalid_request_body"
    return _weak(body["password"]) if "password" in body else None


def _wrong_in_the_organization(body: Record) -> str | None:
    parent = body.get("parent_id")
    good = text(body.get("name", "x"), 1) and text(body.get("domain", "x"), 1) and address(body.get("contact", "a@b.c"))
    return None if good and (parent is None or matches(parent, "[0-9a-f]{24}")) else "invalid_request_body"


def _wrong_in_a_limit(body: Record) -> str | None:
    return None if whole(body.get("bytes_limit"), 1, 1024 * 1024 * GIB) else "invalid_request_body"


def _named(body: Record) -> bool:
    return "first_name" in body and "last_name" in body


def _names(body: Record) -> bool:
    """Tell whether the names that are sent can be names; two of them may be null."""
    needed = all(text(body.get(name, "x"), 1) for name in ("first_name", "last_name"))
    return needed and all(body.get(name) is None or text(body[name]) for name in ("middle_name", "suffix"))


def _weak(password: str) -> str | None:
    if len(password) < 8:
        return "password_too_short"
    kinds = ("[a-z]", "[A-Z]", "[0-9]", "[!@#$%^&*]")
    return None if all(matches(password, f".*{kind}.*") for kind in kinds) else "password_too_simple"


# ---- what they share


def _stopped(state: State, ask: Ask) -> Told | None:
    """Let in who has a pair of credentials; not the client of a viewer, nor of one who is gone."""
    if ask.who == VIEWER and _member(state, VIEWING):
        return Told("role_required")
    return None if ask.who in PAIRS else Told("unauthorized")


def _body(ask: Ask, wrong_in: Any) -> Told | None:
    if ask.body is NOTHING or not isinstance(ask.body, dict):
        return Told("invalid_request_body")
    wrong = wrong_in(ask.body)
    return Told(wrong) if wrong else None


def _shape(id: str, not_found: str) -> Told | None:
    return None if matches(id, "[0-9a-f]{24}") else Told(not_found)


def _organization(state: State) -> Record:
    (organization,) = state["organizations"].values()
    return organization


def _visible(state: State) -> list[Record]:
    """Return who is not deleted, in the order in which they joined; who was brought back joined anew."""
    return [state["members"][id] for id in state["listed"]]


def _member(state: State, id: str) -> Record | None:
    found = state["members"].get(id)
    return found if found and not found["is_deleted"] else None


def _taken(state: State, email: str, but: str | None = None) -> bool:
    return email.lower() in (one["email"].lower() for one in state["members"].values() if one["id"] != but)

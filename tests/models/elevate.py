"""ELEVATE's user service, as the document and the fact file have it.

Checks come in this order: whether the body can be read, the token and its role, the rules of the call, then what this
administrator may do to this organisation. A token is believed until it expires, whatever became of its account.
"""

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.models.drawn import matches, text, whole
from tests.models.telling import NOTHING, Ask, Matcher, Record, State, Told, put

SHOWN = ("organizations", "users")
NOBODY = (99_999, -1, "x", "{organization_id}")
PREFIX = "bearer "
PASSWORDS = {
    1: "John@2024",
    2: "Clara@2024",
    3: "SystemAdmin@2024",
    4: "OrgAdmin@2024",
    5: "Mentee@2024",
    6: "VidyaSetu@2024",
    7: "NayaSavera@2024",
}
"""Those of the fixture's people."""
ROLES = ("public", "user", "admin", "mentor", "mentee", "org_admin")
ADMIN, ORG_ADMIN = "admin", "org_admin"
DAY = 86_400
LIFETIMES = {"access_token": DAY, "refresh_token": 183 * DAY}
_EMAIL = r"\s*[A-Za-z0-9._%+'-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}\s*"
_WHOLE = "[+-]?[0-9]+"
_JWT = r"[\w-]+\.[\w-]+\.[\w-]+"


def headers_of(who: Any) -> dict[str, str]:
    token, language = who
    named = {"X-auth-token": token, "accept-language": language}
    return {name: value for name, value in named.items() if value is not None}


def readings(state: State) -> Iterator[tuple[str, Any, dict[str, Any], dict[str, str]]]:
    """Reading takes a token: the machine has one."""
    yield from ()


# ---- accounts


def login(state: State, ask: Ask) -> Told:
    if refused := _unreadable(ask):
        return refused
    if ask.body is NOTHING:
        return Told("credentials_missing")
    if wrong := _wrong(ask.body, email=lambda it: matches(it, _EMAIL), password=lambda it: text(it) and it.strip()):
        return _broken("body", wrong)
    email, password = ask.body["email"].strip().lower(), ask.body["password"].strip()
    user = next((one for one in state["users"].values() if one["email"].lower() == email), None)
    if user is None or user["status"] != "ACTIVE":
        return Told("email_not_registered")
    if PASSWORDS.get(user["id"]) != password:
        return Told("password_invalid")
    home, session = state["organizations"][user["organization_id"]], len(state["sessions"]) + 1
    put(state, "sessions", {"id": session})
    roles = [_role(id) for id in user["roles"]]
    shown = {**user, "organization": {name: home[name] for name in ("id", "name", "code")}, "user_roles": roles}
    claims = {"id": user["id"], "name": user["name"], "session_id": session, "organization_id": home["id"]}
    issued = {kind: _token({**claims, "roles": roles}, ask.now, life) for kind, life in LIFETIMES.items()}
    return Told("logged_in", {"result": {**issued, "user": shown}})


def list_accounts(state: State, ask: Ask) -> Told:
    if refused := _stopped(ask):
        return refused
    query = {"type": "all", "page": "1", "limit": "100", **ask.query}
    good = {
        "type": query["type"] in ("all", *ROLES),
        "organization_id": _number(query.get("organization_id", "0")),
        "page": _number(query["page"], 1),
        "limit": _number(query["limit"], 1, 1000),
    }
    if wrong := [name for name, is_good in good.items() if not is_good]:
        return _broken("query", wrong)
    users = [user for _, user in sorted(state["users"].items())]
    if query["type"] != "all":
        users = [user for user in users if ROLES[user["roles"][0] - 1] == query["type"]]
    if "organization_id" in query:
        users = [user for user in users if user["organization_id"] == int(query["organization_id"])]
    users = [user for user in users if query.get("search", "").lower() in user["name"].lower()]
    page, limit = int(query["page"]), int(query["limit"])
    shown = users[(page - 1) * limit : page * limit]
    letters = sorted({user["name"][0].upper() for user in shown})
    data = [{"key": key, "values": [user for user in shown if user["name"][0].upper() == key]} for key in letters]
    return Told("accounts_listed", {"result": {"data": data, "count": len(users)}})


# ---- organisations


def read_organization(state: State, ask: Ask) -> Told:
    id = ask.query.get("organisation_id", "")
    if refused := _stopped(ask) or (None if _number(id) else _broken("query", ["organisation_id"])):
        return refused
    found = state["organizations"].get(int(id))
    return Told("organization_read", {"result": found}) if found else Told("organization_not_found")


def update_organization(state: State, ask: Ask) -> Told:
    id = ask.path["organization_id"]
    refused = _unreadable(ask) or _stopped(ask, ADMIN, ORG_ADMIN) or _unknown(id)
    if refused:
        return refused
    body, caller = {} if ask.body is NOTHING else ask.body, _claims(ask)
    rules = {
        "name": lambda it: matches(it, r"\s*[A-Za-z][A-Za-z ]*\s*"),
        "description": lambda it: matches(it, r"\s*[a-zA-Z0-9\-.,][a-zA-Z0-9\-.,\s]*"),
    }
    sent = {name: rule for name, rule in rules.items() if isinstance(body, dict) and name in body}
    if wrong := _wrong(body, **sent) + _wrong_in_list(body, "related_orgs", whole, 0):
        return _broken("body", wrong)
    is_admin = ADMIN in _titles(caller)
    if not is_admin and caller["organization_id"] != int(id):
        return Told("access_denied")
    if int(id) not in state["organizations"]:
        return Told("organization_not_found")
    if "related_orgs" in body and not is_admin:
        return Told("related_organizations_denied")
    old = state["organizations"][int(id)]
    changed: Record = {name: body[name].strip() for name in sent}
    if "related_orgs" in body:
        wanted = dict.fromkeys(body["related_orgs"])
        changed["related_orgs"] = [other for other in wanted if other != int(id) and other in state["organizations"]]
    stamp = {"updated_by": caller["id"], "updated_at": ask.now}
    put(state, "organizations", {**old, **changed, **stamp})
    if "related_orgs" in changed:
        _relate(state, old, changed["related_orgs"])
    return Told("organization_updated")


def deactivate_org(state: State, ask: Ask) -> Told:
    id = ask.path["organization_id"]
    if refused := _stopped(ask, ADMIN) or _unknown(id):
        return refused
    organization = state["organizations"].get(int(id))
    if organization is None or organization["status"] != "ACTIVE":
        return Told("deactivation_failed")
    leaving = [user for user in state["users"].values() if user["organization_id"] == int(id)]
    stamp = {"status": "INACTIVE", "updated_by": _claims(ask)["id"], "updated_at": ask.now}
    put(state, "organizations", {**organization, **stamp})
    return Told("organization_deactivated", {"result": [{"deactivated_users": _deactivate(state, leaving, ask.now)}]})


# ---- users


def deactivate_user(state: State, ask: Ask) -> Told:
    if refused := _unreadable(ask) or _stopped(ask, ADMIN, ORG_ADMIN):
        return refused
    body = {} if ask.body is NOTHING else ask.body
    wrong = _wrong(body) + _wrong_in_list(body, "id", whole, 1) + _wrong_in_list(body, "email", text, 1)
    if wrong:
        return _broken("body", wrong)
    if "id" not in body and "email" not in body:
        return Told("email_or_id_required")
    caller = _claims(ask)
    if ORG_ADMIN not in _titles(caller):
        return Told("not_an_admin")
    emails = [email.strip().lower() for email in body.get("email", [])]
    own = [user for user in state["users"].values() if user["organization_id"] == caller["organization_id"]]
    named = [user for user in own if (user["email"].lower() in emails if "email" in body else user["id"] in body["id"])]
    if not _deactivate(state, named, ask.now):
        return Told("deactivation_failed")
    return Told("user_deactivated")


# ---- what they share


def payload(token: str) -> Record:
    """Return what a token says."""
    middle = token.split(".")[1]
    said: Record = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    return said


def _claims(ask: Ask) -> Record:
    claims: Record = payload(ask.who[0])["data"]
    return claims


def _titles(claims: Record) -> list[str]:
    return [role["title"] for role in claims["roles"]]


def _stopped(ask: Ask, *roles: str) -> Told | None:
    """Let in who has a token that the machine was given, still good, of a role that may call this."""
    value = ask.who[0]
    if value is None or not re.fullmatch(PREFIX + _JWT, value) or value.endswith(".forged"):
        return Told("unauthorized")
    if _seconds(ask.now) >= payload(value)["exp"]:
        return Told("session_expired")
    return None if not roles or set(roles) & set(_titles(_claims(ask))) else Told("permission_denied")


def _token(data: Record, now: str, life: int) -> Matcher:
    said = {"data": data, "iat": _seconds(now), "exp": _seconds(now) + life}
    return Matcher(
        f"a token that says {said}", lambda it: matches(it, r"[\w-]+\.[\w-]+\.[\w-]+") and payload(it) == said
    )


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def _role(id: int) -> Record:
    title = ROLES[id - 1]
    rest = {"status": "ACTIVE", "organization_id": 1, "visibility": "PUBLIC"}
    return {"id": id, "title": title, "user_type": int(title in (ADMIN, ORG_ADMIN)), **rest}


def _unreadable(ask: Ask) -> Told | None:
    return Told("malformed_body") if isinstance(ask.body, bytes) else None


def _unknown(id: Any) -> Told | None:
    return None if _number(str(id)) else Told("resource_not_found")


def _number(sent: str, least: int = -(2**63), most: int = 2**63 - 1) -> bool:
    return matches(sent, _WHOLE) and whole(int(sent), least, most)


def _broken(location: str, params: list[str]) -> Told:
    """Answer with an entry for each broken rule, at least one for each parameter."""

    def fits(it: Any) -> bool:
        return {location} == {entry["location"] for entry in it} and set(params) == {entry["param"] for entry in it}

    return Told("validation_failed", {"error": Matcher(f"errors about {params}", fits)})


def _wrong(body: Any, **rules: Any) -> list[str]:
    """Return the members that break their rule; the empty name for what is no object."""
    return [name for name, rule in rules.items() if not rule(body.get(name))] if isinstance(body, dict) else [""]


def _wrong_in_list(body: Any, name: str, fits: Any, least: int) -> list[str]:
    if not isinstance(body, dict) or name not in body:
        return []
    sent = body[name]
    if not isinstance(sent, list) or not least <= len(sent) <= 1000:
        return [name]
    return [f"{name}[{index}]" for index, item in enumerate(sent) if not fits(item)]


def _deactivate(state: State, users: list[Record], now: str) -> int:
    active = [user for user in users if user["status"] == "ACTIVE"]
    for user in active:
        put(state, "users", {**user, "status": "INACTIVE", "updated_at": now})
    return len(active)


def _relate(state: State, organization: Record, now: list[int]) -> None:
    """See that those listed, and no others, are related back."""
    for other in list(state["organizations"].values()):
        rest = [id for id in other["related_orgs"] if id != organization["id"]]
        if other["id"] in now and organization["id"] not in other["related_orgs"]:
            put(state, "organizations", {**other, "related_orgs": [*rest, organization["id"]]})
        elif other["id"] not in now and other["id"] in organization["related_orgs"]:
            put(state, "organizations", {**other, "related_orgs": rest})

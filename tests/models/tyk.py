"""The Tyk Dashboard Admin API, as the documents have it.

Checks come in this order: the credentials, the id or the page, the body, then what there is.
What a body leaves out, or has as null, is empty; what it has too much is ignored.
E-mail addresses are one in an organisation, whatever their letter case; super users, who have no organisation, too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.models import tyk_shapes as is_
from tests.models.telling import Ask, Record, State, Told, drop, put
from tests.models.tyk_shapes import ADMIN, MASTER, ORGANISATION, admin, body, filled, listed, shape_of_id

SHOWN = ("organisations", "users")
NOBODY = ("000000000000000000000000", "54B53D3AEBA6DB5C35000002", "x")


def headers_of(who: Any) -> dict[str, str]:
    """Send the admin secret where ``who`` is a mapping, else a user's key."""
    return dict(who) if isinstance(who, Mapping) else {} if who is None else {"authorization": who}


def readings(state: State) -> Iterator[tuple[str, Any, dict[str, Any], dict[str, str]]]:
    yield "list_organisations", ADMIN, {}, {}
    yield "list_users", ADMIN, {}, {}
    yield "list_api_users", MASTER, {}, {}


# ---- organisations


def list_organisations(state: State, ask: Ask) -> Told:
    every = list(state["organisations"].values())
    return admin(ask) or listed(ask, "organisations", every, "organisations_not_retrieved")


def create_organisation(state: State, ask: Ask) -> Told:
    refusals = ("body_malformed", "body_malformed", "body_empty")
    if refused := admin(ask) or body(ask, is_.is_organisation, *refusals):
        return refused

    def learn(answer: Any) -> None:
        put(state, "organisations", {"id": answer["Meta"], **filled(ORGANISATION, ask.body)})

    return Told("organisation_created", {"Meta": is_.born(ask.now, state["organisations"])}, learn)


def import_organisation(state: State, ask: Ask) -> Told:
    refusals = ("organisation_not_saved", "organisation_not_saved", "body_empty")
    if refused := admin(ask) or body(ask, is_.is_exported, *refusals):
        return refused
    id = ask.body["id"]
    if id in state["organisations"]:
        return Told("organisation_not_saved")
    put(state, "organisations", {"id": id, **filled(ORGANISATION, ask.body)})
    return Told("organisation_imported", {"Meta": id})


def read_organisation(state: State, ask: Ask) -> Told:
    found = state["organisations"].get(ask.path["id"])
    return admin(ask) or (Told("organisation_read", found) if found else Told("organisation_not_found"))


def update_organisation(state: State, ask: Ask) -> Told:
    """Replace it whole. An id that cannot be is told before the body is looked at, one that is not there after it."""
    refusals = ("organisation_not_updated", "organisation_not_updated", "organisation_body_empty")
    refused = admin(ask) or shape_of_id(ask, "organisation_not_found") or body(ask, is_.is_organisation, *refusals)
    if refused or ask.path["id"] not in state["organisations"]:
        return refused or Told("organisation_not_found")
    put(state, "organisations", {"id": ask.path["id"], **filled(ORGANISATION, ask.body)})
    return Told("organisation_updated")


def delete_organisation(state: State, ask: Ask) -> Told:
    """Take it away, and leave its users where they are."""
    refused = admin(ask)
    if refused or ask.path["id"] not in state["organisations"]:
        return refused or Told("organisation_not_found")
    drop(state, "organisations", ask.path["id"])
    return Told("organisation_deleted")


# ---- users, by the admin secret


def list_users(state: State, ask: Ask) -> Told:
    return admin(ask) or listed(ask, "users", list(state["users"].values()), "users_not_retrieved")


def create_user(state: State, ask: Ask) -> Told:
    """A password is not read here."""
    refusals = ("body_malformed", "body_malformed", "body_empty")
    if refused := admin(ask) or body(ask, is_.is_user, *refusals):
        return refused
    user = is_.new_user(state, ask, ask.body.get("org_id") or "")
    if is_.taken(state, user):
        return Told("email_taken")

    def learn(answer: Any) -> None:
        assert answer["Message"] == answer["Meta"]["access_key"]
        put(state, "users", answer["Meta"])

    return Told("user_created", {"Message": user["access_key"], "Meta": user}, learn)


def read_user(state: State, ask: Ask) -> Told:
    found = state["users"].get(ask.path["id"])
    return admin(ask) or (Told("user_read", found) if found else Told("user_not_found"))


def update_user(state: State, ask: Ask) -> Told:
    id, refusals = ask.path["id"], ("body_malformed", "body_malformed", "body_empty")
    refused = admin(ask) or shape_of_id(ask, "user_to_update_not_found") or body(ask, is_.is_user, *refusals)
    if refused or id not in state["users"]:
        return refused or Told("user_to_update_not_found")
    user = _moved(state["users"][id], ask, ask.body.get("org_id"))
    if is_.taken(state, user):
        return Told("email_taken")
    user = is_.with_password(state, ask, user, ask.body.get("password"))
    put(state, "users", user)
    return Told("user_replaced", {"Message": user["access_key"], "Meta": user})


def delete_user(state: State, ask: Ask) -> Told:
    return admin(ask) or is_.removed(state, state["users"].get(ask.path["id"]), "user_not_found")


def allow_reset_passwords(state: State, ask: Ask) -> Told:
    return _permitted(state, ask, "password_resets_allowed", {"ResetPassword": "admin"})


def disallow_reset_passwords(state: State, ask: Ask) -> Told:
    return _permitted(state, ask, "password_resets_disallowed", {})


# ---- users, by a user's own key: those of the key's organisation


def list_api_users(state: State, ask: Ask) -> Told:
    caller = is_.caller(state, ask)
    if not caller:
        return Told("unauthorised")
    users = [user for user in state["users"].values() if caller["org_id"] in ("", user["org_id"])]
    return listed(ask, "users", users, "api_users_not_retrieved")


def create_api_user(state: State, ask: Ask) -> Told:
    caller, refusals = is_.caller(state, ask), ("api_body_malformed", "api_user_invalid", "api_body_empty")
    if not caller:
        return Told("unauthorised")
    if refused := body(ask, is_.is_whole_user, *refusals):
        return refused
    user = is_.new_user(state, ask, caller["org_id"] or ask.body.get("org_id") or "")
    if is_.taken(state, user):
        return Told("api_email_taken")

    def learn(answer: Any) -> None:
        new = {**user, "id": answer["Meta"]}
        put(state, "users", is_.with_password(state, ask, new, ask.body.get("password")))

    return Told("api_user_created", {"Meta": user["id"]}, learn)


def read_api_user(state: State, ask: Ask) -> Told:
    if not is_.caller(state, ask):
        return Told("unauthorised")
    found = is_.reached(state, ask)
    return Told("user_read", found) if found else Told("api_user_not_found")


def update_api_user(state: State, ask: Ask) -> Told:
    """A password is not read here. Only a super user may name another organisation."""
    caller, refusals = is_.caller(state, ask), ("api_body_malformed", "api_user_invalid", "api_body_empty")
    if not caller:
        return Told("unauthorised")
    if refused := shape_of_id(ask, "api_user_not_found") or body(ask, is_.is_whole_user, *refusals):
        return refused
    if not (old := is_.reached(state, ask)):
        return Told("api_user_not_found")
    user = _moved(old, ask, None if caller["org_id"] else ask.body.get("org_id"))
    if is_.taken(state, user):
        return Told("api_email_taken")
    put(state, "users", user)
    return Told("api_user_updated")


def delete_api_user(state: State, ask: Ask) -> Told:
    if not is_.caller(state, ask):
        return Told("unauthorised")
    return is_.removed(state, is_.reached(state, ask), "api_user_not_found")


def reset_password(state: State, ask: Ask) -> Told:
    """One's own takes the current one, if there is one; another's takes a permission, or a super user."""
    caller, refusals = is_.caller(state, ask), ("api_body_malformed", "api_body_malformed", "api_body_empty")
    if not caller:
        return Told("unauthorised")
    if refused := shape_of_id(ask, "api_user_not_found") or body(ask, is_.is_password, *refusals):
        return refused
    if not (user := is_.reached(state, ask)):
        return Told("api_user_not_found")
    may_reset = not caller["org_id"] or caller["user_permissions"].get("ResetPassword") == "admin"
    if user["id"] != caller["id"] and not may_reset:
        return Told("password_reset_denied")
    current = state["passwords"].get(user["id"])
    if user["id"] == caller["id"] and current and current["password"] != ask.body.get("current_password"):
        return Told("current_password_wrong")
    put(state, "users", is_.with_password(state, ask, user, ask.body["new_password"]))
    return Told("password_updated")


# ---- system


def reload_system(state: State, ask: Ask) -> Told:
    return admin(ask) or Told("system_reloaded")


def read_admin_hello(state: State, ask: Ask) -> Told:
    return Told("dashboard_alive")


def read_hello(state: State, ask: Ask) -> Told:
    return Told("dashboard_alive")


# ---- what they share


def _moved(user: Record, ask: Ask, org_id: str | None) -> Record:
    """Return a user as a body has it, in the same organisation where none is named."""
    return {**user, **is_.edited(ask.body), "org_id": user["org_id"] if org_id is None else org_id}


def _permitted(state: State, ask: Ask, answer: str, permission: dict[str, str]) -> Told:
    user = state["users"].get(ask.path["id"])
    if (refused := admin(ask)) or user is None:
        return refused or Told("user_not_found")
    others = {name: value for name, value in user["user_permissions"].items() if name != "ResetPassword"}
    changed = {**user, "user_permissions": {**others, **permission}}
    put(state, "users", changed)
    return Told(answer, {"Meta": changed})

"""Logging in, and reading who has an account."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.table import Record, Rows
from understudy.passwords import password_matches
from understudy.providers.elevate import tokens
from understudy.providers.elevate.roles import ROLE_IDS, roles_of
from understudy.providers.elevate.state import ACTIVE, ElevateState


def login(state: ElevateState, call: Call) -> tuple[Answer, ElevateState]:
    """Issue the tokens of an account, and open a session.

    Raises Refusal for an unknown or deactivated account and for a wrong password (fact file, account/login).
    """
    user = _account(state, call.body)
    session = state.sessions.created + 1
    result = {
        "access_token": tokens.issue(tokens.ACCESS, user, session, call.now, call.mint),
        "refresh_token": tokens.issue(tokens.REFRESH, user, session, call.now, call.mint),
        "user": {**user, "organization": _organization(state, user), "user_roles": roles_of(user)},
    }
    opened = {"id": session, "user_id": user["id"], "login_time": iso(call.now)}
    return Answer("logged_in", {"result": result}), replace(state, sessions=state.sessions.put(opened))


def list_accounts(state: ElevateState, call: Call) -> tuple[Answer, ElevateState]:
    """Answer one page of the accounts that were asked for (published OpenAPI, account list)."""
    limit = call.query["limit"]
    offset = (call.query["page"] - 1) * limit
    rows = _rows(state, call.query)
    if "search" in call.query:
        wanted = call.query["search"].casefold()
        hits = [user for user in rows if wanted in user["name"].casefold()]
        page, count = hits[offset : offset + limit], len(hits)
    else:
        page, count = rows.page(offset, limit), len(rows)
    return Answer("accounts_listed", {"result": {"data": _by_letter(page), "count": count}}), state


def _account(state: ElevateState, credentials: Mapping[str, str]) -> Record:
    # The service trims both before it looks.
    user = state.users.where("email", credentials["email"].strip().lower()).first()
    if user is None or user["status"] != ACTIVE:
        raise Refusal("email_not_registered")
    password = state.passwords.get(user["id"])
    if password is None or not password_matches(password["hash"], credentials["password"].strip()):
        raise Refusal("password_invalid")
    return user


def _organization(state: ElevateState, user: Record) -> dict[str, Any]:
    # It is there: the seed sees to it, and no operation removes one.
    organization: Mapping[str, Any] = state.organizations.get(user["organization_id"]) or {}
    return {member: organization[member] for member in ("id", "name", "code")}


def _rows(state: ElevateState, query: Mapping[str, Any]) -> Rows:
    organization = query.get("organization_id")
    role = ROLE_IDS.get(query["type"])  # none for "all"
    if organization is None:
        return state.users.all() if role is None else state.users.where("role", role)
    if role is None:
        return state.users.where("organization", organization)
    return state.users.where("organization_and_role", (organization, role))


def _by_letter(users: Iterable[Record]) -> list[dict[str, Any]]:
    groups: dict[str, list[Record]] = {}
    for user in users:
        groups.setdefault(user["name"][:1].upper(), []).append(user)
    return [{"key": letter, "values": groups[letter]} for letter in sorted(groups)]

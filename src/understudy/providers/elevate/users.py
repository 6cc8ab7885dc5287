"""Deactivating the users of an organisation."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.table import Record, Table
from understudy.providers.elevate.roles import ORGANIZATION_ADMINISTRATOR
from understudy.providers.elevate.state import ACTIVE, INACTIVE, ElevateState


def deactivate_user(state: ElevateState, call: Call) -> tuple[Answer, ElevateState]:
    """Deactivate users of the caller's organisation, chosen by id or e-mail address.

    Raises Refusal where nobody is named, where the caller administrates no organisation, and where
    nobody is left to deactivate (document, Deactivating Users; fact file, deactivateUser).
    """
    if call.body is None:  # before the role, as the contract refuses an empty object: the body is checked first
        raise Refusal("email_or_id_required")
    if ORGANIZATION_ADMINISTRATOR not in call.principal.roles:
        raise Refusal("not_an_admin")
    own = call.principal.organization_id
    leaving = [user for user in _chosen(state.users, call.body) if user["organization_id"] == own]
    users, count = deactivated(state.users, leaving, call.now)
    if not count:
        raise Refusal("deactivation_failed")
    return Answer("user_deactivated"), replace(state, users=users)


def deactivated(users: Table, leaving: Iterable[Record], now: datetime) -> tuple[Table, int]:
    """Return the users with those of ``leaving`` who were active INACTIVE, and how many they were."""
    active = {user["id"]: user for user in leaving if user["status"] == ACTIVE}
    for user in active.values():
        users = users.put({**user, "status": INACTIVE, "updated_at": iso(now)})
    return users, len(active)


def _chosen(users: Table, body: Mapping[str, Any]) -> list[Record]:
    """Return the users whom the body names; with both members, ``id`` is ignored (fact file)."""
    if "email" in body:
        found = (users.where("email", email.strip().lower()).first() for email in body["email"])
    else:
        found = (users.get(id) for id in body["id"])
    return [user for user in found if user is not None]

"""Reading, updating and deactivating organisations."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.table import Record, Table
from understudy.providers.elevate.roles import SYSTEM_ADMINISTRATOR
from understudy.providers.elevate.state import ACTIVE, INACTIVE, ElevateState
from understudy.providers.elevate.users import deactivated


def read_organization(state: ElevateState, call: Call) -> tuple[Answer, ElevateState]:
    """Answer one organisation. Raises Refusal where there is none (published OpenAPI, organization read)."""
    organization = state.organizations.get(call.query["organisation_id"])
    if organization is None:
        raise Refusal("organization_not_found")
    return Answer("organization_read", {"result": organization}), state


def update_organization(state: ElevateState, call: Call) -> tuple[Answer, ElevateState]:
    """Change the members that were sent; ``related_orgs`` on both sides.

    Raises Refusal for an unknown organisation, for one that is not the caller's own, and for
    relations by anybody but a system administrator (document, Updating Organizations' Details).
    """
    body = call.body or {}
    organization = _updatable(state, call)
    if "related_orgs" in body and SYSTEM_ADMINISTRATOR not in call.principal.roles:
        raise Refusal("related_organizations_denied")
    changes = _changes(state, organization["id"], body)
    stamp = {"updated_by": call.principal.id, "updated_at": iso(call.now)}
    organizations = state.organizations.put({**organization, **changes, **stamp})
    if "related_orgs" in changes:
        organizations = _related(organizations, organization, changes["related_orgs"])
    return Answer("organization_updated"), replace(state, organizations=organizations)


def deactivate_org(state: ElevateState, call: Call) -> tuple[Answer, ElevateState]:
    """Make an organisation and all its users INACTIVE, and count the users.

    Raises Refusal for one that is unknown or deactivated already (document, Deactivating Organizations).
    """
    organization = state.organizations.get(call.path["organization_id"])
    if organization is None or organization["status"] != ACTIVE:
        raise Refusal("deactivation_failed")
    users, count = deactivated(state.users, state.users.where("organization", organization["id"]), call.now)
    stamp = {"status": INACTIVE, "updated_by": call.principal.id, "updated_at": iso(call.now)}
    organizations = state.organizations.put({**organization, **stamp})
    answer = Answer("organization_deactivated", {"result": [{"deactivated_users": count}]})
    return answer, replace(state, organizations=organizations, users=users)


def _updatable(state: ElevateState, call: Call) -> Record:
    """Return the organisation if this caller may change it."""
    id = call.path["organization_id"]
    if SYSTEM_ADMINISTRATOR not in call.principal.roles and id != call.principal.organization_id:
        raise Refusal("access_denied")
    organization = state.organizations.get(id)
    if organization is None:
        raise Refusal("organization_not_found")
    return organization


def _changes(state: ElevateState, id: int, body: dict[str, Any]) -> dict[str, Any]:
    """Return what becomes of the members that were sent.

    Only organisations that exist, and others than this one, can be related: the relation is mutual.
    """
    changes: dict[str, Any] = {member: body[member].strip() for member in ("name", "description") if member in body}
    if "related_orgs" in body:
        others = _existing(state.organizations, body["related_orgs"])
        changes["related_orgs"] = [other["id"] for other in others if other["id"] != id]
    return changes


def _related(organizations: Table, before: Record, now: Iterable[int]) -> Table:
    """Return the organisations with this one in the relations of those listed, and in no others."""
    id, listed = before["id"], set(now)
    for other in _existing(organizations, [*now, *before["related_orgs"]]):
        others = [related for related in other["related_orgs"] if related != id]
        if other["id"] in listed:
            others.append(id)
        if len(others) != len(other["related_orgs"]):
            organizations = organizations.put({**other, "related_orgs": others})
    return organizations


def _existing(organizations: Table, ids: Iterable[int]) -> list[Record]:
    """Return the organisations with these ids, each once; ids that nobody has are passed over."""
    found = (organizations.get(id) for id in dict.fromkeys(ids))
    return [organization for organization in found if organization is not None]

"""Auth codes: the client credentials of an organisation's systems."""

from dataclasses import replace

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.providers.ivalt.state import IvaltState, find_organisation


def list_auth_codes(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Show an organisation's auth codes (other pages of the reference, Get Organization Auth Codes).

    Raises Refusal for an unknown organisation.
    """
    organisation = find_organisation(state, call.path["org_id"])
    return Answer(
        "auth_codes_listed", {"data": list(state.auth_codes.where("organisation", organisation["id"]))}
    ), state


def update_auth_code(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Give an auth code other credentials (Admin Panel APIs, Update Organization Auth Code).

    Raises Refusal for an unknown organisation, and for an auth code that is not one of its own.
    """
    organisation = find_organisation(state, call.path["orgId"])
    code = state.auth_codes.get(int(call.path["authCodeId"]))
    if code is None or code["organization_id"] != organisation["id"]:
        raise Refusal("auth_code_not_found")
    changed = {
        **code,
        "client_id": call.body["client_id"],
        "client_secret": call.body["client_secret"],
        "updated_at": iso(call.now),
    }
    return Answer("auth_code_updated"), replace(state, auth_codes=state.auth_codes.put(changed))

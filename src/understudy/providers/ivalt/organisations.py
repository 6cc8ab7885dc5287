"""Organisations: all of them, and one as a member sees it."""

from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.providers.ivalt.state import IvaltState, find_user


def list_organisations(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Show every organisation (iVALT Admin Portal APIs, List All Organizations: no paging)."""
    return Answer("organisations_listed", {"data": list(state.organisations)}), state


def read_organisation(state: IvaltState, call: Call) -> tuple[Answer, IvaltState]:
    """Show the organisation with a code to one of its members (iVALT Admin Portal APIs, Step 1).

    Raises Refusal where the user or the organisation is unknown, or the one is not in the other.
    """
    user = find_user(state, call.path["user_id"])
    organisation = state.organisations.where("slug", call.path["org_code"]).first()
    if organisation is None:
        raise Refusal("organisation_not_found")
    if user["organization_id"] != organisation["id"]:
        raise Refusal("user_not_in_organisation")
    return Answer("organisation_read", {"data": organisation}), state

"""Who may call: the credentials of the fixture, and clients that act for a member."""

from understudy.kernel.exchange import Refusal
from understudy.kernel.provider import Visitor
from understudy.providers.koneksi.state import KoneksiState, visible_member


def authenticate(state: KoneksiState, visitor: Visitor) -> str | None:
    """Return the id of the organization that the credentials belong to, or None.

    What is on the keyring administers the organization. A client of the state acts for its member.
    Raises Refusal ``role_required`` where that member is not an administrator (sibling endpoints).
    """
    organization = state.organizations.only()
    if visitor.keyring.any or visitor.keyring.holds(visitor.presented):
        return str(organization["id"])
    client = state.clients.get(visitor.presented["ClientId"])
    if client is None or client["secret"] != visitor.presented["ClientSecret"]:
        return None
    member = visible_member(state, client["member"])
    if member is None:
        return None
    if member["role"] != "organization_admin":
        raise Refusal("role_required")
    return str(organization["id"])

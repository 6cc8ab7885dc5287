"""The organization that the credentials belong to."""

from dataclasses import replace

from understudy.kernel.clock import iso
from understudy.kernel.exchange import Answer, Call
from understudy.providers.koneksi.state import KoneksiState

_CHANGEABLE = ("name", "domain", "contact", "parent_id")


def read_organization(state: KoneksiState, call: Call) -> tuple[Answer, KoneksiState]:
    """Answer with the organization (Organization Admin, Read organization)."""
    return Answer("organization_read", {"data": state.organizations.get(call.principal)}), state


def update_organization(state: KoneksiState, call: Call) -> tuple[Answer, KoneksiState]:
    """Change what was sent, keep the rest (Organization Admin, Update organization)."""
    changes = {name: call.body[name] for name in _CHANGEABLE if name in call.body}
    old = state.organizations.only()
    organization = {**old, **changes, "updated_at": iso(call.now)}
    answer = Answer("organization_updated", {"data": organization})
    return answer, replace(state, organizations=state.organizations.put(organization))

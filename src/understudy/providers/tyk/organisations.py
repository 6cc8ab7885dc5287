"""Organisations, as the admin secret manages them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.freeze import freeze
from understudy.kernel.table import Record
from understudy.providers.tyk.ids import object_id
from understudy.providers.tyk.pages import page
from understudy.providers.tyk.state import TykState

Given = Mapping[str, Any]

_API = {"api_human_name": "", "api_id": ""}
_EVENT_OPTION = {"webhook": "", "email": "", "redis": False}
_OPEN_POLICY = {"enabled": False, "rules": ""}
_UI: Given = {
    "languages": {},
    "hide_help": False,
    "default_lang": "",
    "login_page": {},
    "nav": {},
    "uptime": {},
    "portal_section": {},
    "designer": {},
    "dont_show_admin_sockets": False,
    "dont_allow_license_management": False,
    "dont_allow_license_management_view": False,
    "cloud": False,
}
BLANK: Record = freeze(
    {
        "id": "",
        "owner_name": "",
        "owner_slug": "",
        "cname": "",
        "cname_enabled": False,
        "apis": [],
        "developer_quota": 0,
        "developer_count": 0,
        "event_options": {},
        "hybrid_enabled": False,
        "sso_enabled": False,
        "ui": _UI,
        "org_options_meta": {},
        "open_policy": _OPEN_POLICY,
        "additional_permissions": {},
    }
)
"""An organisation of which nothing was said, in the order in which the Dashboard shows its members."""


_SHAPED: Mapping[str, Callable[[Any], Any]] = {
    "apis": lambda apis: [_over(_API, api) for api in apis],
    "event_options": lambda options: {name: _over(_EVENT_OPTION, option) for name, option in options.items()},
    "ui": lambda ui: _over(_UI, ui),
    "open_policy": lambda policy: _over(_OPEN_POLICY, policy),
}
"""The members that have members of their own: how each is filled up."""


def organisation(id: str, given: Given) -> Record:
    """Return an organisation as it is kept: every member there, the unknown ones gone.

    What is left out, or null, is empty: so Go reads JSON.
    """
    said = {name: value for name, value in given.items() if value is not None and name in BLANK}
    for name, shaped in _SHAPED.items():
        if name in said:
            said[name] = shaped(said[name])
    said["id"] = id
    return BLANK.over(said)


def list_organisations(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Answer every organisation, or a page of them."""
    organisations, pages = page(state.organisations.all(), call)
    return Answer("organisations_listed", {"organisations": organisations, "pages": pages}), state


def create_organisation(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Create an organisation. Names and domains may repeat: the document's sample does so."""
    id = object_id(call.now, call.mint, "organisations", state.organisations.created)
    return Answer("organisation_created", {"Meta": id}), _with(state, organisation(id, call.body))


def import_organisation(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Create an organisation under the id that it brings along. Raises Refusal where that is taken."""
    id = call.body["id"]
    if id in state.organisations:
        raise Refusal("organisation_not_saved")
    return Answer("organisation_imported", {"Meta": id}), _with(state, organisation(id, call.body))


def read_organisation(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Answer one organisation. Raises Refusal where there is none."""
    return Answer("organisation_read", _found(state, call)), state


def update_organisation(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Replace one organisation, whole. Raises Refusal where there is none."""
    id = _found(state, call)["id"]
    return Answer("organisation_updated"), _with(state, organisation(id, call.body))


def delete_organisation(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Remove one organisation; its users stay (our choice). Raises Refusal where there is none."""
    id = _found(state, call)["id"]
    return Answer("organisation_deleted"), replace(state, organisations=state.organisations.drop(id))


def _found(state: TykState, call: Call) -> Record:
    found = state.organisations.get(call.path["id"])
    if found is None:
        raise Refusal("organisation_not_found")
    return found


def _with(state: TykState, record: Given) -> TykState:
    return TykState(state.organisations.put(record), state.users, state.passwords)


def _over(blank: Given, given: Given) -> dict[str, Any]:
    return {**blank, **{name: value for name, value in given.items() if value is not None and name in blank}}

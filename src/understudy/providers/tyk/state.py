"""What a Tyk Dashboard remembers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.kernel.state import State
from understudy.kernel.table import Record, Table

Records = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class TykState(State):
    """The tables of one Dashboard; organisations and users are kept as the API shows them."""

    organisations: Table
    users: Table
    """Indexed by organisation, by address within one (see :func:`mailbox`), and by access key."""
    passwords: Table
    """``{"id", "hash"}`` for every user who has one; never shown."""


def build(organisations: Records = (), users: Records = (), passwords: Records = ()) -> TykState:
    """Return the state that holds these records."""
    indexes = {
        "organisation": lambda user: user["org_id"],
        "mailbox": lambda user: mailbox(user["org_id"], user["email_address"]),
        "access_key": lambda user: user["access_key"],
    }
    return TykState(Table.of(organisations), Table.of(users, indexes=indexes), Table.of(passwords))


def mailbox(org_id: str, email_address: str) -> tuple[str, str]:
    """Return what is unique about a user: an address, in whatever letter case, within an organisation."""
    return org_id, email_address.casefold()


def holder(state: TykState, org_id: str, email_address: str) -> Record | None:
    """Return the user of an organisation (``""``: the super users) who has this address, if any."""
    return state.users.where("mailbox", mailbox(org_id, email_address)).first()

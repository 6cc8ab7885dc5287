"""What the mock of ELEVATE remembers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.kernel.state import State
from understudy.kernel.table import Record, Table

ACTIVE = "ACTIVE"
INACTIVE = "INACTIVE"

Records = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ElevateState(State):
    """Organisations and their users; records are what the API shows."""

    organizations: Table
    users: Table
    passwords: Table
    """Hashes by user id, in a table of their own: they are never shown."""
    sessions: Table
    """One for each login, numbered from 1; a token carries the number."""

    @classmethod
    def of(cls, organizations: Records, users: Records, passwords: Records) -> "ElevateState":
        """Build the state of a world in which nobody has logged in yet."""
        return cls(
            organizations=Table.of(organizations),
            users=Table.of(
                users,
                indexes={
                    "email": _email,
                    "organization": _organization,
                    "role": _role,
                    "organization_and_role": _organization_and_role,
                },
            ),
            passwords=Table.of(passwords),
            sessions=Table.of(),
        )


def _email(user: Record) -> str:
    email: str = user["email"]
    return email.lower()


def _organization(user: Record) -> int:
    organization: int = user["organization_id"]
    return organization


def _role(user: Record) -> int:
    # An index files a record in one place: every user of our worlds has exactly one role.
    role: int = user["roles"][0]
    return role


def _organization_and_role(user: Record) -> tuple[int, int]:
    return _organization(user), _role(user)

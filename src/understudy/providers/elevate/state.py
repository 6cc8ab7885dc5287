"""What the mock of ELEVATE remembers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.kernel.state import State
from understudy.kernel.table import Id, Record, Table
from understudy.providers.elevate.roles import ROLE_IDS

ACTIVE = "ACTIVE"
INACTIVE = "INACTIVE"
_ROLES = tuple(ROLE_IDS.values())

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

    def objection(self, collection: str, id: Id) -> str | None:
        """Say so where a user has an organisation or a role that there is not: a login shows both."""
        if collection == "organizations" and id not in self.organizations:
            user = self.users.where("organization", id).first()
            if user is None:
                return None
            return f"the user {user['id']} belongs to the organization {id}, and every user's must be there"
        user = self.users.get(id) if collection == "users" else None
        if user is None:
            return None
        if user["organization_id"] not in self.organizations:
            return f"the user {id} belongs to the organization {user['organization_id']}, which is not there"
        unknown = [role for role in user["roles"] if role not in _ROLES]
        return f"the user {id} has the role {unknown[0]}; roles are {_ROLES}" if unknown else None


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

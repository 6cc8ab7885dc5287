"""What an iVALT world is made of, and how its records are found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from understudy.kernel.exchange import Refusal
from understudy.kernel.freeze import FrozenDict
from understudy.kernel.state import State
from understudy.kernel.table import Table

_FIRST_FREE_ID = 1001
"""Ids below are left to a fixture's personas: the documents use 32, 123 and 272."""


@dataclass(frozen=True, slots=True)
class IvaltState(State):
    """Every record is what the API shows; a user carries its own geo-fences and time slots."""

    organisations: Table
    users: Table
    auth_codes: Table


def organisation_table(records: Iterable[Mapping[str, Any]] = ()) -> Table:
    """Build the table of organisations, found by slug too."""
    return Table.of(records, indexes={"slug": lambda organisation: organisation["slug"]})


def user_table(records: Iterable[Mapping[str, Any]] = ()) -> Table:
    """Build the table of users, found by organisation and by what must be unique within one."""
    return Table.of(
        records,
        indexes={
            "organisation": lambda user: user["organization_id"],
            "email": lambda user: email_key(user["organization_id"], user["email"]),
            "mobile": lambda user: (user["organization_id"], user["country_code"], user["mobile"]),
        },
    )


def auth_code_table(records: Iterable[Mapping[str, Any]] = ()) -> Table:
    """Build the table of auth codes, found by organisation too."""
    return Table.of(records, indexes={"organisation": lambda code: code["organization_id"]})


def email_key(organisation: int, email: str) -> tuple[int, str]:
    """Return what an e-mail address must be unique as: case does not tell two addresses apart."""
    return organisation, email.casefold()


def next_id(table: Table) -> int:
    """Return the id of the table's next new record: the same whatever was read or refused before."""
    return next(id for id in count(_FIRST_FREE_ID + table.created) if id not in table)


def free_ids(taken: Iterable[int]) -> Iterable[int]:
    """Yield the ids that made-up records get: past the personas' range, and none that is ``taken``."""
    personas = frozenset(taken)
    return (id for id in count(_FIRST_FREE_ID + len(personas)) if id not in personas)


def find_organisation(state: IvaltState, id: str) -> FrozenDict:
    """Return the organisation whose id a path names. Raises Refusal."""
    organisation = state.organisations.get(int(id))
    if organisation is None:
        raise Refusal("organisation_not_found")
    return organisation


def find_user(state: IvaltState, id: str) -> FrozenDict:
    """Return the user whose id a path names. Raises Refusal."""
    user = state.users.get(int(id))
    if user is None:
        raise Refusal("user_not_found")
    return user

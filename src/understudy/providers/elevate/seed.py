"""The worlds of ELEVATE: fixed personas, and a cast drawn around them."""

from collections.abc import Iterable, Mapping
from typing import Any

from understudy.kernel.cast import Cast, Casting, FixtureError, Persona
from understudy.kernel.freeze import FrozenDict
from understudy.kernel.mint import Mint
from understudy.passwords import hash_password
from understudy.providers.elevate.roles import ORGANIZATION_ADMINISTRATOR, ROLE_IDS
from understudy.providers.elevate.state import ACTIVE, ElevateState
from understudy.providers.seed import company, person

_FOUNDED = "2024-02-12T09:30:00.000Z"
_ROLES_OF_THE_CAST = ("mentee", "mentee", "mentee", "mentor")
_ENGLISH = FrozenDict({"value": "en", "label": "English"})
_JOINING = 18
"""For how many months people have joined, from the month after the founding."""


def seed(cast: Cast) -> ElevateState:
    """Build a world. Raises FixtureError for anything in the fixture that does not fit."""
    cast.only("organizations", "users")
    organizations = _organizations(cast.of("organizations"), cast.mint)
    entries = _users(cast, organizations)
    administrators: dict[int, list[int]] = {}
    for entry in entries:
        if entry["role"] == ORGANIZATION_ADMINISTRATOR:
            administrators.setdefault(entry["organization_id"], []).append(entry["id"])
    return ElevateState.of(
        organizations=[{**each, "org_admin": administrators.get(each["id"], [])} for each in organizations],
        users=[_user(entry) for entry in entries],
        passwords=_passwords(entries, cast.mint),
    )


def _organizations(casting: Casting, mint: Mint) -> list[dict[str, Any]]:
    personas = [persona.over(_organization(n, mint)) for n, persona in enumerate(casting.personas, 1)]
    free = _next_id(personas)
    return personas + [_organization(id, mint) for id in range(free, free + casting.cast)]


def _organization(id: int, mint: Mint) -> dict[str, Any]:
    made_up = company(mint, "organizations", id)
    return {
        "id": id,
        # A name is letters and spaces (fact file, organization/update).
        "name": "".join(letter for letter in made_up.name if letter.isascii() and (letter.isalpha() or letter == " ")),
        "code": "".join(letter if letter.isalnum() else "_" for letter in made_up.domain.removesuffix(".example")),
        "description": made_up.motto,
        "status": ACTIVE,
        "org_admin": [],
        "parent_id": None,
        "related_orgs": [],
        "in_domain_visibility": None,
        "theming": None,
        "meta": None,
        "created_by": None,
        "updated_by": None,
        "created_at": _FOUNDED,
        "updated_at": _FOUNDED,
        "deleted_at": None,
    }


def _users(cast: Cast, organizations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    casting, mint = cast.of("users"), cast.mint
    known = {organization["id"] for organization in organizations}
    personas = [_persona(n, persona, mint, known) for n, persona in enumerate(casting.personas, 1)]
    _refuse_twins(personas, cast.source)
    free = _next_id(personas)
    # The cast stays out of the organisations that have a persona, so that those are as the fixture says.
    taken = {user["organization_id"] for user in personas}
    homes = [id for id in sorted(known) if id not in taken] or sorted(known)
    if casting.cast and not homes:
        raise FixtureError(f"{cast.source}: users need an organization; add one to this world, or cast no users")
    return personas + [_extra(free + n, n, mint, homes) for n in range(casting.cast)]


def _persona(n: int, persona: Persona, mint: Mint, organizations: set[int]) -> dict[str, Any]:
    user = persona.over(_entry(n, mint))
    if user["role"] not in ROLE_IDS:
        raise FixtureError(f"{persona.source}: unknown role {user['role']!r}; there are {', '.join(ROLE_IDS)}")
    if user["organization_id"] not in organizations:
        raise FixtureError(f"{persona.source}: there is no organization {user['organization_id']!r} in this world")
    return user


def _refuse_twins(personas: list[dict[str, Any]], source: str) -> None:
    emails = [persona["email"].lower() for persona in personas]
    for email in emails:
        if emails.count(email) > 1:
            raise FixtureError(f"{source}: two users have the e-mail address {email!r}; it is what they log in with")


def _extra(id: int, n: int, mint: Mint, homes: list[int]) -> dict[str, Any]:
    """Return the n-th of the cast: the first in each home administrates it."""
    role = _ROLES_OF_THE_CAST[mint.number("users.role", id, 0, len(_ROLES_OF_THE_CAST) - 1)]
    home = {
        "organization_id": homes[n % len(homes)],
        "role": ORGANIZATION_ADMINISTRATOR if n < len(homes) else role,
    }
    return {**_entry(id, mint), **home}


def _entry(id: int, mint: Mint) -> dict[str, Any]:
    """Return what a fixture may say of a user."""
    made_up = person(mint, "users", id)
    return {
        "id": id,
        "name": made_up.name,
        "email": made_up.email,
        "password": None,
        "role": "mentee",
        "organization_id": None,
        "status": ACTIVE,
        "created_at": _joined(id, mint),
    }


def _joined(id: int, mint: Mint) -> str:
    years, month = divmod(mint.number("users.month", id, 2, 1 + _JOINING), 12)
    day, hour = mint.number("users.day", id, 1, 28), mint.number("users.hour", id, 0, 23)
    return f"{2024 + years}-{month + 1:02}-{day:02}T{hour:02}:00:00.000Z"


def _user(entry: Mapping[str, Any]) -> FrozenDict:
    """Return the record, members in the order in which the service shows them (fact file, account/login)."""
    members = {
        "id": entry["id"],
        "email": entry["email"],
        "email_verified": "false",
        "name": entry["name"],
        "gender": None,
        "location": None,
        "about": None,
        "share_link": None,
        "status": entry["status"],
        "image": None,
        "has_accepted_terms_and_conditions": False,
        "languages": None,
        "preferred_language": _ENGLISH,
        "organization_id": entry["organization_id"],
        "roles": (ROLE_IDS[entry["role"]],),
        "meta": None,
        "created_at": entry["created_at"],
        "updated_at": entry["created_at"],
        "deleted_at": None,
    }
    return FrozenDict(members)  # every value is frozen already


def _passwords(entries: Iterable[Mapping[str, Any]], mint: Mint) -> list[dict[str, Any]]:
    """Hash the passwords that the fixture gives; an account without one cannot log in."""
    return [
        {"id": entry["id"], "hash": hash_password(entry["password"], mint.hex("users.salt", entry["id"], 16))}
        for entry in entries
        if entry["password"] is not None
    ]


def _next_id(entries: Iterable[Mapping[str, Any]]) -> int:
    return max((entry["id"] for entry in entries), default=0) + 1

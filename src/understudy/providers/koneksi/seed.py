"""The worlds of Koneksi: the fixture's personas, and made-up members around them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from understudy.kernel.cast import Cast, FixtureError, Persona
from understudy.kernel.clock import iso
from understudy.kernel.mint import Mint
from understudy.providers.koneksi.members import DEFAULT_LIMIT
from understudy.providers.koneksi.passwords import salted
from understudy.providers.koneksi.state import KoneksiState, build
from understudy.providers.seed import person

_OPENED = datetime(2025, 7, 15, 8, tzinfo=UTC)
_SEASON = timedelta(days=150)
_GIB = 1024**3
_LIMITS = (DEFAULT_LIMIT, DEFAULT_LIMIT, DEFAULT_LIMIT, 10 * _GIB, 20 * _GIB, 50 * _GIB)
_ROLES = (*("organization_user",) * 15, *("organization_viewer",) * 4, "organization_admin")
_LOCKED, _UNVERIFIED = 4, 12
"""Of a hundred made-up members, so many are locked, and so many (the locked ones among them) unverified."""
_HOLDINGS = ("directory_count", "file_count", "service_account_count")

_MEMBER: dict[str, Any] = {
    "id": None,
    "first_name": None,
    "middle_name": None,
    "last_name": None,
    "suffix": None,
    "email": None,
    "role": "organization_user",
    "is_verified": True,
    "is_locked": False,
    "is_deleted": False,
    "bytes_limit": DEFAULT_LIMIT,
    "bytes_usage": 0,
    "created_at": iso(_OPENED),
    "updated_at": iso(_OPENED),
}
_PERSONA = {**_MEMBER, "password": None, **dict.fromkeys(_HOLDINGS, 0)}
_ORGANIZATION = {
    "id": None,
    "name": None,
    "domain": None,
    "contact": None,
    "parent_id": None,
    "created_at": iso(_OPENED),
    "updated_at": iso(_OPENED),
}
_CLIENT = {"id": None, "secret": None, "member": None}


def seed(cast: Cast) -> KoneksiState:
    """Build the state of a world. Raises FixtureError for a fixture that names what Koneksi does not have."""
    cast.only("organizations", "members", "clients")
    personas = [_complete(persona, _PERSONA) for persona in cast.of("members").personas]
    members = [{name: persona[name] for name in _MEMBER} for persona in personas]
    holdings = [{name: persona[name] for name in ("id", *_HOLDINGS)} for persona in personas]
    for nth in range(len(personas), len(personas) + cast.of("members").cast):
        members.append(_made_up_member(cast.mint, nth))
        holdings.append(_made_up_holdings(cast.mint, nth, members[-1]))
    return build(
        _organization(cast),
        members,
        holdings=holdings,
        passwords=[_password(cast.mint, persona) for persona in personas if persona["password"] is not None],
        clients=_clients(cast, {persona["id"] for persona in personas}),
    )


def _complete(persona: Persona, defaults: dict[str, Any]) -> dict[str, Any]:
    """Return a persona's record; raises FixtureError where it lacks what nobody can make up."""
    record = persona.over(defaults)
    optional = ("middle_name", "suffix", "password", "parent_id")
    for name, value in record.items():
        if value is None and name not in optional:
            raise FixtureError(f"{persona.source}: {name!r} is missing; add it")
    return record


def _organization(cast: Cast) -> dict[str, Any]:
    casting = cast.of("organizations")
    if len(casting.personas) != 1 or casting.cast:
        raise FixtureError(
            f"{cast.source}: world {cast.world!r} must have exactly one organization, as a persona: "
            "no request names one, it is the one that the credentials belong to"
        )
    return _complete(casting.personas[0], _ORGANIZATION)


def _clients(cast: Cast, members: set[str]) -> list[dict[str, Any]]:
    casting = cast.of("clients")
    if casting.cast:
        raise FixtureError(f"{cast.source}: clients can't be made up; give each as a persona")
    clients = [_complete(persona, _CLIENT) for persona in casting.personas]
    for persona, client in zip(casting.personas, clients, strict=True):
        if client["member"] not in members:
            raise FixtureError(f"{persona.source}: no member persona has the id {client['member']!r}")
    return clients


def _password(mint: Mint, persona: dict[str, Any]) -> dict[str, Any]:
    return {"id": persona["id"], "hash": salted(mint, persona["id"], 0, persona["password"]), "changes": 0}


def _made_up_member(mint: Mint, nth: int) -> dict[str, Any]:
    who = person(mint, "members", nth)
    limit = _LIMITS[mint.number("members.limit", nth, 0, len(_LIMITS) - 1)]
    fate = mint.number("members.fate", nth, 0, 99)
    joined = iso(_OPENED + _SEASON * (nth / (nth + 40)))  # ever more often, and never past the season
    return {
        **_MEMBER,
        "id": mint.hex("members.id", nth, 24),
        "first_name": who.first_name,
        "last_name": who.last_name,
        "suffix": "Jr." if fate % 17 == 0 else None,
        "email": who.email,
        "role": _ROLES[fate % len(_ROLES)],
        "is_verified": fate >= _UNVERIFIED,
        "is_locked": fate < _LOCKED,
        "bytes_limit": limit,
        "bytes_usage": mint.number("members.usage", nth, 0, limit * 9 // 10),
        "created_at": joined,
        "updated_at": joined,
    }


def _made_up_holdings(mint: Mint, nth: int, member: dict[str, Any]) -> dict[str, Any]:
    """Return a number of files that goes with the bytes stored: some ten MiB each."""
    files = member["bytes_usage"] // (10 * 1024**2)
    directories = 1 + files // mint.number("members.files_per_directory", nth, 8, 20)
    accounts = mint.number("members.service_accounts", nth, 0, 2)
    return {
        "id": member["id"],
        "directory_count": directories,
        "file_count": files,
        "service_account_count": accounts,
    }

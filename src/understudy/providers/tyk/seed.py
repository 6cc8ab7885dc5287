"""The worlds of the Tyk Dashboard: the vendor's personas, and a believable cast around them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from understudy.kernel.cast import Cast
from understudy.kernel.clock import iso
from understudy.kernel.freeze import FrozenDict, freeze
from understudy.kernel.mint import Mint
from understudy.providers.seed import company, person
from understudy.providers.tyk.ids import born, object_id
from understudy.providers.tyk.organisations import BLANK as BLANK_ORGANISATION
from understudy.providers.tyk.organisations import organisation
from understudy.providers.tyk.passwords import password_record
from understudy.providers.tyk.state import TykState, build
from understudy.providers.tyk.users import BLANK as BLANK_USER

Members = Mapping[str, Any]

_FIRST_DAY = datetime(2015, 2, 1, tzinfo=UTC)
_SECONDS = int((datetime(2025, 12, 1, tzinfo=UTC) - _FIRST_DAY).total_seconds())
_API_NAMES = ("Orders", "Payments", "Invoices", "Search", "Weather", "Catalogue", "Notifications", "Geocoding")
_PERMISSIONS = freeze(
    (
        {"IsAdmin": "admin", "ResetPassword": "admin"},
        {"IsAdmin": "admin"},
        {"apis": "write", "policies": "write", "keys": "write", "analytics": "read"},
        {"analytics": "read", "log": "read"},
    )
)


def seed(cast: Cast) -> TykState:
    """Build one world. Raises FixtureError for a collection or a member that does not exist."""
    cast.only("organisations", "users")
    organisations = [*_known_organisations(cast), *_made_up_organisations(cast)]
    known = list(_known_users(cast))
    users = [_without_password(user) for user in known]
    users += _made_up_users(cast, [record["id"] for record in organisations])
    passwords = [password_record(cast.mint, user["id"], user["password"]) for user in known if user["password"]]
    return build(organisations, users, passwords)


def _known_organisations(cast: Cast) -> Iterator[Members]:
    for nth, persona in enumerate(cast.of("organisations").personas):
        members = persona.over(BLANK_ORGANISATION)
        yield organisation(members["id"] or _id(cast.mint, "organisations", nth), members)


def _made_up_organisations(cast: Cast) -> Iterator[Members]:
    casting = cast.of("organisations")
    first = len(casting.personas)
    for nth in range(first, first + casting.cast):
        firm = company(cast.mint, "organisations", nth)
        yield organisation(
            _id(cast.mint, "organisations", nth),
            {
                "owner_name": firm.name,
                "owner_slug": firm.name.lower().replace(" ", "-"),
                "cname": f"portal.{firm.domain}",
                "cname_enabled": True,
                "apis": list(_apis(cast.mint, nth)),
                "developer_quota": cast.mint.number("organisations.developer_quota", nth, 0, 20) * 5,
            },
        )


def _apis(mint: Mint, owner: int) -> Iterator[Members]:
    first = mint.number("organisations.first_api", owner, 0, len(_API_NAMES) - 1)
    for which in range(mint.number("organisations.apis", owner, 0, 3)):
        name = _API_NAMES[(first + which) % len(_API_NAMES)]
        yield {"api_human_name": name, "api_id": mint.hex(f"organisations.api/{which}", owner, 32)}


def _known_users(cast: Cast) -> Iterator[dict[str, Any]]:
    for nth, persona in enumerate(cast.of("users").personas):
        user = persona.over({**BLANK_USER, "password": ""})
        user["id"] = user["id"] or _id(cast.mint, "users", nth)
        user["access_key"] = user["access_key"] or cast.mint.hex("users.access_key", nth, 32)
        user["created_at"] = iso(born(user["id"]))
        if user["password"]:
            user["password_updated"] = user["created_at"]
        yield user


def _without_password(user: Members) -> Members:
    return {name: value for name, value in user.items() if name != "password"}


def _made_up_users(cast: Cast, employers: Sequence[str]) -> Iterator[Members]:
    casting = cast.of("users")
    first = len(casting.personas)
    for nth in range(first, first + casting.cast):
        yield _made_up_user(cast.mint, nth, employers)


def _made_up_user(mint: Mint, nth: int, employers: Sequence[str]) -> Members:
    someone = person(mint, "users", nth)
    id = _id(mint, "users", nth)
    # A world without organisations has super users only.
    employer = employers[mint.number("users.employer", nth, 0, len(employers) - 1)] if employers else ""
    members = {
        **BLANK_USER,
        "first_name": someone.first_name,
        "last_name": someone.last_name,
        "email_address": someone.email,
        "org_id": employer,
        "active": mint.number("users.active", nth, 0, 9) > 0,
        "id": id,
        "access_key": mint.hex("users.access_key", nth, 32),
        "user_permissions": _PERMISSIONS[mint.number("users.permissions", nth, 0, len(_PERMISSIONS) - 1)],
        "created_at": iso(born(id)),
    }
    return FrozenDict(members)  # every value is frozen already; tens of thousands need not be looked through


def _id(mint: Mint, collection: str, nth: int) -> str:
    birth = _FIRST_DAY + timedelta(seconds=mint.number(f"{collection}.birth", nth, 0, _SECONDS))
    return object_id(birth, mint, collection, nth)

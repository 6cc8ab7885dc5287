"""The iVALT worlds: what the documents name, and a made-up cast around it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from understudy.kernel.cast import Cast, Casting, FixtureError
from understudy.kernel.clock import iso
from understudy.kernel.freeze import FrozenDict
from understudy.kernel.mint import Mint
from understudy.providers.ivalt.state import IvaltState, auth_code_table, free_ids, organisation_table, user_table
from understudy.providers.seed import company, person

_OPENED = datetime(2023, 1, 9, 8, 0, tzinfo=UTC)
_OPEN_DAYS = 1000
_COUNTRY_CODES = ("+1", "+44", "+61", "+91")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"

Records = list[dict[str, Any]]


def seed(cast: Cast) -> IvaltState:
    """Build the state of a world. Raises FixtureError for a fixture that cannot be played."""
    cast.only("organisations", "users", "auth_codes")
    organisations = _organisations(cast.of("organisations"), cast.mint)
    ids = [organisation["id"] for organisation in organisations]
    return IvaltState(
        organisations=organisation_table(organisations),
        users=user_table(_users(cast.of("users"), cast.mint, ids)),
        auth_codes=auth_code_table(_auth_codes(cast.of("auth_codes"), cast.mint, ids)),
    )


def _organisations(casting: Casting, mint: Mint) -> Records:
    defaults = {
        "id": 0,
        "name": "",
        "slug": "",
        "is_active": 1,
        "has_geo_fencing": 1,
        "number_geo_fencing": 5,
        **_stamps(_OPENED),
    }

    def made_up(nth: int, id: int) -> dict[str, Any]:
        return {
            "id": id,
            "name": company(mint, "organisations", nth).name,
            "slug": f"ORG{id}",
            "is_active": 1,
            "has_geo_fencing": mint.number("organisations.has_geo_fencing", nth, 0, 1),
            "number_geo_fencing": mint.number("organisations.number_geo_fencing", nth, 0, 10),
            **_stamps(_joined(mint, "organisations", nth)),
        }

    return _filled([persona.over(defaults) for persona in casting.personas], casting.cast, made_up)


def _users(casting: Casting, mint: Mint, organisations: list[int]) -> Records:
    defaults = {
        "id": 0,
        "organization_id": 0,
        "name": "",
        "email": "",
        "country_code": "+1",
        "mobile": "",
        "verify_timeslots": "off",
        "timeslots": "[]",
        "timeslot_ids": (),
        "geofences": (),
        **_stamps(_OPENED),
    }

    def made_up(nth: int, id: int) -> dict[str, Any]:
        someone = person(mint, "users", nth)
        organisation = organisations[nth % len(organisations)]
        bound = mint.number("users.verify_timeslots", nth, 0, 1) == 1
        members = {
            **defaults,
            "id": id,
            "organization_id": organisation,
            "name": someone.name,
            "email": someone.email,
            "country_code": _COUNTRY_CODES[mint.number("users.country_code", nth, 0, len(_COUNTRY_CODES) - 1)],
            "mobile": someone.mobile,
            "verify_timeslots": "on" if bound else "off",
            "timeslots": _working_hours(id, organisation) if bound else "[]",
            **_stamps(_joined(mint, "users", nth)),
        }
        return FrozenDict(members)  # every value is frozen already

    return _filled(_residents(casting, defaults, organisations), casting.cast, made_up)


def _auth_codes(casting: Casting, mint: Mint, organisations: list[int]) -> Records:
    defaults = {"id": 0, "organization_id": 0, "client_id": "", "client_secret": "", **_stamps(_OPENED)}

    def made_up(nth: int, id: int) -> dict[str, Any]:
        return {
            "id": id,
            "organization_id": organisations[nth % len(organisations)],
            "client_id": mint.text("auth_codes.client_id", nth, 10, _LETTERS),
            "client_secret": mint.text("auth_codes.client_secret", nth, 32, _LETTERS),
            **_stamps(_joined(mint, "auth_codes", nth)),
        }

    return _filled(_residents(casting, defaults, organisations), casting.cast, made_up)


def _filled(personas: Records, count: int, made_up: Callable[[int, int], dict[str, Any]]) -> Records:
    """Return the personas and ``count`` made-up records after them, each from its number and its id."""
    ids = free_ids(persona["id"] for persona in personas)
    return personas + [made_up(nth, id) for nth, id in zip(range(count), ids, strict=False)]


def _residents(casting: Casting, defaults: Mapping[str, Any], organisations: list[int]) -> Records:
    """Return a collection's personas, each of whom must live in an organisation of the world."""
    if casting.cast and not organisations:
        raise FixtureError("iVALT users and auth codes need an organisation: add one under 'organisations'")
    known = frozenset(organisations)
    for persona in casting.personas:
        if persona.members.get("organization_id") not in known:
            raise FixtureError(
                f"{persona.source}: organization_id must be one of this world's organisations: "
                f"{', '.join(map(str, organisations))}"
            )
    return [persona.over(defaults) for persona in casting.personas]


def _working_hours(user: int, organisation: int) -> str:
    slot = {
        "timezone": "UTC",
        "start_time": "2023-05-08T09:00:00Z",
        "end_time": "2023-05-08T17:00:00Z",
        "status": 1,
        "user_id": user,
        "org_id": str(organisation),
    }
    return orjson.dumps([slot]).decode()


def _joined(mint: Mint, collection: str, nth: int) -> datetime:
    return _OPENED + timedelta(minutes=mint.number(f"{collection}.created_at", nth, 0, _OPEN_DAYS * 24 * 60))


def _stamps(moment: datetime) -> dict[str, str]:
    written = iso(moment)
    return {"created_at": written, "updated_at": written}

"""What a player calls of the vendors' APIs: what comes back is what went in."""

from typing import Any

from tests.soak.player import Player
from tests.soak.tally import require, shown

TYK = {"admin-auth": "12345"}
IVALT = {"x-api-key": "YOUR_API_KEY"}
KONEKSI = {
    "client-id": "id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E",
    "client-secret": "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY",
}
ORGANISATIONS = "/admin/organisations"
_USERS = "/admin/public/api/organization/123"
_MEMBERS = "/clients/v1/organization-admin/members"
_ADMINISTRATOR = {"email": "system.admin@shikshalokam.org", "password": "SystemAdmin@2024"}
_PASSWORD = {"password": "StrongPass123!", "confirm_password": "StrongPass123!"}
_LETTERS = str.maketrans("0123456789-", "abcdefghij ")
MOST = 60
"""Records of a collection, from which on one is taken away for each that is made."""


def _hold(found: Any, wanted: Any, what: str) -> None:
    require(found == wanted, lambda: f"{what}: {shown(wanted)} wanted, {shown(found)}")


async def create_organisation(player: Player) -> None:
    if len(player.known["tyk/organisations"]) > MOST:
        await delete_organisation(player)
    name = player.fresh("organisation")
    answer = await player.call("organisation_created", "POST", ORGANISATIONS, TYK, {"owner_name": name})
    player.learn("tyk/organisations", answer.json()["Meta"], name)


async def read_organisation(player: Player) -> None:
    if (id := player.one("tyk/organisations")) is not None:
        read = (await player.call("organisation_read", "GET", f"{ORGANISATIONS}/{id}", TYK)).json()
        _hold(read["owner_name"], player.known["tyk/organisations"][id], f"{player.name} reads {id}")


async def update_organisation(player: Player) -> None:
    if (id := player.one("tyk/organisations")) is not None:
        name = player.fresh("organisation")
        body = {"owner_name": name, "cname": "soak.example"}
        await player.call("organisation_updated", "PUT", f"{ORGANISATIONS}/{id}", TYK, body)
        player.learn("tyk/organisations", id, name)


async def delete_organisation(player: Player) -> None:
    if (id := player.one("tyk/organisations")) is not None:
        await player.call("organisation_deleted", "DELETE", f"{ORGANISATIONS}/{id}", TYK)
        player.learn("tyk/organisations", id, None)
        await player.call("organisation_not_found", "GET", f"{ORGANISATIONS}/{id}", TYK)


async def list_organisations(player: Player) -> None:
    listed = (await player.call("organisations_listed", "GET", ORGANISATIONS, TYK)).json()["organisations"]
    found = {record["id"]: record["owner_name"] for record in listed}
    _hold(found, player.known["tyk/organisations"], f"{player.name} lists organisations")


async def create_user(player: Player) -> None:
    """The answer does not show the new user; the list does, at its end."""
    name = player.fresh("user")
    number = player.serial
    body = {"email": f"u{number}@{player.name}.example", "country_code": "+1", "mobile": f"555{number:07d}"}
    await player.call(
        "user_created", "POST", f"{_USERS}/create/user", IVALT, {**body, "first_name": name, "last_name": "S"}
    )
    listed = (await player.call("users_listed", "GET", f"{_USERS}/users", IVALT)).json()["data"]
    _hold(listed[-1]["name"], f"{name} S", f"{player.name} creates a user")
    player.notice("ivalt/users", listed[-1]["id"], f"{name} S")
    if len(player.known["ivalt/users"]) > MOST:
        await player.call("user_deleted", "DELETE", f"{_USERS}/delete/user/{listed[-1]['id']}", IVALT)
        player.learn("ivalt/users", listed[-1]["id"], None)


async def create_member(player: Player) -> None:
    name = player.fresh("member")
    body = {"first_name": name, "last_name": "S", "email": f"m{player.serial}@{player.name}.example"}
    sent = {**body, "role": "organization_user", **_PASSWORD}
    made = (await player.call("member_created", "POST", f"{_MEMBERS}/create", KONEKSI, sent)).json()["data"]
    player.learn("koneksi/members", made["id"], name)
    if len(player.known["koneksi/members"]) > MOST:
        await player.call("member_removed", "DELETE", f"{_MEMBERS}/{made['id']}/remove", KONEKSI)
        player.learn("koneksi/members", made["id"], None)


async def update_member(player: Player) -> None:
    if (id := player.one("koneksi/members")) is not None:
        name = player.fresh("member")
        path = f"{_MEMBERS}/{id}/update"
        updated = (await player.call("member_updated", "PUT", path, KONEKSI, {"first_name": name})).json()
        _hold(updated["data"]["first_name"], name, f"{player.name} updates {id}")
        player.learn("koneksi/members", id, name)


async def list_members(player: Player) -> None:
    listed = (await player.call("members_listed", "GET", f"{_MEMBERS}/list?page=1&limit=100", KONEKSI)).json()
    found = {record["id"]: record["first_name"] for record in listed["data"]}
    _hold(found, player.known["koneksi/members"], f"{player.name} lists members")


async def rename_organization(player: Player) -> None:
    """Log in first: a token is good for a day of the sandbox's clock."""
    answer = await player.call("logged_in", "POST", "/user/v1/account/login", {}, _ADMINISTRATOR)
    token = {"x-auth-token": f"bearer {answer.json()['result']['access_token']}"}
    id = player.one("elevate/organizations")
    name = player.fresh("organization").translate(_LETTERS)  # no digit may stand in it
    path = f"/user/v1/organization/update/{id}"
    await player.call("organization_updated", "PATCH", path, token, {"name": name})
    player.learn("elevate/organizations", id, name)
    read = await player.call("organization_read", "GET", f"/user/v1/organization/read?organisation_id={id}", token)
    _hold(read.json()["result"]["name"], name, f"{player.name} renames {id}")


IN_EVERY_WORLD = (
    *((create_organisation,) * 4),
    *((read_organisation,) * 6),
    *((update_organisation,) * 3),
    delete_organisation,
    *((list_organisations,) * 2),
)
IN_A_DOCUMENTED_ONE = (create_user, create_user, create_member, update_member, list_members, rename_organization)

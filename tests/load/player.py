"""Somebody who works in one sandbox, and knows what must be in it."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.load.client import Client, Response

_TYK = {"admin-auth": "12345"}
_IVALT = {"x-api-key": "YOUR_API_KEY"}
_KONEKSI = {
    "client-id": "id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E",
    "client-secret": "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY",
}
_MEMBERS = "/clients/v1/organization-admin/members"
_USERS = "/admin/public/api/organization/123"
_PASSWORD = {"password": "StrongPass123!", "confirm_password": "StrongPass123!"}

Address = Callable[[str, str], tuple[str, dict[str, str]]]
"""(sandbox, path) -> the path and headers by which a request gets there."""
ADDRESSES: tuple[Address, ...] = (
    lambda name, path: (path, {"understudy-sandbox": name}),
    lambda name, path: (f"/~{name}{path}", {}),
    lambda name, path: (path, {"baggage": f"trace=1,understudy-sandbox={name}"}),
)


class CrossTalk(AssertionError):
    """Something in a sandbox that its player did not put there, or something missing."""


class Player:
    """Creates, changes and counts organisations of Tyk, users of iVALT and members of Koneksi."""

    def __init__(self, sandbox: str, number: int) -> None:
        self.sandbox = sandbox
        self._random = Random(number)  # noqa: S311
        self._counter = 0
        self.organisations: dict[str, str] = {}
        self.users: set[str] = set()
        self.members: dict[str, str] = {}
        self._exchanges = 0

    async def step(self, client: Client) -> None:
        """Do one thing, and see that the answer is this sandbox's own. Raises CrossTalk."""
        self._counter += 1
        actions = (self._create, self._change, self._count, self._create_user, self._create_member, self._count_others)
        await self._random.choice(actions)(client)

    async def _ask(
        self, client: Client, method: str, path: str, credentials: dict[str, str], body: Any = None
    ) -> Response:
        target, headers = self._random.choice(ADDRESSES)(self.sandbox, path)
        response = await client.send(method, target, credentials | headers, body)
        self._exchanges += 1
        seen = (response.headers.get("understudy-sandbox"), response.headers.get("understudy-exchange"))
        if seen != (self.sandbox, str(self._exchanges)) or response.status >= 300:
            raise CrossTalk(f"{self.sandbox}, exchange {self._exchanges}: {method} {path} got {response}")
        return response

    async def _create(self, client: Client) -> None:
        name = f"{self.sandbox}/{self._counter}"
        response = await self._ask(client, "POST", "/admin/organisations", _TYK, {"owner_name": name})
        self.organisations[response.json()["Meta"]] = name

    async def _change(self, client: Client) -> None:
        if not self.organisations:
            await self._create(client)
        id = self._random.choice(list(self.organisations))
        name = f"{self.sandbox}/{self._counter} changed"
        await self._ask(client, "PUT", f"/admin/organisations/{id}", _TYK, {"owner_name": name})
        self.organisations[id] = name

    async def _count(self, client: Client) -> None:
        listed = (await self._ask(client, "GET", "/admin/organisations", _TYK)).json()["organisations"]
        self._compare({record["id"]: record["owner_name"] for record in listed[5:]}, self.organisations)

    async def _create_user(self, client: Client) -> None:
        mobile = f"555{self._counter:07d}"
        email = f"u{self._counter}@{self.sandbox}.example"
        user = {"email": email, "country_code": "+1", "mobile": mobile, "first_name": "A", "last_name": "B"}
        await self._ask(client, "POST", f"{_USERS}/create/user", _IVALT, user)
        self.users.add(email)

    async def _create_member(self, client: Client) -> None:
        email = f"m{self._counter}@{self.sandbox}.example"
        member = {"first_name": "A", "last_name": "B", "email": email, "role": "organization_user", **_PASSWORD}
        await self._ask(client, "POST", f"{_MEMBERS}/create", _KONEKSI, member)
        self.members[email] = email

    async def _count_others(self, client: Client) -> None:
        users = (await self._ask(client, "GET", f"{_USERS}/users", _IVALT)).json()
        self._compare(_addresses(users), self.users)
        found = (await self._ask(client, "GET", f"{_MEMBERS}/list?page=1&limit=100", _KONEKSI)).json()
        self._compare(_addresses(found), set(self.members))

    def _compare(self, seen: Any, known: Any) -> None:
        if seen != known:
            raise CrossTalk(f"{self.sandbox}, exchange {self._exchanges}: there is {seen}, and should be {known}")


def _addresses(node: Any) -> set[str]:
    """Return every e-mail address of a made-up domain of ours that stands in an answer."""
    if isinstance(node, str):
        return {node} if node.endswith(".example") and "@load-" in node else set()
    items = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return set().union(*map(_addresses, items))

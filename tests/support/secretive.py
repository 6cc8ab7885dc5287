"""A caller that sends secrets, each one never seen before, to every operation that takes one, and everywhere else."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import httpx
import orjson

from tests.support.callers import LOGIN
from tests.support.inprocess import parts_of, world_of
from tests.support.samples import sample_request
from understudy.contract.contract import Contract
from understudy.contract.operation import Operation
from understudy.contract.secrets import Secrets

GIVEN = {"tyk": "Gv1-tyk-credential", "ivalt": "Gv2-ivalt-credential", "koneksi": "Gv3-koneksi-id:Gv4-koneksi-secret"}
"""Credentials of one's own, for ``--credential``."""
OPTIONS = [word for name, value in GIVEN.items() for word in ("--credential", f"{name}={value}")]
PASSWORDS = ("password", "new_password", "current_password", "confirm_password")
_HEADERS = {
    "tyk": {"admin-auth": GIVEN["tyk"], "authorization": "7a7b140f-2480-4d5a-4e78-24049e3ba7f8"},
    "ivalt": {"x-api-key": GIVEN["ivalt"]},
    "koneksi": dict(zip(("client-id", "client-secret"), GIVEN["koneksi"].split(":"), strict=True)),
}


class Secretive:
    """Calls a mock, and remembers the secrets that went to and fro."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.sent: set[str] = {word for value in GIVEN.values() for word in value.split(":")}
        self.passwords: set[str] = {LOGIN["password"]}
        self.took: set[str] = set()
        """The operations that took a secret in a body."""
        self.gave: set[str] = set()
        """Those that gave one in an answer."""
        self._count = 0
        self._heads: dict[str, dict[str, str]] = dict(_HEADERS)

    def call_every_operation(self) -> None:
        """Send to every operation what its contract's example has, every secret in it being a new one."""
        self._log_in()
        for part in parts_of():
            for operation in sorted(part.contract.operations.values(), key=lambda one: one.method == "delete"):
                self._call(part.contract, operation, "as it should be")
                self._call(part.contract, operation, "broken")

    def _log_in(self) -> None:
        answer = self.client.post("/user/v1/account/login", json=LOGIN).json()
        tokens = {answer["result"][name] for name in ("access_token", "refresh_token")}
        self.sent |= tokens
        self.gave.add("elevate.login")
        self._heads["elevate"] = {"x-auth-token": f"bearer {answer['result']['access_token']}"}

    def _call(self, contract: Contract, operation: Operation, how: str) -> None:
        request = sample_request(self.client, contract, operation)
        body = orjson.loads(request.content) if request.content else None
        headers = dict(request.headers) | self._heads[contract.name]
        if body is not None:
            body = self._secretive(body, contract.secrets, contract, operation)
            if how == "broken":
                body = {**body, "email": 5, "name": [], "unknown_member": {"Password": self._secret("deep")}}
            content = orjson.dumps(body)
            headers["content-length"] = str(len(content))
            request = httpx.Request(request.method, request.url, headers=headers, content=content)
        else:
            request = httpx.Request(request.method, request.url, headers=headers)
        answer = self.client.send(request)
        found = set(contract.secrets.values(orjson.loads(answer.content))) if answer.content else set()
        if found:
            self.gave.add(f"{contract.name}.{operation.id}")
        self.sent |= found

    def _secretive(self, body: Any, secrets: Secrets, contract: Contract, operation: Operation) -> Any:
        schema_names = _members(contract, operation) & secrets.members
        changed = dict(body)
        for name in sorted({*filter(secrets.hides, body), *schema_names}):
            same = name == "confirm_password" and "password" in changed
            changed[name] = changed["password"] if same else self._secret(name)
            self.took.add(f"{contract.name}.{operation.id}")
        return changed

    def _secret(self, name: str) -> str:
        self._count += 1
        secret = f"Zq{self._count:03}x-{name[:3]}-S3cret!"
        self.sent.add(secret)
        if name in PASSWORDS or name == "deep":
            self.passwords.add(secret)
        return secret

    def misplace(self) -> Iterator[httpx.Response]:
        """Send credentials, and passwords, where they do not belong."""
        admin = {"admin-auth": GIVEN["tyk"]}
        for secret in (GIVEN["tyk"], self._secret("header")):
            for head in (admin if secret == GIVEN["tyk"] else {}, {"admin-auth": secret}, {"Cookie": f"a={secret}"}):
                if head or secret in GIVEN.values():  # of others nothing says that they are secrets
                    yield self.client.get(f"/admin/organisations/{secret}", headers=head)
                    yield self.client.get(f"/nowhere/{secret}/x", headers=head)
                    path = "/admin/organisations"
                    for query in ({"q": secret}, {"p": f"x{secret}"}, {secret: "1"}, {"admin-auth": secret}):
                        yield self.client.get(path, headers=head, params=query)
                    yield self.client.post(path, headers=head, json={"owner_name": [secret], secret: f"a {secret} b"})
                    yield self.client.post(path, headers=head, content=f"admin-auth: {secret}, and {secret}")
                    yield self.client.get(path, headers={**head, "X-Debug": f"token={secret}", "Referer": secret})
        for name, pair in (("basic", f"someone:{self._secret('basic')}"), ("proxy", f"x:{self._secret('proxy')}")):
            header = "Authorization" if name == "basic" else "Proxy-Authorization"
            packed = b64encode(pair.encode()).decode()
            self.sent.add(packed)
            yield self.client.get(f"/hello?a={pair.partition(':')[2]}", headers={header: f"Basic {packed}"})
        yield self.client.get("/hello", headers={"Authorization": f"Bearer {self._secret('bearer')}"})
        yield self.client.get(f"/hello?password={self._secret('query')}")
        yield self.client.post("/user/v1/account/login", data={"password": self._secret("form"), "email": "x"})
        broken = f'{{"email": "x", "password": "{self._secret("broken")}'
        yield self.client.post("/user/v1/account/login", content=broken)


def kept_secrets() -> set[str]:
    """Return the secrets that the documented world has from the beginning, but for those that are words."""
    parts = parts_of()
    world = world_of([part.name for part in parts])
    hidden = {part.name: part.contract.secrets.also(part.provider.secrets, ()) for part in parts}
    found = {text for name, state in world.states.items() for text in hidden[name].values(state.as_data())}
    return {text for text in found if text != "example-secret"}  # which is also the example in the contract


def _members(contract: Contract, operation: Operation) -> set[str]:
    source, node = contract.source, operation.node.get("requestBody")
    if node is None:
        return set()
    _, body = source.resolve_inside(node)
    _, schema = source.resolve_inside(body["content"]["application/json"]["schema"])
    parts = [source.resolve_inside(part)[1] for part in (schema, *schema.get("allOf", ()))]
    named: set[str] = set().union(*(part.get("properties", {}) for part in parts))
    return named

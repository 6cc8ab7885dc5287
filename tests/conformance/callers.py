"""Who calls: each provider with its documented credentials, ELEVATE in each of its roles."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

CONTROL = "control"
_FIXTURE = Path(__file__).parents[2] / "fixtures/elevate.yaml"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with credentials for a provider, or with a role that a login has."""

    provider: str
    fuzzing: float
    """Which share of the made-up requests that keep to the contract get a 2xx at least."""
    stateful: float
    """The same for requests in chains."""
    headers: dict[str, str] = field(default_factory=dict)
    role: str = ""
    refused: frozenset[str] = frozenset()
    """The operations that this caller is never granted."""

    def __str__(self) -> str:
        return f"{self.provider}-{self.role.replace(' ', '-')}".strip("-")

    def sign(self, url: str) -> dict[str, str]:
        """Return the headers that a call needs; whoever has a role logs in first."""
        if self.provider == CONTROL:
            _furnish(url)
        if not self.role:
            return self.headers
        answer = httpx.post(f"{url}/user/v1/account/login", json=_login(self.role))
        return {"X-auth-token": f"bearer {answer.json()['result']['access_token']}"}


def _furnish(url: str) -> None:
    """Put there what the documented examples of the control API's paths name."""
    with httpx.Client(base_url=url) as mock:
        mock.get("/admin/organisations", headers={"admin-auth": "12345"})
        for method, path, body in (
            ("PUT", "/sandboxes/signup", None),
            ("PUT", "/snapshots/before", None),
            ("POST", "/faults", {"match": {"operationId": "read_hello"}, "delay": {"fixed": 1}}),
        ):
            mock.request(method, f"/__admin{path}", json=body).raise_for_status()


def _login(role: str) -> dict[str, str]:
    fixture: dict[str, Any] = yaml.safe_load(_FIXTURE.read_text())
    (login,) = [login for login in fixture["logins"] if login["role"].startswith(role)]
    return {"email": login["email"], "password": login["password"]}


CALLERS = (
    Caller(CONTROL, 0.3, 0.3, refused=frozenset({"import_snapshot"})),
    Caller("ivalt", 0.6, 0.4, headers={"x-api-key": "YOUR_API_KEY"}),
    Caller(
        "koneksi",
        0.5,
        0.35,
        headers={
            "Client-ID": "id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E",
            "Client-Secret": "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY",
        },
    ),
    Caller("tyk", 0.55, 0.5, headers={"admin-auth": "12345", "authorization": "7a7b140f-2480-4d5a-4e78-24049e3ba7f8"}),
    Caller("elevate", 0.5, 0.2, role="system administrator", refused=frozenset({"deactivate_user"})),
    Caller("elevate", 0.4, 0.2, role="organisation administrator", refused=frozenset({"deactivate_org"})),
    Caller(
        "elevate",
        0.35,
        0.2,
        role="mentee",
        refused=frozenset({"deactivate_org", "deactivate_user", "update_organization"}),
    ),
)

"""Asking the control API and the vendors, as the tests of the control API do."""

from typing import Any

import httpx

ADMIN = "/__admin"
JIVELY = "54b53d3aeba6db5c35000002"
TYK = {"admin-auth": "12345"}
IVALT = {"x-api-key": "YOUR_API_KEY"}
KONEKSI = {
    "Client-ID": "id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E",
    "Client-Secret": "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY",
}
MEMBERS = "/clients/v1/organization-admin/members"


def ask(http: httpx.Client, method: str, path: str, status: int, name: str | None = None, **sent: Any) -> Any:
    """Ask the control API, see that the status and the answer's name are as expected, return the body."""
    answer = http.request(method, ADMIN + path, **sent)
    assert status == answer.status_code, answer.text
    assert name is None or name == answer.headers["understudy-answer"], answer.text
    return answer.json() if answer.content else None


def tyk_names(http: httpx.Client) -> list[str]:
    """Return the names of Tyk's organisations, as its own API lists them."""
    listed = http.get("/admin/organisations", headers=TYK, params={"p": -1}).json()["organisations"]
    return [organisation["owner_name"] for organisation in listed]


def create_tyk(http: httpx.Client, name: str) -> httpx.Response:
    """Create an organisation through Tyk's own API."""
    return http.post("/admin/organisations", headers=TYK, json={"owner_name": name})


def create_member(http: httpx.Client, email: str) -> httpx.Response:
    """Create a member through Koneksi's own API."""
    password = "StrongPass123!"
    body = {"first_name": "J", "last_name": "B", "email": email, "password": password, "role": "organization_user"}
    return http.post(f"{MEMBERS}/create", headers=KONEKSI, json={**body, "confirm_password": password})


def login(http: httpx.Client, email: str, password: str) -> httpx.Response:
    """Log in at ELEVATE."""
    return http.post("/user/v1/account/login", json={"email": email, "password": password})

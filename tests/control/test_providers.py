"""``GET /__admin/providers``: what is played, and how to call it."""

from typing import Any

import httpx
import pytest

from tests.support.inprocess import client_of, parts_of


@pytest.fixture
def providers(mock: httpx.Client) -> dict[str, Any]:
    return {item["provider"]: item for item in mock.get("/__admin/providers").json()["items"]}


def test_every_part_is_listed(providers: dict[str, Any]) -> None:
    assert [part.name for part in parts_of()] == list(providers)
    assert ["http://localhost:3000"] == providers["tyk"]["servers"]
    assert ["/user/v1"] == providers["elevate"]["basePaths"]


def test_credentials_come_as_headers(providers: dict[str, Any]) -> None:
    assert [{"x-api-key": "YOUR_API_KEY"}, {"x-api-key": "YOUR_API_KEY_HERE"}] == providers["ivalt"]["credentials"]
    assert {"Client-ID", "Client-Secret"} == providers["koneksi"]["credentials"][0].keys()


def test_each_login_works_as_it_is_told(mock: httpx.Client, providers: dict[str, Any]) -> None:
    assert 3 == len(providers["elevate"]["logins"])
    for login in providers["elevate"]["logins"]:
        answer = mock.request(login["method"], login["path"], json=login["body"])
        value: Any = answer.json()
        for step in login["token"].split("/")[1:]:
            value = value[step]
        headers = {login["header"]: login["prefix"] + value}
        assert 200 == mock.get("/user/v1/organization/read?organisation_id=12", headers=headers).status_code


def test_only_what_is_played_is_listed() -> None:
    with client_of("koneksi") as mock:
        assert ["koneksi"] == [item["provider"] for item in mock.get("/__admin/providers").json()["items"]]

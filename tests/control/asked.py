"""Requests that the tests of the journal ask about."""

from typing import Any

import httpx

ADMIN = {"admin-auth": "12345"}
JIVELY = "/admin/organisations/54b53d3aeba6db5c35000002"
LOGIN = {"email": "system.admin@shikshalokam.org", "password": "SystemAdmin@2024"}


def ask_some(mock: httpx.Client, headers: dict[str, str] | None = None) -> None:
    """Make six requests: read, refused, created, unknown path, wrong method, forced."""
    common = {**ADMIN, **(headers or {})}
    mock.get(JIVELY, headers=common)
    mock.put(JIVELY, headers=common, json={"owner_name": 5})
    mock.post("/admin/users", headers=common, json={"email_address": "ann@example.org", "password": "long-secret"})
    mock.get("/nowhere?a=1&a=2", headers=common)
    mock.delete("/hello", headers=common)
    mock.get(JIVELY, headers={**common, "Prefer": "example=organisation_not_found"})


def listed(mock: httpx.Client, query: str = "") -> list[dict[str, Any]]:
    """Return the exchanges that the journal lists, newest first."""
    answer = mock.get(f"/__admin/requests{query}")
    assert 200 == answer.status_code, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def ids(mock: httpx.Client, query: str = "") -> list[int]:
    """Return the ids of the exchanges that the journal lists, newest first."""
    return [entry["id"] for entry in listed(mock, query)]

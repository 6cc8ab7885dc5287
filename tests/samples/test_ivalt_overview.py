"""The curl, Python and JavaScript samples of iVALT's page "Admin Portal APIs", each by itself and the page as one."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.samples.clients import curl, node, python
from tests.samples.text import sample
from tests.support.served import Served

PAGE = ("get-organization", "create-user", "update-geofences", "list-organizations")
JOHN = {"email": "john.doe@example.com", "country_code": "+1", "mobile": "2345678901", "name": "John Doe"}
OFFICE = {"name": "Office Location", "latitude": 37.7749, "longitude": -122.4194, "radius": 500, "enabled": True}
CREATED = "User created: success\nMessage: Create User for Organization\n"
FENCED = "Geo-fences updated: success\nMessage: Update User Geofences\n"

Run = Callable[[str], str]
in_both_languages = pytest.mark.parametrize(("run", "ending"), [(python, "py.txt"), (node, "js")], ids=["Python", "JS"])


def client(url: str) -> httpx.Client:
    """A client for reading back, at the vendor's other base path."""
    base = f"{url}/_mock/products/admin-portal/admin_apis"
    return httpx.Client(base_url=base, headers={"x-api-key": "YOUR_API_KEY_HERE"}, trust_env=False)


@pytest.fixture
def reader(server: Served) -> Iterator[httpx.Client]:
    with client(server.url) as http:
        yield http


@pytest.fixture
def organisations(shared_server: Served) -> list[Any]:
    """All organisations, as another client reads them."""
    with client(shared_server.url) as reader:
        listed: list[Any] = reader.get("/organizations").json()["data"]
    return listed


def users(reader: httpx.Client) -> dict[int, Any]:
    """Return the users of organisation 123 by id."""
    return {user["id"]: user for user in reader.get("/organization/123/users").json()["data"]}


def assert_john_was_created(before: dict[int, Any], after: dict[int, Any]) -> None:
    """There is one more user, and the rest is as before."""
    (new,) = after.keys() - before.keys()
    assert JOHN | {"organization_id": 123} == {name: after[new][name] for name in (*JOHN, "organization_id")}
    assert before == {id: user for id, user in after.items() if id != new}


def shown_by(ending: str, label: str, value: Any) -> str:
    """Return what the language prints for a label and a value."""
    if ending == "py.txt":
        return f"{label}: {value}\n"
    return node(f"console.log('{label}:', {json.dumps(value)});")


def listed_by(ending: str, organisations: list[Any]) -> str:
    """Return what the sample of the list prints."""
    items = "".join(f"- {one['name']} ({one['slug']})\n" for one in organisations)
    return "Status: success\n" + shown_by(ending, "Organizations", organisations) + items


# curl


def test_the_curl_sample_of_an_organization_shows_it(shared_server: Served, organisations: list[Any]) -> None:
    reply = curl(sample("ivalt/overview/get-organization.sh", shared_server.url))
    (organisation,) = (one for one in organisations if one["slug"] == "ORG001")
    assert (200, "success", organisation) == (reply.status, reply.json()["status"], reply.json()["data"])
    assert 123 == organisation["id"]


def test_the_curl_sample_of_all_organizations_lists_them(shared_server: Served, organisations: list[Any]) -> None:
    reply = curl(sample("ivalt/overview/list-organizations.sh", shared_server.url))
    assert (200, "success", organisations) == (reply.status, reply.json()["status"], reply.json()["data"])


def test_the_curl_sample_of_a_new_user_creates_it(server: Served, reader: httpx.Client) -> None:
    before = users(reader)
    reply = curl(sample("ivalt/overview/create-user.sh", server.url))
    assert (200, b'{"status":"success","message":"Create User for Organization"}') == (reply.status, reply.body)
    assert_john_was_created(before, users(reader))


def test_the_curl_sample_of_geofences_assigns_them(server: Served, reader: httpx.Client) -> None:
    reply = curl(sample("ivalt/overview/update-geofences.sh", server.url))
    assert (200, b'{"status":"success","message":"Update User Geofences"}') == (reply.status, reply.body)
    assert [OFFICE] == reader.get("/user/123/geofences").json()["data"]


# Python and JavaScript


@in_both_languages
def test_the_sample_of_an_organization_prints_it(
    run: Run, ending: str, shared_server: Served, organisations: list[Any]
) -> None:
    printed = run(sample(f"ivalt/overview/get-organization.{ending}", shared_server.url))
    assert shown_by(ending, "Organization", organisations[0]) + "Status: success\n" == printed
    assert (123, "ORG001") == (organisations[0]["id"], organisations[0]["slug"])


@in_both_languages
def test_the_sample_of_all_organizations_prints_them(
    run: Run, ending: str, shared_server: Served, organisations: list[Any]
) -> None:
    printed = run(sample(f"ivalt/overview/list-organizations.{ending}", shared_server.url))
    assert listed_by(ending, organisations) == printed


@in_both_languages
def test_the_sample_of_a_new_user_creates_it(run: Run, ending: str, server: Served, reader: httpx.Client) -> None:
    before = users(reader)
    assert CREATED == run(sample(f"ivalt/overview/create-user.{ending}", server.url))
    assert_john_was_created(before, users(reader))


@in_both_languages
def test_the_sample_of_geofences_assigns_them(run: Run, ending: str, server: Served, reader: httpx.Client) -> None:
    assert [] == reader.get("/user/123/geofences").json()["data"]
    assert FENCED == run(sample(f"ivalt/overview/update-geofences.{ending}", server.url))
    assert [OFFICE] == reader.get("/user/123/geofences").json()["data"]


@in_both_languages
def test_the_page_runs_from_top_to_bottom_as_one_program(
    run: Run, ending: str, server: Served, reader: httpx.Client
) -> None:
    """Every sample after the first leans on what the first one imported."""
    organisations = reader.get("/organizations").json()["data"]
    before = users(reader)
    printed = run("\n".join(sample(f"ivalt/overview/{name}.{ending}", server.url) for name in PAGE))
    first = shown_by(ending, "Organization", organisations[0]) + "Status: success\n"
    assert first + CREATED + FENCED + listed_by(ending, organisations) == printed
    assert {123: [OFFICE]} == {id: user["geofences"] for id, user in users(reader).items() if user["geofences"]}
    assert len(before) + 1 == len(users(reader))

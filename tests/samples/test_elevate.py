"""The calls that ELEVATE's pages on organisations and users describe, built literally from their tables."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.samples.clients import Reply, curl
from tests.samples.text import sample
from tests.support.served import Served

SYSTEM, ADMINISTRATOR = "system administrator", "organisation administrator of 12"
UPDATED = "Organization updated successfully"
DEACTIVATED = "Organization deactivated Successfully"
USERS_DEACTIVATED = "User deactivated Successfully"
BY = {"by id": "deactivate-users-by-id", "by e-mail": "deactivate-users-by-email"}
UNFILLED = "looks like a placeholder left unfilled: put a real organization_id in its place"


def token_of(role: str, server: Served) -> str:
    """Log in as the page says, with a login of the server's first screen; return the access_token."""
    (line,) = (line for line in server.lines if line.strip().startswith("log in:") and line.endswith(role))
    email, password, _ = line.partition("log in: ")[2].split(" · ")
    reply = curl(sample("elevate/log-in.sh", server.url, email=email, password=password))
    assert (200, "OK") == (reply.status, reply.json()["responseCode"])
    token: str = reply.json()["result"]["access_token"]
    return token


def call(name: str, role: str, server: Served, **placeholders: str) -> Reply:
    """Run a sample with a fresh access_token."""
    return curl(sample(f"elevate/{name}.sh", server.url, access_token=token_of(role, server), **placeholders))


def in_english(name: str, role: str, server: Served, **placeholders: str) -> Reply:
    """Run a sample without its header accept-language."""
    text = sample(f"elevate/{name}.sh", server.url, access_token=token_of(role, server), **placeholders)
    return curl("\n".join(line for line in text.splitlines() if "accept-language" not in line).removesuffix(" \\"))


def client(server: Served) -> httpx.Client:
    """A client for reading back."""
    headers = {"X-auth-token": f"bearer {token_of(SYSTEM, server)}"}
    return httpx.Client(base_url=f"{server.url}/user/v1", headers=headers, trust_env=False)


@pytest.fixture
def reader(server: Served) -> Iterator[httpx.Client]:
    with client(server) as http:
        yield http


def organization(reader: httpx.Client, id: int) -> Any:
    """Return one organisation."""
    return reader.get("/organization/read", params={"organisation_id": id}).json()["result"]


def statuses(reader: httpx.Client) -> dict[int, str]:
    """Return the status of each user of organisation 12."""
    answer = reader.get("/account/list", params={"organization_id": 12, "limit": 100}).json()
    return {user["id"]: user["status"] for group in answer["result"]["data"] for user in group["values"]}


def assert_succeeded(status: int, result: list[Any], reply: Reply) -> None:
    """The answer has the members of the page's response table."""
    answer = reply.json()
    assert (status, "OK", result) == (reply.status, answer["responseCode"], answer["result"])
    assert ["responseCode", "message", "result", "meta"] == list(answer)
    assert ["formsVersion", "correlation"] == list(answer["meta"])


def assert_refused(status: int, code: str, reply: Reply) -> None:
    """The answer is an error of the service."""
    assert (status, code) == (reply.status, reply.json()["responseCode"])


def in_hindi(message: str) -> bool:
    """Whether a text is written in Devanagari."""
    return any("\u0900" <= letter <= "\u097f" for letter in message)


# Updating organizations' details


def test_a_system_administrator_updates_and_relates_an_organization(server: Served, reader: httpx.Client) -> None:
    """The relation is mutual."""
    reply = call("update-organization", SYSTEM, server, organization_id="12")
    assert_succeeded(200, [], reply)
    assert in_hindi(reply.json()["message"])
    after = organization(reader, 12)
    assert ("ShikshaLokam", "Empowering educational leadership.") == (after["name"], after["description"])
    assert [3, 4] == after["related_orgs"]
    assert ([12], [12]) == tuple(organization(reader, id)["related_orgs"] for id in (3, 4))


def test_an_organization_administrator_updates_the_own_organization(server: Served, reader: httpx.Client) -> None:
    before = organization(reader, 12)
    reply = call("update-own-organization", ADMINISTRATOR, server, organization_id="12")
    assert_succeeded(200, [], reply)
    assert in_hindi(reply.json()["message"])
    after = organization(reader, 12)
    assert before["description"] != after["description"]
    wanted = {"name": "ShikshaLokam", "description": "Empowering educational leadership."}
    changed = {"updated_at", "updated_by"} & after.keys()
    assert before | wanted | {name: after[name] for name in changed} == after


def test_only_system_administrators_relate_organizations(server: Served, reader: httpx.Client) -> None:
    before = organization(reader, 12)
    assert_refused(400, "CLIENT_ERROR", call("update-organization", ADMINISTRATOR, server, organization_id="12"))
    assert before == organization(reader, 12)


def test_an_organization_that_does_not_exist_is_a_bad_request(shared_server: Served) -> None:
    reply = call("update-organization", SYSTEM, shared_server, organization_id="999")
    assert_refused(400, "CLIENT_ERROR", reply)


def test_an_update_without_a_language_is_answered_in_english(server: Served, reader: httpx.Client) -> None:
    reply = in_english("update-organization", SYSTEM, server, organization_id="12")
    assert_succeeded(200, [], reply)
    assert UPDATED == reply.json()["message"]
    assert [3, 4] == organization(reader, 12)["related_orgs"]


# Deactivating organizations


def test_a_system_administrator_deactivates_an_organization_and_its_users(server: Served, reader: httpx.Client) -> None:
    active = [id for id, status in statuses(reader).items() if status == "ACTIVE"]
    reply = call("deactivate-organization", SYSTEM, server, organization_id="12")
    assert_succeeded(202, [{"deactivated_users": len(active)}], reply)
    assert in_hindi(reply.json()["message"])
    assert "INACTIVE" == organization(reader, 12)["status"]
    assert {"INACTIVE"} == set(statuses(reader).values())
    assert active


def test_an_organization_is_deactivated_once(server: Served) -> None:
    first = in_english("deactivate-organization", SYSTEM, server, organization_id="12")
    assert (202, DEACTIVATED) == (first.status, first.json()["message"])
    assert_refused(400, "CLIENT_ERROR", call("deactivate-organization", SYSTEM, server, organization_id="12"))


def test_a_user_of_a_deactivated_organization_cannot_log_in(server: Served) -> None:
    call("deactivate-organization", SYSTEM, server, organization_id="12")
    login = {"email": "mentee@shikshalokam.org", "password": "Mentee@2024"}
    assert_refused(400, "CLIENT_ERROR", curl(sample("elevate/log-in.sh", server.url, **login)))


# Deactivating users


@pytest.mark.parametrize("name", BY.values(), ids=BY)
def test_an_organization_administrator_deactivates_users_once(name: str, server: Served, reader: httpx.Client) -> None:
    before = statuses(reader)
    assert ("ACTIVE", "ACTIVE") == (before[1], before[2])
    reply = call(name, ADMINISTRATOR, server)
    assert_succeeded(202, [], reply)
    assert in_hindi(reply.json()["message"])
    assert before | {1: "INACTIVE", 2: "INACTIVE"} == statuses(reader)
    assert_refused(400, "CLIENT_ERROR", call(name, ADMINISTRATOR, server))


@pytest.mark.parametrize("name", BY.values(), ids=BY)
def test_a_deactivation_without_a_language_is_answered_in_english(
    name: str, server: Served, reader: httpx.Client
) -> None:
    reply = in_english(name, ADMINISTRATOR, server)
    assert_succeeded(202, [], reply)
    assert USERS_DEACTIVATED == reply.json()["message"]
    assert ["INACTIVE", "INACTIVE"] == [statuses(reader)[id] for id in (1, 2)]


# Placeholders


@pytest.mark.parametrize("name", ["update-organization", "update-own-organization", "deactivate-organization"])
@pytest.mark.parametrize(
    ("option", "shown"),
    [("", "organization_id"), ("globoff", "{organization_id}")],
    ids=["as curl reads it", "with -g"],
)
def test_a_path_with_its_placeholder_left_unfilled_is_not_found_and_hears_why(
    name: str, option: str, shown: str, shared_server: Served
) -> None:
    text = sample(f"elevate/{name}.sh", shared_server.url, access_token=token_of(SYSTEM, shared_server))
    with client(shared_server) as reader:
        before = organization(reader, 12), statuses(reader)
        reply = curl(text, option)
        assert before == (organization(reader, 12), statuses(reader))
    assert 404 == reply.status
    assert b'{"responseCode":"RESOURCE_ERROR","message":"Requested resource not found!"}' == reply.body
    assert [f"{shown!r} {UNFILLED}"] == reply.hints()


def test_a_token_left_unfilled_is_unauthorized_and_hears_where_to_log_in(shared_server: Served) -> None:
    reply = curl(sample("elevate/update-organization.sh", shared_server.url, organization_id="12"))
    assert_refused(401, "UNAUTHORIZED", reply)
    assert ["the first screen of the server prints working credentials"] == reply.hints()

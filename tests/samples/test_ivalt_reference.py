"""The curl samples of iVALT's page "Admin Panel APIs (1.0.0)"."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.samples.clients import curl
from tests.samples.text import documented, sample
from tests.support.served import Served

# The ids that the samples' own bodies name, and those of an auth code of the documented world.
FILLED = {
    "update-user": {"orgId": "272", "userId": "32"},
    "update-auth-code": {"orgId": "123", "authCodeId": "123"},
    "delete-user": {"orgId": "272", "userId": "32"},
}


def client(url: str) -> httpx.Client:
    """A client for reading back, at the vendor's other base path."""
    return httpx.Client(base_url=f"{url}/admin/public/api", headers={"x-api-key": "YOUR_API_KEY"}, trust_env=False)


@pytest.fixture
def reader(server: Served) -> Iterator[httpx.Client]:
    with client(server.url) as http:
        yield http


def users(reader: httpx.Client) -> dict[int, Any]:
    """Return the users of organisation 272 by id."""
    return {user["id"]: user for user in reader.get("/organization/272/users").json()["data"]}


def auth_codes(reader: httpx.Client) -> dict[int, Any]:
    """Return the auth codes of organisation 123 by id."""
    return {code["id"]: code for code in reader.get("/organization/123/get-org-auth-codes").json()["data"]}


def assert_documented(name: str, url: str) -> None:
    """The sample, filled in, gets the answer that the page shows."""
    reply = curl(sample(f"ivalt/reference/{name}.sh", url, **FILLED[name]))
    assert 200 == reply.status
    assert "application/json" == reply.headers["Content-Type"]
    assert documented(f"ivalt/reference/{name}.answer.json") == reply.body


def test_the_update_user_sample_changes_the_user(server: Served, reader: httpx.Client) -> None:
    before = users(reader)
    assert_documented("update-user", server.url)
    after = users(reader)
    wanted = {
        "email": "bikramjeet@ivalt.com",
        "name": "Bikramjeet Singh",
        "verify_timeslots": "on",
        "timeslots": '[{"timezone":"UTC","start_time":"2023-05-08T09:39:00Z","end_time":"2023-05-08T21:39:00Z",'
        '"status":1,"user_id":32,"org_id":"272"}]',
    }
    assert before[32] | wanted | {"updated_at": after[32]["updated_at"]} == after[32]
    assert before[32] | wanted != before[32]
    assert before | {32: after[32]} == after


def test_the_update_auth_code_sample_changes_the_auth_code(server: Served, reader: httpx.Client) -> None:
    before = auth_codes(reader)
    assert_documented("update-auth-code", server.url)
    after = auth_codes(reader)
    wanted = {"client_id": "dshfosdhfg", "client_secret": "sdfgsdgds"}
    assert before[123] | wanted | {"updated_at": after[123]["updated_at"]} == after[123]
    assert before | {123: after[123]} == after


def test_the_delete_user_sample_deletes_the_user(server: Served, reader: httpx.Client) -> None:
    before = users(reader)
    assert_documented("delete-user", server.url)
    assert before.keys() - {32} == users(reader).keys()


@pytest.mark.parametrize("name", FILLED)
@pytest.mark.parametrize(("option", "shown"), [("", "{}"), ("globoff", "{{{}}}")], ids=["as curl reads it", "with -g"])
def test_a_sample_with_its_placeholders_left_unfilled_is_not_found_and_hears_why(
    name: str, option: str, shown: str, shared_server: Served
) -> None:
    """Curl makes orgId of {orgId}; with -g it stays as it is."""
    with client(shared_server.url) as reader:
        before = users(reader), auth_codes(reader)
        reply = curl(sample(f"ivalt/reference/{name}.sh", shared_server.url), option)
        assert before == (users(reader), auth_codes(reader))
    assert 404 == reply.status
    assert b'{"status":"error","message":"Organization not found."}' == reply.body
    assert [
        f"{shown.format(parameter)!r} looks like a placeholder left unfilled: put a real {parameter} in its place"
        for parameter in FILLED[name]
    ] == reply.hints()

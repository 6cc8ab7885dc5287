"""The ten calls that Koneksi's page "Organization Admin" describes, built literally from it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.samples.clients import Reply, curl
from tests.samples.text import sample
from tests.support.served import Served

KEYS = {
    "Client-ID": "id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E",
    "Client-Secret": "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY",
}
# The page's example of each path parameter.
READ, UPDATED, REMOVED = "686ea73481fbe273d180e8fe", "6873e39d485ac74c10176138", "686ed041e558da075c6d8e87"
FILLED = {
    "update-user-limit": {"user": READ},
    "read-member": {"user": READ},
    "update-member": {"user": UPDATED},
    "remove-member": {"userID": REMOVED},
}


def client(url: str) -> httpx.Client:
    """A client for reading back."""
    return httpx.Client(base_url=f"{url}/clients/v1/organization-admin", headers=KEYS, trust_env=False)


@pytest.fixture
def reader(server: Served) -> Iterator[httpx.Client]:
    with client(server.url) as http:
        yield http


def members(reader: httpx.Client) -> dict[str, Any]:
    """Return everybody by id."""
    return {member["id"]: member for member in reader.get("/members/list?limit=100").json()["data"]}


def call(name: str, url: str) -> Reply:
    """Run a sample with the page's example ids."""
    return curl(sample(f"koneksi/{name}.sh", url, **FILLED.get(name, {})))


def data_of(message: str, reply: Reply) -> Any:
    """The answer succeeded, with the page's description as its message; return what it shows."""
    assert (200, "success", message) == (reply.status, reply.json()["status"], reply.json()["message"])
    return reply.json()["data"]


def test_collecting_metrics_sums_up_the_members(shared_server: Served) -> None:
    """The page gives this call a pair of credentials of its own."""
    metrics = data_of("Metrics collected successfully.", call("collect-metrics", shared_server.url))
    with client(shared_server.url) as reader:
        everybody = members(reader).values()
    assert len(everybody) == metrics["member_count"]
    assert sum(member["bytes_limit"] for member in everybody) == metrics["byte_limit"]
    assert sum(member["bytes_usage"] for member in everybody) == metrics["byte_usage"]


def test_updating_a_users_limit_sets_it(server: Served, reader: httpx.Client) -> None:
    before = members(reader)
    data = data_of("Limit updated successfully.", call("update-user-limit", server.url))
    assert (READ, 5368709120) == (data["user_id"], data["bytes_limit"])
    after = members(reader)
    assert 5368709120 == after[READ]["bytes_limit"] != before[READ]["bytes_limit"]
    assert before | {READ: after[READ]} == after


def test_listing_members_shows_the_first_ten(shared_server: Served) -> None:
    data = data_of("List of members retrieved successfully.", call("list-members", shared_server.url))
    with client(shared_server.url) as reader:
        assert list(members(reader).values())[:10] == data


def test_creating_a_member_adds_it(server: Served, reader: httpx.Client) -> None:
    """The page shows no answer for this one call."""
    before = members(reader)
    reply = call("create-member", server.url)
    assert (201, "success") == (reply.status, reply.json()["status"])
    new = reader.get(f"/members/{reply.json()['data']['id']}/read").json()["data"]
    wanted = {"first_name": "JB", "last_name": "Benedicto", "email": "jb+8@ardata.tech", "role": "organization_user"}
    assert wanted == {name: new[name] for name in wanted}
    assert before | {new["id"]: new} == members(reader)


def test_reading_a_member_shows_it(shared_server: Served) -> None:
    data = data_of("Member details retrieved successfully.", call("read-member", shared_server.url))
    with client(shared_server.url) as reader:
        assert members(reader)[READ] == data


def test_searching_members_finds_one_by_e_mail(shared_server: Served) -> None:
    """The page's example has a raw plus sign, which a query string reads as a space."""
    data = data_of("Members found successfully.", call("search-members", shared_server.url))
    with client(shared_server.url) as reader:
        assert [member for member in members(reader).values() if member["email"] == "jb+7@ardata.tech"] == data
    assert [READ] == [member["id"] for member in data]


def test_updating_a_member_changes_it(server: Served, reader: httpx.Client) -> None:
    before = members(reader)
    data = data_of("Member updated successfully.", call("update-member", server.url))
    after = members(reader)
    wanted = {
        "first_name": "Alexander Paul",
        "middle_name": "Puno",
        "last_name": "Quinit",
        "email": "jb+3@ardata.tech",
        "is_verified": True,
        "is_locked": False,
        "is_deleted": False,
    }
    assert before[UPDATED] | wanted | {"updated_at": after[UPDATED]["updated_at"]} == after[UPDATED]
    assert after[UPDATED] == data
    assert before | {UPDATED: data} == after


def test_removing_a_member_takes_it_off_the_list(server: Served, reader: httpx.Client) -> None:
    before = members(reader)
    data_of("Member removed successfully.", call("remove-member", server.url))
    assert 404 == reader.get(f"/members/{REMOVED}/read").status_code
    assert before.keys() - {REMOVED} == members(reader).keys()


def test_reading_the_organization_shows_that_of_the_credentials(shared_server: Served) -> None:
    message = "Organization details retrieved successfully."
    data = data_of(message, call("read-organization", shared_server.url))
    with client(shared_server.url) as reader:
        assert reader.get("/organization/read").json()["data"] == data
    assert "AR Data Technologies" == data["name"]


def test_updating_the_organization_changes_it(server: Served, reader: httpx.Client) -> None:
    """The page's values are those of the documented world, so the organisation is called something else first."""
    before = reader.get("/organization/read").json()["data"]
    other = {"name": "Another", "domain": "another.example", "contact": "jb@another.example"}
    assert other["name"] == reader.put("/organization/update", json=other).json()["data"]["name"]
    data = data_of("Organization updated successfully.", call("update-organization", server.url))
    assert before | {"updated_at": data["updated_at"]} == data
    assert data == reader.get("/organization/read").json()["data"]


@pytest.mark.parametrize("name", FILLED)
@pytest.mark.parametrize(("option", "shown"), [("", "{}"), ("globoff", "{{{}}}")], ids=["as curl reads it", "with -g"])
def test_a_path_with_its_placeholder_left_unfilled_is_not_found_and_hears_why(
    name: str, option: str, shown: str, shared_server: Served
) -> None:
    """Curl makes user of {user}; with -g it stays as it is."""
    with client(shared_server.url) as reader:
        before = members(reader)
        reply = curl(sample(f"koneksi/{name}.sh", shared_server.url), option)
        assert before == members(reader)
    assert (404, "error") == (reply.status, reply.json()["status"])
    (parameter,) = FILLED[name]
    sent = shown.format(parameter)
    assert [f"{sent!r} looks like a placeholder left unfilled: put a real {parameter} in its place"] == reply.hints()

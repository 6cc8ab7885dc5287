"""Koneksi's organization admin over HTTP: the document's samples, journeys, credentials, bad input."""

import json
from typing import Any

import httpx
import pytest

from tests.support.reached import Reached

BASE = "/clients/v1/organization-admin"
KEYS = {
    "Client-ID": "id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E",
    "Client-Secret": "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY",
}
METRICS_KEYS = {
    "Client-ID": "id_5f9b3c4d-e8a1-4b2f-9e7d-12a34b56c789",
    "Client-Secret": "sk_x7k9p2m4q8r5t1y3w6u0v9z2b4c6n8m",
}
VIEWER_KEYS = {
    "Client-ID": "id_viewer0Pq7Wn3Zk5Tt8Rb2Yc6Xd4Vf9Gh1Js0La",
    "Client-Secret": "sk_viewer8Mm4Nn1Bb7Vv3Cc9Xx5Zz2Aa6Ss0Dd4Ff",
}
VIEWER = "6874f7c2485ac74c1017613b"
READ = "686ea73481fbe273d180e8fe"
UPDATED = "6873e39d485ac74c10176138"
REMOVED = "686ed041e558da075c6d8e87"
NOBODY = "000000000000000000000000"
ORGANIZATION = "686e9c1281fbe273d180e8a1"

NEW_MEMBER = {
    "first_name": "JB",
    "last_name": "Benedicto",
    "email": "jb+8@ardata.tech",
    "password": "StrongPass123!",
    "confirm_password": "StrongPass123!",
    "role": "organization_user",
}
MEMBER_UPDATE = {
    "first_name": "Alexander Paul",
    "middle_name": "Puno",
    "last_name": "Quinit",
    "email": "jb+3@ardata.tech",
    "password": "StrongPass123!",
    "is_verified": True,
    "is_locked": False,
    "is_deleted": False,
}
OPERATIONS = (
    ("GET", "/dashboard/collect-metrics"),
    ("PUT", f"/users/{READ}/limits/update"),
    ("GET", "/members/list"),
    ("POST", "/members/create"),
    ("GET", f"/members/{READ}/read"),
    ("GET", "/members/search?email=jb"),
    ("PUT", f"/members/{READ}/update"),
    ("DELETE", f"/members/{READ}/remove"),
    ("GET", "/organization/read"),
    ("PUT", "/organization/update"),
)
WITH_BODY = tuple((method, path) for method, path in OPERATIONS if method in ("PUT", "POST"))


class Koneksi:
    """The ten operations, called with the document's credentials."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request; ``headers`` are added to the credentials."""
        headers = {**KEYS, **options.pop("headers", {})}
        return self.client.request(method, BASE + path, headers=headers, **options)

    def create(self, **changes: Any) -> httpx.Response:
        return self.ask("POST", "/members/create", json={**NEW_MEMBER, **changes})

    def read(self, id: str) -> httpx.Response:
        return self.ask("GET", f"/members/{id}/read")

    def update(self, id: str, **changes: Any) -> httpx.Response:
        return self.ask("PUT", f"/members/{id}/update", json=changes)

    def remove(self, id: str) -> httpx.Response:
        return self.ask("DELETE", f"/members/{id}/remove")

    def limit(self, id: str, limit: Any) -> httpx.Response:
        return self.ask("PUT", f"/users/{id}/limits/update", json={"bytes_limit": limit})

    def list(self, **query: Any) -> httpx.Response:
        return self.ask("GET", "/members/list", params=query)

    def search(self, term: str) -> httpx.Response:
        """Search; the term stands in the query string as it is, unescaped."""
        return self.ask("GET", f"/members/search?email={term}")

    def metrics(self) -> Any:
        return self.ask("GET", "/dashboard/collect-metrics").json()["data"]

    def ids(self) -> set[str]:
        """Return the ids of everybody on the list."""
        return {member["id"] for member in self.list(limit=100).json()["data"]}


@pytest.fixture
def koneksi(mock: httpx.Client) -> Koneksi:
    return Koneksi(mock)


def assert_refused(response: httpx.Response, status: int, name: str, message: str) -> None:
    """The reply is the named answer, in the vendor's envelope."""
    assert (status, name) == (response.status_code, response.headers["Understudy-Answer"])
    assert {"status": "error", "message": message, "data": None, "meta": None} == response.json()


# The document's samples


def test_metrics_are_collected_with_the_credentials_of_their_sample(mock: httpx.Client) -> None:
    """Collect metrics has a pair of its own in the document."""
    response = mock.get(f"{BASE}/dashboard/collect-metrics", headers=METRICS_KEYS)
    assert (200, "Metrics collected successfully.") == (response.status_code, response.json()["message"])
    assert 28 == response.json()["data"]["member_count"]


def test_the_limit_sample_sets_five_gib(koneksi: Koneksi) -> None:
    """The limit shows in the answer and in the member."""
    response = koneksi.limit(READ, 5368709120)
    assert (200, "Limit updated successfully.") == (response.status_code, response.json()["message"])
    assert {"user_id": READ, "bytes_limit": 5368709120, "bytes_usage": 1288490188} == response.json()["data"]
    assert 5368709120 == koneksi.read(READ).json()["data"]["bytes_limit"]


def test_the_list_sample_shows_ten_members_and_the_totals(koneksi: Koneksi) -> None:
    """Page 1 with limit 10 is what comes without parameters, too."""
    response = koneksi.list(page=1, limit=10)
    assert (200, "List of members retrieved successfully.") == (response.status_code, response.json()["message"])
    assert 10 == len(response.json()["data"])
    assert {"page": 1, "limit": 10, "total": 28, "total_pages": 3} == response.json()["meta"]
    assert koneksi.list().json() == response.json()


def test_the_create_sample_makes_a_member(koneksi: Koneksi) -> None:
    """The new member is unverified, may store 5 GiB, and can be read back."""
    response = koneksi.create()
    member = response.json()["data"]
    assert (201, "Member created successfully.") == (response.status_code, response.json()["message"])
    assert ("JB", None, "Benedicto", None) == tuple(
        member[name] for name in ("first_name", "middle_name", "last_name", "suffix")
    )
    assert (5368709120, 0, False) == (member["bytes_limit"], member["bytes_usage"], member["is_verified"])
    assert "2026-01-01T00:00:00.000Z" == member["created_at"]
    assert "password" not in member
    assert member == koneksi.read(member["id"]).json()["data"]


def test_the_read_sample_finds_its_member(koneksi: Koneksi) -> None:
    """The id of the document is somebody's."""
    response = koneksi.read(READ)
    assert (200, "Member details retrieved successfully.") == (response.status_code, response.json()["message"])
    assert "jb+7@ardata.tech" == response.json()["data"]["email"]


@pytest.mark.parametrize("term", ["jb+7@ardata.tech", "jb%2B7@ardata.tech", "JB+7@ARDATA.TECH", "jb%207@ardata.tech"])
def test_the_search_sample_finds_somebody_however_the_plus_arrives(koneksi: Koneksi, term: str) -> None:
    """An unescaped + in a query string means a space; it is matched all the same."""
    response = koneksi.search(term)
    assert (200, "Members found successfully.") == (response.status_code, response.json()["message"])
    assert [READ] == [member["id"] for member in response.json()["data"]]


def test_the_update_sample_renames_its_member(koneksi: Koneksi) -> None:
    """What was sent changes, the rest stays."""
    before = koneksi.read(UPDATED).json()["data"]
    response = koneksi.update(UPDATED, **MEMBER_UPDATE)
    sent = {name: value for name, value in MEMBER_UPDATE.items() if name != "password"}
    assert (200, "Member updated successfully.") == (response.status_code, response.json()["message"])
    assert {**before, **sent, "updated_at": "2026-01-01T00:00:00.000Z"} == response.json()["data"]
    assert response.json()["data"] == koneksi.read(UPDATED).json()["data"]


def test_the_remove_sample_removes_its_member(koneksi: Koneksi) -> None:
    """The answer carries nothing."""
    response = koneksi.remove(REMOVED)
    assert 200 == response.status_code
    assert {
        "status": "success",
        "message": "Member removed successfully.",
        "data": None,
        "meta": None,
    } == response.json()
    assert 404 == koneksi.read(REMOVED).status_code


def test_the_organization_of_the_credentials_is_read_and_updated(koneksi: Koneksi) -> None:
    """No request names it; the sample of the document leaves it as it is but for the moment."""
    read = koneksi.ask("GET", "/organization/read")
    assert (200, "Organization details retrieved successfully.") == (read.status_code, read.json()["message"])
    assert (ORGANIZATION, None) == (read.json()["data"]["id"], read.json()["data"]["parent_id"])
    sample = {"name": "AR Data Technologies", "domain": "ardata.tech", "contact": "jb@ardata.tech"}
    updated = koneksi.ask("PUT", "/organization/update", json=sample)
    assert (200, "Organization updated successfully.") == (updated.status_code, updated.json()["message"])
    assert {**read.json()["data"], "updated_at": "2026-01-01T00:00:00.000Z"} == updated.json()["data"]


# Journeys


def test_an_organization_keeps_what_was_not_sent(koneksi: Koneksi) -> None:
    """A parent comes and goes; the name stays."""
    koneksi.ask("PUT", "/organization/update", json={"parent_id": NOBODY, "domain": "ardata.example"})
    data = koneksi.ask("GET", "/organization/read").json()["data"]
    assert (NOBODY, "ardata.example", "AR Data Technologies") == (data["parent_id"], data["domain"], data["name"])
    assert None is koneksi.ask("PUT", "/organization/update", json={"parent_id": None}).json()["data"]["parent_id"]


def test_a_member_lives_from_creation_to_removal(koneksi: Koneksi) -> None:
    """Create, find, change, limit, remove, not found."""
    id = koneksi.create(middle_name="Ramos", suffix="Jr.").json()["data"]["id"]
    assert [id] == [member["id"] for member in koneksi.search("jb%2B8").json()["data"]]
    assert None is koneksi.update(id, suffix=None).json()["data"]["suffix"]
    assert "Ramos" == koneksi.read(id).json()["data"]["middle_name"]
    assert 200 == koneksi.limit(id, 1).status_code
    assert id in koneksi.ids()
    assert 200 == koneksi.remove(id).status_code
    assert id not in koneksi.ids()
    assert [] == koneksi.search("jb%2B8").json()["data"]
    assert_refused(koneksi.read(id), 404, "user_not_found", "user not found")
    assert_refused(koneksi.update(id, is_deleted=False), 404, "user_not_found", "user not found")
    assert_refused(koneksi.limit(id, 10), 404, "user_limit_not_found", "user limit not found")


def test_a_removed_member_is_no_member_and_leaves_its_address(koneksi: Koneksi) -> None:
    """Removing it once more is a conflict; its e-mail address may be used again, under a new id."""
    id = koneksi.create().json()["data"]["id"]
    koneksi.remove(id)
    assert_refused(koneksi.remove(id), 409, "user_not_member", "user is not a member")
    again = koneksi.create()
    assert 201 == again.status_code
    assert id != again.json()["data"]["id"]


def test_a_deleted_member_hides_until_it_is_brought_back(koneksi: Koneksi) -> None:
    """is_deleted hides from everything but the update that takes it back; the address stays taken."""
    deleted = koneksi.update(READ, is_deleted=True)
    assert (200, True) == (deleted.status_code, deleted.json()["data"]["is_deleted"])
    assert READ not in koneksi.ids()
    assert [] == koneksi.search("jb%2B7@").json()["data"]
    assert_refused(koneksi.read(READ), 404, "user_not_found", "user not found")
    assert_refused(koneksi.update(READ, first_name="X"), 404, "user_not_found", "user not found")
    assert_refused(koneksi.remove(READ), 404, "user_not_found", "user not found")
    assert_refused(koneksi.limit(READ, 5368709120), 404, "user_limit_not_found", "user limit not found")
    assert 409 == koneksi.create(email="jb+7@ardata.tech").status_code
    assert 200 == koneksi.update(READ, is_deleted=False).status_code
    assert READ == koneksi.list(limit=100).json()["data"][-1]["id"], "it joined anew"


def test_an_address_belongs_to_one_member(koneksi: Koneksi) -> None:
    """Letter case aside; a member may keep its own."""
    assert_refused(koneksi.create(email="JB+7@ArData.tech"), 409, "email_taken", "user already exists")
    assert_refused(koneksi.update(UPDATED, email="jb+7@ardata.tech"), 409, "email_taken", "user already exists")
    assert 200 == koneksi.update(READ, email="JB+7@ardata.tech").status_code


def test_pages_are_disjoint_and_complete(koneksi: Koneksi) -> None:
    """Three pages of ten hold all 28, in the order of joining; a page behind the last is empty."""
    pages = [koneksi.list(page=page).json()["data"] for page in (1, 2, 3, 4)]
    assert [10, 10, 8, 0] == [len(page) for page in pages]
    joined = [member["created_at"] for page in pages for member in page]
    assert sorted(joined) == joined
    assert 28 == len({member["id"] for page in pages for member in page})
    far = koneksi.list(page=10**18)
    assert (200, [], 10**18) == (far.status_code, far.json()["data"], far.json()["meta"]["page"])


def test_a_search_ends_at_ten(koneksi: Koneksi) -> None:
    """And finds nothing where there is nothing to find."""
    assert 10 == len(koneksi.search("@").json()["data"])
    assert (200, []) == (koneksi.search("nobody@").status_code, koneksi.search("nobody@").json()["data"])
    assert [] == koneksi.search("%00%F0%9F%98%80").json()["data"]


def test_a_limit_is_held_against_usage(koneksi: Koneksi) -> None:
    """Exactly what is stored is enough; a byte less is refused and changes nothing."""
    assert_refused(koneksi.limit(READ, 1288490187), 400, "usage_exceeds_limit", "user usage exceeds new limit")
    assert 2147483648 == koneksi.read(READ).json()["data"]["bytes_limit"]
    assert 200 == koneksi.limit(READ, 1288490188).status_code


def test_metrics_follow_every_change(koneksi: Koneksi) -> None:
    """Each change moves the sums by its share, and taking it back restores them."""
    start = koneksi.metrics()
    members = koneksi.list(limit=100).json()["data"]
    assert sum(member["bytes_limit"] for member in members) == start["byte_limit"]
    assert sum(member["bytes_usage"] for member in members) == start["byte_usage"]
    assert sum(member["is_locked"] for member in members) == start["locked_member_count"]

    id = koneksi.create().json()["data"]["id"]
    koneksi.limit(id, 7)
    koneksi.update(id, is_verified=True, is_locked=True)
    grown = {"byte_limit": 7, "member_count": 1, "verified_member_count": 1, "locked_member_count": 1}
    assert {**start, **{name: start[name] + more for name, more in grown.items()}} == koneksi.metrics()
    koneksi.update(id, is_deleted=True)
    assert start == koneksi.metrics()
    koneksi.update(id, is_deleted=False)
    koneksi.remove(id)
    assert start == koneksi.metrics()
    koneksi.remove(READ)
    left = koneksi.metrics()
    assert (180, 12, 1) == tuple(
        start[name] - left[name] for name in ("file_count", "directory_count", "service_account_count")
    )


# Who may call


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_asks_for_both_credentials(mock: httpx.Client, method: str, path: str) -> None:
    """One alone, none, a wrong secret or a mixed pair: all the same 401."""
    mixed = {"Client-ID": KEYS["Client-ID"], "Client-Secret": METRICS_KEYS["Client-Secret"]}
    viewer = {**VIEWER_KEYS, "Client-Secret": "sk_wrong"}
    one = {"Client-ID": KEYS["Client-ID"]}
    for headers in ({}, one, {"Client-Secret": KEYS["Client-Secret"]}, {**KEYS, "Client-Secret": ""}, mixed, viewer):
        response = mock.request(method, BASE + path, headers=headers)
        assert_refused(response, 401, "unauthorized", "Unauthorized. Valid Client-ID and Client-Secret required.")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_asks_for_an_administrator(mock: httpx.Client, method: str, path: str) -> None:
    """A client that acts for a viewer is known, and refused."""
    response = mock.request(method, BASE + path, headers=VIEWER_KEYS)
    assert_refused(response, 403, "role_required", "user does not have the required role")


def test_a_client_ends_with_its_member(mock: httpx.Client, koneksi: Koneksi) -> None:
    """The credentials of a removed member are unknown."""
    koneksi.remove(VIEWER)
    assert 401 == mock.get(f"{BASE}/organization/read", headers=VIEWER_KEYS).status_code


def test_doubled_credentials_are_refused(mock: httpx.Client) -> None:
    """Two values in one header are no credential."""
    headers = [*KEYS.items(), ("Client-ID", "id_other")]
    assert 401 == mock.get(f"{BASE}/organization/read", headers=headers).status_code


# Bad input


@pytest.mark.parametrize("id", ["{user}", "user", "686EA73481FBE273D180E8FE", NOBODY, "x" * 2000, "%00", "a%2Fb"])
def test_what_is_nobodys_id_is_not_found(koneksi: Koneksi, id: str) -> None:
    """Malformed or unknown, a placeholder or an attack, an encoded slash: 404 in the vendor's words."""
    assert_refused(koneksi.read(id), 404, "user_not_found", "user not found")
    assert_refused(koneksi.update(id), 404, "user_not_found", "user not found")
    assert_refused(koneksi.remove(id), 404, "user_not_found", "user not found")
    assert_refused(koneksi.limit(id, 5368709120), 404, "user_limit_not_found", "user limit not found")


def test_a_placeholder_left_unfilled_is_hinted_at(koneksi: Koneksi) -> None:
    """The violations say what the envelope does not."""
    assert "placeholder" in koneksi.read("{user}").headers["Understudy-Violations"]


@pytest.mark.parametrize("value", ["0", "-1", "x", "", "1.5", "1e3", "99999999999999999999", "१"])
def test_page_and_limit_are_numbers_from_one_on(koneksi: Koneksi, value: str) -> None:
    """Each parameter has its own refusal; the page is looked at first."""
    assert_refused(koneksi.list(page=value), 400, "invalid_page", "invalid page parameter")
    assert_refused(koneksi.list(limit=value), 400, "invalid_limit", "invalid limit parameter")
    assert_refused(koneksi.list(page=value, limit=value), 400, "invalid_page", "invalid page parameter")


def test_a_page_has_a_hundred_members_at_most(koneksi: Koneksi) -> None:
    """101 is refused, not cut."""
    assert 200 == koneksi.list(limit=100).status_code
    assert_refused(koneksi.list(limit=101), 400, "invalid_limit", "invalid limit parameter")


@pytest.mark.parametrize("query", ["", "?email=", "?mail=x"])
def test_a_search_needs_a_term(koneksi: Koneksi, query: str) -> None:
    """A missing term and an empty one are the same."""
    response = koneksi.ask("GET", f"/members/search{query}")
    assert_refused(response, 400, "email_required", "email is required")


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("Aa1!567", "password_too_short"),
        ("abc", "password_too_short"),
        ("", "password_too_short"),
        ("lower123!", "password_too_simple"),
        ("UPPER123!", "password_too_simple"),
        ("NoDigits!", "password_too_simple"),
        ("NoSpecial1", "password_too_simple"),
        ("NoSpecial1?", "password_too_simple"),
    ],
)
def test_a_password_must_be_good_enough(koneksi: Koneksi, password: str, name: str) -> None:
    """The rules hold for creating and updating alike; length is looked at first."""
    created = koneksi.create(password=password, confirm_password=password)
    updated = koneksi.update(READ, password=password)
    assert (400, name) == (created.status_code, created.headers["Understudy-Answer"])
    assert (400, name) == (updated.status_code, updated.headers["Understudy-Answer"])
    assert "password must" in created.json()["message"]


def test_a_password_is_not_repeated(koneksi: Koneksi) -> None:
    """Neither in the answer nor in the violations."""
    for sent in ({"password": "hunter2"}, {"password": ["hunter2"]}, {"confirm_password": {"hunter2": "hunter2"}}):
        response = koneksi.create(**sent)
        assert 400 == response.status_code
        assert "hunter2" not in response.text + response.headers["Understudy-Violations"]
    response = koneksi.ask("POST", "/members/create", json=[{**NEW_MEMBER, "password": "hunter2"}])
    assert "hunter2" not in response.text + response.headers["Understudy-Violations"]


def test_a_password_must_be_confirmed(koneksi: Koneksi) -> None:
    """And the check comes before the one for the address."""
    response = koneksi.create(confirm_password="StrongPass123?", email="jb+7@ardata.tech")
    assert_refused(response, 400, "passwords_differ", "passwords do not match")


def test_the_order_of_members_in_a_body_means_nothing(koneksi: Koneksi) -> None:
    """Of several rules that name an answer, the contract's first decides."""
    body = {**NEW_MEMBER, "password": "x", "role": "owner"}
    for sent in (body, dict(reversed(body.items()))):
        response = koneksi.ask("POST", "/members/create", json=sent)
        assert (400, "password_too_short") == (response.status_code, response.headers["Understudy-Answer"])


def test_a_role_must_exist(koneksi: Koneksi) -> None:
    """An unknown one is not found; what is no string is a bad body."""
    assert_refused(koneksi.create(role="owner"), 404, "role_not_found", "role not found")
    assert_refused(koneksi.create(role=7), 400, "invalid_request_body", "invalid request body")
    assert_refused(koneksi.create(role="owner", email=7), 400, "invalid_request_body", "invalid request body")
    assert "organization_user" in koneksi.create(role="organisation_user").headers["Understudy-Violations"]


@pytest.mark.parametrize("missing", sorted(NEW_MEMBER))
def test_every_required_member_is_required(koneksi: Koneksi, missing: str) -> None:
    """Left out or null, it is a bad body."""
    body = {name: value for name, value in NEW_MEMBER.items() if name != missing}
    for sent in (body, {**NEW_MEMBER, missing: None}):
        response = koneksi.ask("POST", "/members/create", json=sent)
        assert_refused(response, 400, "invalid_request_body", "invalid request body")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/users/{READ}/limits/update", {}),
        (f"/users/{READ}/limits/update", {"bytes_limit": 0}),
        (f"/users/{READ}/limits/update", {"bytes_limit": -1}),
        (f"/users/{READ}/limits/update", {"bytes_limit": "5368709120"}),
        (f"/users/{READ}/limits/update", {"bytes_limit": 1.5}),
        (f"/users/{READ}/limits/update", {"bytes_limit": 2**63}),
        (f"/users/{READ}/limits/update", {"bytes_limit": 10**40}),
        (f"/members/{READ}/update", {"first_name": None}),
        (f"/members/{READ}/update", {"first_name": ""}),
        (f"/members/{READ}/update", {"is_locked": "yes"}),
        (f"/members/{READ}/update", {"email": "no address"}),
        ("/organization/update", {"name": ""}),
        ("/organization/update", {"contact": "ardata.tech"}),
        ("/organization/update", {"parent_id": "AR Data"}),
        ("/organization/update", {"domain": None}),
    ],
)
def test_a_body_that_breaks_its_schema_is_refused(koneksi: Koneksi, path: str, body: Any) -> None:
    """Wrong type, out of range, empty, null where nothing may be null."""
    response = koneksi.ask("PUT", path, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert_refused(response, 400, "invalid_request_body", "invalid request body")


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe{}", b'{"email": "\xe9"}', b"[" * 10_000, b"first_name=JB"],
    ids=["empty", "broken", "null", "array", "string", "UTF-16", "Latin-1", "deep", "form"],
)
def test_what_is_no_json_object_is_refused(koneksi: Koneksi, method: str, path: str, content: bytes) -> None:
    """Whatever it is, it is an invalid request body."""
    response = koneksi.ask(method, path, content=content, headers={"Content-Type": "application/json"})
    assert_refused(response, 400, "invalid_request_body", "invalid request body")


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_a_body_can_be_too_large(koneksi: Koneksi, method: str, path: str) -> None:
    """More than 1 MiB is not read."""
    body = b'{"first_name": "' + b"x" * (1024 * 1024) + b'"}'
    response = koneksi.ask(method, path, content=body, headers={"Content-Type": "application/json"})
    assert_refused(response, 413, "body_too_large", "request body too large")


def test_a_body_is_json_whatever_its_content_type(koneksi: Koneksi) -> None:
    """As the vendor's framework reads it; what it does not know in it is ignored."""
    body = json.dumps({"suffix": "Sr.", "nickname": "J"})
    response = koneksi.ask("PUT", f"/members/{READ}/update", content=body, headers={"Content-Type": "text/plain"})
    assert (200, "Sr.") == (response.status_code, response.json()["data"]["suffix"])
    assert "nickname" not in response.json()["data"]


def test_any_script_and_any_length_is_a_name(koneksi: Koneksi) -> None:
    """Names are sent back as they came."""
    name = "Мария 小林 \u0000 🦉" + "x" * 100_000
    member = koneksi.create(first_name=name).json()["data"]
    assert name == koneksi.read(member["id"]).json()["data"]["first_name"]


@pytest.mark.parametrize("path", ["/members", "/members/a/b/read", "/nothing"])
def test_an_unknown_route_is_answered_by_the_framework(koneksi: Koneksi, path: str) -> None:
    """In plain text, as gin does."""
    response = koneksi.ask("GET", path)
    assert (404, "404 page not found") == (response.status_code, response.text)
    assert "text/plain" == response.headers["Content-Type"].split(";")[0]


def test_a_wrong_method_is_answered_by_the_framework(koneksi: Koneksi) -> None:
    """In plain text, with the methods that there are."""
    response = koneksi.ask("DELETE", "/members/list")
    assert (405, "405 method not allowed") == (response.status_code, response.text)
    assert "GET" in response.headers["Allow"]


def test_every_named_answer_is_reached(reached: Reached) -> None:
    """Runs last in this file: the journeys above meet every answer that the contract names."""
    assert [] == reached.missing("koneksi")

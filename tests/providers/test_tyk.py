"""The Tyk Dashboard: the document's samples, journeys and bad input."""

import json
from typing import Any, NamedTuple

import httpx
import pytest

from tests.support.inprocess import client_of
from tests.support.reached import Reached

ADMIN = {"admin-auth": "12345"}
ANYWHERE = {"authorization": "7a7b140f-2480-4d5a-4e78-24049e3ba7f8"}
JIVELY = "54b53d3aeba6db5c35000002"
JOHN, TEST, JASON = "54b53d4bf25b920f09361526", "54bd0ad9ff4329b88985aafb", "54c25e845d932847067402e2"
JOHNS_KEY = {"authorization": "0cf5e6c37add465a406f19807c081765"}
TESTS_KEY = {"authorization": "f81ee6f0c8f2467d539c132c8a422346"}
NOBODY = "0" * 24
DOCUMENTED = {"owner_name": "Jively", "cname": "jive.ly", "cname_enabled": True}
COLLEAGUE = {"first_name": "Ahmet", "last_name": "Soormally", "email_address": "ahmet@tyk.io", "active": True}
APIS = [
    {"api_human_name": "Nitrous Test", "api_id": "39d2c98be05c424371c600bd8b3e2242"},
    {"api_human_name": "TEST", "api_id": "f4e4f4d8568a48464b7d4088b16a2b1f"},
    {"api_human_name": "Test", "api_id": "bc2f8cfb7ab241504d9f3574fe407499"},
]
NEVER = "0001-01-01T00:00:00Z"
NEW_YEAR = "2026-01-01T00:00:00.000Z"


Said = tuple[int, str]
MALFORMED, API_MALFORMED = (403, "Request body malformed"), (403, "Request body malformed.")
INVALID_USER = (400, "User object validation failed.")
NOT_SAVED, NOT_UPDATED = (403, "Failed to save new Org object to DB"), (403, "Failed to update Org object to DB")
EMPTY, API_EMPTY = "Failed to read response body, body empty", "Failed to read response body, body empty."


class Takes(NamedTuple):
    """An operation that takes a body, and what it says to a broken one, an invalid one, and none."""

    method: str
    path: str
    broken: Said
    invalid: Said
    empty: str


TAKING = [
    Takes("POST", "/admin/organisations", MALFORMED, MALFORMED, EMPTY),
    Takes("POST", "/admin/organisations/import", NOT_SAVED, NOT_SAVED, EMPTY),
    Takes("PUT", f"/admin/organisations/{JIVELY}", NOT_UPDATED, NOT_UPDATED, "Failed to read request body, body empty"),
    Takes("POST", "/admin/users", MALFORMED, MALFORMED, EMPTY),
    Takes("PUT", f"/admin/users/{JOHN}", MALFORMED, MALFORMED, EMPTY),
    Takes("POST", "/api/users", API_MALFORMED, INVALID_USER, API_EMPTY),
    Takes("PUT", f"/api/users/{JOHN}", API_MALFORMED, INVALID_USER, API_EMPTY),
    Takes("POST", f"/api/users/{JOHN}/actions/reset", API_MALFORMED, API_MALFORMED, API_EMPTY),
]
OPERATIONS = [(taking.method, taking.path) for taking in TAKING] + [
    ("GET", "/admin/organisations"),
    ("GET", f"/admin/organisations/{JIVELY}"),
    ("DELETE", f"/admin/organisations/{JIVELY}"),
    ("GET", "/admin/users"),
    ("GET", f"/admin/users/{JOHN}"),
    ("DELETE", f"/admin/users/{JOHN}"),
    ("PUT", f"/admin/users/{JOHN}/actions/allow_reset_passwords"),
    ("PUT", f"/admin/users/{JOHN}/actions/disallow_reset_passwords"),
    ("GET", "/admin/system/reload"),
    ("GET", "/api/users"),
    ("GET", f"/api/users/{JOHN}"),
    ("DELETE", f"/api/users/{JOHN}"),
]
UNKNOWN = [
    ("GET", "/admin/organisations/{}", "Could not retrieve org detail"),
    ("PUT", "/admin/organisations/{}", "Could not retrieve org detail"),
    ("DELETE", "/admin/organisations/{}", "Could not retrieve org detail"),
    ("GET", "/admin/users/{}", "Could not retrieve user detail"),
    ("PUT", "/admin/users/{}", "User not found"),
    ("DELETE", "/admin/users/{}", "Could not retrieve user detail"),
    ("PUT", "/admin/users/{}/actions/allow_reset_passwords", "Could not retrieve user detail"),
    ("PUT", "/admin/users/{}/actions/disallow_reset_passwords", "Could not retrieve user detail"),
    ("GET", "/api/users/{}", "Could not retrieve user detail."),
    ("PUT", "/api/users/{}", "Could not retrieve user detail."),
    ("DELETE", "/api/users/{}", "Could not retrieve user detail."),
    ("POST", "/api/users/{}/actions/reset", "Could not retrieve user detail."),
]


class Dashboard:
    """A Dashboard, called with the admin secret under /admin and with a user's key under /api."""

    def __init__(self, client: httpx.Client, key: dict[str, str] = ANYWHERE) -> None:
        self.client = client
        self.key = key

    def as_user(self, key: str | dict[str, str]) -> "Dashboard":
        return Dashboard(self.client, {"authorization": key} if isinstance(key, str) else key)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        credentials = ADMIN if path.startswith("/admin") else self.key
        headers = {**credentials, **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **options)

    def get(self, path: str, **query: Any) -> Any:
        """Return the body of what must be there."""
        response = self.ask("GET", path, params=query)
        assert 200 == response.status_code
        return response.json()

    def put(self, path: str, body: Any = None) -> httpx.Response:
        return self.ask("PUT", path, json=body)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.ask("POST", path, json=body)

    def new_user(self, **members: Any) -> Any:
        return self.post("/admin/users", {**COLLEAGUE, **members}).json()["Meta"]

    def emails(self, path: str = "/api/users") -> list[str]:
        return [user["email_address"] for user in self.get(path)["users"]]


@pytest.fixture
def tyk(mock: httpx.Client) -> Dashboard:
    return Dashboard(mock)


def refused(response: httpx.Response) -> tuple[int, str]:
    """Return status and message of a refusal, which has the vendor's form."""
    said = response.json()
    assert {"Status": "Error", "Message": said["Message"], "Meta": None} == said
    return response.status_code, said["Message"]


# The document's samples


def test_the_documented_organisation_reads_as_documented(tyk: Dashboard) -> None:
    """The five members of the sample stand in the answer; those of later versions stand beside them."""
    organisation = tyk.get(f"/admin/organisations/{JIVELY}")
    assert {"id": JIVELY, **DOCUMENTED, "apis": APIS}.items() <= organisation.items()


def test_the_sample_request_without_an_id_is_the_list(tyk: Dashboard) -> None:
    """The page's sample leaves the id out; that path lists."""
    listed = tyk.get("/admin/organisations/")
    assert JIVELY == listed["organisations"][0]["id"]
    assert (5, 0) == (len(listed["organisations"]), listed["pages"])


def test_the_documented_create_answers_an_id(tyk: Dashboard) -> None:
    """``Meta`` is a string of 24 hex digits, although a Jively with that domain exists."""
    said = tyk.post("/admin/organisations/", DOCUMENTED).json()
    assert ["Status", "Message", "Meta"] == list(said)
    assert ("OK", "Org created", 24) == (said["Status"], said["Message"], len(said["Meta"]))
    assert tyk.get(f"/admin/organisations/{said['Meta']}")["owner_name"] == "Jively"


def test_the_documented_update_and_delete_answer_as_documented(tyk: Dashboard) -> None:
    """Byte for byte, on one line, without a space."""
    updated = tyk.put(f"/admin/organisations/{JIVELY}", DOCUMENTED)
    assert (200, b'{"Status":"OK","Message":"Org updated","Meta":""}') == (updated.status_code, updated.content)
    deleted = tyk.ask("DELETE", f"/admin/organisations/{JIVELY}")
    assert (200, b'{"Status":"OK","Message":"Org deleted","Meta":""}') == (deleted.status_code, deleted.content)


# Organisations


def test_an_organisation_lives_and_dies(tyk: Dashboard) -> None:
    """Created, read, replaced, removed, not found."""
    id = tyk.post("/admin/organisations", {"owner_name": "Acme", "developer_quota": 5}).json()["Meta"]
    assert id.startswith("6955b900"), "the first eight digits are the moment of its birth"
    assert 5 == tyk.get(f"/admin/organisations/{id}")["developer_quota"]
    tyk.put(f"/admin/organisations/{id}", {"owner_name": "Acme Ltd"})
    assert "Acme Ltd" == tyk.get(f"/admin/organisations/{id}")["owner_name"]
    assert 200 == tyk.ask("DELETE", f"/admin/organisations/{id}").status_code
    assert (404, "Could not retrieve org detail") == refused(tyk.ask("GET", f"/admin/organisations/{id}"))
    assert id not in [organisation["id"] for organisation in tyk.get("/admin/organisations")["organisations"]]


def test_an_organisation_of_nothing_has_every_member(tyk: Dashboard) -> None:
    """Fifteen members, in the order in which real servers send them; null counts as left out, unknown ones go."""
    id = tyk.post("/admin/organisations", {"owner_name": None, "owner_nmae": "Acme", "apis": None}).json()["Meta"]
    organisation = tyk.get(f"/admin/organisations/{id}")
    assert ["id", "owner_name", "owner_slug", "cname", "cname_enabled", "apis"] == list(organisation)[:6]
    assert 15 == len(organisation)
    assert ("", [], {}, False) == tuple(
        organisation[name] for name in ("owner_name", "apis", "event_options", "sso_enabled")
    )
    assert {"enabled": False, "rules": ""} == organisation["open_policy"]


def test_a_partial_put_empties_what_it_leaves_out(tyk: Dashboard) -> None:
    """As the vendor warns: the organisation's APIs are gone, its id stays."""
    assert 200 == tyk.put(f"/admin/organisations/{JIVELY}", {"owner_name": "Jively", "id": NOBODY}).status_code
    organisation = tyk.get(f"/admin/organisations/{JIVELY}")
    assert (JIVELY, [], "", False) == tuple(organisation[name] for name in ("id", "apis", "cname", "cname_enabled"))


def test_what_was_read_can_be_sent_back_whole(tyk: Dashboard) -> None:
    """Get, edit, put: the rest stays as it was."""
    before = tyk.get(f"/admin/organisations/{JIVELY}")
    edited = {**before, "event_options": {"key_event": {"redis": True}}, "ui": {**before["ui"], "hide_help": True}}
    tyk.put(f"/admin/organisations/{JIVELY}", edited)
    after = tyk.get(f"/admin/organisations/{JIVELY}")
    assert {"key_event": {"webhook": "", "email": "", "redis": True}} == after["event_options"]
    assert {**edited, "event_options": after["event_options"]} == after


def test_an_import_keeps_its_id_once(tyk: Dashboard) -> None:
    """The second time the id is taken; after a removal it is free again."""
    exported = {"id": "53ac07777cbb8c2d53000002", "owner_name": "Test", "apis": APIS}
    imported = tyk.post("/admin/organisations/import", exported)
    assert {"Status": "OK", "Message": "Org imported", "Meta": exported["id"]} == imported.json()
    assert APIS == tyk.get(f"/admin/organisations/{exported['id']}")["apis"]
    assert (403, "Failed to save new Org object to DB") == refused(tyk.post("/admin/organisations/import", exported))
    tyk.ask("DELETE", f"/admin/organisations/{exported['id']}")
    assert 200 == tyk.post("/admin/organisations/import", exported).status_code


def test_a_removed_organisation_leaves_its_users(tyk: Dashboard) -> None:
    """Nothing published says otherwise: they stay, and so do their keys."""
    tyk.ask("DELETE", f"/admin/organisations/{JIVELY}")
    assert JIVELY == tyk.get(f"/admin/users/{JOHN}")["org_id"]
    assert "banana@test.com" in tyk.as_user(JOHNS_KEY).emails()


# Pages


def test_a_list_is_complete_or_paged(tyk: Dashboard) -> None:
    """Ten a page; a negative page is everything; a page past the last is empty."""
    everyone = tyk.get("/admin/users")
    assert (15, 0) == (len(everyone["users"]), everyone["pages"])
    assert everyone == tyk.get("/admin/users", p=-1) == tyk.get("/admin/users", p=-(2**63))
    first, second = tyk.get("/admin/users", p=1), tyk.get("/admin/users", p=2)
    assert everyone["users"] == first["users"] + second["users"]
    assert (10, 2, 2) == (len(first["users"]), first["pages"], second["pages"])
    assert first == tyk.get("/admin/users", p=0)
    assert {"users": [], "pages": 2} == tyk.get("/admin/users", p=10**18)
    assert 1 == tyk.get("/admin/organisations", p=1)["pages"]


@pytest.mark.parametrize("page", ["one", "1.5", "", "9" * 30, "{p}"])
def test_a_page_is_a_whole_number(tyk: Dashboard, page: str) -> None:
    """Anything else is a list that cannot be had."""
    assert (404, "Could not retrieve Organisations") == refused(tyk.ask("GET", f"/admin/organisations?p={page}"))
    assert (404, "Could not retrieve users") == refused(tyk.ask("GET", f"/admin/users?p={page}"))
    assert (404, "Could not retrieve users.") == refused(tyk.ask("GET", f"/api/users?p={page}"))


# Users, with the admin secret


def test_a_created_user_comes_with_a_working_key(tyk: Dashboard) -> None:
    """``Message`` is the key, ``Meta`` the user, with an administrator's permissions and no password."""
    said = tyk.post("/admin/users", {**COLLEAGUE, "org_id": JIVELY, "password": "plaintext"}).json()
    user = said["Meta"]
    assert said["Message"] == user["access_key"]
    assert {
        "api_model": {},
        **COLLEAGUE,
        "org_id": JIVELY,
        "id": user["id"],
        "access_key": user["access_key"],
        "user_permissions": {"IsAdmin": "admin", "ResetPassword": "admin"},
        "group_id": "",
        "password_max_days": 0,
        "password_updated": NEVER,
        "PWHistory": [],
        "last_login_date": NEVER,
        "created_at": NEW_YEAR,
    } == user
    assert user == tyk.get(f"/admin/users/{user['id']}")
    assert user == tyk.as_user(user["access_key"]).get(f"/api/users/{user['id']}")


def test_an_address_is_taken_within_its_organisation_only(tyk: Dashboard) -> None:
    """In whatever letter case; creating and updating alike."""
    tyk.new_user(org_id=JIVELY)
    again = tyk.post("/admin/users", {**COLLEAGUE, "org_id": JIVELY, "email_address": "Ahmet@Tyk.io"})
    assert (403, "User email already exists for this Org") == refused(again)
    assert 200 == tyk.post("/admin/users", COLLEAGUE).status_code
    moved = tyk.put(f"/admin/users/{JOHN}", COLLEAGUE)
    assert (403, "User email already exists for this Org") == refused(moved)
    assert "john@jive.ly" == tyk.get(f"/admin/users/{JOHN}")["email_address"]


def test_an_update_replaces_what_can_be_edited(tyk: Dashboard) -> None:
    """Left out is emptied; organisation, key, id and dates stay."""
    before = tyk.get(f"/admin/users/{TEST}")
    sent = {"email_address": "new@test.com", "active": True, "id": NOBODY, "access_key": "x", "created_at": "x"}
    said = tyk.put(f"/admin/users/{TEST}", sent).json()
    after = tyk.get(f"/admin/users/{TEST}")
    assert {"Status": "OK", "Message": before["access_key"], "Meta": after} == said
    emptied = {"first_name": "", "last_name": "", "user_permissions": {"IsAdmin": "admin", "ResetPassword": "admin"}}
    assert {**before, "email_address": "new@test.com", **emptied} == after
    assert 200 == tyk.put(f"/admin/users/{TEST}", after).status_code, "its own address is not taken"


def test_an_update_can_move_a_user_and_set_a_password(tyk: Dashboard) -> None:
    """The admin names the organisation; the password is never shown, only when it was set."""
    sent = {**COLLEAGUE, "org_id": "", "password": "plaintext_password"}
    user = tyk.put(f"/admin/users/{JOHN}", sent).json()["Meta"]
    assert ("", NEW_YEAR) == (user["org_id"], user["password_updated"])
    assert "password" not in user
    assert 15 == len(tyk.as_user(JOHNS_KEY).emails()), "a super user sees everybody"


def test_an_inactive_users_key_is_turned_away(tyk: Dashboard) -> None:
    """Until the user is active again; who is created without ``active`` is not."""
    tyk.put(f"/admin/users/{JOHN}", {"email_address": "john@jive.ly"})
    assert (401, "Not authorised") == refused(tyk.as_user(JOHNS_KEY).ask("GET", "/api/users"))
    tyk.put(f"/admin/users/{JOHN}", {"email_address": "john@jive.ly", "active": True})
    assert 200 == tyk.as_user(JOHNS_KEY).ask("GET", "/api/users").status_code
    key = tyk.new_user(active=None)["access_key"]
    assert 401 == tyk.as_user(key).ask("GET", "/api/users").status_code


def test_a_removed_user_is_gone_with_the_key(tyk: Dashboard) -> None:
    """And the address is free again."""
    removed = tyk.ask("DELETE", f"/admin/users/{JOHN}")
    assert {"Status": "OK", "Message": "User deleted", "Meta": None} == removed.json()
    assert (404, "Could not retrieve user detail") == refused(tyk.ask("GET", f"/admin/users/{JOHN}"))
    assert 401 == tyk.as_user(JOHNS_KEY).ask("GET", "/api/users").status_code
    assert 200 == tyk.post("/admin/users", {"email_address": "john@jive.ly", "org_id": JIVELY}).status_code


# Users, with their own keys


def test_a_key_reaches_its_own_organisation_only(tyk: Dashboard) -> None:
    """Lists it, and does not find the others; a super user finds all."""
    john, elsewhere = tyk.as_user(JOHNS_KEY), tyk.new_user(org_id=NOBODY)
    own = [user["email_address"] for user in tyk.get("/admin/users")["users"] if user["org_id"] == JIVELY]
    assert own == john.emails()
    assert own[:10] == [user["email_address"] for user in john.get("/api/users", p=1)["users"]]
    path = f"/api/users/{elsewhere['id']}"
    assert (404, "Could not retrieve user detail.") == refused(john.ask("GET", path))
    assert 404 == john.put(path, COLLEAGUE).status_code
    assert 404 == john.ask("DELETE", path).status_code
    assert elsewhere == tyk.get(path)
    assert 16 == len(tyk.as_user(tyk.new_user()["access_key"]).emails()) - 1


def test_a_regular_create_is_forced_into_the_own_organisation(tyk: Dashboard) -> None:
    """Whatever ``org_id`` says; only a super user's is heard."""
    john = tyk.as_user(JOHNS_KEY)
    said = john.post("/api/users", {**COLLEAGUE, "org_id": NOBODY, "password": "secret"}).json()
    assert {"Status": "OK", "Message": "User and session have been created", "Meta": said["Meta"]} == said
    created = tyk.get(f"/admin/users/{said['Meta']}")
    assert (JIVELY, NEW_YEAR) == (created["org_id"], created["password_updated"])
    assert (403, "User email already exists for this org.") == refused(john.post("/api/users", COLLEAGUE))
    named = tyk.post("/api/users", {**COLLEAGUE, "org_id": NOBODY}).json()["Meta"]
    assert NOBODY == tyk.get(f"/api/users/{named}")["org_id"]


def test_a_regular_update_and_delete(tyk: Dashboard) -> None:
    """The user stays in the organisation and keeps the password; the answers have no ``Meta``."""
    john, path = tyk.as_user(JOHNS_KEY), f"/api/users/{TEST}"
    updated = john.put(path, {**COLLEAGUE, "org_id": NOBODY, "password": "ignored"})
    assert {"Status": "OK", "Message": "User updated", "Meta": None} == updated.json()
    user = john.get(path)
    assert ("Ahmet", JIVELY, NEVER) == (user["first_name"], user["org_id"], user["password_updated"])
    assert (403, "User email already exists for this org.") == refused(john.put(f"/api/users/{JOHN}", COLLEAGUE))
    assert {"Status": "OK", "Message": "User deleted", "Meta": None} == john.ask("DELETE", path).json()
    assert (404, "Could not retrieve user detail.") == refused(john.ask("GET", path))


def test_a_bootstrap_runs_through(tyk: Dashboard) -> None:
    """Wait, organisation, user, password, users: what every installation script does."""
    assert {"status": "ok"} == tyk.get("/hello") == tyk.get("/admin/hello/") == tyk.get("/admin/system/reload")
    organisation = tyk.post("/admin/organisations", DOCUMENTED).json()["Meta"]
    said = tyk.post("/admin/users", {**COLLEAGUE, "org_id": organisation}).json()
    user = tyk.as_user(said["Message"])
    reset = user.post(f"/api/users/{said['Meta']['id']}/actions/reset", {"new_password": "test123456"})
    assert {"Status": "OK", "Message": "User password updated", "Meta": None} == reset.json()
    assert ["ahmet@tyk.io"] == user.emails()
    assert NEW_YEAR == user.get(f"/api/users/{said['Meta']['id']}")["password_updated"]
    assert 200 == user.ask("DELETE", f"/api/users/{said['Meta']['id']}").status_code


def test_changing_ones_own_password_takes_the_current_one(tyk: Dashboard) -> None:
    """The first one is free; a wrong current one is refused."""
    john, path = tyk.as_user(JOHNS_KEY), f"/api/users/{JOHN}/actions/reset"
    assert 200 == john.post(path, {"new_password": "first1"}).status_code
    assert (403, "Current password is wrong") == refused(john.post(path, {"new_password": "second"}))
    wrong = john.post(path, {"new_password": "second", "current_password": "first"})
    assert (403, "Current password is wrong") == refused(wrong)
    assert 200 == john.post(path, {"new_password": "second", "current_password": "first1"}).status_code


def test_setting_another_users_password_takes_a_permission(tyk: Dashboard) -> None:
    """Which the admin gives and takes; the document's master key has it."""
    reader, path = tyk.as_user(TESTS_KEY), f"/api/users/{JASON}/actions/reset"
    asked = {"current_password": "12345", "new_password": "test123456"}
    denied = (403, "access denied: You do not have permission to reset passwords")
    assert denied == refused(reader.post(path, asked))
    allowed = tyk.put(f"/admin/users/{TEST}/actions/allow_reset_passwords").json()
    assert ("User updated", "admin") == (allowed["Message"], allowed["Meta"]["user_permissions"]["ResetPassword"])
    assert 200 == reader.post(path, asked).status_code
    disallowed = tyk.put(f"/admin/users/{TEST}/actions/disallow_reset_passwords").json()
    assert {"user_groups": "read", "users": "read"} == disallowed["Meta"]["user_permissions"]
    assert denied == refused(reader.post(path, asked))
    assert 200 == tyk.post(path, asked).status_code


# What clients force on the wire


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", "application/json", "x"])
def test_the_body_is_json_whatever_its_type(tyk: Dashboard, content_type: str) -> None:
    """``curl -d`` without a header sends a form's."""
    headers = {"content-type": content_type}
    response = tyk.ask("POST", "/admin/organisations", content=json.dumps(DOCUMENTED), headers=headers)
    assert 200 == response.status_code


@pytest.mark.parametrize("path", ["/hello", "/hello/", "/admin/organisations", "/admin/organisations/"])
def test_head_is_200(tyk: Dashboard, path: str) -> None:
    """With and without a slash at the end, and without a redirect."""
    response = tyk.ask("HEAD", path)
    assert (200, b"") == (response.status_code, response.content)


def test_an_empty_authorization_beside_the_admin_secret_is_ignored(tyk: Dashboard) -> None:
    """And ``admin-auth`` may be written in any letter case."""
    headers = {"Admin-Auth": "12345", "Authorization": ""}
    assert 200 == tyk.client.get("/admin/organisations", headers=headers).status_code


def test_bearer_before_a_key_is_allowed(tyk: Dashboard) -> None:
    """As the vendor's newer OpenAPI sends it."""
    assert 200 == tyk.as_user(f"Bearer {JOHNS_KEY['authorization']}").ask("GET", "/api/users").status_code


# Bad input


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("value", [None, "", "wrong", "12345, 12345", "é"])
def test_wrong_credentials_are_refused(mock: httpx.Client, method: str, path: str, value: str | None) -> None:
    """Missing, empty, wrong, doubled, not ASCII; nor does the other kind of key open the door."""
    right, other = ("admin-auth", "authorization") if path.startswith("/admin") else ("authorization", "admin-auth")
    headers = {other: "12345" if other == "admin-auth" else JOHNS_KEY["authorization"]}
    if value is not None:
        headers[right] = value
    assert (401, "Not authorised") == refused(mock.request(method, path, headers=httpx.Headers(headers, "utf-8")))


@pytest.mark.parametrize("taking", TAKING, ids=lambda taking: f"{taking.method} {taking.path}")
def test_bad_bodies_are_refused_in_the_vendors_words(tyk: Dashboard, taking: Takes) -> None:
    """Each operation has its own; the state stays as it was."""
    before = tyk.get("/admin/users"), tyk.get("/admin/organisations")
    for broken in (b"{", b"\xff\xfe", b'{"owner_name": "\xe9"}', b"[" * 10_000, b"a=b", b" "):
        assert taking.broken == refused(tyk.ask(taking.method, taking.path, content=broken))
    for invalid in ("null", "[]", '"text"', "5", '{"id": 5, "email_address": 5, "new_password": 5}'):
        assert taking.invalid == refused(tyk.ask(taking.method, taking.path, content=invalid))
    assert (500, taking.empty) == refused(tyk.ask(taking.method, taking.path))
    large = tyk.ask(taking.method, taking.path, content=b"[" + b" " * 2**20 + b"]")
    assert (413, "Request body too large") == refused(large)
    assert before == (tyk.get("/admin/users"), tyk.get("/admin/organisations"))


@pytest.mark.parametrize(
    "members",
    [
        {"developer_quota": 2**64},
        {"developer_quota": 5.0},
        {"developer_count": "3"},
        {"cname_enabled": "true"},
        {"apis": {}},
        {"apis": [None]},
        {"event_options": {"key_event": {"redis": "yes"}}},
        {"additional_permissions": {"api_manager": 1}},
    ],
)
def test_wrong_types_in_an_organisation_are_refused(tyk: Dashboard, members: dict[str, Any]) -> None:
    """As Go's decoder refuses them, whose word is one for all."""
    assert (403, "Request body malformed") == refused(tyk.post("/admin/organisations", members))


@pytest.mark.parametrize(
    "members", [{"email_address": "nobody"}, {"email_address": None}, {"org_id": "{orgId}"}, {"active": 1}]
)
def test_wrong_members_of_a_user_are_refused(tyk: Dashboard, members: dict[str, Any]) -> None:
    """A broken address, a placeholder left unfilled: each endpoint in its own words."""
    user = {**COLLEAGUE, **members}
    assert (403, "Request body malformed") == refused(tyk.post("/admin/users", user))
    assert (400, "User object validation failed.") == refused(tyk.post("/api/users", user))


def test_a_regular_user_needs_both_names(tyk: Dashboard) -> None:
    """And a password of six characters."""
    without = {name: value for name, value in COLLEAGUE.items() if name != "last_name"}
    assert (400, "User object validation failed.") == refused(tyk.post("/api/users", without))
    short = tyk.post(f"/api/users/{JOHN}/actions/reset", {"new_password": "12345"})
    assert (403, "Request body malformed.") == refused(short)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/admin/users", {**COLLEAGUE, "password": ["hunter2"]}),
        ("/admin/users", [{**COLLEAGUE, "password": "hunter2"}]),
        ("/api/users", {**COLLEAGUE, "password": {"hunter2": "hunter2"}}),
        (f"/api/users/{JOHN}/actions/reset", {"new_password": ["hunter2"], "current_password": ["hunter2"]}),
        (f"/api/users/{JOHN}/actions/reset", [{"new_password": "hunter2", "current_password": "hunter2"}]),
    ],
)
def test_a_password_is_not_repeated(tyk: Dashboard, path: str, body: Any) -> None:
    """Neither in the answer nor in the violations."""
    response = tyk.post(path, body)
    assert refused(response)[0] in (400, 403)
    assert "hunter2" not in response.text + response.headers["Understudy-Violations"]


def test_an_organisation_has_a_thousand_apis_at_most(tyk: Dashboard) -> None:
    """One more is refused."""
    assert 200 == tyk.post("/admin/organisations", {"apis": APIS[:1] * 1000}).status_code
    assert (403, "Request body malformed") == refused(tyk.post("/admin/organisations", {"apis": APIS[:1] * 1001}))


@pytest.mark.parametrize(("method", "path", "message"), UNKNOWN)
@pytest.mark.parametrize("id", [NOBODY, "{orgId}", "orgId", "%7BUSER_ID%7D", "1", JIVELY.upper(), "%00", "x" * 5000])
def test_unknown_ids_are_not_found(tyk: Dashboard, method: str, path: str, message: str, id: str) -> None:
    """Placeholders left unfilled included."""
    body = {**COLLEAGUE, "new_password": "test123456"}
    assert (404, message) == refused(tyk.ask(method, path.format(id), json=body))


def test_unknown_routes_and_methods_are_answered_in_the_envelope(tyk: Dashboard) -> None:
    """So that a script that reads ``Message`` finds one."""
    assert (404, "Not found") == refused(tyk.ask("GET", "/admin/nothing"))
    wrong = tyk.ask("PATCH", f"/admin/organisations/{JIVELY}")
    assert (405, "Method not allowed") == refused(wrong)
    assert "DELETE, GET, HEAD, OPTIONS, PUT" == wrong.headers["allow"]


def test_hostile_text_is_kept_as_it_is(tyk: Dashboard) -> None:
    """Unicode, markup, a long name."""
    name = "Ünï\u202e 🦜 <b>'\"\\\u0000" + "x" * 100_000
    id = tyk.post("/admin/organisations", {"owner_name": name, "org_options_meta": {"🦜": [None, 1e300]}}).json()[
        "Meta"
    ]
    organisation = tyk.get(f"/admin/organisations/{id}")
    assert (name, {"🦜": [None, 1e300]}) == (organisation["owner_name"], organisation["org_options_meta"])


def test_an_empty_world_lets_the_documented_credentials_in() -> None:
    """And holds nothing."""
    with client_of("tyk", world="empty") as client:
        empty = Dashboard(client)
        assert {"organisations": [], "pages": 0} == empty.get("/admin/organisations")
        assert {"users": [], "pages": 0} == empty.get("/api/users", p=1)


def test_every_named_answer_is_reached(reached: Reached) -> None:
    """Runs last in this file: the journeys above meet every answer that the contract names."""
    assert [] == reached.missing("tyk")

"""ELEVATE: journeys over HTTP, every effect of the document and the fact file, and what goes wrong."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest

from tests.support.inprocess import NEW_YEAR, client_of
from tests.support.reached import Reached

SYSTEM = {"email": "system.admin@shikshalokam.org", "password": "SystemAdmin@2024"}
ORGANIZATION = {"email": "org.admin@shikshalokam.org", "password": "OrgAdmin@2024"}
MENTEE = {"email": "mentee@shikshalokam.org", "password": "Mentee@2024"}
VIDYA_SETU = {"email": "admin@vidyasetu.example", "password": "VidyaSetu@2024"}
JOHN = {"email": "john@shikshalokam.org", "password": "John@2024"}
HINDI = {"accept-language": "hi"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

UPDATE = "/user/v1/organization/update/12"
DEACTIVATE_ORG = "/user/v1/admin/deactivateOrg/12"
DEACTIVATE_USER = "/user/v1/org-admin/deactivateUser"
READ = "/user/v1/organization/read"
LIST = "/user/v1/account/list"
LOGIN = "/user/v1/account/login"


def log_in(client: httpx.Client, credentials: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of somebody who has logged in."""
    token = client.post(LOGIN, json=credentials).json()["result"]["access_token"]
    return {"X-auth-token": f"bearer {token}"}


@pytest.fixture
def system(mock: httpx.Client) -> dict[str, str]:
    """The headers of the system administrator."""
    return log_in(mock, SYSTEM)


@pytest.fixture
def admin(mock: httpx.Client) -> dict[str, str]:
    """The headers of the administrator of organisation 12."""
    return log_in(mock, ORGANIZATION)


def told(response: httpx.Response) -> tuple[int, str]:
    """Return status and name of an answer."""
    return response.status_code, response.headers["understudy-answer"]


def organization(client: httpx.Client, headers: dict[str, str], id: int = 12) -> Any:
    """Read an organisation back."""
    return client.get(READ, params={"organisation_id": id}, headers=headers).json()["result"]


def accounts(client: httpx.Client, headers: dict[str, str], **query: Any) -> dict[int, Any]:
    """Read accounts back, by id."""
    result = client.get(LIST, params=query, headers=headers).json()["result"]
    return {user["id"]: user for group in result["data"] for user in group["values"]}


def statuses(client: httpx.Client, headers: dict[str, str]) -> dict[int, str]:
    """Read back who of organisation 12 is active."""
    return {id: user["status"] for id, user in accounts(client, headers, organization_id=12).items()}


# Logging in


def test_a_login_answers_tokens_and_the_account(mock: httpx.Client) -> None:
    """The envelope of the fact file, account/login; the password is nowhere in it."""
    response = mock.post(LOGIN, json=ORGANIZATION)
    body = response.json()
    user = body["result"]["user"]
    assert (200, "logged_in") == told(response)
    assert ["responseCode", "message", "result", "meta"] == list(body)
    assert (4, "org.admin@shikshalokam.org", 12, [6]) == (
        user["id"],
        user["email"],
        user["organization_id"],
        user["roles"],
    )
    assert {"id": 12, "name": "ShikshaLokam", "code": "shikshalokam"} == user["organization"]
    assert ["org_admin"] == [role["title"] for role in user["user_roles"]]
    assert "pbkdf2" not in response.text
    assert "OrgAdmin@2024" not in response.text


def test_the_access_token_is_a_jwt_that_lives_for_a_day(mock: httpx.Client) -> None:
    """HS256; data, iat and exp; the refresh token lives for 183 days and opens nothing."""
    result = mock.post(LOGIN, json=MENTEE).json()["result"]
    claims = jwt.decode(result["access_token"], options={"verify_signature": False})
    refresh = jwt.decode(result["refresh_token"], options={"verify_signature": False})
    assert "HS256" == jwt.get_unverified_header(result["access_token"])["alg"]
    assert (5, 1, 12, ["mentee"]) == (
        claims["data"]["id"],
        claims["data"]["session_id"],
        claims["data"]["organization_id"],
        [role["title"] for role in claims["data"]["roles"]],
    )
    assert (86_400, 183 * 86_400) == (claims["exp"] - claims["iat"], refresh["exp"] - refresh["iat"])
    headers = {"X-auth-token": f"bearer {result['refresh_token']}"}
    assert (401, "unauthorized") == told(mock.get(LIST, headers=headers))


def test_the_nth_login_gives_the_same_token_whatever_was_read_before(mock: httpx.Client) -> None:
    """Tokens depend on the number of logins, not on reads that slipped in between."""
    with client_of("elevate") as other:
        log_in(other, SYSTEM)
        expected = log_in(other, MENTEE)
    headers = log_in(mock, SYSTEM)
    mock.get(LIST, headers=headers)
    assert expected == log_in(mock, MENTEE)


def test_a_login_takes_a_form_any_case_and_spaces_around(mock: httpx.Client) -> None:
    """The service trims both members, and e-mail addresses have no case."""
    form = {"email": "  ORG.Admin@ShikshaLokam.org ", "password": " OrgAdmin@2024 "}
    assert (200, "logged_in") == told(mock.post(LOGIN, data=form))


@pytest.mark.parametrize(
    ("credentials", "name", "hindi"),
    [
        ({**MENTEE, "password": "wrong"}, "password_invalid", "उपयोगकर्ता का नाम या पासवर्ड अमान्य/ गलत है।"),
        ({**MENTEE, "email": "no@one.org"}, "email_not_registered", "कृपया सही लॉगिन आईडी और पासवर्ड दर्ज करें।"),
    ],
)
def test_wrong_credentials_are_told_apart_in_hindi_only(
    mock: httpx.Client, credentials: dict[str, str], name: str, hindi: str
) -> None:
    """400 both; the English texts are the same."""
    english = mock.post(LOGIN, json=credentials)
    assert (400, name) == told(english)
    assert "Please enter the correct login ID and Password." == english.json()["message"]
    assert hindi == mock.post(LOGIN, json=credentials, headers=HINDI).json()["message"]


def test_an_account_of_the_cast_has_no_password(mock: httpx.Client, system: dict[str, str]) -> None:
    """Only personas can log in."""
    (someone,) = accounts(mock, system, limit=1, page=8).values()
    login = {"email": someone["email"], "password": "anything"}
    assert (400, "password_invalid") == told(mock.post(LOGIN, json=login))


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        (
            {"email": "john"},
            [
                {"location": "body", "param": "password", "msg": "password field is empty"},
                {"location": "body", "param": "email", "msg": "email is invalid", "value": "john"},
            ],
        ),
        (
            {"email": "", "password": " "},
            [
                {"location": "body", "param": "email", "msg": "email field is empty", "value": ""},
                {"location": "body", "param": "email", "msg": "email is invalid", "value": ""},
                {"location": "body", "param": "password", "msg": "password field is empty"},
            ],
        ),
        ([], [{"location": "body", "param": "", "msg": "Invalid value", "value": []}]),
        (None, [{"location": "body", "param": "", "msg": "Invalid value", "value": None}]),
    ],
)
def test_each_broken_rule_of_a_login_has_its_entry(mock: httpx.Client, body: Any, entries: list[Any]) -> None:
    """422; `value` is absent where the field was, and for a password: no answer repeats one."""
    response = mock.post(LOGIN, json=body) if body is not None else mock.post(LOGIN, content=b"null")
    assert (422, "validation_failed") == told(response)
    assert "Validation failed, Entered data is incorrect!" == response.json()["message"]
    assert sorted(map(str, entries)) == sorted(map(str, response.json()["error"]))


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}])
def test_an_empty_login_lacks_both_members(mock: httpx.Client, headers: dict[str, str]) -> None:
    """A body of another content type counts as empty."""
    response = mock.post(LOGIN, content=b'{"email": "x"}' if headers else b"", headers=headers)
    assert (422, "credentials_missing") == told(response)
    assert {"email", "password"} == {entry["param"] for entry in response.json()["error"]}


@pytest.mark.parametrize("password", [["hunter2"], {"hunter2": 1}, {"password": "hunter2"}])
def test_a_password_is_not_repeated(mock: httpx.Client, password: Any) -> None:
    """Neither in the answer nor in the violations."""
    for body in ({**MENTEE, "password": password}, [{"password": "hunter2"}]):
        response = mock.post(LOGIN, json=body)
        assert (422, "validation_failed") == told(response)
        assert "hunter2" not in response.text + response.headers["understudy-violations"]


# Who is let in


@pytest.mark.parametrize("value", [None, "", "bearer", "bearer ", "Bearer {t}", "{t}", "bearer {t}x", "bearer a.b.c"])
def test_a_missing_or_wrong_token_is_unauthorized(mock: httpx.Client, admin: dict[str, str], value: str | None) -> None:
    """The prefix is the word bearer in lower case."""
    token = admin["X-auth-token"].removeprefix("bearer ")
    headers = {} if value is None else {"X-auth-token": value.replace("{t}", token)}
    for method, path in (
        ("PATCH", UPDATE),
        ("POST", DEACTIVATE_ORG),
        ("GET", f"{READ}?organisation_id=12"),
        ("GET", LIST),
    ):
        response = mock.request(method, path, headers=headers)
        assert (401, "unauthorized") == told(response)
        assert ["responseCode", "error", "meta", "message"] == list(response.json())
    assert (401, "unauthorized") == told(mock.post(DEACTIVATE_USER, headers=headers))
    body = mock.post(DEACTIVATE_USER, json={"id": [1]}, headers={**headers, **HINDI}).json()
    assert ("UNAUTHORIZED", "अनधिकृत अनुरोध") == (body["responseCode"], body["message"])


def test_a_token_expires_by_the_clock_of_the_sandbox(mock: httpx.Client) -> None:
    """A day after the login, whatever the computer's clock says."""
    with client_of("elevate", now=NEW_YEAR - timedelta(days=1)) as yesterday:
        headers = log_in(yesterday, SYSTEM)
        assert 200 == yesterday.get(LIST, headers=headers).status_code
    calls = [("PATCH", UPDATE), ("POST", DEACTIVATE_ORG), ("GET", f"{READ}?organisation_id=12"), ("GET", LIST)]
    for method, path in calls:
        assert (401, "session_expired") == told(mock.request(method, path, headers=headers))
    response = mock.post(DEACTIVATE_USER, json={"id": [1]}, headers={**headers, **HINDI})
    assert (401, "session_expired", "एक्सेस टोकन समाप्त") == (*told(response), response.json()["message"])


def test_a_role_that_is_not_permitted_is_told_before_anything_else(mock: httpx.Client, admin: dict[str, str]) -> None:
    """401, never 403, and before the body is checked: a mentee on all three, an organisation admin on /admin."""
    mentee = log_in(mock, MENTEE)
    assert (401, "permission_denied") == told(mock.patch(UPDATE, json={"name": "Org 2"}, headers=mentee))
    assert (401, "permission_denied") == told(mock.post(DEACTIVATE_USER, json={"id": 5}, headers=mentee))
    assert (401, "permission_denied") == told(mock.post(DEACTIVATE_ORG, headers=mentee))
    assert (401, "permission_denied") == told(mock.post(DEACTIVATE_ORG, headers=admin))
    assert 200 == mock.get(LIST, headers=mentee).status_code


def test_a_key_of_the_users_own_acts_as_the_system_administrator() -> None:
    """`--credential elevate=VALUE` is sent as `bearer VALUE`; `--any-credentials` takes whatever is not empty."""
    with client_of("elevate", credentials={"elevate": ["mine"]}) as client:
        headers = {"X-auth-token": "bearer mine"}
        assert (200, "organization_updated") == told(client.patch(UPDATE, json={"related_orgs": [3]}, headers=headers))
        assert 3 == organization(client, headers)["updated_by"]
        assert 401 == client.get(LIST, headers={"X-auth-token": "bearer other"}).status_code
        assert 401 == client.get(LIST, headers={"X-auth-token": "mine"}).status_code
    with client_of("elevate", any_credentials=True) as client:
        assert 200 == client.get(LIST, headers={"X-auth-token": "x"}).status_code
        assert 401 == client.get(LIST).status_code
        body = client.post(DEACTIVATE_USER, json={"id": [1]}, headers=log_in(client, ORGANIZATION))
        assert (202, "user_deactivated") == told(body)


# Updating organisations


def test_the_documented_update_changes_name_and_description(mock: httpx.Client, admin: dict[str, str]) -> None:
    """Document, Updating Organizations' Details: 200, and an empty result."""
    sample = {"name": "ShikshaLokam", "description": "Empowering educational leadership."}
    response = mock.patch(UPDATE, json=sample, headers=admin)
    assert (200, "organization_updated") == told(response)
    assert ("OK", []) == (response.json()["responseCode"], response.json()["result"])
    after = organization(mock, admin)
    assert sample == {member: after[member] for member in sample}
    assert (4, "2026-01-01T00:00:00.000Z") == (after["updated_by"], after["updated_at"])


def test_members_that_are_not_sent_stay_and_spaces_around_are_dropped(
    mock: httpx.Client, system: dict[str, str]
) -> None:
    """An empty body succeeds; the new name shows at the next login."""
    before = organization(mock, system)
    assert 200 == mock.patch(UPDATE, headers=system).status_code
    assert 200 == mock.patch(UPDATE, content=b"name=x", headers={**system, "Content-Type": "text/csv"}).status_code
    assert 200 == mock.patch(UPDATE, data={"name": "  New Name "}, headers=system).status_code
    after = organization(mock, system)
    assert ("New Name", before["description"]) == (after["name"], after["description"])
    assert "New Name" == mock.post(LOGIN, json=JOHN).json()["result"]["user"]["organization"]["name"]


def test_related_organizations_are_mutual(mock: httpx.Client, system: dict[str, str]) -> None:
    """Each listed organisation gains this one, those left out lose it, an empty list clears."""

    def relate(*ids: int) -> list[list[int]]:
        assert 200 == mock.patch(UPDATE, json={"related_orgs": ids}, headers=system).status_code
        return [organization(mock, system, id)["related_orgs"] for id in (12, 3, 4)]

    assert [[3, 4], [12], [12]] == relate(3, 4)
    assert [[4], [], [12]] == relate(4, 4)
    assert [[], [], []] == relate()


def test_only_other_organizations_that_exist_are_related(mock: httpx.Client, system: dict[str, str]) -> None:
    """The relation is mutual: itself and ids that nobody has are passed over, and each counts once."""
    response = mock.patch(UPDATE, json={"related_orgs": [12, 3, 777, 3]}, headers=system)
    assert (200, "organization_updated") == told(response)
    assert ([3], [12]) == tuple(organization(mock, system, id)["related_orgs"] for id in (12, 3))


@pytest.mark.parametrize(("path", "member"), [(UPDATE, "related_orgs"), (DEACTIVATE_USER, "id")])
def test_a_list_has_an_end(mock: httpx.Client, system: dict[str, str], path: str, member: str) -> None:
    """A thousand entries."""
    method = "PATCH" if path == UPDATE else "POST"
    response = mock.request(method, path, json={member: list(range(1001))}, headers=system)
    assert (422, "validation_failed") == told(response)
    assert {(member, "Invalid value")} <= {(entry["param"], entry["msg"]) for entry in response.json()["error"]}
    enough = mock.request(method, path, json={member: list(range(1000))}, headers=system)
    assert "validation_failed" != enough.headers["understudy-answer"]


def test_related_organizations_come_in_a_form_too(mock: httpx.Client, system: dict[str, str]) -> None:
    """A repeated key, or one with brackets, is an array."""
    for form in (b"related_orgs=3&related_orgs=4", b"related_orgs[]=3&related_orgs[]=4"):
        assert 200 == mock.patch(UPDATE, content=form, headers={**system, **FORM}).status_code
        assert [3, 4] == organization(mock, system)["related_orgs"]
        mock.patch(UPDATE, json={"related_orgs": []}, headers=system)


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("/user/v1/organization/update/3", {"name": "Mine"}, "access_denied"),
        ("/user/v1/organization/update/999", {"name": "Mine"}, "access_denied"),
        (UPDATE, {"related_orgs": [3]}, "related_organizations_denied"),
    ],
)
def test_an_organisation_administrator_keeps_to_the_own_organisation(
    mock: httpx.Client, admin: dict[str, str], path: str, body: dict[str, Any], name: str
) -> None:
    """400, whether the other organisation exists or not; and nothing has changed."""
    before = mock.get(LIST, headers=admin).json()["result"]
    assert (400, name) == told(mock.patch(path, json=body, headers=admin))
    assert before == mock.get(LIST, headers=admin).json()["result"]
    assert [] == organization(mock, admin)["related_orgs"]


@pytest.mark.parametrize("id", ["999", "-1", "0", "9223372036854775807"])
def test_an_unknown_organization_is_not_found(mock: httpx.Client, system: dict[str, str], id: str) -> None:
    """400 by the document, for a system administrator."""
    response = mock.patch(f"/user/v1/organization/update/{id}", json={"name": "Any"}, headers=system)
    assert (400, "organization_not_found") == told(response)
    assert "Organization not found." == response.json()["message"]
    read = mock.get(READ, params={"organisation_id": id}, headers={**system, **HINDI})
    assert (400, "organization_not_found", "संगठन नहीं मिला।") == (*told(read), read.json()["message"])


@pytest.mark.parametrize(
    "id", ["{organization_id}", "organization_id", "12a", "1.5", "9223372036854775808", "%00", "٣"]
)
def test_a_placeholder_left_unfilled_is_an_unknown_resource(
    mock: httpx.Client, system: dict[str, str], id: str
) -> None:
    """404 RESOURCE_ERROR, with a hint in the header where it looks like a placeholder."""
    responses = [
        mock.patch(f"/user/v1/organization/update/{id}", json={}, headers=system),
        mock.post(f"/user/v1/admin/deactivateOrg/{id}", headers=system),
    ]
    for response in responses:
        assert (404, "resource_not_found") == told(response)
        assert {"responseCode": "RESOURCE_ERROR", "message": "Requested resource not found!"} == response.json()
        assert "organization_id" not in id or "placeholder" in response.headers["understudy-violations"]


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        ({"name": "Org 2"}, [("name", "name is invalid", "Org 2")]),
        ({"name": ""}, [("name", "name field is empty", ""), ("name", "name is invalid", "")]),
        ({"name": "शिक्षालोकम"}, [("name", "name is invalid", "शिक्षालोकम")]),
        ({"name": None}, [("name", "name is invalid", None)]),
        ({"description": "50 %"}, [("description", "invalid description", "50 %")]),
        ({"related_orgs": "3"}, [("related_orgs", "Invalid value", "3")]),
        ({"related_orgs": [3, "x"]}, [("related_orgs[1]", "Invalid value", "x")]),
        ({"related_orgs": [2**63]}, [("related_orgs[0]", "Invalid value", 2**63)]),
        ([], [("", "Invalid value", [])]),
    ],
)
def test_each_broken_rule_of_an_update_has_its_entry(
    mock: httpx.Client, system: dict[str, str], body: Any, entries: list[Any]
) -> None:
    """422 in the validator's words, never translated; and nothing has changed."""
    before = organization(mock, system)
    response = mock.patch(UPDATE, json=body, headers={**system, **HINDI})
    expected = [{"location": "body", "param": p, "msg": m, "value": v} for p, m, v in entries]
    assert (422, "validation_failed") == told(response)
    assert sorted(map(str, expected)) == sorted(map(str, response.json()["error"]))
    assert "Validation failed, Entered data is incorrect!" == response.json()["message"]
    assert before == organization(mock, system)


# Deactivating


def test_deactivating_an_organization_deactivates_its_users(mock: httpx.Client, system: dict[str, str]) -> None:
    """Document, Deactivating Organizations: 202 and a count; its users can no longer log in."""
    admin = log_in(mock, ORGANIZATION)
    response = mock.post(DEACTIVATE_ORG, headers=system)
    assert (202, "organization_deactivated") == told(response)
    assert [{"deactivated_users": 4}] == response.json()["result"]
    assert "INACTIVE" == organization(mock, system)["status"]
    assert dict.fromkeys((1, 2, 4, 5), "INACTIVE") == statuses(mock, system)
    for credentials in (ORGANIZATION, MENTEE, JOHN):
        assert (400, "email_not_registered") == told(mock.post(LOGIN, json=credentials))
    assert 200 == mock.patch(UPDATE, json={"name": "Still here"}, headers=admin).status_code
    assert 200 == mock.post(LOGIN, json=VIDYA_SETU).status_code


def test_deactivating_an_organization_again_fails(mock: httpx.Client, system: dict[str, str]) -> None:
    """400 as by the document; an unknown one has the same text."""
    mock.post(DEACTIVATE_ORG, headers=system)
    for path in (DEACTIVATE_ORG, "/user/v1/admin/deactivateOrg/999"):
        response = mock.post(path, headers=system)
        assert (400, "deactivation_failed") == told(response)
        assert "Failed to deactivate user" == response.json()["message"]


def test_an_organization_without_active_users_counts_none(mock: httpx.Client, system: dict[str, str]) -> None:
    """Only the accounts that this call deactivated are counted."""
    headers = log_in(mock, VIDYA_SETU)
    assert 202 == mock.post(DEACTIVATE_USER, json={"id": [6]}, headers=headers).status_code
    response = mock.post("/user/v1/admin/deactivateOrg/3", headers=system)
    assert [{"deactivated_users": 0}] == response.json()["result"]


@pytest.mark.parametrize(
    "body",
    [
        {"id": [1, 2]},
        {"email": ["john@shikshalokam.org", "clara@shikshalokam.org"]},
        {"email": ["JOHN@shikshalokam.org", "Clara@ShikshaLokam.org", "admin@vidyasetu.example", "no@one.org"]},
        {"id": [1, 1, 2, 6, 999]},
        {"id": [5], "email": ["john@shikshalokam.org", "clara@shikshalokam.org"]},
    ],
)
def test_an_administrator_deactivates_own_users(
    mock: httpx.Client, admin: dict[str, str], system: dict[str, str], body: dict[str, Any]
) -> None:
    """By id or e-mail address, foreign and unknown ones passed over; with both members, id is ignored."""
    response = mock.post(DEACTIVATE_USER, json=body, headers=admin)
    assert (202, "user_deactivated") == told(response)
    assert [] == response.json()["result"]
    assert {1: "INACTIVE", 2: "INACTIVE", 4: "ACTIVE", 5: "ACTIVE"} == statuses(mock, system)
    assert "ACTIVE" == accounts(mock, system, organization_id=3)[6]["status"]
    assert (400, "email_not_registered") == told(mock.post(LOGIN, json=JOHN))
    assert (400, "deactivation_failed") == told(mock.post(DEACTIVATE_USER, json=body, headers=admin))


@pytest.mark.parametrize("form", [b"id=1&id=2", b"id[]=1&id[]=2", b"id%5B%5D=1&id%5B%5D=2"])
def test_users_come_in_a_form_too(mock: httpx.Client, admin: dict[str, str], form: bytes) -> None:
    """Integers are read from the text."""
    assert 202 == mock.post(DEACTIVATE_USER, content=form, headers={**admin, **FORM}).status_code
    assert {1, 2} == {id for id, status in statuses(mock, admin).items() if status == "INACTIVE"}


@pytest.mark.parametrize(
    "body", [{"id": [999]}, {"id": [6, 7]}, {"email": ["admin@vidyasetu.example"]}, {"email": [""]}]
)
def test_nobody_left_to_deactivate_fails(mock: httpx.Client, admin: dict[str, str], body: dict[str, Any]) -> None:
    """400 where all are unknown or of another organisation."""
    assert (400, "deactivation_failed") == told(mock.post(DEACTIVATE_USER, json=body, headers=admin))


@pytest.mark.parametrize("body", [b"{}", b"", b'{"ids": [1]}'])
def test_nobody_named_is_refused(mock: httpx.Client, admin: dict[str, str], body: bytes) -> None:
    """400: one of the two members is required."""
    headers = {**admin, "Content-Type": "application/json"}
    response = mock.post(DEACTIVATE_USER, content=body, headers=headers)
    assert (400, "email_or_id_required") == told(response)
    assert "Either 'id' or 'email' fields is required" == response.json()["message"]


@pytest.mark.parametrize(
    ("body", "param", "msg"),
    [
        ({"id": 5}, "id", "Invalid value"),
        ({"email": "x"}, "email", "Invalid value"),
        ({"id": []}, "id", " id must be an array and should not be empty."),
        ({"id": [True]}, "id[0]", "Invalid value"),
        ({"id": None}, "id", "Invalid value"),
    ],
)
def test_users_that_are_no_list_are_invalid(
    mock: httpx.Client, admin: dict[str, str], body: dict[str, Any], param: str, msg: str
) -> None:
    """422 in the validator's words."""
    response = mock.post(DEACTIVATE_USER, json=body, headers=admin)
    assert (422, "validation_failed") == told(response)
    assert [(param, msg)] == [(entry["param"], entry["msg"]) for entry in response.json()["error"]]


def test_a_system_administrator_administrates_no_organisation(mock: httpx.Client, system: dict[str, str]) -> None:
    """400, not 401 (fact file, deactivateUser)."""
    response = mock.post(DEACTIVATE_USER, json={"id": [1]}, headers=system)
    assert (400, "not_an_admin") == told(response)
    assert "User does't have admin access." == response.json()["message"]


def test_nobody_named_is_told_before_the_role(mock: httpx.Client, system: dict[str, str]) -> None:
    """An empty object and no body are one case, for a system administrator as well (fact file, deactivateUser)."""
    for body in (mock.post(DEACTIVATE_USER, headers=system), mock.post(DEACTIVATE_USER, json={}, headers=system)):
        assert (400, "email_or_id_required") == told(body)


# Reading back


def test_accounts_are_listed_by_page_role_organisation_and_name(mock: httpx.Client, system: dict[str, str]) -> None:
    """Grouped by first letter; the count is that of all pages."""
    result = mock.get(LIST, params={"organization_id": 12}, headers=system).json()["result"]
    assert (["C", "J", "M", "R"], 4) == ([group["key"] for group in result["data"]], result["count"])
    assert [2] == list(accounts(mock, system, organization_id=12, limit=1, page=2))
    assert {1, 5} == set(accounts(mock, system, organization_id=12, type="mentee"))
    assert [3] == list(accounts(mock, system, type="admin"))
    assert [1] == list(accounts(mock, system, organization_id=12, search="JOHN"))
    assert {} == accounts(mock, system, page=10**18)
    assert {} == accounts(mock, system, organization_id=-1)


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        (READ, {"param": "organisation_id", "msg": "organisation_id field is empty"}),
        (f"{READ}?organisation_id=x", {"param": "organisation_id", "msg": "Invalid value", "value": "x"}),
        (f"{LIST}?page=-1", {"param": "page", "msg": "Invalid value", "value": -1}),
        (f"{LIST}?limit=99999", {"param": "limit", "msg": "Invalid value", "value": 99999}),
        (f"{LIST}?type=boss", {"param": "type", "msg": "Invalid value", "value": "boss"}),
    ],
)
def test_a_broken_rule_of_the_query_has_its_entry(
    mock: httpx.Client, system: dict[str, str], path: str, entry: dict[str, Any]
) -> None:
    """422, location query."""
    response = mock.get(path, headers=system)
    assert (422, "validation_failed") == told(response)
    assert [{"location": "query", **entry}] == response.json()["error"]


# Every answer


def test_answers_come_in_hindi_when_asked(mock: httpx.Client, system: dict[str, str]) -> None:
    """Document, Request Header; Content-Language says so."""
    headers = {**system, "accept-language": "hi-IN,hi;q=0.9"}
    for response in (mock.patch(UPDATE, json={}, headers=headers), mock.post(DEACTIVATE_ORG, headers=headers)):
        assert "hi" == response.headers["content-language"]
        assert not response.json()["message"].isascii()
    assert "उपयोगकर्ता द्वारा सफलतापूर्वक लॉग इन किया गया" == mock.post(LOGIN, json=SYSTEM, headers=HINDI).json()["message"]
    assert "en" == mock.post(LOGIN, json=SYSTEM).headers["content-language"]


def test_every_answer_has_a_request_id_of_its_own(mock: httpx.Client, system: dict[str, str]) -> None:
    """meta.correlation, repeated in X-Request-Ids; successes have the versions of the forms too."""
    answers = [mock.get(LIST, headers=system), mock.patch(UPDATE, headers=system), mock.get(LIST), mock.post(LOGIN)]
    ids = [answer.json()["meta"]["correlation"] for answer in answers]
    assert ids == [answer.headers["x-request-ids"] for answer in answers]
    assert [4] * 4 == [UUID(id).version for id in ids]
    assert 4 == len(set(ids))
    assert ["formsVersion" in answer.json()["meta"] for answer in answers] == [True, True, False, False]


@pytest.mark.parametrize(
    "body",
    [b"{", b"[1,", b"{'name': 1}", b"\xff\xfe{\x00}\x00", b'{"name": "\xe9"}', b"[" * 10_000, b'{"a": NaN}'],
)
def test_a_body_that_is_not_json_is_told_even_without_a_token(mock: httpx.Client, body: bytes) -> None:
    """400 SERVER_ERROR with the parser's text, before the token is looked at."""
    headers = {"Content-Type": "application/json"}
    for method, path in (("POST", LOGIN), ("PATCH", UPDATE), ("POST", DEACTIVATE_USER)):
        response = mock.request(method, path, content=body, headers=headers)
        assert (400, "malformed_body") == told(response)
        assert ("SERVER_ERROR", []) == (response.json()["responseCode"], response.json()["error"])
        assert response.json()["message"]
        assert "cannot be read" not in response.json()["message"]


def test_a_body_over_the_limit_is_refused(mock: httpx.Client) -> None:
    """413 in the service's envelope."""
    for method, path in (("POST", LOGIN), ("PATCH", UPDATE), ("POST", DEACTIVATE_USER)):
        response = mock.request(method, path, json={"name": "x" * 2**20})
        assert (413, "body_too_large") == told(response)


def test_very_long_values_are_taken_as_they_are(mock: httpx.Client, system: dict[str, str]) -> None:
    """Nothing limits a name but its letters."""
    assert 200 == mock.patch(UPDATE, json={"name": "x" * 500_000}, headers=system).status_code
    assert 500_000 == len(organization(mock, system)["name"])


def test_an_unknown_route_and_a_wrong_method_are_resource_errors(mock: httpx.Client) -> None:
    """404 without meta; 405 with Allow. A trailing slash is accepted."""
    assert (404, "resource_not_found") == told(mock.get("/user/v1/nothing"))
    wrong = mock.get(LOGIN)
    assert (405, "method_not_allowed", "RESOURCE_ERROR") == (*told(wrong), wrong.json()["responseCode"])
    assert "POST" in wrong.headers["allow"]
    assert (200, "logged_in") == told(mock.post(f"{LOGIN}/", json=SYSTEM))


def test_every_named_answer_is_reached(reached: Reached) -> None:
    """Runs last in this file: the journeys above meet every answer that the contract names."""
    assert [] == reached.missing("elevate")

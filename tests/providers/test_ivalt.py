"""iVALT as its two documents show it: organisations, users, auth codes, geo-fences and time slots."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.support.reached import Reached
from understudy.kernel.cast import Cast, Casting, FixtureError, Persona
from understudy.kernel.exchange import Call, Refusal
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Keyring, Visitor
from understudy.kernel.violation import Violation
from understudy.providers.ivalt import PROVIDER
from understudy.providers.ivalt.dialect import explain
from understudy.providers.ivalt.seed import seed
from understudy.providers.ivalt.state import IvaltState, next_id
from understudy.providers.ivalt.timeslots import update_timeslots
from understudy.providers.ivalt.users import create_user, list_users, update_user

PRODUCTION = "/admin/public/api"
MOCK_SERVER = "/_mock/products/admin-portal/admin_apis"
KEY = {"x-api-key": "YOUR_API_KEY"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LARGER_THAN_ALLOWED = b" " * (1024 * 1024 + 1)

SLOT = {
    "timezone": "UTC",
    "start_time": "2023-05-08T09:39:00Z",
    "end_time": "2023-05-08T21:39:00Z",
    "status": 1,
    "user_id": 32,
    "org_id": "272",
}
JOHN = {
    "email": "john.doe@example.com",
    "country_code": "+1",
    "mobile": "2345678901",
    "first_name": "John",
    "last_name": "Doe",
}
BIKRAMJEET = {
    "email": "bikramjeet@ivalt.com",
    "name": "Bikramjeet Singh",
    "verify_timeslots": "on",
    "timeslots": json.dumps([SLOT], separators=(",", ":")),
}
CREDENTIALS = {"client_id": "dshfosdhfg", "client_secret": "sdfgsdgds"}
OFFICE = {"name": "Office Location", "latitude": 37.7749, "longitude": -122.4194, "radius": 500, "enabled": True}

READS = [
    ("GET", "/organizations"),
    ("GET", "/user/123/organizations/ORG001"),
    ("GET", "/organization/123/users"),
    ("GET", "/organization/123/get-org-auth-codes"),
    ("GET", "/user/123/geofences"),
    ("DELETE", "/organization/123/delete/user/123"),
]
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/organization/123/create/user", JOHN),
    ("PUT", "/organization/272/update/user/32", BIKRAMJEET),
    ("PUT", "/organization/123/update/auth-code/123", CREDENTIALS),
    ("PUT", "/user/123/geofences/update", {"geofences": [OFFICE]}),
    ("PUT", "/user/123/timeslots/update", {"timeslot_ids": 95}),
]
OPERATIONS = READS + [(method, path) for method, path, _ in WRITES]


def send(mock: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response:
    """Call an operation at the production server's path, with a known key unless headers say otherwise."""
    return mock.request(method, PRODUCTION + path, **{"headers": KEY, **options})


def said(reply: httpx.Response) -> tuple[int, str, str]:
    """Return what an answer is: its status, its name and its message."""
    return reply.status_code, reply.headers["understudy-answer"], reply.json()["message"]


def users(mock: httpx.Client, organisation: int) -> dict[int, Any]:
    """Return an organisation's users by id, as the API shows them."""
    listed = send(mock, "GET", f"/organization/{organisation}/users").json()["data"]
    return {user["id"]: user for user in listed}


class TestOrganisations:
    def test_the_list_shows_name_and_slug_of_every_organisation(self, mock: httpx.Client) -> None:
        """The sample reads status, data, and of each item name and slug."""
        reply = send(mock, "GET", "/organizations")
        assert (200, "organisations_listed", "List All Organizations") == said(reply)
        assert "success" == reply.json()["status"]
        assert {"ORG001", "ORG272"} < {organisation["slug"] for organisation in reply.json()["data"]}
        assert 6 == len(reply.json()["data"])

    def test_a_member_reads_an_organisation_by_its_code(self, mock: httpx.Client) -> None:
        reply = send(mock, "GET", "/user/123/organizations/ORG001")
        assert (200, "organisation_read", "Get Organization by Slug/Code") == said(reply)
        assert (123, "ORG001") == (reply.json()["data"]["id"], reply.json()["data"]["slug"])

    @pytest.mark.parametrize(
        ("path", "answer"),
        [
            ("/user/123/organizations/ORG272", (404, "user_not_in_organisation")),
            ("/user/123/organizations/ORG404", (404, "organisation_not_found")),
            ("/user/404/organizations/ORG001", (404, "user_not_found")),
            ("/user/{user_id}/organizations/ORG001", (404, "user_not_found")),
            ("/user/123/organizations/{org_code}", (404, "organisation_not_found")),
        ],
    )
    def test_nobody_else_reads_it(self, mock: httpx.Client, path: str, answer: tuple[int, str]) -> None:
        assert answer == said(send(mock, "GET", path))[:2]

    @pytest.mark.parametrize("key", ["YOUR_API_KEY", "YOUR_API_KEY_HERE"])
    def test_both_servers_take_both_sample_keys(self, mock: httpx.Client, key: str) -> None:
        """A GET with a Content-Type, as the samples send it, is no trouble."""
        headers = {"x-api-key": key, "Content-Type": "application/json"}
        replies = [mock.get(base + "/organizations", headers=headers) for base in (PRODUCTION, MOCK_SERVER)]
        assert [200, 200] == [reply.status_code for reply in replies]
        assert replies[0].json() == replies[1].json()


class TestUsers:
    def test_a_created_user_is_listed_changed_and_removed(self, mock: httpx.Client) -> None:
        """The journey of the two documents, from John Doe to nobody."""
        before = users(mock, 123)
        created = send(mock, "POST", "/organization/123/create/user", json=JOHN)
        assert (200, "user_created", "Create User for Organization") == said(created)
        assert {"status", "message"} == created.json().keys()

        (id,) = users(mock, 123).keys() - before.keys()
        assert {
            "id": id,
            "organization_id": 123,
            "name": "John Doe",
            "email": "john.doe@example.com",
            "country_code": "+1",
            "mobile": "2345678901",
            "verify_timeslots": "off",
            "timeslots": "[]",
            "timeslot_ids": [],
            "geofences": [],
            "created_at": "2026-01-01T00:00:00.000Z",
            "updated_at": "2026-01-01T00:00:00.000Z",
        } == users(mock, 123)[id]
        assert 200 == send(mock, "GET", f"/user/{id}/organizations/ORG001").status_code

        changed = send(mock, "PUT", f"/organization/123/update/user/{id}", json=BIKRAMJEET)
        assert (200, "user_updated", "Update Organization User") == said(changed)
        assert BIKRAMJEET.items() <= users(mock, 123)[id].items()
        assert "2345678901" == users(mock, 123)[id]["mobile"]

        removed = send(mock, "DELETE", f"/organization/123/delete/user/{id}")
        assert (200, "user_deleted", "Delete Organization User") == said(removed)
        assert before == users(mock, 123)
        again = send(mock, "DELETE", f"/organization/123/delete/user/{id}")
        assert (404, "user_not_found", "User not found.") == said(again)

    def test_the_sample_of_the_update_works_as_written(self, mock: httpx.Client) -> None:
        """At the documentation's own server, with its key, for the user and organisation inside its time slots."""
        reply = mock.put(
            f"{MOCK_SERVER}/organization/272/update/user/32",
            headers={"x-api-key": "YOUR_API_KEY_HERE", "Content-Type": "application/json"},
            content=json.dumps(BIKRAMJEET),
        )
        assert {"status": "success", "message": "Update Organization User"} == reply.json()
        assert BIKRAMJEET.items() <= users(mock, 272)[32].items()

    def test_an_email_is_unique_within_its_organisation_only(self, mock: httpx.Client) -> None:
        create = "/organization/{}/create/user"
        assert 200 == send(mock, "POST", create.format(123), json=JOHN).status_code
        again = send(mock, "POST", create.format(123), json={**JOHN, "email": "John.Doe@EXAMPLE.com", "mobile": "2000"})
        assert (409, "email_taken", "The email has already been taken.") == said(again)
        assert 200 == send(mock, "POST", create.format(272), json=JOHN).status_code

    def test_a_mobile_number_is_unique_within_its_organisation_only(self, mock: httpx.Client) -> None:
        create = "/organization/{}/create/user"
        namesake = {**JOHN, "email": "other@example.com"}
        assert 200 == send(mock, "POST", create.format(123), json=JOHN).status_code
        again = send(mock, "POST", create.format(123), json=namesake)
        assert (409, "mobile_taken", "The mobile has already been taken.") == said(again)
        assert 200 == send(mock, "POST", create.format(272), json=JOHN).status_code
        abroad = send(mock, "POST", create.format(123), json={**namesake, "country_code": "+44"})
        assert 200 == abroad.status_code

    def test_an_update_may_keep_the_users_own_email_but_take_no_other(self, mock: httpx.Client) -> None:
        send(mock, "POST", "/organization/123/create/user", json=JOHN)
        update = "/organization/123/update/user/123"
        taken = send(mock, "PUT", update, json={**BIKRAMJEET, "email": JOHN["email"]})
        assert (409, "email_taken") == said(taken)[:2]
        own = send(mock, "PUT", update, json={**BIKRAMJEET, "email": "jane.miller@example.com"})
        assert 200 == own.status_code

    def test_fields_that_are_not_described_are_ignored(self, mock: httpx.Client) -> None:
        """The vendor's reference lists nine fields for a new user, its overview five."""
        more = {**JOHN, "user_code": 4775, "device_token": "t", "imei": "i", "platform": "android", "is_admin": 0}
        assert 200 == send(mock, "POST", "/organization/123/create/user", json=more).status_code
        assert "imei" not in next(user for user in users(mock, 123).values() if user["email"] == JOHN["email"])

    @pytest.mark.parametrize(
        ("method", "path", "name"),
        [
            ("GET", "/organization/404/users", "organisation_not_found"),
            ("GET", "/organization/org_id/users", "organisation_not_found"),
            ("POST", "/organization/404/create/user", "organisation_not_found"),
            ("PUT", "/organization/404/update/user/32", "organisation_not_found"),
            ("PUT", "/organization/{orgId}/update/user/{userId}", "organisation_not_found"),
            ("PUT", "/organization/123/update/user/32", "user_not_found"),
            ("PUT", "/organization/123/update/user/9999999999999999999", "user_not_found"),
            ("DELETE", "/organization/404/delete/user/32", "organisation_not_found"),
            ("DELETE", "/organization/123/delete/user/32", "user_not_found"),
            ("DELETE", "/organization/272/delete/user/userId", "user_not_found"),
        ],
    )
    def test_users_are_found_in_their_own_organisation_only(
        self, mock: httpx.Client, method: str, path: str, name: str
    ) -> None:
        body = {"POST": JOHN, "PUT": BIKRAMJEET}.get(method)
        assert (404, name) == said(send(mock, method, path, json=body))[:2]


class TestAuthCodes:
    def test_an_updated_auth_code_is_listed(self, mock: httpx.Client) -> None:
        reply = send(mock, "PUT", "/organization/123/update/auth-code/123", json=CREDENTIALS)
        assert (200, "auth_code_updated", "Update Organization Auth Code") == said(reply)
        listed = send(mock, "GET", "/organization/123/get-org-auth-codes")
        assert (200, "auth_codes_listed", "Get Organization Auth Codes") == said(listed)
        assert CREDENTIALS.items() <= next(code for code in listed.json()["data"] if code["id"] == 123).items()

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/organization/404/update/auth-code/123", "organisation_not_found"),
            ("/organization/{orgId}/update/auth-code/{authCodeId}", "organisation_not_found"),
            ("/organization/123/update/auth-code/404", "auth_code_not_found"),
            ("/organization/123/update/auth-code/32", "auth_code_not_found"),
            ("/organization/123/update/auth-code/authCodeId", "auth_code_not_found"),
        ],
    )
    def test_auth_codes_are_found_in_their_own_organisation_only(
        self, mock: httpx.Client, path: str, name: str
    ) -> None:
        assert (404, name) == said(send(mock, "PUT", path, json=CREDENTIALS))[:2]

    def test_an_unknown_organisation_has_no_auth_codes(self, mock: httpx.Client) -> None:
        reply = send(mock, "GET", "/organization/404/get-org-auth-codes")
        assert (404, "organisation_not_found", "Organization not found.") == said(reply)


class TestWhereAndWhen:
    def test_geofences_replace_all_that_there_were(self, mock: httpx.Client) -> None:
        path = "/user/123/geofences"
        home = {**OFFICE, "name": "Home", "radius": 50.5, "enabled": False}
        for geofences in ([OFFICE, home], [home], []):
            reply = send(mock, "PUT", f"{path}/update", json={"geofences": geofences})
            assert (200, "geofences_updated", "Update User Geofences") == said(reply)
            listed = send(mock, "GET", path)
            assert (200, "geofences_listed", "Get User Geofences") == said(listed)
            assert geofences == listed.json()["data"] == users(mock, 123)[123]["geofences"]

    @pytest.mark.parametrize(("sent", "shown"), [(95, [95]), ([95, 96, 95], [95, 96]), ([], [])])
    def test_time_slots_are_one_id_or_a_list_of_ids(self, mock: httpx.Client, sent: Any, shown: list[int]) -> None:
        """The reference sends an integer, the vendor's own integrations a list."""
        reply = send(mock, "PUT", "/user/123/timeslots/update", json={"timeslot_ids": sent})
        assert (200, "timeslots_updated", "Update User Timeslots") == said(reply)
        assert shown == users(mock, 123)[123]["timeslot_ids"]

    @pytest.mark.parametrize("id", ["404", "{userId}", "userId"])
    def test_an_unknown_user_has_neither(self, mock: httpx.Client, id: str) -> None:
        replies = [
            send(mock, "GET", f"/user/{id}/geofences"),
            send(mock, "PUT", f"/user/{id}/geofences/update", json={"geofences": []}),
            send(mock, "PUT", f"/user/{id}/timeslots/update", json={"timeslot_ids": 95}),
        ]
        assert [(404, "user_not_found", "User not found.")] * 3 == [said(reply) for reply in replies]


class TestBadInput:
    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    @pytest.mark.parametrize("headers", [{}, {"x-api-key": "unknown"}, {"x-api-key": ""}])
    def test_a_missing_or_unknown_key_is_forbidden(
        self, mock: httpx.Client, method: str, path: str, headers: dict[str, str]
    ) -> None:
        assert (403, "forbidden", "Forbidden") == said(send(mock, method, path, headers=headers))

    @pytest.mark.parametrize(("method", "path", "_"), WRITES)
    @pytest.mark.parametrize(
        ("content", "media", "answer"),
        [
            (b'{"email": ', "application/json", (400, "body_malformed")),
            (b'{"email": "\xff"}', "application/json", (400, "body_malformed")),
            (b"[" * 10_000, "application/json", (400, "body_malformed")),
            (LARGER_THAN_ALLOWED, "application/json", (413, "body_too_large")),
            (b"email=a", "application/x-www-form-urlencoded", (415, "media_type_unsupported")),
            (b"", "application/json", (422, "body_missing")),
            (b"null", "application/json", (422, "validation_failed")),
            (b"[]", "application/json", (422, "validation_failed")),
            (b"{}", "application/json", (422, "validation_failed")),
        ],
    )
    def test_a_body_that_is_none_is_refused_and_changes_nothing(
        self, mock: httpx.Client, method: str, path: str, _: Any, content: bytes, media: str, answer: tuple[int, str]
    ) -> None:
        before = users(mock, 123), users(mock, 272)
        reply = send(mock, method, path, content=content, headers={**KEY, "Content-Type": media})
        assert answer == said(reply)[:2]
        assert "error" == reply.json()["status"]
        assert before == (users(mock, 123), users(mock, 272))

    def test_every_wrong_field_is_named(self, mock: httpx.Client) -> None:
        """In Laravel's manner: the first sentence and a count, then the sentences of each field."""
        body = {**JOHN, "email": "nobody", "mobile": 2345678901, "last_name": ""}
        del body["first_name"]
        reply = send(mock, "POST", "/organization/123/create/user", json=body).json()
        assert {
            "email": ["The email field must be a valid email address."],
            "mobile": ["The mobile field must be a string."],
            "first_name": ["The first name field is required."],
            "last_name": ["The last name field is required."],
        } == reply["errors"]
        assert reply["message"].endswith(" (and 3 more errors)")
        first, _, _ = reply["message"].partition(" (and ")
        assert [first] in reply["errors"].values()

    def test_a_single_wrong_field_is_not_counted(self, mock: httpx.Client) -> None:
        body = {**JOHN, "email": None}
        reply = send(mock, "POST", "/organization/123/create/user", json=body)
        assert (422, "validation_failed", "The email field must be a string.") == said(reply)

    @pytest.mark.parametrize("timeslots", ["on Mondays", "{}", "7", "", "[" * 500])
    def test_time_slots_are_a_json_list_inside_a_string(self, mock: httpx.Client, timeslots: str) -> None:
        reply = send(mock, "PUT", "/organization/272/update/user/32", json={**BIKRAMJEET, "timeslots": timeslots})
        assert (422, "validation_failed", "The timeslots field must be a JSON list of time slots.") == said(reply)
        assert "[]" == users(mock, 272)[32]["timeslots"]

    @pytest.mark.parametrize(
        ("slot", "place", "sentence"),
        [
            (1, "", "must be an object."),
            ({**SLOT, "user_id": "32"}, ".user_id", "must be an integer."),
            ({**SLOT, "user_id": 2**63}, ".user_id", "must be an integer."),
            ({**SLOT, "user_id": -1}, ".user_id", "must be at least 0."),
            ({**SLOT, "org_id": 272}, ".org_id", "must be a string."),
            ({**SLOT, "org_id": "x"}, ".org_id", "format is invalid."),
            ({**SLOT, "start_time": "9 o'clock"}, ".start_time", "must be a valid date."),
            ({**SLOT, "end_time": "2023-02-30T00:00:00Z"}, ".end_time", "must be a valid date."),
            ({**SLOT, "timezone": "Nowhere/X"}, ".timezone", "must be a valid timezone."),
            ({**SLOT, "timezone": ""}, ".timezone", "must be a valid timezone."),
            ({name: value for name, value in SLOT.items() if name != "timezone"}, ".timezone", "is required."),
        ],
    )
    def test_a_wrong_time_slot_is_named_by_its_place(
        self, mock: httpx.Client, slot: Any, place: str, sentence: str
    ) -> None:
        """As if the document inside the string were a part of the body, with Laravel's dots."""
        body = {**BIKRAMJEET, "timeslots": json.dumps([SLOT, slot])}
        reply = send(mock, "PUT", "/organization/272/update/user/32", json=body)
        field = f"timeslots.1{place}"
        assert (422, "validation_failed", f"The {field} field {sentence}") == said(reply)
        assert {field: [f"The {field} field {sentence}"]} == reply.json()["errors"]
        assert "[]" == users(mock, 272)[32]["timeslots"]

    def test_every_wrong_member_of_a_time_slot_is_named(self, mock: httpx.Client) -> None:
        body = {**BIKRAMJEET, "email": "nobody", "timeslots": json.dumps([{**SLOT, "status": "2", "org_id": ""}])}
        errors = send(mock, "PUT", "/organization/272/update/user/32", json=body).json()["errors"]
        assert {"email", "timeslots.0.status", "timeslots.0.org_id"} == errors.keys()
        assert {
            "The timeslots.0.status field must be an integer.",
            "The selected timeslots.0.status is invalid.",
        } == set(errors["timeslots.0.status"])

    def test_a_time_zone_is_an_area_and_a_city_however_they_are_spelt(self, mock: httpx.Client) -> None:
        """The kinds of names in the tz database."""
        zones = (
            *("UTC", "Asia/Kolkata", "America/Argentina/Buenos_Aires", "America/North_Dakota/New_Salem"),
            *("America/Port-au-Prince", "Antarctica/DumontDUrville", "Africa/Dar_es_Salaam", "Asia/Ust-Nera"),
            *("Australia/ACT", "Arctic/Longyearbyen", "Indian/Mahe", "Pacific/Port_Moresby", "Atlantic/Jan_Mayen"),
        )
        slots = [{**SLOT, "timezone": zone} for zone in zones]
        body = {**BIKRAMJEET, "timeslots": json.dumps(slots)}
        assert 200 == send(mock, "PUT", "/organization/272/update/user/32", json=body).status_code

    @pytest.mark.parametrize(
        ("start", "end", "status"),
        [
            ("2023-05-08T09:39:00Z", "2023-05-08T09:38:59Z", 422),
            ("2023-05-08T09:39:00Z", "2023-05-08T09:39:00Z", 200),
            ("2023-05-08T09:39:00.5Z", "2023-05-08T09:39:00.4Z", 422),
            ("2023-05-08T12:00:00+05:30", "2023-05-08T06:29:59Z", 422),
            ("2023-05-08T12:00:00+05:30", "2023-05-08T06:30:00Z", 200),
            ("2023-05-08T12:00:00Z", "2023-05-08T09:00:00-03:30", 200),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00z", 200),
            ("0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", 200),
            ("0001-01-01T00:00:00+23:59", "0000-02-29t00:00:00Z", 422),
            ("2000-02-29T00:00:00Z", "1999-12-31T00:00:00Z", 422),
        ],
    )
    def test_no_time_slot_ends_before_it_starts(self, mock: httpx.Client, start: str, end: str, status: int) -> None:
        """Compared as moments, whatever their offsets; the second slot is held to it as the first one is."""
        slots = [SLOT, {**SLOT, "start_time": start, "end_time": end}]
        body = {**BIKRAMJEET, "timeslots": json.dumps(slots)}
        reply = send(mock, "PUT", "/organization/272/update/user/32", json=body)
        assert status == reply.status_code
        if status == 422:
            assert "timeslot_ends_before_start" == reply.headers["understudy-answer"]
            assert {"timeslots": [reply.json()["message"]]} == reply.json()["errors"]
            assert "[]" == users(mock, 272)[32]["timeslots"]

    @pytest.mark.parametrize(("field", "one"), [("geofences", OFFICE), ("timeslots", SLOT)])
    def test_a_list_has_an_end(self, mock: httpx.Client, field: str, one: dict[str, Any]) -> None:
        """A thousand are taken, one more is not."""
        for count, status in ((1000, 200), (1001, 422)):
            sent: dict[str, Any] = {field: [one] * count}
            path = "/user/32/geofences/update"
            if field == "timeslots":
                path, sent = "/organization/272/update/user/32", {**BIKRAMJEET, field: json.dumps([one] * count)}
            reply = send(mock, "PUT", path, json=sent)
            assert status == reply.status_code
        assert f"The {field} field must not have more than 1000 items." in reply.json()["errors"][field]

    def test_a_secret_is_not_repeated(self, mock: httpx.Client) -> None:
        """Neither in the answer nor in the violations."""
        for secret in (["hunter2"], "hunter2" * 100):
            reply = send(
                mock, "PUT", "/organization/123/update/auth-code/123", json={**CREDENTIALS, "client_secret": secret}
            )
            assert (422, "validation_failed") == said(reply)[:2]
            assert "hunter2" not in reply.text + reply.headers["understudy-violations"]

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/organization/0123/users", "organisation_not_found"),
            ("/organization/00/users", "organisation_not_found"),
            ("/organization/+123/users", "organisation_not_found"),
            ("/user/0123/geofences", "user_not_found"),
            ("/user/0123/organizations/ORG001", "user_not_found"),
        ],
    )
    def test_an_id_is_found_only_as_it_is_written(self, mock: httpx.Client, path: str, name: str) -> None:
        """Ids are opaque text: another way to write the same number is another id."""
        assert (404, name) == said(send(mock, "GET", path))[:2]

    @pytest.mark.parametrize(
        ("member", "value", "sentence"),
        [
            ("latitude", 91, "The geofences.1.latitude field must be between -90 and 90."),
            ("latitude", "37", "The geofences.1.latitude field must be a number."),
            ("longitude", -181, "The geofences.1.longitude field must be between -180 and 180."),
            ("radius", 0, "The geofences.1.radius field must be greater than 0."),
            ("enabled", "yes", "The geofences.1.enabled field must be true or false."),
            ("name", "", "The geofences.1.name field is required."),
        ],
    )
    def test_a_wrong_geofence_is_named_by_its_place(
        self, mock: httpx.Client, member: str, value: Any, sentence: str
    ) -> None:
        body = {"geofences": [OFFICE, {**OFFICE, member: value}]}
        reply = send(mock, "PUT", "/user/123/geofences/update", json=body)
        assert (422, "validation_failed", sentence) == said(reply)
        assert {f"geofences.1.{member}": [sentence]} == reply.json()["errors"]

    @pytest.mark.parametrize("sent", ["95", None, 2**63, [95, "96"], {}, 1.5, [*range(1001)]])
    def test_time_slots_are_integers(self, mock: httpx.Client, sent: Any) -> None:
        reply = send(mock, "PUT", "/user/123/timeslots/update", json={"timeslot_ids": sent})
        message = "The timeslot ids field must be an integer or a list of at most 1000 integers."
        assert (422, "validation_failed", message) == said(reply)

    def test_an_unfilled_placeholder_gets_a_hint(self, mock: httpx.Client) -> None:
        reply = send(mock, "DELETE", "/organization/{orgId}/delete/user/{userId}")
        assert (404, "organisation_not_found") == said(reply)[:2]
        assert "placeholder" in reply.headers["understudy-violations"]

    def test_unknown_routes_and_methods_are_answered_in_the_vendors_words(self, mock: httpx.Client) -> None:
        assert (404, "route_not_found", "The route could not be found.") == said(send(mock, "GET", "/nowhere"))
        reply = send(mock, "DELETE", "/organizations")
        assert (405, "method_not_allowed", "The method is not supported for this route.") == said(reply)


def world(**collections: Casting) -> IvaltState:
    """Build a small world: organisation 1 with user 5, and what else is asked for."""
    personas = {
        "organisations": {"id": 1, "name": "One", "slug": "ONE"},
        "users": {"id": 5, "organization_id": 1, "name": "Five", "email": "five@example.com", "mobile": "5555"},
    }
    cast = {name: Casting((Persona(members, "fixture:1"),)) for name, members in personas.items()}
    return seed(Cast("ivalt", "small", Mint(1, "ivalt"), "fixture", {**cast, **collections}))


def called(body: Any = None, **path: str) -> Call:
    """Return a checked call as a handler sees it."""
    return Call("", path, {}, {}, body, "administrator", NOW, Mint(1, "ivalt"))


class TestHandlersAsFunctions:
    def test_a_read_returns_the_very_same_state(self) -> None:
        before = world()
        answer, after = list_users(before, called(org_id="1"))
        assert ("users_listed", before) == (answer.name, after)
        assert before is after

    def test_a_change_leaves_the_old_state_as_it_was(self) -> None:
        before = world()
        _, after = create_user(before, called(JOHN, orgId="1"))
        assert (1, 2) == (len(before.users), len(after.users))
        assert before is not after

    def test_a_refused_change_names_its_answer(self) -> None:
        with pytest.raises(Refusal, match=r"^user_not_found$"):
            update_user(world(), called(BIKRAMJEET, orgId="1", userId="6"))

    def test_what_was_sent_is_no_part_of_the_state(self) -> None:
        ids = [1, 2]
        _, after = update_timeslots(world(), called({"timeslot_ids": ids}, userId="5"))
        ids.append(3)
        assert (1, 2) == after.users.get(5)["timeslot_ids"]  # type: ignore[index]

    def test_ids_are_never_given_twice(self) -> None:
        state = world()
        first = next_id(state.users)
        _, state = create_user(state, called(JOHN, orgId="1"))
        assert first != next_id(IvaltState(state.organisations, state.users.drop(first), state.auth_codes).users)

    def test_made_up_records_keep_clear_of_the_personas_ids(self) -> None:
        personas = tuple(
            Persona({"id": id, "organization_id": 1, "email": f"{id}@example.com", "mobile": str(id)}, "fixture:1")
            for id in (1001, 1003, 1004)
        )
        state = world(users=Casting(personas, cast=3))
        assert 6 == len({user["id"] for user in state.users})
        assert next_id(state.users) not in state.users

    def test_any_key_is_good_where_the_ring_says_so(self) -> None:
        visitors = [
            Visitor({"ApiKeyAuth": "any"}, keyring, NOW, Mint(1, "ivalt"), "list_organisations")
            for keyring in (Keyring(), Keyring(any=True))
        ]
        assert [None, "administrator"] == [PROVIDER.authenticate(world(), visitor) for visitor in visitors]

    def test_a_persona_must_live_in_an_organisation_of_its_world(self) -> None:
        homeless = Casting((Persona({"id": 7, "organization_id": 2}, "fixtures/ivalt.yaml:9"),))
        with pytest.raises(FixtureError, match=r"fixtures/ivalt\.yaml:9: organization_id"):
            world(users=homeless)

    def test_a_cast_needs_an_organisation(self) -> None:
        with pytest.raises(FixtureError, match="need an organisation"):
            world(organisations=Casting(), users=Casting(cast=1))

    def test_a_violation_without_wording_gets_ours(self) -> None:
        violation = Violation("body", "/a~1b/0", "#", "type", "must be a string")
        assert {"message": "must be a string", "errors": {"a/b.0": ["must be a string"]}} == explain((violation,))


def test_every_named_answer_is_reached(reached: Reached) -> None:
    """Runs last in this file: the journeys above meet every answer that the contract names."""
    assert [] == reached.missing("ivalt")

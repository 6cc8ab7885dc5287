"""Looking into the state, and putting records in place."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.control.asking import IVALT, JIVELY, KONEKSI, MEMBERS, TYK, ask, create_member, login, tyk_names
from tests.support.inprocess import InProcess, client_of, parts_of, world_of
from tests.support.toy import toy_edge
from understudy.contract.wording import MASK
from understudy.control.collection import collections_of
from understudy.control.merge_patch import merged
from understudy.kernel.table import Table
from understudy.passwords import hash_password

ORGANISATION = f"/state/tyk/organisations/{JIVELY}"
PARTS = parts_of()
COLLECTIONS = [(part.name, name) for part in PARTS for name in world_of([part.name]).states[part.name].collections()]


def first(http: httpx.Client, path: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(http, "GET", f"/state/{path}?limit=1", 200)["items"][0]
    return found


def metrics(http: httpx.Client) -> dict[str, Any]:
    answer = http.get("/clients/v1/organization-admin/dashboard/collect-metrics", headers=KONEKSI)
    assert 200 == answer.status_code
    found: dict[str, Any] = answer.json()["data"]
    return found


# ---- looking


def test_every_collection_of_every_provider_is_listed(mock: httpx.Client) -> None:
    providers = ask(mock, "GET", "/state", 200, "state_listed")["providers"]
    listed = [(one["provider"], each["collection"]) for one in providers for each in one["collections"]]
    assert COLLECTIONS == listed
    for one in providers:
        assert one == ask(mock, "GET", f"/state/{one['provider']}", 200, "provider_state_read")
    tyk = {each["collection"]: each for each in providers[-1]["collections"]}
    assert {
        "collection": "organisations",
        "schema": "Organisation",
        "key": "id",
        "records": len(tyk_names(mock)),
    } == tyk["organisations"]
    assert tyk["passwords"]["schema"] is None


@pytest.mark.parametrize(("provider", "collection"), COLLECTIONS)
def test_every_record_can_be_read_put_back_and_is_found_by_its_id(provider: str, collection: str) -> None:
    """So the records of our worlds satisfy what the control API holds a record to."""
    with client_of(provider) as http:
        key = world_of([provider]).states[provider].table(collection).key
        page = ask(http, "GET", f"/state/{provider}/{collection}?limit=1000", 200, "records_listed")
        assert page["total"] == len(page["items"])
        for record in page["items"]:
            path = f"/state/{provider}/{collection}/{record[key]}"
            assert record == ask(http, "GET", path, 200, "record_read")
            assert record == ask(http, "PUT", path, 200, "record_replaced", json=record)
            left_out = {name: value for name, value in record.items() if name != key}
            assert record == ask(http, "PUT", path, 200, "record_replaced", json=left_out)
        assert page == ask(http, "GET", f"/state/{provider}/{collection}?limit=1000", 200)


def test_the_records_of_a_collection_are_paged(mock: httpx.Client) -> None:
    whole = ask(mock, "GET", "/state/elevate/users?limit=1000", 200)
    page = ask(mock, "GET", "/state/elevate/users?offset=3&limit=2", 200)
    assert {"total": whole["total"], "offset": 3, "items": whole["items"][3:5]} == page
    assert [] == ask(mock, "GET", "/state/elevate/users?offset=1000000", 200)["items"]
    ask(mock, "GET", "/state/elevate/users?limit=0", 400, "bad_request")


def test_what_is_not_there_is_named_with_what_is(mock: httpx.Client) -> None:
    for path, name, said in [
        ("/state/tic", "no_such_provider", "there are elevate, ivalt, koneksi, tyk"),
        ("/state/tic/users", "no_such_provider", "tyk"),
        ("/state/tyk/teams", "no_such_collection", "it has organisations, users, passwords"),
        ("/state/tyk/teams/1", "no_such_collection", "it has organisations"),
        ("/state/tyk/organisations/jively", "no_such_record", "tyk organisations have no record 'jively'"),
        ("/state/elevate/users/007", "no_such_record", "'007'"),
        ("/state/elevate/users/3.0", "no_such_record", "'3.0'"),
        ("/state/elevate/users/" + "9" * 400, "no_such_record", "'999"),
        ("/state/koneksi/clients/a%2Fb%20%C3%A9", "no_such_record", "'a/b é'"),
    ]:
        assert said in ask(mock, "GET", path, 404, name)["detail"]


SECRET = [
    ("elevate/passwords", "hash"),
    ("koneksi/passwords", "hash"),
    ("koneksi/clients", "secret"),
    ("tyk/passwords", "hash"),
    ("tyk/users", "access_key"),
    ("ivalt/auth_codes", "client_secret"),
]


@pytest.mark.parametrize(("collection", "member"), SECRET)
def test_a_records_secrets_are_covered_and_stay_what_they_are(collection: str, member: str) -> None:
    """A record that was read can be put back, or under another id with a secret of one's own."""
    with client_of() as http:
        before = state_of(http)
        record = first(http, collection)
        assert MASK == record[member]
        key = "id"
        assert record == ask(http, "GET", f"/state/{collection}/{record[key]}", 200)
        assert record == ask(http, "PUT", f"/state/{collection}/{record[key]}", 200, "record_replaced", json=record)
        patch = {member: MASK}
        assert record == ask(http, "PATCH", f"/state/{collection}/{record[key]}", 200, "record_patched", json=patch)
        assert before == state_of(http)


@pytest.mark.parametrize(("collection", "member"), SECRET)
def test_a_test_that_needs_a_records_secrets_asks_for_them(collection: str, member: str) -> None:
    with client_of() as http:
        kept = state_of(http)
        (record,) = ask(http, "GET", f"/state/{collection}?limit=1&secrets=true", 200)["items"]
        assert MASK != record[member]
        path = f"/state/{collection}/{record['id']}?secrets=true"
        assert record == ask(http, "GET", path, 200)
        assert record == ask(http, "PUT", path, 200, "record_replaced", json=record)
        assert record == ask(http, "PATCH", path, 200, "record_patched", json={member: MASK})
        assert kept == state_of(http)
        assert MASK == first(http, collection)[member]


def state_of(http: httpx.Client) -> dict[str, Any]:
    """Return every record as it is kept."""
    states = http._transport.app.sandboxes.get("default").states()  # type: ignore[attr-defined]
    return {name: state.as_data() for name, state in states.items()}


def test_a_mask_where_there_is_no_secret_is_refused(mock: httpx.Client) -> None:
    refused = ask(mock, "PUT", "/state/koneksi/clients/new", 422, "record_unusable", json={"secret": MASK})
    assert "••• at /secret stands for a secret that is there, and there is none" in refused["detail"]
    assert 404 == mock.get("/__admin/state/koneksi/clients/new").status_code


@pytest.mark.parametrize(("collection", "member"), SECRET)
def test_with_show_secrets_records_are_shown_as_they_are(collection: str, member: str) -> None:
    with client_of(show_secrets=True) as http:
        assert MASK != first(http, collection)[member]


# ---- through the vendors' own APIs


def test_tyk_knows_what_was_put_patched_and_deleted(mock: httpx.Client) -> None:
    record = first(mock, "tyk/organisations")
    new = "5f7f958a72a3b40001cb18dd"
    created = ask(mock, "PUT", f"/state/tyk/organisations/{new}", 201, "record_created", json={**record, "id": new})
    path = f"/admin/organisations/{new}"
    assert created == mock.get(path, headers=TYK).json()
    assert (
        "Arranged"
        == ask(
            mock, "PATCH", f"/state/tyk/organisations/{new}", 200, "record_patched", json={"owner_name": "Arranged"}
        )["owner_name"]
    )
    assert "Arranged" == mock.get(path, headers=TYK).json()["owner_name"]
    assert "Arranged" == tyk_names(mock)[-1]
    ask(mock, "DELETE", f"/state/tyk/organisations/{new}", 204, "record_dropped")
    assert 404 == mock.get(path, headers=TYK).status_code
    ask(mock, "DELETE", f"/state/tyk/organisations/{new}", 404, "no_such_record")


def test_ivalt_knows_what_was_put_patched_and_deleted(mock: httpx.Client) -> None:
    def names() -> list[str]:
        answer = mock.get("/admin/public/api/organization/272/users", headers=IVALT)
        return [user["name"] for user in answer.json()["data"]]

    record = ask(mock, "GET", "/state/ivalt/users/32", 200)
    before = names()
    ask(mock, "PUT", "/state/ivalt/users/5000", 201, json={**record, "id": 5000, "name": "Put", "email": "p@x.org"})
    assert [*before, "Put"] == names()
    ask(mock, "PATCH", "/state/ivalt/users/5000", 200, json={"name": "Patched"})
    assert [*before, "Patched"] == names()
    ask(mock, "DELETE", "/state/ivalt/users/5000", 204)
    assert before == names()


def test_elevate_lets_a_user_in_who_was_put_there_with_the_hash_of_a_password(mock: httpx.Client) -> None:
    (known,) = [one for one in _users(mock) if one["email"] == "org.admin@shikshalokam.org"]
    user = {**known, "email": "new@shikshalokam.org", "name": "New"}
    del user["id"]
    assert 900 == ask(mock, "PUT", "/state/elevate/users/900", 201, "record_created", json=user)["id"]
    assert 400 == login(mock, "new@shikshalokam.org", "OrgAdmin@2024").status_code  # a user without a password
    ask(mock, "PUT", "/state/elevate/passwords/900", 201, json={"hash": hash_password("OrgAdmin@2024", "salt")})
    assert "New" == login(mock, "new@shikshalokam.org", "OrgAdmin@2024").json()["result"]["user"]["name"]
    ask(mock, "PATCH", "/state/elevate/users/900", 200, json={"status": "INACTIVE"})
    assert "email_not_registered" == login(mock, "new@shikshalokam.org", "OrgAdmin@2024").headers["understudy-answer"]
    ask(mock, "DELETE", "/state/elevate/users/900", 204)


def test_elevate_takes_what_is_no_hash_for_the_hash_of_nothing(mock: httpx.Client) -> None:
    (known,) = [one for one in _users(mock) if one["email"] == "org.admin@shikshalokam.org"]
    for hash in ("", "x", "scrypt:$a$b", "pbkdf2:sha256:-1$a$b", "none$a$b", "scrypt:9999999999:8:1$a$b"):
        ask(mock, "PATCH", f"/state/elevate/passwords/{known['id']}", 200, json={"hash": hash})
        answer = login(mock, "org.admin@shikshalokam.org", "OrgAdmin@2024")
        assert "password_invalid" == answer.headers["understudy-answer"], (hash, answer.text)


def test_koneksi_knows_what_was_put_patched_and_deleted_and_counts_it(mock: httpx.Client) -> None:
    beginning = metrics(mock)
    member = {
        **first(mock, "koneksi/members"),
        "id": "0" * 24,
        "email": "put@ardata.tech",
        "bytes_limit": 7,
        "bytes_usage": 5,
    }
    path = f"/state/koneksi/members/{member['id']}"
    ask(mock, "PUT", path, 201, json=member)
    assert member == mock.get(f"{MEMBERS}/{member['id']}/read", headers=KONEKSI).json()["data"]
    counted = metrics(mock)
    assert (beginning["member_count"] + 1, beginning["byte_limit"] + 7) == (
        counted["member_count"],
        counted["byte_limit"],
    )
    holdings = {"directory_count": 1, "file_count": 3, "service_account_count": 0}
    ask(mock, "PUT", f"/state/koneksi/holdings/{member['id']}", 201, json=holdings)
    assert beginning["file_count"] + 3 == metrics(mock)["file_count"]
    ask(mock, "PATCH", path, 200, json={"bytes_limit": 9, "is_locked": True})
    assert beginning["byte_limit"] + 9 == metrics(mock)["byte_limit"]
    ask(mock, "DELETE", path, 204)
    assert beginning == metrics(mock)
    assert 404 == mock.get(f"{MEMBERS}/{member['id']}/read", headers=KONEKSI).status_code


def test_koneksi_metrics_can_be_put_and_never_fall_below_nothing(mock: httpx.Client) -> None:
    sums = first(mock, "koneksi/metrics")
    path = f"/state/koneksi/metrics/{sums['organization_id']}"
    ask(mock, "PATCH", path, 200, json={"member_count": 0, "byte_limit": 0})
    assert 0 == metrics(mock)["member_count"]
    id = create_member(mock, "one@ardata.tech").json()["data"]["id"]
    assert 1 == metrics(mock)["member_count"]
    ask(mock, "PATCH", path, 200, json={"member_count": 0, "byte_limit": 0})
    assert 200 == mock.delete(f"{MEMBERS}/{id}/remove", headers=KONEKSI).status_code
    assert (0, 0) == (metrics(mock)["member_count"], metrics(mock)["byte_limit"])


# ---- what is refused


def test_every_violation_of_the_resources_schema_is_listed_with_its_rule(mock: httpx.Client) -> None:
    before = ask(mock, "GET", ORGANISATION, 200)
    problem = ask(
        mock, "PUT", ORGANISATION, 422, "record_breaks_schema", json={**before, "owner_name": 5, "cname_enabled": "yes"}
    )
    found = {violation["pointer"]: violation for violation in problem["violations"]}
    assert {"/owner_name", "/cname_enabled"} == found.keys()
    assert "#/components/schemas/Organisation/properties/owner_name/type" == found["/owner_name"]["rule"]
    file, _, line = found["/owner_name"]["source"].partition(":")
    assert "openapi/tyk.yaml" == file
    assert 1 < int(line)
    assert before == ask(mock, "GET", ORGANISATION, 200)
    required = ask(mock, "PATCH", ORGANISATION, 422, "record_breaks_schema", json={"owner_name": None})
    assert ["/owner_name"] == [violation["pointer"] for violation in required["violations"]]


@pytest.mark.parametrize("id", [JIVELY[:-1] + "3", None, 5, ["x"], True])
def test_an_id_other_than_the_paths_is_refused(mock: httpx.Client, id: Any) -> None:
    whole = ask(mock, "GET", ORGANISATION, 200)
    ask(mock, "PUT", ORGANISATION, 422, "id_differs", json={**whole, "id": id})
    ask(mock, "PATCH", ORGANISATION, 422, "id_differs", json={"id": id})
    assert whole == ask(mock, "GET", ORGANISATION, 200)


@pytest.mark.parametrize("id", ["3", 3.0, True, None])
def test_a_numbers_text_is_another_id(mock: httpx.Client, id: Any) -> None:
    user = ask(mock, "GET", "/state/elevate/users/3", 200)
    ask(mock, "PUT", "/state/elevate/users/3", 422, "id_differs", json={**user, "id": id})


@pytest.mark.parametrize("id", ["abc", "1.0", "007", "-0", "+3", "1e3", "9" * 20, "%D9%A3", "3%0A"])
def test_what_is_no_whole_number_is_no_id_of_a_numbered_collection(mock: httpx.Client, id: str) -> None:
    user = first(mock, "elevate/users")
    del user["id"]
    problem = ask(mock, "PUT", f"/state/elevate/users/{id}", 422, json=user)
    assert "whole numbers" in problem["detail"]


def test_a_record_that_breaks_no_rule_but_that_no_index_can_file_is_refused_with_a_sentence() -> None:
    edge, sandbox = toy_edge()
    things = Table.of(
        sandbox.states()["toy"].table("things"), indexes={"second letter": lambda thing: thing["name"][1]}
    )
    sandbox.enter({"toy": sandbox.states()["toy"].with_table("things", things)})
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as http:
        thing = first(http, "toy/things")
        problem = ask(
            http, "PUT", "/state/toy/things/new", 422, "record_unusable", json={**thing, "id": "new", "name": "x"}
        )
        assert "the index 'second letter' of toy things cannot file it (IndexError" in problem["detail"]
        ask(http, "GET", "/state/toy/things/new", 404)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"roles": []}, "'role' of elevate users cannot file it (IndexError"),
        ({"email": 5}, "'email' of elevate users cannot file it (AttributeError"),
        ({"organization_id": {}}, "'organization' of elevate users cannot file it (TypeError"),
    ],
)
def test_an_index_that_cannot_file_a_record_is_named(changes: dict[str, Any], said: str) -> None:
    (part,) = parts_of("elevate")
    users = collections_of(part, world_of(["elevate"]).states["elevate"])["users"]
    user = users.table.page(0, 1)[0]
    assert users.unfiled(user) is None
    assert said in str(users.unfiled({**user, **changes}))


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("DELETE", "/state/elevate/organizations/1", None, "belongs to the organization 1"),
        ("PATCH", "/state/elevate/users/3", {"organization_id": 98765}, "organization 98765, which is not there"),
        ("PATCH", "/state/elevate/users/3", {"roles": [3, 77]}, "has the role 77"),
        ("DELETE", "/state/koneksi/organizations/{organization}", None, "there must be one"),
        ("DELETE", "/state/koneksi/metrics/{organization}", None, "must have its metrics"),
    ],
)
def test_what_no_operation_could_be_played_over_is_refused(
    mock: httpx.Client, method: str, path: str, body: Any, said: str
) -> None:
    path = path.format(organization=first(mock, "koneksi/organizations")["id"])
    before = ask(mock, "GET", path, 200)
    assert said in ask(mock, method, path, 409, "state_unplayable", json=body)["detail"]
    assert before == ask(mock, "GET", path, 200)


def test_a_collection_that_the_api_never_shows_is_held_to_what_the_provider_keeps(mock: httpx.Client) -> None:
    for record, pointers in [
        ({"hahs": "x"}, {"/hash", "/hahs"}),
        ({"hash": 5}, {"/hash"}),
        ({"hash": None, "more": 1}, {"/hash", "/more"}),
    ]:
        problem = ask(mock, "PUT", "/state/tyk/passwords/x", 422, "record_breaks_schema", json=record)
        assert pointers == {violation["pointer"] for violation in problem["violations"]}
    huge = {"directory_count": 2**60, "file_count": True, "service_account_count": 1}
    problem = ask(mock, "PUT", "/state/koneksi/holdings/x", 422, json=huge)
    assert {"/directory_count", "/file_count"} == {violation["pointer"] for violation in problem["violations"]}


@pytest.mark.parametrize("body", ["[]", "null", "5", '"text"', "{", '{"a":1,"a":2}', "[" * 200 + "]" * 200, ""])
def test_a_body_that_is_no_object_is_refused(mock: httpx.Client, body: str) -> None:
    for method in ("PUT", "PATCH"):
        ask(mock, method, ORGANISATION, 400, "bad_request", content=body, headers={"Content-Type": "application/json"})
        ask(mock, method, ORGANISATION, 415, content="{}", headers={"Content-Type": "text/plain"})


def test_a_merge_patch_may_say_what_it_is(mock: httpx.Client) -> None:
    kind = {"Content-Type": "application/merge-patch+json"}
    assert "M" == ask(mock, "PATCH", ORGANISATION, 200, content='{"owner_name":"M"}', headers=kind)["owner_name"]


@pytest.mark.parametrize("part", PARTS, ids=[part.name for part in PARTS])
def test_every_collection_has_a_schema_or_members(part: Any) -> None:
    collections = set(world_of([part.name]).states[part.name].collections())
    assert collections == {*part.provider.resources, *part.provider.members}


def test_ids_with_slashes_and_other_letters_are_found_again(mock: httpx.Client) -> None:
    path = "/state/koneksi/clients/a%2Fb%20%C3%A9%3F"
    record = ask(mock, "PUT", path, 201, json={"secret": "s", "member": "m"})
    assert {"id": "a/b é?", "secret": MASK, "member": "m"} == record == ask(mock, "GET", path, 200)
    ask(mock, "DELETE", path, 204)


def test_state_is_the_addressed_sandboxs_own(mock: httpx.Client) -> None:
    ask(mock, "PATCH", ORGANISATION, 200, json={"owner_name": "Mine"}, headers={"Understudy-Sandbox": "mine"})
    assert "Jively" == ask(mock, "GET", ORGANISATION, 200)["owner_name"]
    ask(mock, "POST", "/reset", 200, headers={"Understudy-Sandbox": "mine"})
    assert "Jively" == ask(mock, "GET", ORGANISATION, 200, headers={"Understudy-Sandbox": "mine"})["owner_name"]


# ---- JSON Merge Patch


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_appendix_a_of_the_rfc_shows(target: Any, patch: Any, result: Any) -> None:
    assert result == merged(target, patch)


@given(st.recursive(st.integers(), lambda inner: st.dictionaries(st.text(max_size=2), inner, max_size=3), max_leaves=9))
def test_a_patch_without_null_over_nothing_is_itself(value: Any) -> None:
    assert value == merged({}, value)


def _users(http: httpx.Client) -> list[dict[str, Any]]:
    users: list[dict[str, Any]] = ask(http, "GET", "/state/elevate/users?limit=1000", 200)["items"]
    return users

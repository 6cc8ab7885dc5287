"""Looking into the journal over HTTP."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.control.asked import ADMIN, JIVELY, LOGIN, ask_some, ids, listed
from tests.support.inprocess import InProcess, client_of, edge_of
from understudy.contract.wording import MASK


def test_an_exchange_is_all_there(mock: httpx.Client) -> None:
    answer = mock.put(JIVELY + "?x=1&x=2&y=", headers={**ADMIN, "X-Trace": "t"}, json={"owner_name": 5})
    after = datetime.now(UTC)
    (entry,) = listed(mock)
    assert str(entry["id"]) == answer.headers["understudy-exchange"]
    assert ("default", "tyk", "update_organisation") == (entry["sandbox"], entry["provider"], entry["operationId"])
    assert ("PUT", JIVELY, {"x": ["1", "2"], "y": [""]}) == (entry["method"], entry["path"], entry["query"])
    assert "t" == entry["headers"]["x-trace"]
    assert {"owner_name": 5} == entry["body"]
    assert (answer.status_code, answer.headers["understudy-answer"]) == (entry["status"], entry["answer"])
    assert answer.json() == entry["response"]["body"]
    assert answer.headers["content-type"] == entry["response"]["headers"]["content-type"]
    assert [("body", "/owner_name")] == [(found["in"], found["pointer"]) for found in entry["violations"]]
    assert "openapi/tyk.yaml" in entry["violations"][0]["source"]
    assert "2026-01-01T00:00:00.000Z" == entry["time"]
    assert abs((after - datetime.fromisoformat(entry["receivedAt"])).total_seconds()) < 60
    assert 0 < entry["duration"] < 60
    assert (False, False, None) == (entry["forced"], entry["unmatched"], entry["fault"])
    assert "diff" not in entry


def test_every_kind_of_exchange_is_kept_newest_first(mock: httpx.Client) -> None:
    ask_some(mock)
    entries = listed(mock)
    assert [6, 5, 4, 3, 2, 1] == [entry["id"] for entry in entries]
    assert [404, 405, 404, 200, 403, 200] == [entry["status"] for entry in entries]
    assert [True, False, False, False, False, False] == [entry["forced"] for entry in entries]
    assert [False, True, True, False, False, False] == [entry["unmatched"] for entry in entries]


def test_our_own_refusals_are_kept_too(mock: httpx.Client) -> None:
    mock.get(JIVELY, headers={**ADMIN, "Prefer": "code=418"})
    (entry,) = listed(mock)
    assert (400, None, False) == (entry["status"], entry["answer"], entry["unmatched"])


def test_what_is_asked_of_the_control_api_is_not_kept(mock: httpx.Client) -> None:
    mock.get("/__admin/health")
    assert [] == listed(mock)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?provider=tyk", [6, 5, 3, 2, 1]),
        ("?provider=ivalt", []),
        ("?operationId=read_organisation", [6, 1]),
        ("?status=404", [6, 4]),
        ("?status=4xx", [6, 5, 4, 2]),
        ("?status=5xx", []),
        ("?unmatched=true", [5, 4]),
        ("?unmatched=false", [6, 3, 2, 1]),
        ("?violations=true", [2]),
        ("?violations=false", [6, 5, 4, 3, 1]),
        ("?since=4", [6, 5]),
        ("?since=6", []),
        ("?since=0", [6, 5, 4, 3, 2, 1]),
        ("?limit=2", [6, 5]),
        ("?limit=2&offset=2", [4, 3]),
        ("?offset=100", []),
        ("?provider=tyk&status=2xx&since=1", [3]),
    ],
)
def test_filters_combine(mock: httpx.Client, query: str, found: list[int]) -> None:
    ask_some(mock)
    assert found == ids(mock, query)


def test_a_record_has_the_exchanges_that_changed_it(mock: httpx.Client) -> None:
    record = JIVELY.rpartition("/")[2]
    ask_some(mock)
    for name in ("One", "One", "Two"):
        mock.put(JIVELY, headers=ADMIN, json={"owner_name": name, "cname": "a.example", "cname_enabled": True})
    assert [9, 7] == ids(mock, f"?changed=tyk/organisations/{record}")
    assert [9] == ids(mock, f"?changed=tyk/organisations/{record}&since=7")
    made = mock.get("/__admin/requests/3").json()["diff"]
    user = next(change["id"] for change in made if change["collection"] == "users")
    assert [3] == ids(mock, f"?changed=tyk/users/{user}")
    assert [] == ids(mock, f"?changed=tyk/users/{record}")
    assert [] == ids(mock, "?changed=ivalt/users/not-a-number/at-all")
    mock.delete(JIVELY, headers=ADMIN)
    assert [10, 9, 7] == ids(mock, f"?changed=tyk/organisations/{record}")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("tyk/organizations/1", "there is no collection tyk/organizations; tyk has organisations, users, passwords"),
        ("acme/users/1", "there is no collection acme/users; there are elevate, ivalt, koneksi, tyk"),
    ],
)
def test_a_history_of_what_there_is_not_is_refused(mock: httpx.Client, changed: str, said: str) -> None:
    answer = mock.get("/__admin/requests", params={"changed": changed})
    assert (422, "unusable_criteria") == (answer.status_code, answer.headers["understudy-answer"])
    assert said in answer.json()["detail"]


def test_a_page_says_how_many_there_are(mock: httpx.Client) -> None:
    ask_some(mock)
    page = mock.get("/__admin/requests?status=4xx&limit=1&offset=1").json()
    assert (4, 1, 0, 1) == (page["total"], page["offset"], page["lost"], len(page["items"]))


@pytest.mark.parametrize(
    "query",
    [
        "?status=6xx",
        "?status=200.0",
        "?unmatched=maybe",
        "?since=-1",
        "?since=x",
        "?changed=tyk/users",
        "?limit=0",
        "?limit=1001",
        "?offset=-1",
    ],
)
def test_a_filter_that_is_none_is_refused(mock: httpx.Client, query: str) -> None:
    answer = mock.get("/__admin/requests" + query)
    assert 400 == answer.status_code
    assert query[1:].split("=", maxsplit=1)[0] == answer.json()["violations"][0]["pointer"]


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("?provider=tyc", "did you mean 'tyk'?"),
        ("?provider=zzz", "there are elevate, ivalt, koneksi, tyk"),
        ("?operationId=read_organisatoin", "did you mean 'read_organisation'?"),
        ("?provider=ivalt&operationId=login", "no operation of ivalt is called 'login'"),
    ],
)
def test_a_misspelt_filter_is_refused_instead_of_finding_nothing(mock: httpx.Client, query: str, hint: str) -> None:
    for path in ("/__admin/requests", "/__admin/requests.har"):
        answer = mock.get(path + query)
        assert 422 == answer.status_code
        assert hint in answer.json()["detail"]


def test_one_exchange_shows_what_it_changed(mock: httpx.Client) -> None:
    mock.put(JIVELY, headers=ADMIN, json={"owner_name": "New", "cname": "jive.ly", "cname_enabled": True})
    answer = mock.get("/__admin/requests/1")
    assert 200 == answer.status_code
    (change,) = answer.json()["diff"]
    assert ("tyk", "organisations", "54b53d3aeba6db5c35000002") == (
        change["provider"],
        change["collection"],
        change["id"],
    )
    assert {"op": "replace", "path": "/owner_name", "value": "New"} in change["patch"]


@pytest.mark.parametrize(("id", "kinds"), [(1, []), (2, []), (3, ["created"]), (4, []), (5, []), (6, [])])
def test_an_exchange_that_changed_nothing_has_no_diff(mock: httpx.Client, id: int, kinds: list[str]) -> None:
    ask_some(mock)
    assert kinds == [change["kind"] for change in mock.get(f"/__admin/requests/{id}").json()["diff"]]


def test_a_diff_is_that_of_its_own_exchange(mock: httpx.Client) -> None:
    for name in ("One", "Two"):
        mock.put(JIVELY, headers=ADMIN, json={"owner_name": name, "cname": "jive.ly", "cname_enabled": True})
    mock.delete(JIVELY, headers=ADMIN)
    (second,) = mock.get("/__admin/requests/2").json()["diff"]
    assert [{"op": "replace", "path": "/owner_name", "value": "Two"}] == second["patch"]
    (third,) = mock.get("/__admin/requests/3").json()["diff"]
    assert ("removed", [{"op": "remove", "path": ""}]) == (third["kind"], third["patch"])


@pytest.mark.parametrize(
    ("id", "status"),
    [("7", 404), ("9223372036854775807", 404), ("0", 400), ("x", 400), ("-1", 400), ("1.0", 400), ("ü", 400)],
)
def test_an_exchange_that_is_not_there(mock: httpx.Client, id: str, status: int) -> None:
    ask_some(mock)
    answer = mock.get(f"/__admin/requests/{id}")
    assert status == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
    if status == 404:
        assert "it holds 6, from 1 to 6" in answer.json()["detail"]


def test_one_that_fell_out_says_so() -> None:
    with client_of("tyk", journal=2) as mock:
        ask_some(mock)
        answer = mock.get("/__admin/requests/1")
        assert "it holds 2, from 5 to 6, which has lost 4 that came before" in answer.json()["detail"]
        assert 4 == mock.get("/__admin/requests").json()["lost"]
        assert {"count": 2, "lost": 4} == mock.post("/__admin/requests/count", json={}).json()


def test_clearing_forgets_the_exchanges_and_nothing_else(mock: httpx.Client) -> None:
    ask_some(mock)
    assert 204 == mock.delete("/__admin/requests").status_code
    assert [] == listed(mock)
    assert "empty" in mock.get("/__admin/requests/1").json()["detail"]
    mock.get(JIVELY, headers=ADMIN)
    assert [7] == ids(mock)


def test_each_sandbox_has_its_own(mock: httpx.Client) -> None:
    mock.get("/~one/hello")
    mock.get("/hello", headers={"Understudy-Sandbox": "two"})
    mock.get("/hello", headers={"Understudy-Sandbox": "two"})
    assert [] == ids(mock)
    (entry,) = mock.get("/~one/__admin/requests").json()["items"]
    assert ("one", "/hello") == (entry["sandbox"], entry["path"])
    assert 2 == mock.get("/__admin/requests", headers={"Understudy-Sandbox": "two"}).json()["total"]
    mock.delete("/~one/__admin/requests")
    assert 0 == mock.get("/~one/__admin/requests").json()["total"]
    assert 2 == mock.get("/~two/__admin/requests").json()["total"]


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"limit": 2}, [6, 5]),
        ({"body": {"contains": {"email_address": "ann@example.org"}}}, [3]),
        ({"body": {"jsonPath": "$.owner_name"}}, [2]),
        ({"body": {"matches": "example[.]org"}}, [3]),
        ({"body": {"absent": True}}, [6, 5, 4, 1]),
        ({"body": {"equals": {"owner_name": 5}}}, [2]),
        ({"path": {"matches": "^/admin/"}, "method": "get"}, [6, 1]),
        ({"query": {"a": {"contains": "2"}}}, [4]),
        ({"headers": {"prefer": {"absent": False}}}, [6]),
        ({"headers": {"admin-auth": "12345"}, "status": "2xx"}, [3, 1]),
        ({"answer": "organisation_not_found"}, [6]),
        ({"answer": "method_not_allowed"}, [5]),
        ({"operationId": "read_organisation", "status": 200}, [1]),
    ],
)
def test_exchanges_are_found_and_counted_by_criteria(
    mock: httpx.Client, criteria: dict[str, Any], found: list[int]
) -> None:
    ask_some(mock)
    answer = mock.post("/__admin/requests/find", json=criteria)
    assert 200 == answer.status_code, answer.text
    assert found == [entry["id"] for entry in answer.json()["items"]]
    if "limit" not in criteria:
        assert {"count": len(found), "lost": 0} == mock.post("/__admin/requests/count", json=criteria).json()


@pytest.mark.parametrize(
    ("criteria", "status"),
    [
        ({"path": {"matches": "("}}, 422),
        ({"path": {"jsonPath": "$["}}, 422),
        ({"body": {"jsonPath": "$..a..b"}}, 422),
        ({"operationId": "nobody_plays_this"}, 422),
        ({"operationId": "read_organisation", "method": "POST"}, 422),
        ({"answer": "nobody_gives_this"}, 422),
        ({"answer": "organisation_created", "provider": "ivalt"}, 422),
        ({"body": {}}, 400),
        ({"body": {"like": 1}}, 400),
        ({"body": "text"}, 400),
        ({"path": 5}, 400),
        ({"path": {"mathes": "x"}}, 400),
        ({"query": {"a": ["x"]}}, 400),
        ({"status": "40x"}, 400),
        ({"status": 99}, 400),
        ({"operation": "read_organisation"}, 400),
        ([], 400),
        ("x", 400),
        (None, 400),
    ],
)
def test_criteria_that_cannot_be_used_are_refused(mock: httpx.Client, criteria: Any, status: int) -> None:
    for path in ("/__admin/requests/find", "/__admin/requests/count", "/__admin/verify"):
        answer = mock.post(path, content=httpx.Request("POST", "http://x", json=criteria).content)
        assert status == answer.status_code, answer.text
        assert "application/problem+json" == answer.headers["content-type"]


def test_credentials_and_secrets_are_covered_in_requests_and_answers(mock: httpx.Client) -> None:
    login = mock.post("/user/v1/account/login", json=LOGIN).json()["result"]
    token = login["access_token"]
    mock.get("/user/v1/organization/read?organisation_id=1", headers={"X-auth-token": f"bearer {token}"})
    created = mock.post(
        "/admin/users", headers=ADMIN, json={"email_address": "x@y.z", "password": "long-secret"}
    ).json()
    key = created["Message"]
    mock.get("/api/users", headers={"authorization": key, "Cookie": "session=long-secret", "X-Note": key})
    mock.post(
        "/user/v1/account/login",
        content='{"email": "x", "password": "long-secret"',
        headers={"Content-Type": "application/json"},
    )
    shown = mock.get("/__admin/requests").text
    shown += "".join(mock.get(f"/__admin/requests/{id}").text for id in range(1, 6))
    shown += mock.get("/__admin/requests.har").text
    for secret in (LOGIN["password"], token, login["refresh_token"], key, "long-secret", "12345"):
        assert secret not in shown, secret
    logged_in = mock.get("/__admin/requests/1").json()
    assert {"email": LOGIN["email"], "password": MASK} == logged_in["body"]
    assert MASK == logged_in["response"]["body"]["result"]["access_token"]
    made = mock.get("/__admin/requests/3").json()
    assert MASK == made["headers"]["admin-auth"]
    assert (MASK, "x@y.z") == (
        made["response"]["body"]["Message"],
        made["response"]["body"]["Meta"]["email_address"],
    )
    assert MASK == made["diff"][0]["patch"][0]["value"]["access_key"]


def test_a_body_that_is_no_json_is_shown_as_text(mock: httpx.Client) -> None:
    for body in (b'{"owner_name": ', b"[" * 3000, b"\xff\xfe", b'{"a": 1, "a": 2}', b'{"a": 1e999}'):
        mock.put(JIVELY, headers=ADMIN, content=body)
        entry = listed(mock)[0]
        assert body.decode("utf-8", "replace") == entry["body"]
        assert 400 <= entry["status"]


def test_a_body_over_the_limit_is_not_kept(mock: httpx.Client) -> None:
    mock.put(JIVELY, headers=ADMIN, content=b"x" * 1_100_000)
    (entry,) = listed(mock)
    assert (413, None) == (entry["status"], entry["body"])
    assert "larger than the limit" in entry["violations"][0]["message"]


def test_the_journal_of_a_sandbox_keeps_at_most_16_megabytes(mock: httpx.Client) -> None:
    for _ in range(20):
        mock.put(JIVELY, headers=ADMIN, content=b"x" * 1_000_000)
    page = mock.get("/__admin/requests?limit=1").json()
    assert 16 == page["total"]
    assert 4 == page["lost"]


def test_a_head_request_and_odd_paths_are_shown_as_they_came(mock: httpx.Client) -> None:
    mock.head("/hello")
    mock.get("/n%C3%B6where/%2F%00%ff")
    odd, head = listed(mock)
    assert ("HEAD", "/hello", 200) == (head["method"], head["path"], head["status"])
    assert odd["path"].startswith("/nöwhere/")


def test_with_the_journal_off_the_list_says_so() -> None:
    with client_of("tyk", journal=0) as mock:
        ask_some(mock)
        for page in (
            mock.get("/__admin/requests").json(),
            mock.post("/__admin/requests/find", json={}).json(),
        ):
            assert (0, []) == (page["total"], page["items"])
            assert "--journal" in page["note"]
        assert "--journal" in mock.get("/__admin/requests/1").json()["detail"]
        counted = mock.post("/__admin/requests/count", json={})
        assert 409 == counted.status_code
        assert "--journal" in counted.json()["detail"]


@pytest.mark.usefixtures("embedded")
def test_nothing_is_decoded_until_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked(*_: object) -> None:
        raise AssertionError("decoded too early")

    edge, sandbox = edge_of("tyk")
    for name in ("entry_of", "entry_with_diff"):
        monkeypatch.setattr(f"understudy.control.journal.{name}", looked)
    monkeypatch.setattr("understudy.matching.read_json", looked)
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as mock:
        mock.post("/admin/users", headers=ADMIN, json={"email_address": "x@y.z"})
    (kept,) = sandbox.journal
    assert isinstance(kept.body, bytes)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/admin/organisations/54b53d3aeba6db5c35000002"),
        ("GET", "/admin/organisations"),
        ("GET", "/nowhere"),
        ("OPTIONS", "/admin/organisations"),
    ],
)
def test_a_body_is_journalled_also_where_none_is_asked_for(mock: httpx.Client, method: str, path: str) -> None:
    sent = {"reason": "spring cleaning"}
    mock.request(method, path, headers=ADMIN, json=sent)
    assert sent == listed(mock)[0]["body"]
    assert 1 == mock.post("/__admin/requests/count", json={"body": {"equals": sent}}).json()["count"]


def test_a_body_that_nobody_asked_for_has_a_limit_too(mock: httpx.Client) -> None:
    answer = mock.request("DELETE", "/admin/organisations/nobody", headers=ADMIN, content=b"x" * (2**20 + 1))
    assert 404 == answer.status_code
    assert listed(mock)[0]["body"] is None
    assert -1 == mock.get("/__admin/requests.har").json()["log"]["entries"][0]["request"]["bodySize"]


def test_only_the_control_api_is_left_out_of_the_journal(mock: httpx.Client) -> None:
    for path in ("/__admin", "/__admin/nowhere", "/__admin/clock/"):
        mock.get(path)
    assert [] == listed(mock)
    assert "1" == mock.get("/__administrator").headers["understudy-exchange"]
    assert ["/__administrator"] == [entry["path"] for entry in listed(mock)]


@pytest.mark.parametrize(
    "sent",
    [
        {"params": {"password": "hunter2hunter2"}},
        {"params": {"admin-auth": "hunter2hunter2"}},
        {"json": {"email_address": 5, "Password": "hunter2hunter2"}},
        {"files": {"password": (None, "hunter2hunter2")}},
        {"content": "<user><password>hunter2hunter2</password></user>"},
    ],
)
def test_a_secret_in_the_wrong_place_is_covered_all_the_same(mock: httpx.Client, sent: dict[str, Any]) -> None:
    refused = mock.post("/admin/users", headers=ADMIN, **sent)
    assert "hunter2" not in refused.headers.get("understudy-violations", "")
    for path in ("requests", "requests/1", "requests.har"):
        told = mock.get(f"/__admin/{path}").text
        assert "create_user" in told
        assert "hunter2" not in told
    wish = {"query": dict.fromkeys(("password", "admin-auth"), "x"), "body": {"equals": {"Password": "x"}}}
    assert "hunter2" not in mock.post("/__admin/verify", json=wish).text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("requests?operationID=read_hello", "did you mean 'operationId'?"),
        ("requests.har?limit=1", "it has provider, operationId, status"),
        ("sandboxes?page=2", "it has offset, limit"),
        ("coverage?provder=tyk", "did you mean 'provider'?"),
        ("state/tyk/users?ofset=1", "did you mean 'offset'?"),
    ],
)
def test_a_filter_that_there_is_not_is_refused(mock: httpx.Client, path: str, said: str) -> None:
    refused = mock.get(f"/__admin/{path}")
    assert (400, "bad_request") == (refused.status_code, refused.headers["understudy-answer"])
    (violation,) = refused.json()["violations"]
    assert ("query", "#/x-strict-query") == (violation["in"], violation["rule"])
    assert said in refused.json()["detail"]


def test_an_answer_can_be_asked_for_beside_the_filters(mock: httpx.Client) -> None:
    assert "bad_request" == mock.get("/__admin/requests?__example=bad_request").headers["understudy-answer"]
    assert 200 == mock.get("/__admin/health?anything=1").status_code

"""Faults over the control API: set, listed, looked at, taken away; refused where they make no sense."""

from typing import Any

import httpx
import pytest

from tests.support.callers import ORGANISATION, TYK
from understudy.bounds import DEFAULTS

FAULTS = "/__admin/faults"
NOT_FOUND = {"answer": {"example": "organisation_not_found"}}


def test_a_fault_is_its_rule_with_an_id_and_a_count(mock: httpx.Client) -> None:
    rule = {"match": {"provider": "tyk", "operationId": "read_organisation"}, "times": 2, **NOT_FOUND}
    made = mock.post(FAULTS, json=rule)
    assert (201, {"id": "f1", **rule, "struck": 0}) == (made.status_code, made.json())
    mock.get(ORGANISATION, headers=TYK)
    assert {"id": "f1", **rule, "struck": 1} == mock.get(f"{FAULTS}/f1").json()


def test_faults_are_listed_in_the_order_in_which_they_are_tried(mock: httpx.Client) -> None:
    assert {"items": []} == mock.get(FAULTS).json()
    for milliseconds in (1, 2, 3):
        mock.post(FAULTS, json={"delay": {"fixed": milliseconds}})
    assert 204 == mock.delete(f"{FAULTS}/f2").status_code
    assert [("f1", 1), ("f3", 3)] == [(f["id"], f["delay"]["fixed"]) for f in mock.get(FAULTS).json()["items"]]
    assert 2 == mock.get("/__admin/sandboxes/default").json()["faults"]
    assert 204 == mock.delete(FAULTS).status_code
    assert {"items": []} == mock.get(FAULTS).json()
    assert "f4" == mock.post(FAULTS, json={"delay": {"fixed": 1}}).json()["id"]


def test_a_fault_that_is_taken_away_strikes_no_more(mock: httpx.Client) -> None:
    mock.post(FAULTS, json=NOT_FOUND)
    assert 404 == mock.get(ORGANISATION, headers=TYK).status_code
    mock.delete(f"{FAULTS}/f1")
    assert 200 == mock.get(ORGANISATION, headers=TYK).status_code


@pytest.mark.parametrize("id", ["f2", "1", "F1", "%2F", "é", "f1%20"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_id_that_no_fault_has_is_not_found(mock: httpx.Client, method: str, id: str) -> None:
    mock.post(FAULTS, json={"delay": {"fixed": 0}})
    missing = mock.request(method, f"{FAULTS}/{id}")
    assert (404, "no_such_fault") == (missing.status_code, missing.headers["understudy-answer"])
    assert "it has f1" in missing.json()["detail"]


def test_faults_are_the_sandboxs_own_and_go_when_it_is_reset(mock: httpx.Client) -> None:
    mock.post(f"/~other{FAULTS}", json=NOT_FOUND)
    assert 200 == mock.get(ORGANISATION, headers=TYK).status_code
    assert 404 == mock.get("/~other" + ORGANISATION, headers=TYK).status_code
    assert 0 == mock.post("/~other/__admin/reset").json()["faults"]
    assert 200 == mock.get("/~other" + ORGANISATION, headers=TYK).status_code
    assert "f1" == mock.post(f"/~other{FAULTS}", json=NOT_FOUND).json()["id"]


def test_a_sandbox_has_a_hundred_faults_at_most(mock: httpx.Client) -> None:
    for _ in range(DEFAULTS.faults):
        assert 201 == mock.post(FAULTS, json={"delay": {"fixed": 0}}).status_code
    refused = mock.post(FAULTS, json={"delay": {"fixed": 0}})
    assert (409, "too_many_faults") == (refused.status_code, refused.headers["understudy-answer"])
    assert f"{DEFAULTS.faults} faults" in refused.json()["detail"]
    mock.delete(f"{FAULTS}/f7")
    assert 201 == mock.post(FAULTS, json={"delay": {"fixed": 0}}).status_code


def test_the_control_api_is_never_struck(mock: httpx.Client) -> None:
    mock.post(FAULTS, json={"wire": "EMPTY_RESPONSE"})
    for path in (FAULTS, "/__admin/health", "/__admin/nowhere", "/~default/__admin/clock"):
        assert "understudy-fault" not in mock.get(path).headers
    assert 0 == mock.get(f"{FAULTS}/f1").json()["struck"]


BROKEN: list[tuple[Any, str]] = [
    ([], ""),
    ({"answr": {"example": "organisation_not_found"}}, "did you mean 'answer'?"),
    ({"match": {"operationID": "read_organisation"}, "delay": {"fixed": 1}}, "did you mean 'operationId'?"),
    ({"match": {"status": 200}, "delay": {"fixed": 1}}, "status"),
    ({"match": {"method": "PO ST"}, "delay": {"fixed": 1}}, "pattern"),
    ({"match": {"body": {"contain": 1}}, "delay": {"fixed": 1}}, "did you mean 'contains'?"),
    ({"wire": "CONNECTION_RESET"}, "did you mean 'CONNECTION_RESET_BY_PEER'?"),
    ({"answer": {"exampel": "organisation_not_found"}}, "did you mean 'example'?"),
    ({"answer": {"status": 100}}, "at least 200"),
    ({"answer": {"status": "503"}}, "integer"),
    ({"answer": {"status": 404, "headers": {"Retry-After": 1}}}, "string"),
    ({"delay": {"fixed": 3600001}}, "at most 3600000"),
    ({"delay": {"fixed": -1}}, "at least 0"),
    ({"delay": {"uniform": [1]}}, "at least 2"),
    ({"delay": {"lognormal": {"median": 1}}}, "required"),
    ({"drip": {"seconds": 1}}, "required"),
    ({"drip": {"seconds": 1, "chunks": 0}}, "at least 1"),
    ({"rateLimit": {"limit": 1, "window": 0}}, "window"),
    ({"rateLimit": {"limit": -1, "window": 1}}, "at least 0"),
    ({"loseAnswer": False}, "true"),
    ({"delay": {"fixed": 1}, "times": 0}, "at least 1"),
    ({"delay": {"fixed": 1}, "probability": 1.1}, "at most 1"),
    ({"delay": {"fixed": 1}, "seed": "x"}, "integer"),
]


@pytest.mark.parametrize(("rule", "told"), BROKEN)
def test_a_rule_that_breaks_the_contract_is_refused_with_what_is_wrong(
    mock: httpx.Client, rule: object, told: str
) -> None:
    refused = mock.post(FAULTS, json=rule)
    assert (400, "bad_request") == (refused.status_code, refused.headers["understudy-answer"])
    assert told in refused.json()["detail"]
    assert refused.json()["violations"]
    assert {"items": []} == mock.get(FAULTS).json()


USELESS: list[tuple[dict[str, Any], str]] = [
    ({}, "answer, wire, drip, rateLimit, loseAnswer, or delay"),
    ({"times": 3, "match": {"provider": "tyk"}}, "a fault has an effect"),
    ({"wire": "EMPTY_RESPONSE", **NOT_FOUND}, "answer and wire"),
    ({"loseAnswer": True, "drip": {"seconds": 1, "chunks": 2}, "delay": {"fixed": 1}}, "drip and loseAnswer"),
    ({"delay": {}}, "one of fixed, uniform and lognormal"),
    ({"delay": {"fixed": 1, "uniform": [1, 2]}}, "one of fixed, uniform and lognormal"),
    ({"answer": {}}, "either its name (example) or its status"),
    ({"answer": {"example": "organisation_not_found", "status": 404}}, "either its name"),
    ({"answer": {"example": "organisation_not_found", "undeclared": True}}, "undeclared goes with a status"),
    ({"answer": {"status": 404, "body": {}}}, "the contract makes the body"),
    ({"answer": {"status": 204, "undeclared": True, "body": {}}}, "204 has no body"),
    ({"answer": {"status": 404, "headers": {"Content-Length": "5"}}}, "'Content-Length'"),
    ({"answer": {"status": 404, "headers": {"Understudy-Fault": "f9"}}}, "'Understudy-Fault'"),
    ({"answer": {"status": 404, "headers": {"a b": "5"}}}, "'a b'"),
    ({"answer": {"status": 404, "headers": {"X-A": "a\r\nX-B: b"}}}, "line break"),
    ({"answer": {"status": 404, "headers": {"X-A": "🦆"}}}, "Latin-1"),
    ({"rateLimit": {"limit": 1, "window": "P1M"}}, "months or years"),
    ({"rateLimit": {"limit": 1, "window": "a minute"}}, "no ISO 8601 duration"),
    ({"rateLimit": {"limit": 1, "window": "PT0S"}}, "longer than nothing"),
    ({"rateLimit": {"limit": 1, "window": "-PT1S"}}, "longer than nothing"),
    ({"rateLimit": {"limit": 1, "window": "P400D"}}, "366 days"),
    ({"match": {"path": {"matches": "("}}, "delay": {"fixed": 1}}, "match: path"),
    ({"match": {"body": {"jsonPath": "$["}}, "delay": {"fixed": 1}}, "no JSONPath"),
    ({"match": {"operationId": "read_organisation", "method": "post"}, "delay": {"fixed": 1}}, "never asked with POST"),
    ({"match": {"provider": "tik"}, "delay": {"fixed": 1}}, "did you mean 'tyk'?"),
    ({"match": {"operationId": "read_organistion"}, "delay": {"fixed": 1}}, "did you mean 'read_organisation'?"),
    ({"match": {"provider": "acme"}, "delay": {"fixed": 1}}, "there are elevate, ivalt, koneksi, tyk"),
    ({"match": {"provider": "koneksi", "operationId": "list_users"}, "delay": {"fixed": 1}}, "of koneksi"),
]


@pytest.mark.parametrize(("rule", "told"), USELESS)
def test_a_rule_that_makes_no_sense_is_refused_in_a_sentence(
    mock: httpx.Client, rule: dict[str, Any], told: str
) -> None:
    refused = mock.post(FAULTS, json=rule)
    assert (422, "unusable_fault") == (refused.status_code, refused.headers["understudy-answer"]), refused.text
    assert told in refused.json()["detail"]
    assert {"items": []} == mock.get(FAULTS).json()


READ = {"provider": "tyk", "operationId": "read_organisation"}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"match": READ, "answer": {"status": 503}}, "it has organisation_read (200), "),
        ({"match": READ, "answer": {"status": 503}}, "say undeclared: true"),
        ({"match": READ, "answer": {"example": "user_not_found"}}, "called 'user_not_found'; it has organisation_read"),
        ({"match": {"provider": "tyk"}, "answer": {"example": "organisation_not_fond"}}, "'organisation_not_found'?"),
        ({"match": {"provider": "tyk"}, "answer": {"status": 503}}, "none of the 22 operations"),
        ({"match": {"provider": "tyk", "method": "DELETE"}, "answer": {"status": 403}}, "none of the 3 operations"),
        ({"match": {"provider": "tyk", "method": "BREW"}, "answer": {"status": 403}}, "no operation can match"),
    ],
)
def test_an_answer_that_nobody_declares_is_refused_with_those_that_are(
    mock: httpx.Client, rule: dict[str, Any], told: str
) -> None:
    refused = mock.post(FAULTS, json=rule)
    assert (422, "undeclared_answer") == (refused.status_code, refused.headers["understudy-answer"])
    assert told in refused.json()["detail"]

"""What a contract has against a request that nobody has sent."""

import json
from typing import Any

import httpx
import pytest

from tests.support.inprocess import parts_of

DRAFT = {"provider": "ivalt", "operationId": "create_user", "path": {"orgId": "123"}}
BODY = {"email": "a@b.example", "country_code": "+1", "mobile": "2345678901", "first_name": "A", "last_name": "B"}


def checked(mock: httpx.Client, **draft: Any) -> Any:
    answer = mock.post("/__admin/check", json=DRAFT | draft)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def test_a_request_that_may_be_sent_has_no_violations(mock: httpx.Client) -> None:
    assert {"violations": []} == checked(mock, body=BODY)


def test_violations_are_those_that_the_engine_finds_and_so_is_the_answer(mock: httpx.Client) -> None:
    body = BODY | {"email": "nobody", "mobile": 1}
    said = checked(mock, body=body)
    sent = mock.post("/admin/public/api/organization/123/create/user", json=body, headers={"x-api-key": "YOUR_API_KEY"})
    assert sent.headers["understudy-answer"] == said["answer"]["name"]
    assert sent.status_code == said["answer"]["status"]
    assert json.loads(sent.headers["understudy-violations"])["violations"] == said["violations"]


def test_a_text_is_taken_as_it_would_be_sent(mock: httpx.Client) -> None:
    said = checked(mock, body='{"email":')
    assert "body_malformed" == said["answer"]["name"]
    assert "cannot be read" in said["violations"][0]["message"]
    assert "body_missing" == checked(mock, body="")["answer"]["name"]
    assert "media_type_unsupported" == checked(mock, body="{}", headers={"content-type": "text/csv"})["answer"]["name"]


def test_parameters_are_checked_too(mock: httpx.Client) -> None:
    said = checked(mock, provider="elevate", operationId="list_accounts", path={}, query={"page": ["0"], "type": ["x"]})
    assert {("query", "page"), ("query", "type")} == {(one["in"], one["pointer"]) for one in said["violations"]}
    assert {"name": "validation_failed", "status": 422} == said["answer"]


def test_a_placeholder_left_unfilled_is_told_though_it_may_be_sent(mock: httpx.Client) -> None:
    said = checked(mock, provider="tyk", operationId="read_api_user", path={"id": "{id}"})
    assert any("placeholder" in one.get("hint", "") for one in said["violations"])


def test_nothing_is_played_and_no_journal_has_it(mock: httpx.Client) -> None:
    checked(mock, body=BODY)
    assert 0 == mock.get("/__admin/requests").json()["total"]
    assert "understudy-exchange" not in mock.post("/__admin/check", json=DRAFT).headers


@pytest.mark.parametrize(
    ("draft", "answer"),
    [({"provider": "acme"}, "no_such_provider"), ({"operationId": "fly"}, "no_such_operation")],
)
def test_what_there_is_not_is_named_and_what_there_is_too(
    mock: httpx.Client, draft: dict[str, str], answer: str
) -> None:
    said = mock.post("/__admin/check", json=DRAFT | draft)
    assert (404, answer) == (said.status_code, said.headers["understudy-answer"])
    assert "there are" in said.json()["detail"]


@pytest.mark.parametrize(
    "draft",
    [
        {"path": {"orgId": 1}},
        {"query": {"a": "b"}},
        {"headers": {"a": ["b"]}},
        {"provider": ""},
        {"colour": "red"},
    ],
)
def test_a_draft_of_another_shape_is_refused(mock: httpx.Client, draft: dict[str, Any]) -> None:
    said = mock.post("/__admin/check", json=DRAFT | draft)
    assert 400 == said.status_code
    assert said.json()["violations"]


@pytest.mark.parametrize("body", [None, 0, [], {}, "\U0001f3ad", "\u0000", [[[[]]]], 10**400])
def test_odd_bodies_are_checked_by_every_operation(mock: httpx.Client, body: Any) -> None:
    for part in parts_of():
        for id in part.contract.operations:
            said = mock.post("/__admin/check", json={"provider": part.name, "operationId": id, "body": body})
            assert said.status_code in (200, 400), said.text


def test_half_a_letter_is_refused(mock: httpx.Client) -> None:
    text = b'{"provider": "ivalt", "operationId": "create_user", "body": "\\ud83c"}'
    said = mock.post("/__admin/check", content=text, headers={"Content-Type": "application/json"})
    assert said.status_code in (200, 400), said.text

"""Answers on demand, by name and by status, from a header or from the query."""

import httpx
import pytest

from tests.contract.conftest import THING

WAYS = [
    ({"headers": {"Prefer": "example=thing_not_found"}}, "example=thing_not_found"),
    ({"headers": {"Prefer": 'example="thing_not_found"'}}, "example=thing_not_found"),
    ({"headers": {"Prefer": "respond-async, code=404; x=1"}}, "code=404"),
    ({"headers": {"prefer": "CODE=404"}}, "code=404"),
    ({"params": {"__code": "404"}}, "code=404"),
    ({"params": {"__example": "thing_not_found"}}, "example=thing_not_found"),
    ({"params": {"__example": "thing_not_found", "__code": "200"}}, "example=thing_not_found"),
]


@pytest.mark.parametrize(("how", "applied"), WAYS)
def test_a_declared_answer_can_be_forced(toy: httpx.Client, how: dict[str, dict[str, str]], applied: str) -> None:
    forced = toy.get("/toy/things/1", headers=how.get("headers"), params=how.get("params"))
    assert (404, {"error": "no such thing"}) == (forced.status_code, forced.json())
    assert applied == forced.headers["preference-applied"]


def test_forcing_does_not_touch_the_state(toy: httpx.Client) -> None:
    before = toy.get("/toy/things").json()
    assert 201 == toy.post("/toy/things", json=THING, headers={"Prefer": "code=201"}).status_code
    assert 204 == toy.delete("/toy/things/1", headers={"Prefer": "example=thing_deleted"}).status_code
    assert before == toy.get("/toy/things").json()


def test_what_the_request_does_wrong_is_said_all_the_same(toy: httpx.Client) -> None:
    assert 400 == toy.post("/toy/things", json={}, headers={"Prefer": "code=201"}).status_code


@pytest.mark.parametrize("wish", ["code=418", "example=nope", "code=4xx", "code=", "code=²", "code=" + "9" * 5000])
def test_an_undeclared_answer_is_our_400_that_lists_what_is_declared(toy: httpx.Client, wish: str) -> None:
    refused = toy.get("/toy/things/1", headers=[(b"prefer", wish.encode("latin-1"))])
    assert (400, "application/problem+json") == (refused.status_code, refused.headers["content-type"])
    assert {"thing_read": 200, "turned_away": 401, "thing_not_found": 404} == refused.json()["declared"]
    assert "preference-applied" not in refused.headers


def test_other_preferences_are_left_alone(toy: httpx.Client) -> None:
    assert 200 == toy.get("/toy/things/1", headers={"Prefer": "return=minimal"}).status_code

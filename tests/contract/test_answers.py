"""Answers: filled in from the contract, held to it; what breaks it is our fault, and leaves no trace."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.contract.conftest import THING
from tests.support.inprocess import InProcess, edge_of
from tests.support.toy import script, toy_client
from understudy.kernel.exchange import Answer, Refusal

GOOD = {"id": "9", "name": "N", "colour": "red"}


def raises(error: Exception) -> Callable[..., Any]:
    def play(state: Any, call: Any) -> Any:
        raise error

    return play


def answers(answer: Any) -> Callable[..., Any]:
    """Answer, and leave an empty table behind: a change that must not be kept if the answer is bad."""
    return lambda state, call: (answer, replace(state, things=state.things.drop("1").drop("2").drop("3")))


@pytest.mark.parametrize(
    "play",
    [
        answers(Answer("thing_read", {**GOOD, "colour": "mauve"})),
        answers(Answer("thing_read", {"id": "9"})),
        answers(Answer("thing_read", None)),
        answers(Answer("thing_read", {**GOOD, "secret": "shown"})),
        answers(Answer("thing_read", {**GOOD, "made": "yesterday"})),
        answers(Answer("thing_read", {**GOOD, "count": 2**70})),
        answers(Answer("thing_read", {**GOOD, "note": object()})),
        answers(Answer("thing_read", GOOD, {"Location": "/a\r\nset-cookie: b=c"})),
        answers(Answer("thing_read", GOOD, {"Location": "/a\0"})),
        answers(Answer("thing_read", GOOD, {"Location": "/\u20ac"})),
        answers(Answer("thing_read", GOOD, {"Set Cookie": "a"})),
        answers(Answer("thing_read", GOOD, {"X:\r\nY": "a"})),
        answers(Answer("no_such_answer")),
        answers(None),
        answers("thing_read"),
        lambda state, call: None,
        raises(ValueError("boom")),
        raises(RecursionError()),
        raises(Refusal("no_such_answer")),
        raises(Refusal("thing_read", extra=1)),
    ],
)
def test_an_answer_that_breaks_the_contract_is_a_500_of_our_own_and_leaves_the_state_alone(
    toy: httpx.Client, play: Callable[..., Any]
) -> None:
    before = toy.get("/toy/things").json()
    with script(play):
        failed = toy.get("/toy/things/latest")
    assert (500, "application/problem+json") == (failed.status_code, failed.headers["content-type"])
    assert ("read_latest", "toy") == (failed.json()["operation"], failed.json()["provider"])
    assert "Traceback" not in failed.text
    assert before == toy.get("/toy/things").json()


def test_the_problem_says_where_the_answer_breaks_the_contract(toy: httpx.Client) -> None:
    with script(answers(Answer("thing_read", {**GOOD, "colour": "mauve"}))):
        (breach,) = toy.get("/toy/things/latest").json()["breaches"]
    assert ("/colour", "#/components/schemas/Thing/properties/colour/enum") == (breach["pointer"], breach["rule"])


def test_a_good_answer_keeps_its_state(toy: httpx.Client) -> None:
    with script(answers(Answer("thing_read", GOOD))):
        assert GOOD == toy.get("/toy/things/latest").json()
    assert [] == toy.get("/toy/things").json()["things"]


def test_answers_may_go_unchecked_on_demand() -> None:
    with toy_client(validate=False) as toy, script(answers(Answer("thing_read", {"odd": True}))):
        assert {"odd": True} == toy.get("/toy/things/latest").json()


def test_a_required_header_of_an_answer_is_sent(toy: httpx.Client) -> None:
    assert "/toy/things/4" == toy.post("/toy/things", json=THING).headers["location"]


def test_an_answer_without_content_has_none(toy: httpx.Client) -> None:
    gone = toy.delete("/toy/things/1")
    assert (204, b"", "thing_deleted") == (gone.status_code, gone.content, gone.headers["understudy-answer"])
    assert "content-length" not in gone.headers


def test_an_answer_is_translated_where_the_contract_has_the_words(toy: httpx.Client) -> None:
    assert "फ़ाइल" == toy.get("/toy/files/a.json", headers={"Accept-Language": "hi"}).json()["kind"]
    assert "file" == toy.get("/toy/files/a.json", headers={"Accept-Language": "fr"}).json()["kind"]


def test_a_record_that_was_answered_before_is_answered_anew_after_a_change(toy: httpx.Client) -> None:
    assert "First" == toy.get("/toy/things/1").json()["name"]
    assert "First" == toy.get("/toy/things/1").json()["name"]
    changed = {"id": "1", "name": "Changed", "colour": "blue"}

    def change(state: Any, call: Any) -> Any:
        return Answer("thing_read", changed), replace(state, things=state.things.put(changed))

    with script(change):
        toy.get("/toy/things/latest")
    assert "Changed" == toy.get("/toy/things/1").json()["name"]


def test_a_journal_of_answers_that_say_the_same_keeps_one_body() -> None:
    edge, sandbox = edge_of("tyk")
    headers = {"admin-auth": "12345", "content-type": "application/json"}
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=headers) as tyk:
        for _ in range(2):
            tyk.get("/admin/organisations")
        tyk.post("/admin/organisations", json={"owner_name": "Jively"})
        assert "Jively" == tyk.get("/admin/organisations").json()["organisations"][-1]["owner_name"]
    first, second, _, last = [exchange.reply.body for exchange in sandbox.journal if exchange.reply is not None]
    assert first is second
    assert last != first

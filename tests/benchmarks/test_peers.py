"""The peers get the contract, and Understudy's answers in it."""

from typing import Any

import yaml

from benchmarks.contenders import CONTENDERS, FIELDS, MOCKOON, PRISM, TALKATIVE, UNDERSTUDY
from benchmarks.paths import CONTRACTS
from benchmarks.peers.examples import EXAMPLE, answering, with_answers
from benchmarks.work import KONEKSI, TYK


def test_an_answer_is_the_only_example_of_its_status() -> None:
    path = CONTRACTS / "tyk.yaml"
    said = yaml.safe_load(with_answers(path, {"read_organisation": {"status": 200, "body": {"id": "1"}}}))
    before = yaml.safe_load(path.read_text())
    responses = said["paths"]["/admin/organisations/{id}"]["get"]["responses"]
    assert {EXAMPLE: {"value": {"id": "1"}}} == responses["200"]["content"]["application/json"]["examples"]
    responses["200"] = before["paths"]["/admin/organisations/{id}"]["get"]["responses"]["200"]
    assert before == said


def test_mockoon_is_told_to_give_the_answer() -> None:
    made: dict[str, Any] = {
        "routes": [
            {
                "responses": [
                    {"label": "made up", "default": True, "body": "{}"},
                    {"label": EXAMPLE, "default": False, "body": '{\n  "a": 1\n}'},
                ]
            },
            {"responses": [{"label": "another", "default": True, "body": "{}"}]},
        ]
    }
    first, second = answering(made)["routes"]
    assert [False, True] == [response["default"] for response in first["responses"]]
    assert '{"a":1}' == first["responses"][1]["body"]
    assert [True] == [response["default"] for response in second["responses"]]


def test_a_peer_that_looks_at_no_request_is_not_asked_to_refuse_one() -> None:
    assert PRISM.can(TYK.work("refused"))
    assert not MOCKOON.can(TYK.work("refused"))
    assert all(MOCKOON.can(work) for work in TYK.works if not work.refused)


def test_prism_has_the_paths_without_what_stands_before_them() -> None:
    assert "" == PRISM.base(KONEKSI)
    assert "/clients/v1/organization-admin" == MOCKOON.base(KONEKSI)


def test_ours_is_the_first_of_every_field() -> None:
    assert all(UNDERSTUDY.title == field.ours.title for field in FIELDS)
    assert all(UNDERSTUDY.title not in [peer.title for peer in field.peers] for field in FIELDS)


def test_who_is_taken_as_it_comes_has_no_flags_that_make_it_quiet() -> None:
    values = {"port": "1", "contract": "c", "environment": "e"}
    quiet = {word for contender in CONTENDERS for word in contender.started_with(values)}
    for contender in TALKATIVE:
        words = contender.started_with(values)
        assert set(words) < quiet
        assert not {"error", "silent", "--disable-log-to-file"} & set(words)
        assert "1" in words

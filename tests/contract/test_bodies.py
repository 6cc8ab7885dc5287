"""Request bodies: what is read, what is refused, and how it is said."""

from typing import Any

import httpx
import orjson
import pytest

from tests.contract.conftest import THING, pointers, violations
from tests.support.toy import HERE


def test_a_required_readonly_member_is_not_demanded_in_a_request(toy: httpx.Client) -> None:
    created = toy.post("/toy/things", json=THING)
    assert 201 == created.status_code
    assert "4" == created.json()["id"]


def test_a_readonly_member_that_is_sent_is_tolerated(toy: httpx.Client) -> None:
    created = toy.post("/toy/things", json={**THING, "id": "77"})
    assert (201, "4") == (created.status_code, created.json()["id"])


def test_every_violation_is_listed_not_only_the_first(toy: httpx.Client) -> None:
    refused = toy.post("/toy/things", json={"name": "", "colour": "rde", "count": "many", "shape": 1})
    assert 400 == refused.status_code
    assert {"body /secret", "body /name", "body /colour", "body /count", "body /shape"} == set(pointers(refused))


def test_a_violation_says_where_by_which_rule_in_which_line_and_what_was_sent(toy: httpx.Client) -> None:
    (violation,) = violations(toy.post("/toy/things", json={**THING, "count": "many"}))
    assert "/count" == violation["pointer"]
    assert "#/components/schemas/Thing/properties/count/type" == violation["rule"]
    assert violation["source"].startswith("openapi/toy.yaml:")
    assert "many" == violation["sent"]
    assert "must be an integer" == violation["message"]


def test_a_violation_names_the_line_on_which_the_rule_stands(toy: httpx.Client) -> None:
    (violation,) = violations(toy.post("/toy/things", json={**THING, "count": "many"}))
    label, line = violation["source"].split(":")
    assert "count:" in (HERE / label).read_text().splitlines()[int(line) - 1]


def test_a_misspelt_member_gets_a_near_miss(toy: httpx.Client) -> None:
    refused = toy.post("/toy/things", json={"nmae": "A", "colour": "red", "secret": "s"})
    hints = [violation.get("hint", "") for violation in violations(refused)]
    assert ["you sent 'nmae'; did you mean 'name'?", "did you mean 'name'?"] == hints


def test_a_misspelt_enum_value_gets_a_near_miss(toy: httpx.Client) -> None:
    (violation,) = violations(toy.post("/toy/things", json={**THING, "colour": "gren"}))
    assert "did you mean 'green'?" == violation["hint"]


@pytest.mark.parametrize(
    ("member", "good", "bad"),
    [
        ("code", "123e4567-e89b-12d3-a456-426614174000", "123e4567"),
        ("code", "123E4567-E89B-12D3-A456-426614174000", "123e4567e89b12d3a456426614174000"),
        ("born", "2024-02-29", "2023-02-29"),
        ("born", "2024-12-01", "20241201"),
        ("made", "2024-02-29T10:00:00Z", "2024-02-30T10:00:00Z"),
        ("made", "2024-02-29T10:00:00.5+02:00", "yesterday"),
        ("count", 2**31 - 1, 2**31),
        ("note", None, 5),
    ],
)
def test_formats_are_checked(toy: httpx.Client, member: str, good: Any, bad: Any) -> None:
    assert 201 == toy.post("/toy/things", json={**THING, member: good}).status_code
    refused = toy.post("/toy/things", json={**THING, member: bad})
    assert (400, [f"body /{member}"]) == (refused.status_code, pointers(refused))


def test_a_schema_that_refers_to_itself_is_followed_as_deep_as_the_body_goes(toy: httpx.Client) -> None:
    deep = {**THING, "parts": [{**THING, "parts": [{**THING, "colour": "?"}]}]}
    assert ["body /parts/0/parts/0/colour"] == pointers(toy.post("/toy/things", json=deep))


def test_a_json_document_inside_a_string_is_held_to_its_schema(toy: httpx.Client) -> None:
    assert 201 == toy.post("/toy/things", json={**THING, "extra": '[{"n": 1}]'}).status_code
    refused = toy.post("/toy/things", json={**THING, "extra": '[{"n": "1"}, {}]'})
    assert ["body /extra/0/n", "body /extra/1/n"] == pointers(refused)
    rules = [violation["rule"] for violation in violations(refused)]
    assert ["#/components/schemas/Extra/items/properties/n/type", "#/components/schemas/Extra/items/required"] == rules
    for text in ("nope", '[{"n": 1, "n": 2}]', "[" * 200):
        (violation,) = violations(toy.post("/toy/things", json={**THING, "extra": text}))
        assert ("/extra", True) == (violation["pointer"], "must hold a JSON document" in violation["message"])


def test_a_document_inside_a_string_that_is_one_great_violation_is_told_in_two_sentences(toy: httpx.Client) -> None:
    refused = toy.post("/toy/things", json={**THING, "extra": "[" + ",".join(["{}"] * 100_000) + "]"})
    assert ["body /extra/0/n", "body /extra"] == pointers(refused)


def test_what_is_secret_is_not_quoted(toy: httpx.Client) -> None:
    refused = toy.post("/toy/things", json={**THING, "secret": 1234567})
    assert ["body /secret"] == pointers(refused)
    assert "1234567" not in str(refused.headers) + refused.text
    nested = toy.post("/toy/things", json={**THING, "parts": {"secret": "hunter2"}})
    assert ["body /parts"] == pointers(nested)
    assert "hunter2" not in str(nested.headers)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'a': 1}",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        '{"name": "é"}'.encode("latin-1"),
        '{"name": "a"}'.encode("utf-16"),
        b"NaN",
        b'{"count": 1e999}',
        b'"\\ud800"',
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_the_vendors_words(toy: httpx.Client, body: bytes) -> None:
    refused = toy.post("/toy/things", content=body)
    assert (400, "bad_body") == (refused.status_code, refused.headers["understudy-answer"])
    assert "cannot be read" in violations(refused)[0]["message"]


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"5", b"true"])
def test_json_of_the_wrong_shape_is_a_violation_of_the_whole_body(toy: httpx.Client, body: bytes) -> None:
    refused = toy.post("/toy/things", content=body)
    assert (400, ["body "]) == (refused.status_code, pointers(refused))


def test_brackets_inside_strings_do_not_count_as_depth(toy: httpx.Client) -> None:
    assert 201 == toy.post("/toy/things", json={**THING, "name": '[{"\\' * 200}).status_code


@pytest.mark.parametrize(
    "body",
    [
        b'{"name":"A","name":"B","colour":"red","secret":"s"}',
        b'{"name":"A","n\\u0061me":"B","colour":"red","secret":"s"}',
        b'{"name":"\\u0022","name":"\\u0022","colour":"red","secret":"s"}',
    ],
)
def test_a_key_that_stands_twice_makes_a_body_unreadable(toy: httpx.Client, body: bytes) -> None:
    refused = toy.post("/toy/things", content=body)
    assert (400, "bad_body") == (refused.status_code, refused.headers["understudy-answer"])
    assert "the key 'name' stands twice" in violations(refused)[0]["message"]


@pytest.mark.parametrize("text", ['\\" \\u0022', "a" * 30 + "1" * 30, "\\u00e9"])
def test_odd_but_honest_strings_are_read(toy: httpx.Client, text: str) -> None:
    body = f'{{"name":"{text}","colour":"red","secret":"s"}}'.encode()
    assert 201 == toy.post("/toy/things", content=body).status_code


@pytest.mark.parametrize("number", [b"1.0", b"2147483648", b"18446744073709551615"])
def test_a_number_that_is_no_integer_of_the_format_is_refused(toy: httpx.Client, number: bytes) -> None:
    body = b'{"name":"A","colour":"red","secret":"s","count":' + number + b"}"
    (violation,) = violations(toy.post("/toy/things", content=body))
    assert "/count" == violation["pointer"]
    assert number == b"1.0" or violation["rule"].endswith("/count/format")


@pytest.mark.parametrize("number", [b"18446744073709551616", b"-9223372036854775809", b"9" * 300])
def test_a_number_beyond_64_bits_makes_a_body_unreadable(toy: httpx.Client, number: bytes) -> None:
    refused = toy.post("/toy/things", content=b'{"name":"A","colour":"red","secret":"s","other":[' + number + b"]}")
    assert "does not fit into 64 bits" in violations(refused)[0]["message"]


def test_a_missing_body_is_refused_where_one_is_required(toy: httpx.Client) -> None:
    refused = toy.post("/toy/things")
    assert "is required, and nothing was sent" == violations(refused)[0]["message"]


def test_a_body_over_the_limit_is_refused_with_413(toy: httpx.Client) -> None:
    refused = toy.post("/toy/things", content=b'"' + b"x" * 1024 * 1024 + b'"')
    assert (413, "too_large") == (refused.status_code, refused.headers["understudy-answer"])


def test_an_unlisted_content_type_is_refused_where_the_contract_says_so(toy: httpx.Client) -> None:
    refused = toy.post("/toy/things", content=b"{}", headers={"Content-Type": "text/html"})
    assert (415, ["header Content-Type"]) == (refused.status_code, pointers(refused))


def test_parameters_of_the_content_type_do_not_matter(toy: httpx.Client) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    content = b'{"name":"A","colour":"red","secret":"s"}'
    assert 201 == toy.post("/toy/things", content=content, headers=headers).status_code


def test_an_encoded_body_is_refused_as_it_is_not_unpacked(toy: httpx.Client) -> None:
    refused = toy.post(
        "/toy/things", content=b"x", headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}
    )
    assert (415, ["header Content-Encoding"]) == (refused.status_code, pointers(refused))


def test_a_form_is_read_by_its_schema(toy: httpx.Client) -> None:
    sent = toy.post("/toy/form", data={"name": "abc", "ids": ["1", "2"], "agreed": "true", "other": "x"})
    assert {"got": {"name": "abc", "ids": [1, 2], "agreed": True, "other": "x"}} == sent.json()
    assert {"got": {"ids": [1]}} == toy.post("/toy/form", data={"ids": "1"}).json()
    assert {"got": {"ids": [1, 2]}} == toy.post("/toy/form", data={"ids[]": ["1", "2"]}).json()
    assert {"got": {"ids": [1, 2]}} == toy.post("/toy/form", data={"ids[0]": "1", "ids[1]": "2"}).json()


@pytest.mark.parametrize("body", [b"\xff=1", b"a=%FF", b"&".join(b"a%d=1" % n for n in range(10_001))])
def test_a_form_that_cannot_be_read_is_refused(toy: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert 400 == toy.post("/toy/form", content=body, headers=headers).status_code


def test_an_unlisted_content_type_counts_as_no_body_where_the_contract_says_so(toy: httpx.Client) -> None:
    sent = toy.post("/toy/form", content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert {"got": None} == sent.json()


def test_a_rule_may_lead_to_an_answer_of_its_own(toy: httpx.Client) -> None:
    refused = toy.post("/toy/form", json={"name": "ab"})
    assert (422, "too_short") == (refused.status_code, refused.headers["understudy-answer"])


def test_a_rules_own_answer_gives_way_to_a_violation_that_has_none(toy: httpx.Client) -> None:
    refused = toy.post("/toy/form", json={"name": "ab", "agreed": "perhaps"})
    assert (400, "bad_body") == (refused.status_code, refused.headers["understudy-answer"])


def test_a_refused_body_leaves_the_state_as_it_was(toy: httpx.Client) -> None:
    before = toy.get("/toy/things").json()
    toy.post("/toy/things", json={**THING, "colour": "?"})
    assert before == toy.get("/toy/things").json()


def test_a_thousand_violations_are_all_listed(toy: httpx.Client) -> None:
    refused = toy.post("/toy/form", json={"ids": ["x"] * 1000})
    assert 1000 == orjson.loads(refused.headers["understudy-violations"])["count"]
    assert 1000 == len(refused.json()["details"])


def test_of_a_body_with_more_parts_than_that_the_first_violation_is_told(toy: httpx.Client) -> None:
    refused = toy.post("/toy/form", json={"ids": [1] * 30_000 + ["x"] * 100_000})
    told, more = violations(refused)
    assert "/ids/30000" == told["pointer"]
    assert "only the first broken one is told" in more["message"]

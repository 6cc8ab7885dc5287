"""Parameters: types, styles, defaults, refusals."""

from typing import Any

import httpx
import pytest

from tests.contract.conftest import pointers, violations


def query(toy: httpx.Client, text: str) -> dict[str, Any]:
    """Return the parsed query, without the default limit."""
    answer = toy.get(f"/toy/things?{text}")
    assert 200 == answer.status_code, answer.headers
    return {name: value for name, value in answer.json()["query"].items() if name != "limit"}


@pytest.mark.parametrize(
    ("sent", "parsed"),
    [
        ("colours=red&colours=blue", {"colours": ["red", "blue"]}),
        ("colours=red", {"colours": ["red"]}),
        ("ids=1,2", {"ids": [1, 2]}),
        ("ids=1&ids=2,3", {"ids": [2, 3]}),
        ("ids=", {"ids": []}),
        ("tags=a|b", {"tags": ["a", "b"]}),
        ("tags=a%7Cb+c", {"tags": ["a", "b c"]}),
        ("filter[size]=3&filter[kind]=x", {"filter": {"size": 3, "kind": "x"}}),
        ("exact=true", {"exact": True}),
        ("ratio=-1.5e2", {"ratio": -150.0}),
        ("ratio=2", {"ratio": 2}),
        ("since=2024-02-29", {"since": "2024-02-29"}),
        ("exact=false&exact=true", {"exact": True}),
        ("unknown=1", {}),
    ],
)
def test_query_parameters_are_parsed_by_type_style_and_explode(
    toy: httpx.Client, sent: str, parsed: dict[str, Any]
) -> None:
    assert parsed == query(toy, sent)


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ("colours=red&colours=mauve", "query colours/1"),
        ("ids=1,x", "query ids/1"),
        ("ids=1,,2", "query ids/1"),
        ("limit=0", "query limit"),
        ("limit=1_0", "query limit"),
        ("limit=%2010", "query limit"),
        ("limit=+5", "query limit"),
        ("limit=", "query limit"),
        ("limit=" + "9" * 50, "query limit"),
        ("limit=99999999999999999999", "query limit"),
        ("limit=٣", "query limit"),
        ("exact=yes", "query exact"),
        ("ratio=1e9999", "query ratio"),
        ("ratio=NaN", "query ratio"),
        ("since=2023-02-29", "query since"),
        ("filter[size]=big", "query filter/size"),
    ],
)
def test_a_parameter_that_breaks_its_schema_is_refused(toy: httpx.Client, sent: str, pointer: str) -> None:
    refused = toy.get(f"/toy/things?{sent}")
    assert (400, [pointer]) == (refused.status_code, pointers(refused))


def test_a_default_stands_in_for_what_was_not_sent(toy: httpx.Client) -> None:
    assert {"limit": 10} == toy.get("/toy/things").json()["query"]


def test_headers_and_cookies_are_parameters_too(toy: httpx.Client) -> None:
    trace = "123e4567-e89b-12d3-a456-426614174000"
    sent = toy.get("/toy/things", headers={"x-trace": trace, "Cookie": "a=b; flavour=sweet"})
    assert {"X-Trace": trace, "flavour": "sweet"} == sent.json()["headers"]
    refused = toy.get("/toy/things", headers={"x-trace": "1", "Cookie": "flavour=umami"})
    assert ["header X-Trace", "cookie flavour"] == pointers(refused)


def test_violations_of_all_parameters_and_of_the_body_come_together(toy: httpx.Client) -> None:
    refused = toy.get("/toy/things?limit=0&exact=1&colours=x", headers={"x-trace": "1"})
    assert 4 == len(violations(refused))


@pytest.mark.parametrize("placeholder", ["{thing-id}", "thing-id", ":thing-id", "<thing-id>", "{id}", "$THING"])
def test_a_placeholder_left_unfilled_gets_the_vendors_404_and_a_hint(toy: httpx.Client, placeholder: str) -> None:
    refused = toy.get(f"/toy/things/{placeholder}")
    assert (404, "thing_not_found") == (refused.status_code, refused.headers["understudy-answer"])
    assert "placeholder" in violations(refused)[0]["hint"]


def test_a_word_that_is_no_placeholder_gets_no_such_hint(toy: httpx.Client) -> None:
    refused = toy.get("/toy/things/banana-split")
    assert "hint" not in violations(refused)[0]


@pytest.mark.parametrize("value", ["a" * 10_000, "%00", "%0A1", "1%0A", "%F0%9F%A6%86", "%FF", "1%2F2"])
def test_an_odd_path_gets_the_vendors_404(toy: httpx.Client, value: str) -> None:
    assert 404 == toy.get(f"/toy/things/{value}").status_code


def test_a_template_may_be_a_part_of_a_segment(toy: httpx.Client) -> None:
    assert "ab.c" == toy.get("/toy/files/ab.c.json").json()["name"]
    assert 404 == toy.get("/toy/files/.json").status_code


def test_a_literal_path_goes_before_a_template(toy: httpx.Client) -> None:
    assert "3" == toy.get("/toy/things/latest").json()["id"]

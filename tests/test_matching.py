"""Which exchanges are meant: every matcher, every criterion, and what is said of those that are not."""

from typing import Any

import pytest

from understudy.contract.request import Reply
from understudy.contract.secrets import Secrets
from understudy.journal import Exchange
from understudy.jsonpaths import path
from understudy.matchers import ABSENT, Matcher, UnusableMatcher
from understudy.matching import Criteria, body_value
from understudy.patterns import UnusablePattern, regular

JSON = {b"content-type": b"application/json"}
USER = {"name": "Ann", "age": 7, "tags": ["a", "b"], "home": {"city": "Ulm", "zip": None}}


def exchange(**members: Any) -> Exchange:
    given: dict[str, Any] = {"method": "POST", "path": "/users", "query": b"", "headers": {}, "started": 0.0}
    return Exchange(**{**given, **members})


@pytest.mark.parametrize(
    ("matcher", "value"),
    [
        ({"equals": 1}, 1),
        ({"equals": 1}, 1.0),
        ({"equals": None}, None),
        ({"equals": {"a": [1, {"b": 2}], "c": 3}}, {"c": 3, "a": [1, {"b": 2}]}),
        ({"equals": []}, []),
        ({"contains": "nn"}, "Ann"),
        ({"contains": {}}, USER),
        ({"contains": {"home": {"city": "Ulm"}}}, USER),
        ({"contains": {"tags": ["b"]}}, USER),
        ({"contains": {"tags": ["b", "a"]}}, USER),
        ({"contains": {"home": {"zip": None}}}, USER),
        ({"contains": [{"id": 2}]}, [{"id": 1, "x": 0}, {"id": 2, "x": 0}]),
        ({"contains": {"id": 2}}, [{"id": 1}, {"id": 2, "x": 0}]),
        ({"contains": "b"}, ["a", "b"]),
        ({"jsonPath": "$.home.city"}, USER),
        ({"jsonPath": "$.home.zip"}, USER),
        ({"jsonPath": "$..city"}, USER),
        ({"jsonPath": "$.tags[?@ == 'b']"}, USER),
        ({"jsonPath": "$[?search(@.name, '^A')]"}, [USER]),
        ({"jsonPath": "$[?match(@.name, 'A.n')]"}, [USER]),
        ({"matches": "^A.n$"}, "Ann"),
        ({"matches": '"city":"Ulm"'}, USER),
        ({"matches": ""}, ""),
        ({"absent": True}, ABSENT),
        ({"absent": False}, None),
        ({"absent": False}, 0),
        ({"matches": "^A", "contains": "n"}, "Ann"),
        ("Ann", "Ann"),
        (5, 5),
    ],
)
def test_a_value_that_fits(matcher: Any, value: Any) -> None:
    assert Matcher.of(matcher).fits(value)
    assert [] == list(Matcher.of(matcher).mismatches(value))


@pytest.mark.parametrize(
    ("matcher", "value", "places"),
    [
        ({"equals": 1}, True, [""]),
        ({"equals": True}, 1, [""]),
        ({"equals": "1"}, 1, [""]),
        ({"equals": 0}, ABSENT, [""]),
        ({"equals": None}, ABSENT, [""]),
        ({"equals": {"a": 1}}, {"a": 1, "b": 2}, ["/b"]),
        ({"equals": {"a": 1, "b": 2}}, {"a": 2}, ["/a", "/b"]),
        ({"equals": {"a": None}}, {}, ["/a"]),
        ({"equals": {"a/b": {"~": 1}}}, {"a/b": {"~": 2}}, ["/a~1b/~0"]),
        ({"equals": [1, 2]}, [1, 3], ["/1"]),
        ({"equals": [1, 2]}, [1], [""]),
        ({"equals": [1]}, {"0": 1}, [""]),
        ({"contains": "x"}, "Ann", [""]),
        ({"contains": {"name": "An"}}, USER, ["/name"]),
        ({"contains": {"home": {"city": "Bonn", "street": "x"}}}, USER, ["/home/city", "/home/street"]),
        ({"contains": {"tags": ["a", "c"]}}, USER, ["/tags"]),
        ({"contains": ["a"]}, ["abc"], [""]),
        ({"contains": {"a": {}}}, {"a": 1}, ["/a"]),
        ({"contains": {"a": 1}}, ABSENT, [""]),
        ({"contains": "a"}, [], [""]),
        ({"jsonPath": "$.nobody"}, USER, [""]),
        ({"jsonPath": "$"}, "Ann", [""]),
        ({"jsonPath": "$"}, ABSENT, [""]),
        ({"matches": "^nn"}, "Ann", [""]),
        ({"matches": ".*"}, ABSENT, [""]),
        ({"absent": True}, None, [""]),
        ({"absent": False}, ABSENT, [""]),
        ({"matches": "x", "contains": "y"}, "Ann", ["", ""]),
        ("Ann", ABSENT, [""]),
        (1, True, [""]),
    ],
)
def test_a_value_that_does_not_fit_is_told_by_the_places_where_it_differs(
    matcher: Any, value: Any, places: list[str]
) -> None:
    assert not Matcher.of(matcher).fits(value)
    assert places == [mismatch.pointer for mismatch in Matcher.of(matcher).mismatches(value)]


@pytest.mark.parametrize(
    ("matcher", "said"),
    [
        ({}, "empty"),
        ({"equls": 1}, "'equls' is no matcher; there are equals, contains, jsonPath, matches, absent"),
        ({"contains": {"ids": list(range(101))}}, "up to 100 items"),
    ],
)
def test_a_matcher_that_cannot_be_used_says_why(matcher: Any, said: str) -> None:
    with pytest.raises(UnusableMatcher, match=said):
        Matcher.of(matcher)


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "[", "*", "(?P<n>a)", "a{1000}{1000}{100}"])
def test_a_broken_regular_expression_is_refused(pattern: str) -> None:
    with pytest.raises(UnusablePattern, match="no regular expression"):
        regular(pattern)


def test_a_pattern_that_looks_around_from_anywhere_says_what_to_write() -> None:
    with pytest.raises(UnusablePattern, match=r"begin it with \^"):
        regular("(?=a)b")


def test_a_pattern_with_an_inline_flag_says_what_to_write() -> None:
    with pytest.raises(UnusablePattern, match=r"write \[Aa\]"):
        regular("(?i)a")


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(a|aa)+$", r"^(.*a){20}$", r"^(a+)+\1$", r"^(?=(a+)+$)b"])
def test_a_pattern_that_would_backtrack_for_ages_comes_back(pattern: str) -> None:
    """Each of these keeps Python's own engine busy for longer than a test run lasts."""
    assert not regular(pattern)("a" * 5000 + "!")


@pytest.mark.parametrize(
    "text", ["$[", "$.a[", "$[?nobody(@.a)]", "(" * 5000, "$[99999999999999999999]", "$..a..b", "$[?@.a =~ /(a+)+$/]"]
)
def test_a_json_path_that_is_none_or_may_take_ages_is_refused(text: str) -> None:
    with pytest.raises(UnusablePattern):
        path(text)


def test_a_pattern_in_a_json_path_cannot_take_ages_either() -> None:
    assert not path("$[?search(@.a, '^(a+)+$')]")([{"a": "a" * 5000 + "!"}])


def test_a_broken_pattern_in_a_json_path_finds_nothing() -> None:
    assert not path("$[?search(@.a, '(')]")([{"a": "("}])


REQUEST = exchange(
    path="/users/ü",
    query=b"page=2&tag=a&tag=b&empty=",
    headers={**JSON, b"x-trace": b"t1, t2"},
    body=b'{"name": "Ann", "password": "hunter22"}',
    provider="tyk",
    operation="create_user",
    reply=Reply(422, [], b"", "email_taken"),
)


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"provider": "tyk"},
        {"operationId": "create_user"},
        {"method": "POST"},
        {"method": "post"},
        {"path": "/users/ü"},
        {"path": {"matches": "^/users/[^/]+$"}},
        {"status": 422},
        {"status": "422"},
        {"status": "4xx"},
        {"status": "4XX"},
        {"answer": "email_taken"},
        {"query": {"page": "2"}},
        {"query": {"tag": {"contains": "b"}}},
        {"query": {"tag": {"equals": ["a", "b"]}}},
        {"query": {"empty": ""}},
        {"query": {"other": {"absent": True}}},
        {"headers": {"X-Trace": {"contains": "t2"}}},
        {"headers": {"x-other": {"absent": True}}},
        {"body": {"contains": {"name": "Ann"}}},
        {"provider": "tyk", "method": "POST", "status": 422, "body": {"jsonPath": "$.password"}},
        {"limit": 5, "times": 1},
    ],
)
def test_an_exchange_that_is_meant(criteria: dict[str, Any]) -> None:
    assert Criteria.of(criteria).match(REQUEST)
    assert [] == Criteria.of(criteria).misses(REQUEST)


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({"provider": "ivalt"}, ['provider is "tyk"; it must be "ivalt"']),
        ({"operationId": "read"}, ['operationId is "create_user"; it must be "read"']),
        ({"method": "GET"}, ['method is "POST"; it must be "GET"']),
        ({"path": "/users"}, ['path is "/users/ü"; it must be "/users"']),
        ({"path": {"matches": "^/x"}}, ['path is "/users/ü"; it must match ^/x']),
        ({"status": 200}, ["status is 422; it must be 200"]),
        ({"status": "5xx"}, ["status is 422; it must be 5xx"]),
        ({"answer": "user_created"}, ['answer is "email_taken"; it must be "user_created"']),
        ({"query": {"page": "3"}}, ['query page is "2"; it must be "3"']),
        ({"query": {"tag": "a"}}, ['query tag is ["a","b"]; it must be "a"']),
        ({"query": {"other": "1"}}, ['query other is not there; it must be "1"']),
        ({"query": {"page": {"absent": True}}}, ['query page is "2"; it must not be there']),
        ({"headers": {"X-Trace": "t1"}}, ['header X-Trace is "t1, t2"; it must be "t1"']),
        ({"headers": {"x-other": {"absent": False}}}, ["header x-other is not there; it must be there"]),
        ({"body": {"contains": {"name": "Bob"}}}, ['body /name is "Ann"; it must be "Bob"']),
        ({"body": {"jsonPath": "$.id"}}, ["body is {", "it must have something at $.id"]),
        ({"body": {"absent": True}}, ["it must not be there"]),
        ({"method": "GET", "status": 200}, ["method", "status"]),
    ],
)
def test_an_exchange_that_is_not_meant_is_told_in_sentences(criteria: dict[str, Any], said: list[str]) -> None:
    asked = Criteria.of(criteria)
    assert not asked.match(REQUEST)
    told = "; ".join(miss.sentence() for miss in asked.misses(REQUEST))
    assert all(part in told for part in said), told


def test_a_sentence_covers_what_is_secret_wherever_it_stands() -> None:
    secrets = Secrets(frozenset({"x-key"}), frozenset({"token"}), members=frozenset({"password"}))
    request = exchange(
        query=b"token=hunter22",
        headers={**JSON, b"x-key": b"hunter22"},
        body=b'{"deep": {"password": "hunter22"}, "password": "hunter22", "log": "{\\"password\\": \\"hunter22\\"}"}',
    )
    wanted = {"deep": {"password": "other"}, "password": {"x": 1}, "log": "other"}
    asked = Criteria.of(
        {
            "query": {"token": "a"},
            "headers": {"X-Key": "b"},
            "body": {"contains": wanted, "equals": 5, "matches": "c", "jsonPath": "$.d"},
        }
    )
    told = [miss.sentence(secrets) for miss in asked.misses(request)]
    assert 8 == len(told)
    assert not any("hunter22" in sentence for sentence in told), told


def test_at_most_ten_differences_of_a_body_are_told() -> None:
    request = exchange(headers=JSON, body=b"{}")
    asked = Criteria.of({"body": {"equals": {str(number): 0 for number in range(1000)}}})
    assert 10 == len(asked.misses(request))


def test_what_has_no_answer_yet_has_no_status_and_no_answer() -> None:
    """As when faults are looked for."""
    request = exchange()
    assert Criteria.of({"method": "POST"}).match(request)
    assert not Criteria.of({"status": 200}).match(request)
    assert not Criteria.of({"status": "2xx"}).match(request)
    assert not Criteria.of({"answer": "x"}).match(request)


@pytest.mark.parametrize(
    ("headers", "body", "value"),
    [
        ({}, b"", ABSENT),
        ({}, None, ABSENT),
        (JSON, b"null", None),
        (JSON, b'{"a": 1}', {"a": 1}),
        (JSON, b'{"a": ', '{"a": '),
        (JSON, b'{"a": 1, "a": 2}', '{"a": 1, "a": 2}'),
        (JSON, b"[" * 5000, "[" * 5000),
        (JSON, b"\xff\xfe", "\ufffd\ufffd"),
        (
            {b"content-type": b"application/x-www-form-urlencoded"},
            b"a=1&b=2&b=3&c=",
            {"a": "1", "b": ["2", "3"], "c": ""},
        ),
        ({b"content-type": b"application/x-www-form-urlencoded"}, b'{"a": 1}', {"a": 1}),
        ({b"content-type": b"application/x-www-form-urlencoded"}, b"just text", "just text"),
        ({b"content-type": b"text/plain; charset=utf-8"}, "ü".encode(), "ü"),
    ],
)
def test_a_body_is_read_as_what_it_is(headers: dict[bytes, bytes], body: bytes | None, value: Any) -> None:
    assert value == body_value(exchange(headers=headers, body=body))


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({"path": {"matches": "("}}, "path: "),
        ({"query": {"page": {"jsonPath": "$["}}}, "query page: "),
        ({"headers": {"x": {}}}, "header x: "),
        ({"body": {"like": 1}}, "body: 'like' is no matcher"),
        ({"operationId": {"matches": "x"}}, "operationId: give its value"),
    ],
)
def test_criteria_that_cannot_be_used_say_where(criteria: dict[str, Any], said: str) -> None:
    with pytest.raises(UnusableMatcher, match=said):
        Criteria.of(criteria)


def test_a_slash_at_the_end_of_a_path_makes_no_difference_as_it_makes_none_to_a_route() -> None:
    assert Criteria.of({"path": "/users/"}).match(exchange())
    assert not Criteria.of({"path": "/users//"}).match(exchange())
    assert Criteria.of({"path": "/"}).match(exchange(path="/"))

"""What reads criteria, matchers and patches, beside a plain reading of them."""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.target import FITTING, TEXTS, VALUES, Target, made_worse
from understudy.control.merge_patch import merged
from understudy.journal import Exchange
from understudy.jsonpaths import path
from understudy.matchers import ABSENT, Matcher, UnusableMatcher
from understudy.matching import Criteria
from understudy.patterns import UnusablePattern, regular

_PATTERNS = st.sampled_from(
    [
        "a",
        "^a$",
        "(a+)+$",
        "(",
        "[",
        "\\",
        "(?i)a",
        "a{99999}",
        "(?=a)b",
        "(a)\\1",
        "\\p{L}",
        "\\d+",
        "(?<n>a)",
        "a**",
        "[z-a]",
        "\\u{1F3AD}",
        "\x00",
    ]
) | st.text(max_size=10)
_PATHS = st.sampled_from(
    ["$", "$.a", "$..a", "$..a..b", "$[?@.a == 'x']", "$[?match(@.a, '(a+)+$')]", "$[?search(@, '[')]",
    "$[0:99999999999:1]", "$[?@ =~ /a/]", "$['a", "$[?length(@) > 1e999]", "$[?@.a == @.b]",
    "$[?count(@..*) > 1]", "$[-1]", "$.*", "^$", "$[?@['\\ud800']]", "$[?(((((1==1)))))]"]
) | st.text(max_size=12)  # fmt: skip
_MATCHERS: Any = st.one_of(
    st.fixed_dictionaries({"equals": FITTING}),
    st.fixed_dictionaries({"contains": FITTING}),
    st.fixed_dictionaries({"matches": _PATTERNS}),
    st.fixed_dictionaries({"jsonPath": _PATHS}),
    st.fixed_dictionaries({"absent": st.booleans()}),
    st.dictionaries(st.sampled_from(["equals", "contains", "matches", "jsonPath", "absent", "x"]), VALUES, max_size=3),
    VALUES,
)
_WORDS = ["provider", "operationId", "method", "path", "status", "answer", "query", "headers", "body", "x"]
_STATUS = st.sampled_from([404, "404", "4xx", "xxx", "", "é", True, 4.5])
_CRITERIA: Any = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(_WORDS[:4], TEXTS | _MATCHERS),
        "status": _STATUS | _MATCHERS,
        "query": st.dictionaries(TEXTS, _MATCHERS, max_size=2),
        "headers": st.dictionaries(TEXTS, _MATCHERS, max_size=2),
        "body": _MATCHERS,
    },
)


def _judged(made: tuple[Any, Any]) -> None:
    """Take a matcher, or say why not; one that is taken says yes exactly where it has nothing to object."""
    data, value = made
    try:
        matcher = Matcher.of(data)
    except (UnusableMatcher, UnusablePattern) as error:
        assert str(error)
        return
    before = repr(value)
    mismatches = list(matcher.mismatches(value))
    assert matcher.fits(value) == (not mismatches)
    assert before == repr(value)
    assert all(mismatch.must for mismatch in mismatches)
    if isinstance(data, dict) and data.keys() == {"equals"}:
        assert matcher.fits(value) == _alike(data["equals"], value)
    if isinstance(data, dict) and data.keys() == {"contains"} and not isinstance(data["contains"], str):
        assert matcher.fits(value) == _inside(data["contains"], value)


def _alike(one: Any, other: Any) -> bool:
    """Compare as JSON does: by a plain reading."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    return type(one) is type(other) and bool(one == other)


def _inside(part: Any, whole: Any) -> bool:
    """Look for members at any depth, and in a list for each item, or for the one: by a plain reading."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and _inside(part[key], whole[key]) for key in part)
    if isinstance(whole, list):
        return all(any(_is_item(one, item) for item in whole) for one in (part if isinstance(part, list) else [part]))
    return _alike(part, whole)


def _is_item(part: Any, item: Any) -> bool:
    if isinstance(part, dict | list):
        return type(part) is type(item) and _inside(part, item)
    return _alike(part, item)


def _usable(make: Callable[[str], Callable[[Any], bool]]) -> Callable[[tuple[str, Any]], None]:
    def check(made: tuple[str, Any]) -> None:
        text, value = made
        try:
            finds = make(text)
        except UnusablePattern as error:
            assert "\n" not in str(error) or "\n" in text
            return
        assert isinstance(finds(value), bool)

    return check


def _criteria(made: tuple[dict[str, Any], tuple[str, str, bytes, dict[bytes, bytes], bytes]]) -> None:
    """Take criteria, or say why not; an exchange is meant exactly where nothing misses."""
    data, (method, where, query, headers, body) = made
    try:
        criteria = Criteria.of(data)
    except UnusableMatcher as error:
        assert str(error)
        return
    exchange = Exchange(method, where, query, headers, 0.0, body=body)
    misses = criteria.misses(exchange)
    assert criteria.match(exchange) == (not misses)
    for miss in misses:
        assert miss.sentence()


def _merge(made: tuple[Any, Any]) -> None:
    """Patch as RFC 7396 says in its own words."""
    target, patch = made
    before = copy.deepcopy((target, patch))
    assert merged(target, patch) == _by_the_rfc(copy.deepcopy(target), patch)
    assert before == (target, patch)


def _by_the_rfc(target: Any, patch: Any) -> Any:
    if isinstance(patch, dict):
        if not isinstance(target, dict):
            target = {}
        for name, value in patch.items():
            if value is None:
                target.pop(name, None)
            else:
                target[name] = _by_the_rfc(target.get(name), value)
        return target
    return patch


_BODIES = made_worse(st.sampled_from([b'{"a":{"b":1}}', b"a=1&b=2", b"", b"[1,2]"]) | st.binary(max_size=20))
_HEADERS = st.dictionaries(
    st.sampled_from([b"content-type", b"a", b"\xff"]),
    st.sampled_from([b"application/json", b"application/x-www-form-urlencoded", b"", b"\xff"]),
)
_EXCHANGES = st.tuples(st.sampled_from(["GET", "PUT", ""]), TEXTS, st.binary(max_size=20), _HEADERS, _BODIES)
TARGETS = (
    Target("matcher", st.tuples(_MATCHERS, FITTING | st.just(ABSENT) | VALUES), _judged),
    Target("pattern", st.tuples(_PATTERNS, TEXTS | st.just("a" * 2000)), _usable(regular)),
    Target("jsonpath", st.tuples(_PATHS, FITTING | VALUES), _usable(path)),
    Target("criterion", st.tuples(_CRITERIA, _EXCHANGES), _criteria),
    Target("patch", st.tuples(FITTING, FITTING), _merge),
)

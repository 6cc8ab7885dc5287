"""What every answer has, whoever gave it: CORS, HEAD, OPTIONS, Allow."""

from typing import Any, cast

import httpx
import orjson
import pytest

from tests.support.toy import toy_edge
from understudy.contract.problem import problem
from understudy.journal import Exchange
from understudy.kernel.violation import Violation
from understudy.web.violations import violations_header

ORIGIN = {"Origin": "http://localhost:3000"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/toy/things/1", 200),
        ("GET", "/toy/things/99", 404),
        ("POST", "/toy/things", 400),
        ("GET", "/toy/nowhere", 404),
        ("GET", "/nowhere/at/all", 404),
        ("PUT", "/toy/things/1", 405),
        ("GET", "/toy/things/1?__code=418", 400),
        ("DELETE", "/toy/things/1", 204),
    ],
)
def test_any_origin_may_read_any_answer_errors_included(toy: httpx.Client, method: str, path: str, status: int) -> None:
    answer = toy.request(method, path, headers=ORIGIN)
    assert status == answer.status_code
    assert "*" == answer.headers["access-control-allow-origin"]
    assert "access-control-allow-credentials" not in answer.headers
    exposed = answer.headers["access-control-expose-headers"]
    assert all(name in exposed for name in ("Understudy-Answer", "Understudy-Violations", "Preference-Applied"))


def test_a_preflight_is_answered_with_what_the_path_can_do(toy: httpx.Client) -> None:
    asked = {**ORIGIN, "Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "x-key,x-other"}
    toy.headers.clear()
    answer = toy.options("/toy/things/1", headers=asked)
    assert 204 == answer.status_code
    assert "DELETE, GET, HEAD, OPTIONS" == answer.headers["access-control-allow-methods"]
    assert "x-key,x-other" == answer.headers["access-control-allow-headers"]
    assert "*" == answer.headers["access-control-allow-origin"]


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "TRACE", "CONNECT", "BREW"])
def test_allow_is_complete(toy: httpx.Client, method: str) -> None:
    answer = toy.request(method, "/toy/things")
    assert (204 if method == "OPTIONS" else 405) == answer.status_code
    assert "GET, HEAD, OPTIONS, POST" == answer.headers["allow"]


def test_a_wrong_method_is_refused_in_the_vendors_words(toy: httpx.Client) -> None:
    answer = toy.put("/toy/things/1")
    assert (405, "not like this", "text/plain") == (answer.status_code, answer.text, answer.headers["content-type"])


@pytest.mark.parametrize("path", ["/toy/things/1", "/toy/things", "/toy/things/99", "/toy/nowhere"])
def test_head_is_there_wherever_get_is_and_says_the_same_without_a_body(toy: httpx.Client, path: str) -> None:
    got, head = toy.get(path), toy.head(path)
    assert got.status_code == head.status_code
    assert b"" == head.content
    assert got.headers["content-length"] == head.headers["content-length"]


@pytest.mark.parametrize("path", ["/toy/things/", "/toy/things/1/", "/toy/files/a.json/"])
def test_a_trailing_slash_changes_nothing_and_redirects_nobody(toy: httpx.Client, path: str) -> None:
    assert toy.get(path.rstrip("/")).content == toy.get(path).content
    assert 200 == toy.get(path).status_code


@pytest.mark.parametrize("path", ["/toy/things//", "//toy/things", "/toy//things", "/toy/things/%2F"])
def test_doubled_slashes_are_another_path(toy: httpx.Client, path: str) -> None:
    assert 404 == toy.get(path).status_code


def test_an_unknown_route_is_refused_in_the_words_of_the_vendor_on_whose_ground_it_lies(toy: httpx.Client) -> None:
    assert "nothing here" == toy.get("/toy").text
    assert "nothing here" == toy.get("/toy/things/1/2/3").text


def test_on_nobodys_ground_the_404_is_ours_and_names_near_paths(toy: httpx.Client) -> None:
    answer = toy.get("/toys/things")
    assert "application/problem+json" == answer.headers["content-type"]
    assert "/toy/things" in answer.json()["did_you_mean"]
    assert {"toy": ["/toy"], "control": ["/__admin"]} == answer.json()["apis"]


def violation(number: int, message: str = "is wrong") -> Violation:
    return Violation("body", f"/items/{number}", "#/x", "type", message, "x.yaml:1")


def test_the_violations_header_is_cut_at_4_kb_and_keeps_the_count() -> None:
    written = violations_header(tuple(violation(number) for number in range(1000)))
    told = orjson.loads(written)
    assert len(written) <= 4096
    assert 1000 == told["count"]
    assert 10 < len(told["violations"]) < 1000


def test_a_single_violation_too_long_for_the_header_still_counts() -> None:
    assert {"count": 1, "violations": []} == orjson.loads(violations_header((violation(1, "x" * 5000),)))


def test_the_violations_header_is_printable_ascii_whatever_was_sent() -> None:
    odd = Violation("body", "/é\u007f\n", "#/x", "type", "🦆 \x01", sent="\u202e")
    written = violations_header((odd,))
    assert all(32 <= byte < 127 for byte in written)
    assert "/é\u007f\n" == orjson.loads(written)["violations"][0]["pointer"]


class _Anywhere:
    """Stages of a vendor who has an operation wherever one is asked for."""

    async def __call__(self, *_: Any) -> None:
        raise AssertionError("nothing has to wait")

    def at_once(self, _: Any, exchange: Exchange, *__: Any) -> bool:
        exchange.reply = problem(404, "here I am")
        return True


@pytest.mark.parametrize(("path", "played"), [("/", False), ("//", False), ("/docs", False), ("/things/", True)])
def test_a_page_goes_before_an_operation_also_where_there_is_nothing_to_wait_for(path: str, *, played: bool) -> None:
    edge, _ = toy_edge()
    edge.app = cast("Any", _Anywhere())
    scope = {
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    assert played == (edge.at_once(scope, b"") is not None)

"""The HTTP Archive: valid by the format's own schema, and what a browser shows of it is right."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from tests.control.asked import ADMIN, JIVELY, ask_some
from tests.support.inprocess import any_host
from understudy.contract.request import Reply
from understudy.contract.secrets import Secrets
from understudy.contract.wording import MASK
from understudy.control.har import har_of
from understudy.journal import Exchange

SCHEMAS = Path(__file__).parents[1] / "node/node_modules/har-schema/lib"


def entries(mock: httpx.Client, query: str = "", headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    answer = mock.get(f"/__admin/requests.har{query}", headers=headers)
    assert 200 == answer.status_code, answer.text
    log = answer.json()["log"]
    assert ("1.2", "Understudy", []) == (log["version"], log["creator"]["name"], log["pages"])
    found: list[dict[str, Any]] = log["entries"]
    return found


def valid_by_the_formats_schema(document: Any) -> list[str]:
    """Return what the schemas of the npm package har-schema find wrong; ``make test`` installs it."""
    assert SCHEMAS.is_dir(), "har-schema is missing: run make test, or npm ci in tests/node"

    def schema(uri: str) -> Any:
        return json.loads((SCHEMAS / uri.rpartition("/")[2]).read_text())

    validator = jsonschema_rs.Draft7Validator(schema("har.json"), retriever=schema, validate_formats=True)
    return [error.message for error in validator.iter_errors(document)]


def test_an_archive_is_valid_har(mock: httpx.Client) -> None:
    any_host(mock)
    ask_some(mock, {"Cookie": "a=b; c=d"})
    mock.put(JIVELY, headers=ADMIN, content=b"\xff\xfe")
    mock.put(JIVELY, headers=ADMIN, content=b"x" * 1_100_000)
    mock.get("/n%C3%B6where/ü?ä=ö&x=%ff&=&&", headers={"Host": "odd host/"})
    mock.options("/hello")
    mock.head("/hello")
    document = mock.get("/__admin/requests.har").json()
    assert 11 == len(document["log"]["entries"])
    assert [] == valid_by_the_formats_schema(document)


def test_the_schema_would_notice_what_is_missing(mock: httpx.Client) -> None:
    mock.get("/hello")
    document = mock.get("/__admin/requests.har").json()
    del document["log"]["entries"][0]["timings"]
    assert valid_by_the_formats_schema(document)


def test_it_is_a_file_to_save(mock: httpx.Client) -> None:
    answer = mock.get("/__admin/requests.har", headers={"Understudy-Sandbox": "one"})
    assert 'attachment; filename="understudy-one.har"' == answer.headers["content-disposition"]
    assert "application/json" == answer.headers["content-type"]


def test_exchanges_stand_oldest_first_and_can_be_filtered(mock: httpx.Client) -> None:
    ask_some(mock)
    assert [1, 2, 3, 4, 5, 6] == [entry["_understudy"]["id"] for entry in entries(mock)]
    assert [4, 5] == [entry["_understudy"]["id"] for entry in entries(mock, "?unmatched=true")]


def test_times_are_real_ones(mock: httpx.Client) -> None:
    before = datetime.now(UTC)
    mock.get("/hello")
    (entry,) = entries(mock)
    started = datetime.fromisoformat(entry["startedDateTime"])
    assert -1 < (started - before).total_seconds() < 60
    timings = entry["timings"]
    assert 0 < entry["time"] < 60_000
    assert entry["time"] == timings["send"] + timings["wait"] + timings["receive"]


def test_a_request_and_its_answer(mock: httpx.Client) -> None:
    body = {"owner_name": "New", "cname": "jive.ly", "cname_enabled": True}
    answer = mock.put(f"{JIVELY}?x=1&x=%20", headers={**ADMIN, "Host": "127.0.0.1:4010"}, json=body)
    (entry,) = entries(mock)
    request, response = entry["request"], entry["response"]
    assert ("PUT", f"http://127.0.0.1:4010{JIVELY}?x=1&x=%20") == (request["method"], request["url"])
    assert [{"name": "x", "value": "1"}, {"name": "x", "value": " "}] == request["queryString"]
    assert {"name": "admin-auth", "value": MASK} in request["headers"]
    assert ("application/json", body) == (request["postData"]["mimeType"], json.loads(request["postData"]["text"]))
    assert len(request["postData"]["text"]) == request["bodySize"]
    assert (200, "OK", "") == (response["status"], response["statusText"], response["redirectURL"])
    assert {"name": "understudy-answer", "value": "organisation_updated"} in response["headers"]
    content = response["content"]
    assert (answer.text, len(answer.content), "application/json") == (
        content["text"],
        content["size"],
        content["mimeType"],
    )
    assert "encoding" not in content


def test_cookies_are_named_and_their_values_covered(mock: httpx.Client) -> None:
    mock.get("/hello", headers={"Cookie": "session=very-secret; theme=dark"})
    (entry,) = entries(mock)
    assert [{"name": "session", "value": MASK}, {"name": "theme", "value": MASK}] == entry["request"]["cookies"]
    assert "very-secret" not in json.dumps(entry)


@pytest.mark.parametrize(
    ("path", "headers", "url"),
    [
        ("/hello", {"Understudy-Sandbox": "one"}, "http://localhost/hello"),
        ("/~one/hello", {}, "http://localhost/~one/hello"),
        ("/~one/n%C3%B6/a%20b", {}, "http://localhost/~one/n%C3%B6/a%20b"),
        ("/hello", {"baggage": "understudy-sandbox=one"}, "http://localhost/hello"),
    ],
)
def test_the_url_leads_to_the_same_sandbox_again(
    mock: httpx.Client, path: str, headers: dict[str, str], url: str
) -> None:
    mock.get(path, headers=headers)
    (entry,) = entries(mock, headers={"Understudy-Sandbox": "one"})
    assert url == entry["request"]["url"]


@pytest.mark.parametrize("host", ["a b", "x/../y", "", "<script>", "a@b", "x" * 300])
def test_an_odd_host_does_not_make_an_odd_url(mock: httpx.Client, host: str) -> None:
    any_host(mock)
    mock.get("/hello", headers={"Host": host})
    (entry,) = entries(mock)
    assert "http://localhost/hello" == entry["request"]["url"]


def test_an_answer_without_a_body_has_no_text(mock: httpx.Client) -> None:
    mock.options("/hello")
    (entry,) = entries(mock)
    assert {"size": 0, "mimeType": ""} == entry["response"]["content"]


def test_what_is_no_text_is_base64_and_a_secret_query_is_covered() -> None:
    """No vendor of ours answers with bytes, or takes a credential in the query."""
    reply = Reply(200, [(b"content-type", b"image/png")], b"\x89PNG\xff")
    exchange = Exchange("GET", "/logo", b"key=hunter22&size=5", {}, 0.0, ended=0.1, recorded=1.0, reply=reply)
    (entry,) = har_of([exchange], Secrets(query=frozenset({"key"})))["log"]["entries"]
    content = entry["response"]["content"]
    assert ("image/png", "base64", 5) == (content["mimeType"], content["encoding"], content["size"])
    assert reply.body == b64decode(content["text"])
    assert "http://localhost/logo?key=%E2%80%A2%E2%80%A2%E2%80%A2&size=5" == entry["request"]["url"]
    assert {"name": "key", "value": MASK} in entry["request"]["queryString"]


def test_an_exchange_that_got_no_answer_has_status_0() -> None:
    """As when a fault cut the line."""
    exchange = Exchange("GET", "/x", b"", {}, 0.0, ended=0.1, recorded=1.0)
    document = har_of([exchange], Secrets())
    assert 0 == document["log"]["entries"][0]["response"]["status"]
    assert [] == valid_by_the_formats_schema(document)

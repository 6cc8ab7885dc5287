"""Whatever fails on our side, the wire has a 500 in our own shape: no trace, no path, no word of the error."""

import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any, NoReturn

import httpx
import pytest

from tests.support.inprocess import InProcess, edge_of
from tests.support.toy import KEY, script, toy_edge
from understudy import Understudy
from understudy.control import entries, events, journal
from understudy.reference.api import Api
from understudy.sandbox import Sandbox
from understudy.terminal import RequestLog
from understudy.web.edge import Edge
from understudy.web.pages import app as pages_app
from understudy.web.pages.visit import Visit

TRACE = re.compile(r"Traceback|File \\?\"|\.py\b|line \d|site-packages|/src/|understudy\.\w+\.|zebra", re.IGNORECASE)
"""What would tell of our insides; ``zebra`` is a word of the error."""


PLACE = re.compile(r"RuntimeError in fails \((?:\w+/)*test_no_traces\.py:\d+\)")
"""What is said of a handler that raises: the kind of the error and the line, for whoever writes it."""


def fails(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError("zebra at /src/somewhere.py")


def client(edge: Edge) -> httpx.Client:
    return httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY)


def log_of(edge: Edge) -> Callable[[], str]:
    """Return what gives what the terminal would show of an app."""
    stream = StringIO()
    log = RequestLog(stream)
    edge.listeners.append(log)
    edge.logs.append(log)

    def told() -> str:
        log.flush()
        return stream.getvalue()

    return told


def seen(answer: httpx.Response) -> str:
    """Return all of an answer as text."""
    return f"{answer.headers}\n{answer.text}"


def assert_bare(answer: httpx.Response, said: str = "") -> None:
    """Hold that an answer tells nothing; ``said`` is what it may say of a handler."""
    assert 500 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
    assert {"type", "title", "status", "detail"} <= answer.json().keys()
    told = seen(answer).replace("python", "")
    assert not TRACE.search(told.replace(said, "") if said else told), told


@pytest.fixture
def failed() -> Iterator[tuple[httpx.Client, Callable[[], str]]]:
    """A mock whose handler has just raised, once on each way."""
    edge, _ = toy_edge()
    log = log_of(edge)
    with script(fails), client(edge) as http:
        for headers in ({}, {"Prefer": "wait=0"}):
            answer = http.get("/toy/things/latest", headers=headers)
            assert PLACE.fullmatch(answer.json()["detail"])
            assert_bare(answer, answer.json()["detail"])
        yield http, log


@pytest.mark.parametrize(
    "path", ["requests", "requests/1", "requests/2", "requests.har", "coverage", "state", "sandboxes"]
)
def test_a_handler_that_raised_leaves_no_trace_in_what_is_told(
    path: str, failed: tuple[httpx.Client, Callable[[], str]]
) -> None:
    http, _ = failed
    answer = http.get(f"/__admin/{path}")
    assert 200 == answer.status_code
    assert not TRACE.search(PLACE.sub("", answer.text)), answer.text


def test_the_console_and_verify_tell_none_either(failed: tuple[httpx.Client, Callable[[], str]]) -> None:
    http, _ = failed
    assert "zebra" not in http.get("/console").text
    said = http.post("/__admin/verify", json={"status": 200, "times": 5})
    assert 409 == said.status_code
    assert not TRACE.search(said.text), said.text


def test_the_log_tells_all_of_it(failed: tuple[httpx.Client, Callable[[], str]]) -> None:
    _, log = failed
    assert 2 == log().count("RuntimeError: zebra")
    assert "Traceback" in log()


def test_an_operation_of_the_control_api_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    edge, _ = edge_of("tyk")
    log = log_of(edge)
    monkeypatch.setattr(journal, "har_of", fails)
    with client(edge) as http:
        answer = http.get("/__admin/requests.har")
        assert PLACE.fullmatch(answer.json()["detail"])
        assert_bare(answer, answer.json()["detail"])
    assert "RuntimeError: zebra" in log()


def test_a_stage_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    edge, _ = edge_of("tyk")
    log = log_of(edge)
    with client(edge) as http:
        monkeypatch.setattr(Sandbox, "play", fails)
        for method in ("GET", "HEAD"):
            answer = http.request(method, "/hello")
            assert 500 == answer.status_code
            assert not TRACE.search(answer.headers.get("understudy-violations", "") + answer.text)
        assert_bare(http.get("/hello"))
        monkeypatch.undo()
        assert 200 == http.get("/hello").status_code
        told = http.get("/__admin/requests").text
        assert not TRACE.search(told), told
    assert 3 == log().count("RuntimeError: zebra")


def test_a_stage_of_the_control_api_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    edge, _ = edge_of("tyk")
    log = log_of(edge)
    monkeypatch.setattr("understudy.web.control.received", fails)
    with client(edge) as http:
        assert_bare(http.get("/__admin/health"))
    assert "RuntimeError: zebra" in log()


@pytest.mark.parametrize(
    "path", ["/", "/docs/tyk", "/docs/tyk/openapi.json", "/docs/tyk/swagger", "/console", "/docs/x"]
)
def test_a_page_that_fails(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edge, _ = edge_of("tyk")
    log = log_of(edge)
    for whose, name in ((Visit, "page"), (Visit, "answer"), (Visit, "apis"), (Api, "__hash__")):
        monkeypatch.setattr(whose, name, fails)
    with client(edge) as http:
        assert_bare(http.get(path))
    assert "RuntimeError: zebra" in log()


def test_pages_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    edge, _ = edge_of("tyk")
    log = log_of(edge)
    monkeypatch.setattr(pages_app, "build_pages", fails)
    with client(edge) as http:
        assert_bare(http.get("/console"))
        monkeypatch.undo()
        assert 200 == http.get("/console").status_code
    assert "RuntimeError: zebra" in log()


ON_A_SOCKET: list[tuple[str, Callable[[httpx.Client], httpx.Response]]] = [
    ("at once", lambda http: http.get("/hello")),
    ("in stages", lambda http: http.get("/hello", headers={"Prefer": "wait=0"})),
    ("in a sandbox", lambda http: http.get("/~other/hello")),
]


@pytest.mark.parametrize(("way", "ask"), ON_A_SOCKET, ids=[way for way, _ in ON_A_SOCKET])
def test_on_a_socket(way: str, ask: Callable[[httpx.Client], httpx.Response], monkeypatch: pytest.MonkeyPatch) -> None:
    with Understudy(providers=["tyk"]) as mock, httpx.Client(base_url=mock.url(), trust_env=False) as http:
        monkeypatch.setattr(Sandbox, "play", fails)
        assert_bare(ask(http))
        monkeypatch.undo()
        assert 200 == ask(http).status_code, way


def test_a_stream_that_fails_just_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with Understudy(providers=["tyk"]) as mock, httpx.Client(base_url=mock.url(), trust_env=False) as http:
        http.get("/hello")
        monkeypatch.setattr(events, "entry_of", fails)
        pieces: list[str] = []
        with http.stream("GET", "/__admin/events", headers={"Last-Event-ID": "0"}) as stream:
            pieces_of = stream.iter_text()
            with pytest.raises(httpx.RemoteProtocolError):
                pieces.extend(pieces_of)
        got = "".join(pieces)
        assert ": listening" in got
        assert not TRACE.search(got), got
        monkeypatch.setattr(events, "entry_of", entries.entry_of)
        assert 200 == http.get("/hello").status_code

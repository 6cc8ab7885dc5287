"""Handlers that raise, hang or return nonsense: 500 in our own shape, the state as before, others unaffected."""

import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.inprocess import InProcess
from tests.support.served import Served, served
from tests.support.toy import KEY, PLACES, script, toy_edge
from tests.toy.misbehaviour import HANGING, NONSENSE, RAISING, THING, loop
from tests.toy.parts import toy
from understudy.local.stage import Stage
from understudy.production import Playbill, Production
from understudy.source import SourceError
from understudy.terminal import RequestLog
from understudy.web.server import listen, url_of

MINUTE = 60
PROBLEM = "application/problem+json"
LATEST = "/toy/things/latest"
QUICK = {**RAISING, **NONSENSE}


def test_there_is_a_misbehaviour_of_each_kind() -> None:
    assert (14, 50, 5) == (len(RAISING), len(NONSENSE), len(HANGING))


@pytest.mark.filterwarnings("ignore:coroutine 'coroutine' was never awaited")
@pytest.mark.parametrize("name", QUICK)
def test_what_a_handler_does_wrong_is_500_of_our_own_and_nothing_came_of_it(name: str) -> None:
    edge, sandbox = toy_edge()
    screen = StringIO()
    log = RequestLog(screen)
    edge.listeners.append(log)
    before, data = sandbox.states()["toy"], json.dumps(sandbox.states()["toy"].as_data())
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY) as http:
        with script(QUICK[name]):
            answers = [http.get(LATEST) for _ in range(2)]
        for answer in answers:
            told = answer.json()
            assert (500, PROBLEM) == (answer.status_code, answer.headers["content-type"])
            assert ("toy", "read_latest", 500) == (told["provider"], told["operation"], told["status"])
            assert told["detail"]
            for secret in ("secret-of-mine", "Traceback", str(Path(__file__).parent)):
                assert secret not in answer.text
        assert before is sandbox.states()["toy"]
        assert data == json.dumps(before.as_data())
        assert 200 == http.get("/toy/things/1").status_code
        assert 201 == http.post("/toy/things", json={**THING, "secret": "s"}).status_code
        assert 4 == http.get("/__admin/state/toy/things").json()["total"]
        entry = http.get("/__admin/requests/1").json()
        assert ("read_latest", 500, told["detail"]) == (
            entry["operationId"],
            entry["status"],
            _body(entry)["detail"],
        )
    log.flush()
    shown = screen.getvalue()
    assert f"500 GET {LATEST}" in shown
    assert len(shown) < 100_000
    if name in RAISING:
        kind = name if name[0].isupper() and " " not in name else "ValueError"
        assert told["detail"].startswith(f"{kind} in ")
        assert "(toy/misbehaviour.py:" in told["detail"]
        assert kind in shown


def _body(entry: dict[str, Any]) -> Any:
    body = entry["response"]["body"]
    return json.loads(body) if isinstance(body, str) else body


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("None", "the handler returned None; a handler returns (Answer, state)"),
        ("swapped", "the handler returned a ToyState in the answer's place; a handler returns (Answer, state)"),
        ("no state", "the handler returned None in the state's place, not a ToyState"),
        ("a state of a list", "the handler returned a state with a list in the place of a Table"),
        ("a coroutine", "the handler returned a coroutine; a handler returns (Answer, state)"),
        ("bytes", "the answer 'thing_read' is not JSON data: Type is not JSON serializable: bytes"),
        ("a cycle", "the answer 'thing_read' is not JSON data: Recursion limit reached"),
        ("a line break in a header", r"no header can be 'X-A': 'a\r\nSet-Cookie: b=c'"),
    ],
)
@pytest.mark.filterwarnings("ignore:coroutine 'coroutine' was never awaited")
def test_nonsense_is_told_in_a_sentence_that_teaches(name: str, detail: str) -> None:
    edge, _ = toy_edge()
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as http, script(NONSENSE[name]):
        assert detail == http.get(LATEST).json()["detail"]


@pytest.mark.parametrize("hook", ["authenticate", "explain", "language", "settled", "objection"])
def test_the_other_functions_of_a_provider_may_raise_as_well(hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise ZeroDivisionError

    if hook in ("settled", "objection"):
        monkeypatch.setattr(toy.ToyState, hook, broken)
    edge, sandbox = toy_edge()
    for operation in _operations(edge):  # what is compiled holds the functions themselves
        if hook == "authenticate":
            operation._authenticate = broken
        elif hook in ("explain", "language"):
            operation._dialect = _Broken()
            operation._translated = True
    before = sandbox.states()["toy"]
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY) as http:
        if hook in ("settled", "objection"):
            answer = http.put("/__admin/state/toy/things/9", json={**THING, "id": "9"})
        else:
            answer = http.post("/toy/things", json={})
        assert (500, PROBLEM) == (answer.status_code, answer.headers["content-type"])
        assert "ZeroDivisionError in broken" in answer.json()["detail"]
        assert before is sandbox.states()["toy"]
        assert 200 == http.get("/__admin/health").status_code


class _Broken:
    def explain(self, _: object) -> Any:
        return self.broken()

    def language(self, _: object) -> Any:
        return self.broken()

    def broken(self) -> Any:
        raise ZeroDivisionError


def _operations(edge: Any) -> Iterator[Any]:
    for staged in edge.app.app._staged.values():
        operation = staged._operation
        if operation.provider == "toy":
            yield operation


def test_a_dialect_that_raises_over_an_unknown_route_is_500_too(monkeypatch: pytest.MonkeyPatch) -> None:
    edge, _ = toy_edge()

    def broken(*_: object, **__: object) -> Any:
        raise SystemExit(3)

    monkeypatch.setattr("understudy.contract.answers.NamedAnswer.reply", broken)
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY) as http:
        for method, path in (("GET", "/toy/nowhere"), ("PUT", "/toy/things")):
            answer = http.request(method, path)
            assert (500, PROBLEM) == (answer.status_code, answer.headers["content-type"])
            assert "SystemExit in broken" in answer.json()["detail"]


@pytest.fixture
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """The toy over a socket; a handler may take a second."""
    store = getattr(request, "param", "memory").replace("FOLDER", str(tmp_path))
    with served("--handler-timeout", "1", "--store", store, module="tests.toy") as one:
        yield one


def client(server: Served, sandbox: str = "default") -> httpx.Client:
    return httpx.Client(base_url=server.url, headers={**KEY, "Understudy-Sandbox": sandbox}, timeout=MINUTE)


def misbehave(http: httpx.Client, name: str) -> httpx.Response:
    """Have the last thing say how the handler misbehaves, and call it."""
    assert 201 == http.post("/toy/things", json={**THING, "name": name, "secret": "s"}).status_code
    return http.get(LATEST)


@pytest.mark.parametrize("server", ["memory", "file:FOLDER/store.db"], indirect=True)
def test_a_server_goes_on_after_each_of_them_and_keeps_nothing_of_it(server: Served) -> None:
    with client(server) as http:
        for number, name in enumerate(QUICK, 4):
            answer = misbehave(http, name)
            assert (500, PROBLEM) == (answer.status_code, answer.headers["content-type"]), name
            assert "Traceback" not in answer.text
            assert number == http.get("/__admin/state/toy/things").json()["total"], name
        assert 200 == misbehave(http, "as it should be").status_code
    for name in HANGING:
        hang(server, name)
    assert server.process.poll() is None


def hang(server: Served, name: str) -> None:
    """Have a handler hang in a sandbox of its own, while others ask."""
    with client(server, name) as one, client(server, "other") as other, ThreadPoolExecutor(9) as pool:
        hung = pool.submit(misbehave, one, name)
        waiting = [pool.submit(other.get, "/toy/things/1") for _ in range(8)]
        assert {200} == {answer.result(MINUTE).status_code for answer in waiting}
        answer = hung.result(MINUTE)
        assert (500, PROBLEM) == (answer.status_code, answer.headers["content-type"])
        detail = answer.json()["detail"]
        assert detail.startswith("read_latest was ended in "), detail
        assert "watchdog" not in detail
        assert detail.endswith(": it took more than 1 s (--handler-timeout)"), detail
        assert 4 == one.get("/__admin/state/toy/things").json()["total"]
        assert 200 == misbehave(one, "as it should be").status_code
        assert 500 == one.get("/__admin/requests/2").json()["status"]
    assert f"in {name}" in server.shown(f"in {name}\\b"), "the terminal says where"


def test_a_hanging_handler_does_not_keep_a_server_from_ending() -> None:
    with served("--handler-timeout", "1", module="tests.toy") as server, client(server) as http:
        with ThreadPoolExecutor(1) as pool:
            hung = pool.submit(misbehave, http, "sleep")
            while not any("POST" in line for line in server.lines):
                pass
            server.process.terminate()
            assert 0 == server.process.wait(MINUTE)
            assert 500 == hung.result().status_code


def test_without_a_limit_a_handler_may_take_its_time() -> None:
    with served("--handler-timeout", "0", module="tests.toy") as server, client(server) as http:
        http.post("/toy/things", json={**THING, "name": "sleep", "secret": "s"})
        with pytest.raises(httpx.ReadTimeout):
            http.get(LATEST, timeout=2.5)
        server.process.kill()


def test_a_negative_limit_is_refused() -> None:
    from tests.test_restart import refused

    assert "--handler-timeout -1: give 0 or more" in refused("--handler-timeout", "-1")


@pytest.mark.parametrize("seconds", [10**23, math.nan, math.inf, 1e-9])
def test_a_limit_that_no_timer_takes_is_refused(seconds: float) -> None:
    with pytest.raises(
        SourceError, match=r"^--handler-timeout \S+: give seconds from 0\.01 to 86400, or 0 for any time$"
    ):
        Playbill(handler_timeout=seconds)


def test_the_thread_of_the_python_api_is_watched_too() -> None:
    production = Production(Playbill(places=PLACES, handler_timeout=0.5))
    listener = listen("127.0.0.1", 0)
    url = url_of(listener)
    stage = Stage(production.app, listener, production.watchdog)
    stage.open()
    try:
        with httpx.Client(base_url=url, headers=KEY, timeout=MINUTE) as http:
            for _ in range(3):
                with script(loop):
                    answer = http.get(LATEST)
                assert 500 == answer.status_code
                assert "read_latest was ended in loop (toy/misbehaviour.py:" in answer.json()["detail"]
                assert 200 == http.get(LATEST).status_code
    finally:
        stage.close()

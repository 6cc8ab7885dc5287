"""Interception of ``requests``: real responses, whatever the session does with them."""

import io
import json
import threading
from collections.abc import Iterator
from functools import partialmethod

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

import understudy as package
from tests.support.served import served
from understudy import HostRefused, Sandbox, Understudy

IVALT = "https://api.ivalt.com/admin/public/api"
TYK = "http://localhost:3000"
KEYS = {"x-api-key": "YOUR_API_KEY", "admin-auth": "12345"}
ORGANISATION = {"owner_name": "Acme", "cname": "acme.example", "cname_enabled": True}


@pytest.fixture
def caught(sandbox: Sandbox) -> Iterator[Sandbox]:
    """A sandbox that requests for the vendors' hosts go to."""
    with package.intercept(sandbox, strict=True):
        yield sandbox


def test_a_response_is_whole(caught: Sandbox) -> None:
    found = requests.get(f"{IVALT}/organizations", headers=KEYS, timeout=5)
    assert (200, "OK", f"{IVALT}/organizations") == (found.status_code, found.reason, found.url)
    assert "success" == found.json()["status"]
    assert found.elapsed.total_seconds() > 0
    assert (f"{IVALT}/organizations", "GET") == (found.request.url, found.request.method)
    assert caught.name == found.headers["Understudy-Sandbox"]
    assert "application/json" in found.headers["content-type"]
    assert found.ok
    assert found.raw.closed


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(ORGANISATION),
        json.dumps(ORGANISATION).encode(),
        io.BytesIO(json.dumps(ORGANISATION).encode()),
        io.StringIO(json.dumps(ORGANISATION)),
        (bytes([letter]) for letter in json.dumps(ORGANISATION).encode()),
    ],
    ids=["text", "bytes", "file", "text file", "generator"],
)
def test_every_kind_of_body_arrives(caught: Sandbox, body: object) -> None:
    made = requests.post(f"{TYK}/admin/organisations", data=body, headers=KEYS, timeout=5)  # type: ignore[arg-type]
    assert 200 == made.status_code, made.text


def test_a_session_with_adapters_of_its_own_retries_as_on_the_network(caught: Sandbox) -> None:
    class Marking(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *given: object, **named: object) -> requests.Response:
            request.headers["X-Mark"] = "1"
            return super().send(request, *given, **named)  # type: ignore[arg-type]

    retries = Retry(3, status_forcelist=[503], backoff_factor=0)
    with caught.fault(operation_id="read_hello", answer={"status": 503, "undeclared": True}, times=2) as fault:
        with requests.Session() as session:
            session.mount("http://", Marking(max_retries=retries))
            found = session.get(f"{TYK}/hello", timeout=5)
        assert (200, 2, "1") == (found.status_code, fault.struck, found.request.headers["X-Mark"])


def test_retries_that_are_not_enough_end_as_on_the_network(caught: Sandbox) -> None:
    with caught.fault(operation_id="read_hello", answer={"status": 503, "undeclared": True}), requests.Session() as own:
        own.mount("http://", HTTPAdapter(max_retries=Retry(1, status_forcelist=[503], backoff_factor=0)))
        with pytest.raises(requests.exceptions.RetryError, match="too many 503"):
            own.get(f"{TYK}/hello", timeout=5)
        lenient = Retry(1, status_forcelist=[503], backoff_factor=0, raise_on_status=False)
        own.mount("http://", HTTPAdapter(max_retries=lenient))
        assert 503 == own.get(f"{TYK}/hello", timeout=5).status_code


def test_a_connection_that_breaks_is_a_connection_error(caught: Sandbox) -> None:
    with caught.fault(operation_id="read_hello", wire="EMPTY_RESPONSE", times=2) as fault:
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{TYK}/hello", timeout=5)
        with requests.Session() as session:
            session.mount("http://", HTTPAdapter(max_retries=Retry(2, backoff_factor=0)))
            assert 200 == session.get(f"{TYK}/hello", timeout=5).status_code
        assert 2 == fault.struck


@pytest.mark.parametrize("timeout", [0.1, (5, 0.1)])
def test_a_timeout_is_kept(caught: Sandbox, timeout: float | tuple[float, float]) -> None:
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{TYK}/hello", headers={"Prefer": "wait=30"}, timeout=timeout)


def test_a_body_is_streamed(caught: Sandbox) -> None:
    with caught.fault(operation_id="list_organisations", drip={"seconds": 0.05, "chunks": 5}):
        with requests.get(f"{TYK}/admin/organisations", headers=KEYS, stream=True, timeout=5) as found:
            assert found.raw.read(1) == b"{"
            assert found.raw.read().endswith(b"}")
        whole = requests.get(f"{TYK}/admin/organisations", headers=KEYS, timeout=5)
        assert "organisations" in whole.json()


def test_a_strict_one_refuses_what_nobody_knows(caught: Sandbox) -> None:
    with pytest.raises(HostRefused, match=r"^GET https://example\.com/: interception is strict"):
        requests.get("https://example.com/", timeout=5)


def test_head_and_empty_answers_work(caught: Sandbox) -> None:
    assert b"" == requests.head(f"{TYK}/hello", timeout=5).content
    assert b"" == requests.options(f"{TYK}/hello", timeout=5).content


def test_a_session_that_exists_is_reached_and_released(sandbox: Sandbox) -> None:
    original = HTTPAdapter.send
    with requests.Session() as session:
        session.headers.update(KEYS)
        with package.intercept(sandbox):
            assert 200 == session.get(f"{TYK}/admin/organisations", timeout=5).status_code
        assert HTTPAdapter.send is original
        with pytest.raises(requests.ConnectionError):
            session.get("http://localhost:3000/hello", timeout=5)


def test_a_patch_of_somebody_else_survives(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with package.intercept(sandbox):
        theirs = partialmethod(HTTPAdapter.send)
        monkeypatch.setattr(HTTPAdapter, "send", theirs)
    assert vars(HTTPAdapter)["send"] is theirs


def test_a_mock_elsewhere_is_reached_from_many_threads() -> None:
    seen: list[int] = []
    with served("--provider", "tyk") as server, Understudy.at(server.url) as far, package.intercept(far):
        threads = [
            threading.Thread(target=lambda: seen.append(requests.get(f"{TYK}/hello", timeout=10).status_code))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [200] * 8 == seen

"""Where there is an admin token, the control API answers whoever brings it, and nobody else, whatever the way there."""

import re
from collections.abc import Iterator
from time import time

import httpx
import pytest

from tests.support.inprocess import client_of
from understudy.contract.request import Reply
from understudy.control.gate import COOKIE, LIFETIME, Gate
from understudy.control.play import load_control

TOKEN = "a-token-of-the-tests"
LET_IN = {"Authorization": f"Bearer {TOKEN}"}
PLACES = {"name": "a", "provider": "tyk", "collection": "organisations", "id": "1"}
OPERATIONS = list(load_control().operations.values())
TYK = {"admin-auth": "12345"}


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with client_of("tyk", gate=Gate(TOKEN)) as client:
        yield client


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
@pytest.mark.parametrize("prefix", ["/__admin", "/~a/__admin", "/%5F%5Fadmin", "/~a/__adm%69n"])
def test_every_operation_is_refused_without_it(http: httpx.Client, prefix: str, operation: object) -> None:
    method, path = operation.method, operation.path.format_map(PLACES)  # type: ignore[attr-defined]
    for url in (prefix + path, f"{prefix}{path}/"):
        answer = http.request(method, url, headers={"Understudy-Sandbox": "a"})
        assert (401, "unauthenticated") == (answer.status_code, answer.headers["understudy-answer"])
        assert 'Bearer realm="understudy"' == answer.headers["www-authenticate"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/__admin", "/__admin/", "/__admin/nowhere", "/~a/__admin/nowhere/at/all"])
def test_so_is_what_no_operation_answers(http: httpx.Client, method: str, path: str) -> None:
    assert 401 == http.request(method, path).status_code
    assert 401 != http.request(method, path, headers=LET_IN).status_code


@pytest.mark.parametrize(
    "said",
    [
        *("", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"),
        *(f"Bearer {TOKEN.upper()}", f"Bearer {TOKEN}, Bearer {TOKEN}", f"Bearer x, Bearer {TOKEN}"),
        *(
            f"Bearer {TOKEN} {TOKEN}",
            "Bearer " + "x" * 100_000,
            "Bearer ä\xff",
            f"Bearer{TOKEN}",
            f"Bearer {TOKEN}\x00",
        ),
    ],
    ids=range(15),
)
def test_nothing_but_the_token_lets_in(http: httpx.Client, said: str) -> None:
    assert 401 == http.get("/__admin/health", headers={b"authorization": said.encode("latin-1")}).status_code


@pytest.mark.parametrize("said", [f"Bearer {TOKEN}", f"bearer  {TOKEN} ", f"BEARER {TOKEN}"])
def test_the_token_does(http: httpx.Client, said: str) -> None:
    assert 200 == http.get("/__admin/health", headers={"Authorization": said}).status_code


def test_a_refused_request_makes_no_sandbox_and_changes_nothing(http: httpx.Client) -> None:
    http.get("/~b/hello")
    for method, path in (("POST", "/~new/__admin/reset"), ("DELETE", "/__admin/sandboxes/b")):
        assert 401 == http.request(method, path).status_code
    listed = http.get("/__admin/sandboxes", headers=LET_IN).json()["items"]
    assert {"default", "b"} == {sandbox["name"] for sandbox in listed}


def test_the_mocked_apis_stay_open(http: httpx.Client) -> None:
    assert 200 == http.get("/admin/organisations", headers=TYK).status_code
    assert 200 == http.get("/~a/admin/organisations", headers=TYK).status_code


def test_each_token_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over digests: as long for a short one as for a long one, and whatever bytes there are."""
    lengths = []

    def compare(one: bytes, other: bytes) -> bool:
        lengths.append((len(one), len(other)))
        return one == other

    monkeypatch.setattr("hmac.compare_digest", compare)
    door = Gate(TOKEN)
    assert not door.admits({b"authorization": b"Bearer x"})
    assert not door.admits({b"authorization": b"Bearer \xff\x00" + b"x" * 5000})
    assert door.admits({b"authorization": b"Bearer " + TOKEN.encode()})
    assert [(32, 32)] * 3 == lengths


class TestSession:
    def test_it_lets_a_browser_in_without_the_token(self, http: httpx.Client) -> None:
        opened = http.post("/__admin/session", headers=LET_IN)
        assert 204 == opened.status_code
        said = opened.headers["set-cookie"]
        assert re.fullmatch(
            rf"{COOKIE}=\d+\.[0-9a-f]{{64}}; Path=/; Max-Age={LIFETIME}; HttpOnly; SameSite=Strict", said
        )
        assert TOKEN not in said
        assert 200 == http.get("/__admin/health").status_code  # the client keeps cookies
        closed = http.delete("/__admin/session")
        assert closed.headers["set-cookie"].startswith(f"{COOKIE}=; Path=/; Max-Age=0;")
        assert 401 == http.get("/__admin/health").status_code

    def test_it_is_not_had_without_the_token(self, http: httpx.Client) -> None:
        assert "set-cookie" not in http.post("/__admin/session").headers

    def test_over_tls_its_cookie_is_this_hosts_own_and_never_sent_in_clear(self) -> None:
        door = Gate(TOKEN, secure=True)
        cookie = door.cookie() or ""
        assert re.match(rf"__Host-{COOKIE}=[^;]+; Path=/; .*; Secure$", cookie)
        assert door.admits({b"cookie": cookie.partition(";")[0].encode()})
        assert not door.admits({b"cookie": cookie.partition(";")[0].removeprefix("__Host-").encode()})

    def test_it_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        door, began = Gate(TOKEN), time()
        cookie = {b"cookie": (door.cookie() or "").partition(";")[0].encode()}
        monkeypatch.setattr("understudy.control.gate.time", lambda: began + LIFETIME - 5)
        assert door.admits(cookie)
        monkeypatch.setattr("understudy.control.gate.time", lambda: began + LIFETIME + 5)
        assert not door.admits(cookie)

    def test_it_is_worth_nothing_under_another_token(self) -> None:
        cookie = {b"cookie": (Gate(TOKEN).cookie() or "").partition(";")[0].encode()}
        assert Gate(TOKEN).admits(cookie)
        assert not Gate("another-token-of-the-tests").admits(cookie)

    @pytest.mark.parametrize(
        "made_up", ["", ".", "9999999999.", "9999999999." + "0" * 64, "x.y", "²." + "0" * 64, "9" * 90]
    )
    def test_it_cannot_be_made_up(self, http: httpx.Client, made_up: str) -> None:
        cookie = f"{COOKIE}={made_up}".encode()
        assert 401 == http.get("/__admin/health", headers={b"cookie": cookie}).status_code

    def test_nor_its_end_put_off(self) -> None:
        until, _, proof = (Gate(TOKEN).cookie() or "").partition(";")[0].partition("=")[2].partition(".")
        assert not Gate(TOKEN).admits({b"cookie": f"{COOKIE}={int(until) + 1}.{proof}".encode()})

    def test_where_no_token_is_asked_for_there_is_none(self) -> None:
        with client_of("tyk") as http:
            opened = http.post("/__admin/session")
        assert (204, False) == (opened.status_code, "set-cookie" in opened.headers)


def test_neither_token_nor_session_is_in_the_journal_or_a_har(http: httpx.Client) -> None:
    """Browsers send the cookie to the mocked APIs too, and clients are given wrong headers by mistake."""
    http.post("/__admin/session", headers=LET_IN)
    session = http.cookies[COOKIE]
    http.get("/admin/organisations", headers={**TYK, **LET_IN})
    for path in ("/__admin/requests", "/__admin/requests/1", "/__admin/requests.har"):
        told = http.get(path).text
        assert "organisations" in told
        assert TOKEN not in told
        assert session not in told


class TestNoAdmin:
    @pytest.fixture
    def http(self) -> Iterator[httpx.Client]:
        with client_of("tyk", gate=Gate(closed=True)) as client:
            yield client

    @pytest.mark.parametrize("path", ["/__admin", "/__admin/health", "/~a/__admin/reset", "/__admin/nowhere"])
    def test_there_is_no_control_api(self, http: httpx.Client, path: str) -> None:
        for method in ("GET", "POST", "DELETE", "OPTIONS"):
            answer = http.request(method, path)
            assert (404, "Control API off") == (answer.status_code, answer.json()["title"])
            assert "--no-admin" in answer.json()["detail"]

    def test_nor_a_console(self, http: httpx.Client) -> None:
        for path in ("/console", "/~a/console"):
            answer = http.get(path)
            assert 404 == answer.status_code
            assert "--no-admin" in answer.text

    def test_the_rest_works(self, http: httpx.Client) -> None:
        assert 200 == http.get("/admin/organisations", headers=TYK).status_code
        for path in ("/", "/docs/tyk", "/docs/tyk/openapi.json"):
            assert 200 == http.get(path).status_code


def test_a_gate_does_not_show_its_token() -> None:
    refused = Gate(TOKEN).refusal({b"authorization": b"Bearer wrong-token-of-somebody"})
    assert isinstance(refused, Reply)
    assert b"wrong-token" not in refused.body
    assert TOKEN not in repr(Gate(TOKEN))
    assert TOKEN.encode() not in refused.body

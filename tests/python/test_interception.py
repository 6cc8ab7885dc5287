"""Interception: code under test is not changed, and production hosts are the mock's as long as a block."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests

import understudy as package
from tests.support.inprocess import parts_of
from tests.support.served import served
from understudy import HostRefused, NotRunning, Understudy, UnderstudyError

IVALT = "https://api.ivalt.com/admin/public/api"
TYK = "http://localhost:3000"
KEYS = {"x-api-key": "YOUR_API_KEY", "admin-auth": "12345"}
ORGANISATION = {"owner_name": "Acme", "cname": "acme.example", "cname_enabled": True}


@pytest.fixture(scope="module")
def mock() -> Iterator[Understudy]:
    """One for this file, without a socket: what reaches it was intercepted."""
    with Understudy(serve=False) as running:
        yield running


def test_a_production_url_reaches_the_mock() -> None:
    with package.intercept() as sandbox:
        found = httpx.get(f"{IVALT}/organizations", headers=KEYS)
    assert (200, "default") == (found.status_code, found.headers["understudy-sandbox"])
    assert f"{IVALT}/organizations" == str(found.url) == str(found.request.url)
    assert found.elapsed.total_seconds() > 0
    assert "api.ivalt.com" == found.request.headers["host"]
    with pytest.raises(NotRunning):
        sandbox.reset()


def test_a_client_that_exists_already_is_reached_and_one_with_a_transport_of_its_own_is_not(mock: Understudy) -> None:
    own = httpx.MockTransport(lambda _: httpx.Response(418))
    with httpx.Client() as existing, httpx.Client(transport=own) as other, package.intercept(mock):
        assert 200 == existing.get(f"{IVALT}/organizations", headers=KEYS).status_code
        assert 418 == other.get(f"{IVALT}/organizations").status_code


def test_asynchronous_clients_are_reached_in_any_loop(mock: Understudy) -> None:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(headers=KEYS) as http:
            first, _ = await asyncio.gather(*(http.get(f"{IVALT}/organizations") for _ in range(2)))
            return first

    with package.intercept(mock):
        for _ in range(2):
            found = asyncio.run(ask())
            assert (200, f"{IVALT}/organizations") == (found.status_code, str(found.url))


def test_calls_go_to_the_sandbox_that_is_given(mock: Understudy) -> None:
    sandbox = mock.sandbox("given", world="empty")
    with package.intercept(sandbox) as target, httpx.Client(base_url=TYK, headers=KEYS) as http:
        assert target is sandbox
        id = http.post("/admin/organisations", json=ORGANISATION).json()["Meta"]
        assert 200 == http.get(f"/admin/organisations/{id}").status_code
        answer = http.get(f"/admin/organisations/{id}", headers={"baggage": "understudy-sandbox=other"})
        assert "given" == answer.headers["understudy-sandbox"]
    with package.intercept(mock), httpx.Client(base_url=TYK, headers=KEYS) as http:
        assert 404 == http.get(f"/admin/organisations/{id}").status_code
        answer = http.get("/admin/organisations", headers={"baggage": "understudy-sandbox=passed-on"})
        assert "passed-on" == answer.headers["understudy-sandbox"]


def test_a_server_that_runs_elsewhere_can_be_meant() -> None:
    async def ask() -> str:
        async with httpx.AsyncClient(headers=KEYS) as http, http.stream("GET", f"{IVALT}/organizations") as found:
            return str((await found.aread())[:20])

    with served() as server, Understudy.at(server.url) as far, package.intercept(far.sandbox("far")):
        for _ in range(2):
            assert "far" == httpx.get(f"{IVALT}/organizations", headers=KEYS).headers["understudy-sandbox"]
            assert "success" in asyncio.run(ask())


def test_host_and_port_both_count(mock: Understudy) -> None:
    elsewhere = ("https://api.ivalt.com:8443/", "http://localhost:3001/hello", "http://127.0.0.1:3000/hello")
    with package.intercept(mock, strict=True):
        assert 200 == httpx.get("https://API.ivalt.com:443/admin/public/api/organizations", headers=KEYS).status_code
        for url in elsewhere:
            with pytest.raises(HostRefused):
                httpx.get(url)


def test_the_wrong_scheme_does_not_lead_to_production(mock: Understudy) -> None:
    with package.intercept(mock):
        for send in (httpx.get, requests.get):
            with pytest.raises(HostRefused) as caught:
                send(f"{IVALT.replace('https', 'http')}/organizations")
            assert (
                "GET http://api.ivalt.com/admin/public/api/organizations: ivalt is at api.ivalt.com:443; "
                "correct the scheme, or give this one, too, as intercept(hosts=…)"
            ) == str(caught.value)
    with package.intercept(mock, hosts={"http://api.ivalt.com": "ivalt"}):
        for scheme in ("http", "https"):
            url = f"{scheme}://api.ivalt.com/admin/public/api/organizations"
            assert 200 == httpx.get(url, headers=KEYS).status_code


@pytest.mark.parametrize("odd", ["http://127.0.0.1:4010", 5, ["x"]])
def test_what_nothing_can_be_sent_to_is_said(odd: Any) -> None:
    with pytest.raises(UnderstudyError, match=r"^intercept\(\) takes an Understudy or a sandbox of one, not "):
        package.intercept(odd).__enter__()


def test_strict_names_the_host_and_what_is_known(mock: Understudy) -> None:
    with package.intercept(mock, strict=True), pytest.raises(HostRefused) as caught:
        httpx.post("https://example.com/x?y=1")
    assert (
        "POST https://example.com/x: interception is strict, and no contract names the host example.com:443; known "
        "are api.ivalt.com:443 (ivalt), api-docs.ivalt.com:443 (ivalt), localhost:3000 (tyk); "
        "give others as intercept(hosts=…)"
    ) == str(caught.value)


def test_another_host_is_left_alone(mock: Understudy, understudy: Understudy) -> None:
    """The session's mock is just another server here."""
    with package.intercept(mock):
        assert 200 == httpx.get(f"{understudy.url()}/__admin/health").status_code


def test_a_mock_over_a_socket_can_still_be_called_where_it_is_strict(understudy: Understudy) -> None:
    with package.intercept(understudy, strict=True) as sandbox:
        assert 200 == httpx.get(f"{sandbox.url()}/hello").status_code


def test_a_path_that_is_not_the_hosts_own_is_refused_and_never_reaches_another_vendor(mock: Understudy) -> None:
    astray = (
        "https://api.ivalt.com/admin/organisations",  # Tyk's
        "https://api.ivalt.com/admin/public/apis",
        f"{TYK}/admin/public/api/organizations",  # iVALT's
        f"{TYK}/user/v1/organization/read",  # ELEVATE's
        f"{TYK}/__admin/health",
        f"{TYK}/~other/hello",
    )
    with package.intercept(mock):
        for url in astray:
            with pytest.raises(HostRefused, match="this path is not there"):
                httpx.get(url, headers=KEYS)
        assert 404 == httpx.get(f"{TYK}/nothing/here").status_code


def test_further_hosts_can_be_named(mock: Understudy) -> None:
    hosts = {"https://elevate.example.org": "elevate", "http://koneksi.test:8080/": "koneksi"}
    with package.intercept(mock, hosts=hosts) as sandbox:
        login = {"email": "mentee@shikshalokam.org", "password": "Mentee@2024"}
        assert 200 == httpx.post("https://elevate.example.org/user/v1/account/login", json=login).status_code
        members = "http://koneksi.test:8080/clients/v1/organization-admin/members/list"
        assert 200 == httpx.get(members, headers=sandbox.credentials("koneksi")).status_code
    wrongs: list[tuple[Any, str]] = [
        ({"elevate.example.org": "elevate"}, "is not scheme, host and port alone"),
        ({"https://[::1": "elevate"}, "is not scheme, host and port alone"),
        (["https://x.org"], "is not such as {'https://api.example.org': 'acme'}"),
        ({"https://x.org/user/v1": "elevate"}, "is not scheme, host and port alone"),
        ({"https://x.org": "elevated"}, "no provider is called 'elevated'; there are elevate"),
    ]
    for wrong, said in wrongs:
        with pytest.raises(UnderstudyError, match=said), package.intercept(mock, hosts=wrong):
            pass


def test_nested_ones_ask_the_inner_first_and_each_ends_for_itself(mock: Understudy) -> None:
    def where() -> str:
        return httpx.get(f"{TYK}/hello").headers["understudy-sandbox"]

    original = httpx.HTTPTransport.handle_request
    with package.intercept(mock.sandbox("outer")):
        with package.intercept(mock.sandbox("inner"), strict=True):
            assert "inner" == where()
        assert "outer" == where()
        with pytest.raises(ZeroDivisionError):
            with package.intercept(mock.sandbox("failing")):
                1 / 0  # noqa: B018
        assert "outer" == where()
    assert httpx.HTTPTransport.handle_request is original


def test_a_strict_one_inside_lets_through_what_the_outer_takes(mock: Understudy) -> None:
    with package.intercept(mock, hosts={"https://elevate.example.org": "elevate"}):
        with package.intercept(mock, strict=True):
            assert 404 == httpx.get("https://elevate.example.org/user/v1/nothing").status_code


def test_what_one_thread_intercepts_goes_to_its_own_sandbox(mock: Understudy) -> None:
    together, seen = threading.Barrier(4), {}

    def play(name: str) -> None:
        with package.intercept(mock.sandbox(name)):
            together.wait(30)
            seen[name] = {httpx.get(f"{TYK}/hello").headers["understudy-sandbox"] for _ in range(10)}
            together.wait(30)

    threads = [threading.Thread(target=play, args=(f"thread-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {f"thread-{n}": {f"thread-{n}"} for n in range(4)} == seen


def test_a_thread_that_the_code_under_test_starts_is_intercepted_too(mock: Understudy) -> None:
    seen: list[str] = []
    with package.intercept(mock.sandbox("shared")):
        thread = threading.Thread(target=lambda: seen.append(httpx.get(f"{TYK}/hello").headers["understudy-sandbox"]))
        thread.start()
        thread.join()
    assert ["shared"] == seen


def test_it_cannot_be_entered_twice_and_leaves_nothing_when_it_cannot_begin(mock: Understudy) -> None:
    original = httpx.HTTPTransport.handle_request
    one = package.intercept(mock)
    with one, pytest.raises(UnderstudyError, match="in force already"):
        one.__enter__()
    with pytest.raises(NotRunning), package.intercept(Understudy(serve=False)):
        pass
    assert httpx.HTTPTransport.handle_request is original


def test_a_timeout_of_the_caller_is_kept(mock: Understudy) -> None:
    with package.intercept(mock):
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{TYK}/hello", headers={"Prefer": "wait=30"}, timeout=0.1)


def test_the_vendors_do_not_share_a_path() -> None:
    """The server goes by the path alone: two vendors with one path could not both be played."""
    routes = [
        (part.name, op.method, (base + op.path).split("/"))
        for part in parts_of()
        for base in part.contract.base_paths
        for op in part.contract.operations.values()
    ]
    clashes = [
        (one, other)
        for one in routes
        for other in routes
        if one[0] < other[0] and one[1] == other[1] and len(one[2]) == len(other[2])
        if all(a == b or "{" in a or "{" in b for a, b in zip(one[2], other[2], strict=True))
    ]
    assert [] == clashes

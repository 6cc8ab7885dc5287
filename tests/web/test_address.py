"""Which sandbox a request means: by header, path prefix or baggage."""

from urllib.parse import quote

import httpx
import pytest

from tests.support.inprocess import client_of

ADMIN = {"admin-auth": "12345"}
ORGANISATIONS = "/admin/organisations"


def create(mock: httpx.Client, prefix: str = "", **headers: str) -> httpx.Response:
    answer = mock.post(f"{prefix}{ORGANISATIONS}", json={"owner_name": "New"}, headers=ADMIN | headers)
    assert 200 == answer.status_code
    return answer


def count(mock: httpx.Client, prefix: str = "", **headers: str) -> int:
    return len(mock.get(f"{prefix}{ORGANISATIONS}", headers=ADMIN | headers).json()["organisations"])


WAYS: list[tuple[str, dict[str, str]]] = [
    ("", {"understudy-sandbox": "a.b_c-1"}),
    ("/~a.b_c-1", {}),
    ("", {"baggage": "understudy-sandbox=a.b_c-1"}),
    ("", {"baggage": "userId=alice, understudy-sandbox = a.b_c-1 ;ttl=5,other=2"}),
    ("/~a.b_c-1", {"understudy-sandbox": "a.b_c-1"}),
    ("", {"understudy-sandbox": "a.b_c-1", "baggage": "understudy-sandbox=other"}),
    ("/~a.b_c-1", {"baggage": "understudy-sandbox=other"}),
]


@pytest.mark.parametrize(("prefix", "headers"), WAYS)
def test_each_way_of_naming_a_sandbox_leads_to_it_and_the_answer_names_it(
    mock: httpx.Client, prefix: str, headers: dict[str, str]
) -> None:
    before = count(mock)
    assert "a.b_c-1" == create(mock, prefix, **headers).headers["understudy-sandbox"]
    assert before + 1 == count(mock, "/~a.b_c-1")
    assert before == count(mock)


def test_a_request_that_names_none_means_default(mock: httpx.Client) -> None:
    assert "default" == create(mock).headers["understudy-sandbox"]
    assert count(mock) == count(mock, "/~default") == count(mock, **{"understudy-sandbox": "default"})


def test_baggage_that_is_about_something_else_means_default(mock: httpx.Client) -> None:
    for baggage in ("userId=alice", "x-understudy-sandbox=a", "not-understudy-sandbox=a", ""):
        assert "default" == create(mock, baggage=baggage).headers["understudy-sandbox"]


IMPOSSIBLE = ["a b", "x" * 65, "ä", "a/b", "a%b", "../x", "~a", ""]


def addressed(way: str, name: str) -> tuple[str, dict[str, bytes]]:
    """Return path and headers that name a sandbox in one of the three ways."""
    if way == "path":
        return f"/~{quote(name, safe='')}{ORGANISATIONS}", {}
    if way == "baggage":
        return ORGANISATIONS, {"baggage": f"understudy-sandbox={quote(name, safe='')}".encode()}
    return ORGANISATIONS, {"understudy-sandbox": name.encode("latin-1")}


@pytest.mark.parametrize(
    ("way", "name"),
    [
        (way, name)
        for way in ("header", "baggage", "path")
        for name in IMPOSSIBLE
        if not (way == "path" and "/" in name)  # there, a slash ends the name
    ],
)
def test_what_cannot_be_a_name_is_refused_with_the_rule(mock: httpx.Client, way: str, name: str) -> None:
    path, headers = addressed(way, name)
    answer = mock.get(path, headers={b"admin-auth": b"12345", **{key.encode(): headers[key] for key in headers}})
    assert 400 == answer.status_code
    assert "1 to 64 letters, digits" in answer.json()["detail"]
    assert "understudy-sandbox" not in answer.headers


def test_a_prefix_and_a_header_that_differ_are_refused(mock: httpx.Client) -> None:
    answer = mock.get(f"/~one{ORGANISATIONS}", headers={**ADMIN, "Understudy-Sandbox": "two"})
    assert 400 == answer.status_code
    assert "'one'" in answer.json()["detail"]
    assert "'two'" in answer.json()["detail"]


def test_a_bare_prefix_is_the_root_of_its_sandbox(mock: httpx.Client) -> None:
    for path in ("/~one", "/~one/"):
        answer = mock.get(path, headers={"Accept": "application/json"})
        assert "one" == answer.json()["sandbox"]["name"] == answer.headers["understudy-sandbox"]


def test_one_more_than_the_limit_is_refused_and_the_refusal_says_how_to_raise_it() -> None:
    with client_of("tyk", limit=3) as mock:
        for name in ("a", "b"):
            create(mock, f"/~{name}")
        own = {"Origin": "http://localhost"}
        for path in (f"/~c{ORGANISATIONS}", "/~c/__admin/clock"):
            answer = mock.get(path, headers=ADMIN | own)
            assert 503 == answer.status_code
            assert "--max-sandboxes" in answer.json()["detail"]
            assert "Too many sandboxes" == answer.json()["title"]
        assert 503 == mock.put("/__admin/sandboxes/c").status_code
        assert 204 == mock.delete("/__admin/sandboxes/a").status_code
        create(mock, "/~c")


def test_default_may_always_be_made() -> None:
    with client_of("tyk", limit=2) as mock:
        create(mock, "/~a")
        assert 204 == mock.delete("/__admin/sandboxes/default").status_code
        create(mock, "/~b")
        create(mock)
        assert 503 == mock.get("/~c/hello").status_code


def test_what_is_asked_of_the_server_itself_makes_no_sandbox_and_needs_none() -> None:
    with client_of("tyk", limit=2) as mock:
        assert 204 == mock.delete("/__admin/sandboxes/default").status_code
        for path in ("health", "providers", "coverage", "sandboxes", "sandboxes/default", "sandboxes/a", "nowhere"):
            for prefix in ("", "/~a"):
                status = 404 if path in ("sandboxes/default", "sandboxes/a", "nowhere") else 200
                assert status == mock.get(f"{prefix}/__admin/{path}").status_code
        assert [] == mock.get("/__admin/sandboxes").json()["items"]
        for name in ("b", "c"):
            assert 201 == mock.put(f"/__admin/sandboxes/{name}").status_code
        assert 200 == mock.get("/~d/__admin/health").status_code
        assert 503 == mock.get("/~d/__admin/clock").status_code
        assert 204 == mock.delete("/__admin/sandboxes/b").status_code
        assert 200 == mock.get("/~d/__admin/clock").status_code


def test_any_origin_may_read_a_refused_address_but_not_the_control_api(mock: httpx.Client) -> None:
    origin = {"Origin": "http://localhost:3000"}
    assert "*" == mock.get(f"/~a b{ORGANISATIONS}", headers=origin).headers["access-control-allow-origin"]
    assert "access-control-allow-origin" not in mock.get("/~a b/__admin/health", headers=origin).headers
    assert "access-control-allow-origin" not in mock.get("/~ab/__admin/health", headers=origin).headers

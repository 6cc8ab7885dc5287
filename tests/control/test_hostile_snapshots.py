"""Files of snapshots made to do harm: each is refused, or taken well, and nothing changes before it is restored."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.control.asking import ADMIN, ask, create_member, create_tyk
from tests.control.test_snapshots import Server

IMPORT = f"{ADMIN}/snapshots/hostile/import"
JSON = {"Content-Type": "application/json"}
TYK = ("providers", "tyk", "collections")
USERS = (*TYK, "users")


def made() -> tuple[Server, dict[str, Any]]:
    """Return a server, and a file of what was done there."""
    server = Server(names=("tyk", "koneksi"))
    create_tyk(server.http, "One")
    create_member(server.http, "one@ardata.tech")
    ask(server.http, "PUT", "/snapshots/good", 201)
    return server, ask(server.http, "GET", "/snapshots/good/export", 200)


@pytest.fixture(scope="module")
def good() -> Iterator[tuple[Server, dict[str, Any]]]:
    server, file = made()
    yield server, file
    server.http.close()


def sent(server: Server, content: bytes) -> httpx.Response:
    """Import what may be a file; see that it did nothing but, where it was taken, stand among the snapshots."""
    before = server.hash(), set(server.sandbox().snapshots)
    answer = server.http.put(IMPORT, content=content, headers=JSON)
    taken = {"hostile"} if answer.status_code < 300 else set()
    assert (before[0], before[1] | taken) == (server.hash(), set(server.sandbox().snapshots))
    assert answer.status_code in {200, 201, 400, 413, 422}, answer.text[:500]
    if taken:
        restored_and_played(server)
    else:
        assert "application/problem+json" == answer.headers["content-type"]
        assert len(answer.content) < 200_000
    return answer


def restored_and_played(server: Server) -> None:
    """Whatever is taken can be restored, played, looked at and given out again."""
    http = server.http
    ask(http, "POST", "/snapshots/hostile/restore", 200)
    for path in ("/hello", "/admin/organisations", "/admin/users", "/api/users"):
        assert http.get(path, headers={"admin-auth": "12345"}).status_code < 500, path
    for path in ("/state", "/state/tyk/users", "/snapshots/hostile/export", "/snapshots/good/diff"):
        ask(http, "GET", path, 200)
    ask(http, "POST", "/snapshots/good/restore", 200)
    ask(http, "DELETE", "/snapshots/hostile", 204)


def changed(file: dict[str, Any], way: tuple[str, ...], value: Any) -> bytes:
    """Return a file with another value at a place, as bytes: a value that is bytes stands there as it is."""
    copy = deepcopy(file)
    place = copy
    for name in way[:-1]:
        place = place.setdefault(name, {})
    place[way[-1]] = "@@@" if isinstance(value, bytes) else value
    text = orjson.dumps(copy)
    return text.replace(b'"@@@"', value) if isinstance(value, bytes) else text


def user(file: dict[str, Any], **members: Any) -> dict[str, Any]:
    """Return changes with one user that no contract has anything against, but for these members."""
    whole = {
        "api_model": {}, "first_name": "A", "last_name": "B", "email_address": "a@b.org", "active": True,
        "org_id": "54b53d3aeba6db5c35000002", "id": "0" * 24, "access_key": "0" * 32, "user_permissions": {},
        "group_id": "", "password_max_days": 0, "password_updated": "0001-01-01T00:00:00Z", "PWHistory": [],
        "last_login_date": "0001-01-01T00:00:00Z", "created_at": "2015-01-13T15:44:11.000Z",
    }  # fmt: skip
    return {"created": 99, "records": [{**whole, **members}]}


def password(id: str) -> dict[str, Any]:
    return {"created": 99, "records": [{"id": id, "hash": "x"}]}


DEEP = b"[" * 90_000 + b"]" * 90_000
HOSTILE: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "a prototype": lambda file: changed(file, ("__proto__",), {"admin": True}),
    "a prototype as provider": lambda file: changed(file, ("providers", "__proto__"), {}),
    "a prototype as collection": lambda file: changed(file, (*TYK, "__proto__"), {"created": 1}),
    "a prototype in a record": lambda file: changed(file, USERS, user(file, __proto__={"a": 1}, __class__=1)),
    "a constructor": lambda file: changed(file, USERS, user(file, constructor={"prototype": {"x": 1}})),
    "a huge number": lambda file: changed(file, ("seed",), b"9" * 4000),
    "a huge number in a record": lambda file: changed(file, USERS, user(file, password_max_days=2**63)),
    "a number that is none": lambda file: changed(file, (*USERS, "created"), b"NaN"),
    "no end": lambda file: changed(file, (*USERS, "created"), b"-Infinity"),
    "a float as a count": lambda file: changed(file, (*USERS, "created"), b"1e308"),
    "half a pair": lambda file: changed(file, ("world",), b'"\\ud800"'),
    "half a pair in a record": lambda file: changed(file, ("providers", "tyk", "base"), b'"\\udfff"'),
    "NUL in a name": lambda file: changed(file, ("world",), "docu\0mented"),
    "a way out as world": lambda file: changed(file, ("world",), "../../etc/passwd"),
    "a way out as collection": lambda file: changed(file, (*TYK, "../users"), {"created": 1}),
    "an id with slashes": lambda file: changed(file, (*TYK, "passwords"), password("../../x")),
    "an empty id": lambda file: changed(file, (*TYK, "passwords"), password("")),
    "an id that is a list": lambda file: changed(file, USERS, user(file, id=["a"])),
    "an id that is an object": lambda file: changed(file, USERS, user(file, id={"a": 1})),
    "a key that is an object": lambda file: changed(file, USERS, user(file, org_id={"a": []})),
    "a dropped object": lambda file: changed(file, USERS, {"created": 99, "dropped": [{"a": 1}]}),
    "deep nesting": lambda file: changed(file, USERS, DEEP),
    "nesting in a record": lambda file: changed(file, USERS, user(file, api_model={"a": [[[[[[[[[[]]]]]]]]]]})),
    "a hundred thousand keys": lambda file: changed(file, ("providers",), {f"k{n}": {} for n in range(100_000)}),
    "a hundred thousand members": lambda file: changed(file, USERS, user(file, **{f"k{n}": n for n in range(100_000)})),
    "a hundred thousand records": lambda file: changed(file, USERS, {"created": 1, "records": [{}] * 100_000}),
    "a hundred thousand drops": lambda file: changed(file, USERS, {"created": 1, "dropped": ["x"] * 100_000}),
    "a key twice": lambda file: changed(file, ("world",), b'"documented", "world": "empty"'),
    "two documents": lambda file: orjson.dumps(file) * 2,
    "nothing": lambda _: b"",
    "a list": lambda _: b"[]",
    "no JSON": lambda _: b"\x80\x04\x95cos\nsystem\n(S'id'\ntR.",
    "YAML": lambda _: b"!!python/object/apply:os.system [id]",
    "a byte order mark": lambda file: b"\xef\xbb\xbf" + orjson.dumps(file),
    "UTF-16": lambda file: orjson.dumps(file).decode().encode("utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_or_taken_well(kind: str, good: tuple[Server, dict[str, Any]]) -> None:
    server, file = good
    sent(server, HOSTILE[kind](file))


def test_a_good_one_is_taken(good: tuple[Server, dict[str, Any]]) -> None:
    server, file = good
    assert 201 == sent(server, orjson.dumps(file)).status_code
    assert 201 == sent(server, changed(file, USERS, user(file))).status_code


PLACES = [
    ("format",), ("world",), ("seed",), ("taken",), ("providers",), ("providers", "tyk"), ("providers", "tyk", "base"),
    ("providers", "tyk", "contract"), TYK, USERS, (*USERS, "created"), (*USERS, "records"), (*USERS, "dropped"),
    (*USERS, "last"), (*USERS, "last", "organisation"), (*TYK, "passwords"), (*TYK, "organisations", "records"),
]  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "created", "records", "dropped", "last", "hash", "__proto__", "x"]), inner
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(way=st.sampled_from(PLACES), value=ANYTHING)
def test_anything_anywhere_in_a_file_is_refused_or_taken_well(
    way: tuple[str, ...], value: Any, good: tuple[Server, dict[str, Any]]
) -> None:
    server, file = good
    sent(server, changed(file, way, value))


NAMES = [
    "%2e", "%2e%2e", "a/b", "..%2f..%2fetc", "%2e%2e%2fx", "a\\b", "a%00b", "a%0d%0aX: y",
    'a"b', "a;b", "é", "x" * 65,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leaves_its_folder_or_its_header(name: str, good: tuple[Server, dict[str, Any]]) -> None:
    """A snapshot, or the sandbox that names the file of an archive, is called by letters, digits and ``._-``."""
    server, file = good
    known = set(server.sandbox().snapshots)
    for method, path in (("PUT", f"{ADMIN}/snapshots/{name}"), ("PUT", f"{ADMIN}/snapshots/{name}/import")):
        answer = server.http.request(method, path, json=file)
        assert answer.status_code in {400, 404, 405}, answer.text[:300]
    chosen = [(b"understudy-sandbox", name.encode("latin-1", "replace"))]
    archive = server.http.get(f"{ADMIN}/requests.har", headers=chosen)
    assert archive.status_code == 400, archive.headers
    assert "content-disposition" not in archive.headers
    assert known == set(server.sandbox().snapshots)

"""Bad input over a real socket: each gets a declared answer in the vendor's dialect, and nothing changes."""

import json
import socket
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import orjson
import pytest

from tests.support.inprocess import parts_of
from tests.support.served import Served, served


class Target(NamedTuple):
    """An operation with a body, the credentials it needs, and how to see the state."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, object]
    look: str


KONEKSI = {
    "Client-ID": "id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E",
    "Client-Secret": "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY",
}
TARGETS = [
    Target(
        "ivalt", "PUT", "/admin/public/api/organization/123/update/auth-code/123", {"x-api-key": "YOUR_API_KEY"},
        {"client_id": "a", "client_secret": "b"}, "/admin/public/api/organization/123/get-org-auth-codes",
    ),
    Target(
        "elevate", "PATCH", "/user/v1/organization/update/12", {"X-auth-token": "bearer mine"},
        {"name": "Changed"}, "/user/v1/organization/read?organisation_id=12",
    ),
    Target(
        "tyk", "PUT", "/admin/organisations/54b53d3aeba6db5c35000002", {"admin-auth": "12345"},
        {"owner_name": "Changed"}, "/admin/organisations",
    ),
    Target(
        "koneksi", "PUT", "/clients/v1/organization-admin/organization/update", KONEKSI,
        {"name": "Changed"}, "/clients/v1/organization-admin/organization/read",
    ),
]  # fmt: skip
NAMES = [target.name for target in TARGETS]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--credential", "elevate=mine") as running:
        yield running


def raw(server: Served, data: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes as they are; return status, headers and body of the answer."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(data)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return int(lines[0].split()[1]), headers, body


def request(
    target: Target, body: bytes, *, path: str | None = None, extra: list[tuple[str, str]] | None = None
) -> bytes:
    headers = [*target.headers.items(), ("Host", "localhost"), ("Connection", "close"), *(extra or [])]
    if extra is None:
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    lines = [f"{target.method} {path or target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def look(server: Served, target: Target) -> bytes:
    """Return what the state shows, without what differs in every exchange."""
    seen = httpx.get(server.url + target.look, headers=target.headers)
    assert 200 == seen.status_code
    return seen.content.replace(seen.headers.get("x-request-ids", "-").encode(), b"")


def declared(target: Target, status: int, headers: dict[str, str]) -> bool:
    """Say whether an answer is one that the vendor's contract declares, by name and status."""
    (part,) = [part for part in parts_of(*NAMES) if part.name == target.name]
    answers = [
        answer for operation in part.contract.operations.values() for answer in operation.answers.by_name.values()
    ]
    answers += part.contract.unrouted.values()
    name = headers.get("understudy-answer")
    return (name, status) in [(answer.name, answer.status) for answer in answers]


BODIES = {
    "broken JSON": b'{"name": ',
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "null": b"null",
    "an array": b"[]",
    "a text": b'"x"',
    "10,000 levels deep": b"[" * 10_000,
    "10,000 levels deep and closed": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "10 MB": b'{"name": "' + b"x" * 10_000_000 + b'"}',
    "wrong types": b'{"name": {}, "client_id": [], "owner_name": 5, "client_secret": 1}',
    "numbers beyond 64 bits": b'{"other": {"n": 99999999999999999999999}}',
    "numbers beyond all bounds": b'{"other": 1e999}',
    "a doubled key": b'{"name": "a", "owner_name": "a", "client_id": "a", "client_secret": "a", "x": 1, "x": 2}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_a_bad_body_gets_a_declared_answer_and_changes_nothing(server: Served, target: Target, body: bytes) -> None:
    before = look(server, target)
    status, headers, _ = raw(server, request(target, body))
    assert declared(target, status, headers), (status, headers)
    assert status >= 400
    told = orjson.loads(headers["understudy-violations"])
    assert told["count"] >= 1
    assert before == look(server, target)


@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_10_mb_are_413(server: Served, target: Target) -> None:
    assert 413 == raw(server, request(target, BODIES["10 MB"]))[0]


@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_a_missing_body_gets_a_declared_answer(server: Served, target: Target) -> None:
    before = look(server, target)
    status, headers, _ = raw(server, request(target, b"", extra=[]))
    assert declared(target, status, headers)
    assert before == look(server, target) or status == 200


@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_a_chunked_body_is_a_body(server: Served, target: Target) -> None:
    body = json.dumps(target.body).encode()
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    extra = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]
    status, headers, _ = raw(server, request(target, chunks, extra=extra))
    assert 200 == status
    assert declared(target, status, headers)
    assert b"Changed" in look(server, target) or target.name == "ivalt"


PATHS = {
    "an encoded slash": "/a%2Fb",
    "NUL": "/%00",
    "very long": "/" + "a" * 20_000,
    "not UTF-8": "/%ff%fe",
    "a bad escape": "/%zz",
    "dots": "/../../etc/passwd",
    "encoded dots": "/%2e%2e/%2e%2e/etc/passwd",
    "a line break": "/%0d%0aX-Evil:%201",
}


@pytest.mark.parametrize("suffix", PATHS.values(), ids=PATHS.keys())
@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_an_odd_path_gets_the_vendors_404(server: Served, target: Target, suffix: str) -> None:
    path = target.path.rsplit("/", 1)[0] + suffix
    status, headers, _ = raw(server, request(target, b"{}", path=path))
    assert status in (404, 405)
    assert declared(target, status, headers)
    assert "x-evil" not in headers


@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_missing_doubled_and_odd_credentials_are_refused(server: Served, target: Target) -> None:
    before = look(server, target)
    body = json.dumps(target.body).encode()
    length = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    first = next(iter(target.headers))
    for credentials in (
        [],
        [(first, "")],
        [*target.headers.items(), *target.headers.items()],
        [(name, f"{value}\xe9") for name, value in target.headers.items()],
        [(name, "x" * 10_000) for name in target.headers],
    ):
        bare = target._replace(headers={})
        status, headers, _ = raw(server, request(bare, body, extra=[*credentials, *length]))
        assert status in (401, 403), credentials
        assert declared(target, status, headers)
    assert before == look(server, target)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "nonsense", "", "application/json, text/html"]
)
@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_a_wrong_content_type_gets_a_declared_answer(server: Served, target: Target, content_type: str) -> None:
    body = json.dumps(target.body).encode()
    extra = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    status, headers, _ = raw(server, request(target, body, extra=extra))
    assert declared(target, status, headers)
    assert status == {"ivalt": 415}.get(target.name, 200)


def test_the_process_is_still_the_one_that_was_started(server: Served) -> None:
    assert 200 == httpx.get(f"{server.url}/hello").status_code
    assert not any("Traceback" in line for line in server.lines)

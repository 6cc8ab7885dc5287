"""What the fuzzer has found, each by itself."""

import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.fuzz.answers import Answered, answers_in
from tests.fuzz.corpus import HOST, JIVELY
from tests.support.served import Served, served
from tests.support.toy import toy_client

GET = b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n"
PUT = b"PUT " + JIVELY + b" HTTP/1.1\r\n" + HOST + b"admin-auth: 12345\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--any-credentials", "--log-level", "error") as running:
        yield running
        assert not [line for line in running.lines if "Traceback" in line or "Error" in line]


def answers(server: Served, *pieces: bytes, methods: tuple[bytes, ...] = (), pause: float = 0.0) -> list[Answered]:
    """Send pieces, and return what comes back until the connection ends."""
    address = urlsplit(server.url)
    received = b""
    with socket.create_connection((address.hostname, address.port or 80), timeout=20) as opened:
        for piece in pieces:
            opened.sendall(piece)
            time.sleep(pause)
        while chunk := opened.recv(65536):
            received += chunk
    return answers_in(received, list(methods), b"", ended=True)


@pytest.mark.parametrize("version", [b"", b" HTTP/0.9", b" HTTP/2.0", b" HTTP/1.9"])
def test_a_request_of_another_version_of_http_is_refused(server: Served, version: bytes) -> None:
    assert [200, 400] == [answer.status for answer in answers(server, GET + b"GET /hello" + version + b"\r\n\r\n")]


@pytest.mark.parametrize("connection", [b"", b"connection: upgrade\r\nupgrade: h2c\r\n", b"expect: 100-continue\r\n"])
@pytest.mark.parametrize(
    "coding",
    [
        b"transfer-encoding: cow\r\ntransfer-encoding: chunked\r\n",
        b"transfer-encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: identity, chunked\r\n",
    ],
)
def test_a_body_that_is_coded_otherwise_than_in_chunks_is_refused(
    server: Served, coding: bytes, connection: bytes
) -> None:
    (answer,) = answers(server, PUT + connection + coding + b"\r\n2\r\n{}\r\n0\r\n\r\n" + GET)
    assert (400, True) == (answer.status, answer.is_refusal)


def test_a_request_of_the_old_version_in_chunks_is_refused(server: Served) -> None:
    old = (
        PUT.replace(b"1.1", b"1.0")
        + b"connection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    )
    (answer,) = answers(server, old + GET)
    assert (400, True) == (answer.status, answer.is_refusal)


def test_who_speaks_the_old_version_is_not_told_to_go_on(server: Served) -> None:
    old = PUT.replace(b"1.1", b"1.0") + b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n"
    (answer,) = answers(server, old, b"{}", pause=0.05)
    assert 0 == answer.informed


def test_a_refusal_has_no_body_where_only_the_head_was_asked_for(server: Served) -> None:
    longer = b"HEAD /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"
    (answer,) = answers(server, longer, methods=(b"HEAD",))
    assert 414 == answer.status


def test_what_was_answered_arrives_though_the_client_goes_on_sending_what_is_not_read(server: Served) -> None:
    page = b"GET /docs/tyk/openapi.json HTTP/1.1\r\n" + HOST + b"\r\n"
    told = answers(server, page * 3 + b"\x00", *[b"a" * 1000] * 20, pause=0.01)
    assert [200, 200, 200, 400] == [answer.status for answer in told]
    assert told[0].body == told[2].body


@pytest.mark.parametrize("size", [300, 1900, 2000])
def test_a_request_that_waits_for_its_turn_gets_the_rest_of_its_body(server: Served, size: int) -> None:
    """All of it came with what is before it; a part of that is looked at while another request is played."""
    slow = b"GET /__admin/sandboxes HTTP/1.1\r\n" + HOST + b"\r\n"
    filling = b"GET /hello?" + b"a" * (size - 200) + b" HTTP/1.1\r\n" + HOST + b"\r\n"
    body = b'{"owner_name": "%s"}' % (b"a" * 3000)
    put = PUT + b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    assert [200, 200, 200] == [answer.status for answer in answers(server, slow + filling + put)]


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_number_that_json_cannot_hold_is_no_number_as_a_parameter(number: str) -> None:
    with toy_client() as toy:
        assert 1e300 == toy.get("/toy/things?ratio=1e300").json()["query"]["ratio"]
        answer = toy.get(f"/toy/things?ratio={number}")
    assert 400 == answer.status_code
    (violation,) = json.loads(answer.headers["understudy-violations"])["violations"]
    assert ("must be a number", number) == (violation["message"], violation["sent"])

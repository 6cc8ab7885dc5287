"""Connections that break on the wire, looked at through raw sockets."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.support.callers import ORGANISATION
from tests.support.served import Served, served
from understudy.web.wire import WIRE_FAULTS

FAULTS = "/__admin/faults"
GET = f"GET {ORGANISATION} HTTP/1.1\r\nhost: localhost\r\nadmin-auth: 12345\r\n\r\n".encode()
HELLO = b"GET /hello HTTP/1.1\r\nhost: localhost\r\n\r\n"
BODY = b'{"owner_name": "Lost"}'
POST = (
    b"POST /admin/organisations HTTP/1.1\r\nhost: localhost\r\nadmin-auth: 12345\r\n"
    b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(BODY) + BODY
)


def fault(client: httpx.Client, **rule: Any) -> None:
    made = client.post(FAULTS, json=rule)
    assert 201 == made.status_code, made.text


@contextmanager
def connection(server: Served) -> Iterator[socket.socket]:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as opened:
        yield opened


def rest(opened: socket.socket) -> bytes:
    """Return everything that comes until the server closes. Raises ConnectionResetError where it resets."""
    received = b""
    while chunk := opened.recv(65536):
        received += chunk
    return received


def answer(opened: socket.socket) -> bytes:
    """Return one answer with a content-length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += opened.recv(1)
    head = received.decode("latin-1").lower()
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    while length:
        chunk = opened.recv(length)
        received, length = received + chunk, length - len(chunk)
    return received


def broken(opened: socket.socket) -> bytes | None:
    """Return what comes before the end; None where the connection is reset."""
    try:
        return rest(opened)
    except ConnectionResetError:
        return None


def wait_for_a_strike(client: httpx.Client) -> None:
    """Return when the first fault has struck."""
    for _ in range(1000):
        if client.get(f"{FAULTS}/f1").json()["struck"]:
            return
        time.sleep(0.01)
    raise AssertionError("the fault did not strike")


def check(name: str, received: bytes | None) -> None:
    """See that a connection broke as the name says."""
    if name == "CONNECTION_RESET_BY_PEER":
        assert received is None
        return
    assert received is not None
    head, _, after = received.partition(b"\r\n\r\n")
    if name == "EMPTY_RESPONSE":
        assert b"" == received
    elif name == "MALFORMED_RESPONSE_CHUNK":
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"transfer-encoding: chunked" in head
        assert len(after) > 100
        assert after[:1] not in b"0123456789abcdefABCDEF"
    else:
        assert len(received) > 100
        assert b"HTTP/" not in received


@pytest.mark.parametrize("request_bytes", [GET, POST], ids=["GET", "POST"])
@pytest.mark.parametrize("name", WIRE_FAULTS)
def test_a_connection_breaks_as_the_fault_says(
    server: Served, client: httpx.Client, name: str, request_bytes: bytes
) -> None:
    fault(client, times=1, wire=name)
    with connection(server) as opened:
        opened.sendall(request_bytes)
        check(name, broken(opened))
    assert 200 == client.get(ORGANISATION).status_code
    assert "Lost" not in client.get("/admin/organisations").text


@pytest.mark.parametrize("name", WIRE_FAULTS)
def test_what_came_before_on_the_connection_is_answered_and_what_was_sent_ahead_is_not(
    server: Served, client: httpx.Client, name: str
) -> None:
    fault(client, match={"operationId": "read_organisation"}, times=1, wire=name)
    with connection(server) as opened:
        opened.sendall(HELLO)
        assert answer(opened).startswith(b"HTTP/1.1 200 OK")
        opened.sendall(GET + HELLO)
        received = broken(opened)
        check(name, received)
        assert b"understudy-answer" not in (received or b"")


@pytest.mark.parametrize("name", WIRE_FAULTS)
def test_requests_that_are_sent_together_are_answered_up_to_the_struck_one(
    server: Served, client: httpx.Client, name: str
) -> None:
    """A reset may overtake the answers before it: then nobody can say what arrived."""
    fault(client, match={"operationId": "read_organisation"}, times=1, wire=name)
    with connection(server) as opened:
        opened.sendall(HELLO + HELLO + GET + HELLO)
        received = broken(opened)
    if received is not None:
        assert 2 == received.count(b"understudy-answer: dashboard_alive")
    assert 3 == client.get("/__admin/sandboxes/default").json()["exchanges"]


def test_a_delay_comes_before_the_break(server: Served, client: httpx.Client) -> None:
    fault(client, times=1, wire="EMPTY_RESPONSE", delay={"fixed": 50})
    with connection(server) as opened:
        opened.sendall(GET)
        assert b"" == broken(opened)


def test_a_lost_answer_resets_the_connection_and_the_change_is_made(server: Served, client: httpx.Client) -> None:
    fault(client, match={"method": "POST"}, times=1, loseAnswer=True)
    with connection(server) as opened:
        opened.sendall(POST)
        assert broken(opened) is None
    assert "Lost" in client.get("/admin/organisations").text
    assert "(fault f1) (lost)" in server.shown(r"\(fault f1\) \(lost\)")
    kept = client.get("/__admin/requests?operationId=create_organisation&limit=1").json()["items"][0]
    assert ("f1", True, 200) == (kept["fault"], kept["lost"], kept["status"])
    assert not client.get("/__admin/requests?limit=1").json()["items"][0]["lost"]


def test_the_terminal_shows_what_broke(server: Served, client: httpx.Client) -> None:
    fault(client, times=1, wire="EMPTY_RESPONSE")
    with connection(server) as opened:
        opened.sendall(GET)
        broken(opened)
    wanted = rf"--- GET {ORGANISATION}  tyk \(fault f1\) \(lost\)"
    assert "---" in server.shown(wanted)


def test_a_dripping_body_arrives_whole_and_the_connection_lives_on(server: Served, client: httpx.Client) -> None:
    with connection(server) as opened:
        opened.sendall(GET)
        plain = answer(opened).partition(b"\r\n\r\n")[2]
        fault(client, times=1, drip={"seconds": 0.05, "chunks": 5})
        opened.sendall(GET)
        assert plain == answer(opened).partition(b"\r\n\r\n")[2]
        opened.sendall(HELLO)
        assert answer(opened).startswith(b"HTTP/1.1 200 OK")


def test_a_client_that_hangs_up_ends_a_delay(server: Served, client: httpx.Client) -> None:
    """Its exchange is in the log long before the hour is over."""
    fault(client, match={"query": {"hung": "up"}}, times=1, delay={"fixed": 3600000})
    with connection(server) as opened:
        opened.sendall(GET.replace(b" HTTP", b"?hung=up HTTP"))
        wait_for_a_strike(client)
    shown = server.shown(r"hung=up.*\(lost\)")
    assert any("hung=up" in line and "(lost)" in line for line in shown.splitlines())


def test_a_delayed_connection_answers_what_is_sent_ahead_in_order(server: Served, client: httpx.Client) -> None:
    fault(client, match={"operationId": "read_organisation"}, times=1, delay={"fixed": 50})
    with connection(server) as opened:
        opened.sendall(GET + HELLO)
        assert b"organisation_read" in answer(opened)
        assert b"dashboard_alive" in answer(opened)


def test_a_server_ends_while_it_holds_answers_back() -> None:
    with served("--provider", "tyk") as server, httpx.Client(base_url=server.url) as client:
        fault(client, delay={"fixed": 3600000})
        with connection(server) as opened:
            opened.sendall(HELLO)
            wait_for_a_strike(client)
    assert not [line for line in server.lines if "Traceback" in line]

"""The limits on what comes over the wire, each met on a real socket."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from tests.support.callers import ORGANISATION, TYK
from tests.support.served import Served, served
from tests.web.test_protocol import BODY, GET, HEAD, LENGTH, PUT, connection, last, numbers, rest

LIMITS = {
    "max-body": 5000, "max-head": 6000, "max-header": 3000, "max-headers": 20, "max-url": 1000, "max-depth": 5,
    "max-connections": 40, "max-in-flight": 10, "request-timeout": 1, "keep-alive": 3,
}  # fmt: skip
CHUNKED = PUT + b"transfer-encoding: chunked\r\n\r\n"
PATIENCE = 20


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    options = [part for name, value in LIMITS.items() for part in (f"--{name}", str(value))]
    with served("--provider", "tyk", *options) as running:
        yield running
        assert not [line for line in running.lines if "Traceback" in line or "Error" in line]


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers=TYK) as http:
        http.post("/__admin/reset")
        yield http


def statuses(received: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1.1 (\d+)", received)


def answer(server: Served, sent: bytes) -> bytes:
    """Return what comes for bytes, until the server closes."""
    with connection(server) as opened:
        opened.sendall(sent)
        return rest(opened)


def is_ours(received: bytes, status: int) -> bool:
    """Say whether an answer is our own, closes the connection, and can be read by a page of any origin."""
    return (
        received.startswith(b"HTTP/1.1 %d " % status)
        and b"\r\nconnection: close\r\n" in received
        and b"\r\naccess-control-allow-origin: *\r\n" in received
        and b"\r\ncontent-type: application/problem+json\r\n" in received
        and b'"status":%d,' % status in received
    )


def headers(*sizes: int) -> bytes:
    return b"".join(b"x-%d: %s\r\n" % (nth, b"a" * size) for nth, size in enumerate(sizes))


HEADS = {
    "a URL": (414, "--max-url", GET.replace(b" HTTP", b"?" + b"a" * 1000 + b" HTTP", 1)),
    "a URL without end": (414, "--max-url", b"GET /" + b"a" * 10_000),
    "headers": (431, "--max-headers", GET[:-2] + headers(*[1] * 19) + b"\r\n"),
    "headers without end": (431, "20 headers", GET[:-2] + headers(*[1] * 100)),
    "a header": (431, "--max-header", GET[:-2] + headers(3000) + b"\r\n"),
    "a head": (431, "--max-head", GET[:-2] + headers(2500, 2500, 2000) + b"\r\n"),
    "a head without end": (431, "6000 bytes", GET[:-2] + headers(2500, 2500, 2500, 2500)),
    "a header without end": (431, "6000 bytes", GET[:-2] + b"x: " + b"a" * 20_000),
    "a name without end": (431, "6000 bytes", GET[:-2] + b"x" * 20_000),
    "extensions of chunks": (431, "6000 bytes", CHUNKED + b"1;" + b"a" * 20_000),
    "many extensions of chunks": (431, "6000 bytes", CHUNKED + (b"1;%s\r\nx\r\n" % (b"a" * 500)) * 50),
    "fields after the body": (431, "6000 bytes", CHUNKED + b"0\r\n" + headers(*[500] * 50)),
    "a field after the body": (431, "6000 bytes", CHUNKED + b"0\r\nx: " + b"a" * 20_000),
}


@pytest.mark.parametrize(("status", "told", "sent"), HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("size", [100_000, 700])
def test_what_is_too_large_around_a_body_is_refused(
    client: httpx.Client, server: Served, status: int, told: str, sent: bytes, size: int
) -> None:
    with connection(server) as opened:
        opened.sendall(GET)
        for start in range(0, len(sent), size):
            opened.sendall(sent[start : start + size])
        first, _, received = rest(opened).partition(b"HTTP/1.1 4")
    assert [1] == numbers(first)
    assert is_ours(b"HTTP/1.1 4" + received, status), received
    assert told.encode() in received
    assert "2" == client.get(ORGANISATION).headers["understudy-exchange"]  # nobody's journal has it


def test_what_is_just_within_the_limits_is_answered(client: httpx.Client, server: Served) -> None:
    url = b"?" + b"a" * (999 - len(ORGANISATION))
    sent = last(GET)[:-2].replace(b" HTTP", url + b" HTTP", 1) + headers(2900, *[10] * 15, 1500) + b"\r\n"
    assert [b"200"] == statuses(answer(server, sent))


def body_of(size: int) -> bytes:
    return b'{"owner_name": "Large", "x": "%s"}' % (b"a" * (size - 32))


@pytest.mark.parametrize(("size", "status"), [(5000, 200), (5001, 413), (200_000, 413)])
@pytest.mark.parametrize("framing", ["length", "chunked", "tiny chunks", "later"])
def test_a_body_is_as_large_as_it_may_be_however_it_is_framed(
    client: httpx.Client, server: Served, size: int, status: int, framing: str
) -> None:
    body, head = body_of(size), last(PUT)
    if framing in ("length", "later"):
        pieces = [head + b"content-length: %d\r\n\r\n" % size, body]
    else:
        parts = [body] if framing == "chunked" else [body[nth : nth + 3] for nth in range(0, size, 3)]
        framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        pieces = [head + b"transfer-encoding: chunked\r\n\r\n", framed + b"0\r\n\r\n"]
    with connection(server) as opened:
        for piece in pieces if framing == "later" else [b"".join(pieces)]:
            opened.sendall(piece)
            time.sleep(0.05)
        received = rest(opened)
    assert [b"%d" % status] == statuses(received)
    assert b"understudy-answer:" in received  # in the vendor's own words
    assert ("Large" == client.get(ORGANISATION).json()["owner_name"]) == (status == 200)


def test_who_asks_whether_to_send_a_body_that_is_too_large_need_not(client: httpx.Client, server: Served) -> None:
    sent = PUT + b"content-length: 6000\r\nexpect: 100-continue\r\n\r\n"
    received = answer(server, sent)
    assert [b"413"] == statuses(received)  # and no 100
    assert b"\r\nconnection: close\r\n" in received


def test_a_control_operation_has_its_own_limit_and_another_depth(client: httpx.Client) -> None:
    deep = client.put("/__admin/sandboxes/deep", json={"a": {"b": {"c": {"d": {"e": {}}}}}})
    assert 400 == deep.status_code
    assert "nested deeper than 5 levels" in deep.text
    assert 413 == client.put("/__admin/sandboxes/large", content=body_of(6000)).status_code
    large = client.put(
        "/__admin/snapshots/large/import", content=body_of(6000), headers={"content-type": "application/json"}
    )
    assert 400 == large.status_code, large.text


def ended(server: Served, sent: bytes, drip: bytes = b"", *, shut: bool = False) -> bytes:
    """Return what comes before the server closes, while ``drip`` is sent in pieces again and again."""
    with connection(server) as opened:
        opened.sendall(sent)
        if shut:
            opened.shutdown(socket.SHUT_WR)
        opened.settimeout(0.1)
        received = b""
        for _ in range(10 * PATIENCE):
            try:
                piece = opened.recv(65536)
            except TimeoutError:
                if drip:
                    opened.sendall(drip)
                continue
            if not piece:
                return received
            received += piece
    raise AssertionError(f"the connection was not closed; there came {received!r}")


SLOW: dict[str, tuple[bytes, bytes, int | None]] = {
    "nothing": (b"", b"", None),
    "empty lines": (b"", b"\r\n", None),
    "half a head": (GET[:20], b"", 408),
    "a byte of a head": (b"GET /", b"a", 408),
    "a byte of a header": (GET[:-2] + b"x: ", b"a", 408),
    "half a body": (PUT + LENGTH + b"\r\n" + BODY[:5], b"", 408),
    "a byte of a body": (PUT + b"content-length: 4000\r\n\r\n", b" ", 408),
    "a chunk of a byte": (CHUNKED, b"1\r\n \r\n", 408),
    "an extension": (CHUNKED + b"1;", b"a", 408),
    "a field after the body": (CHUNKED + b"0\r\n", b"x: y\r\n", 408),
    "a body that is asked for": (PUT + LENGTH + b"expect: 100-continue\r\n\r\n", b"", 408),
    "a body that is large already": (PUT + b"content-length: 300000\r\n\r\n" + b" " * 100_000, b" ", 408),
    "an unread body": (GET[:-2] + b"content-length: 4000\r\n\r\n", b" ", 408),
    "a body of an unknown path": (b"PUT /nowhere HTTP/1.1\r\n" + HEAD + LENGTH + b"\r\n", b"", 408),
    "a body of the control API": (b"PUT /__admin/sandboxes/a HTTP/1.1\r\n" + HEAD + LENGTH + b"\r\n", b"", 408),
}


@pytest.fixture(scope="module")
def outcomes(server: Served) -> dict[str, bytes]:
    """What becomes of requests that come slowly, all at the same time; and the number of the next exchange."""
    httpx.post(f"{server.url}/__admin/reset")
    with ThreadPoolExecutor(len(SLOW)) as pool:
        came = {name: pool.submit(ended, server, sent, drip) for name, (sent, drip, _) in SLOW.items()}
    after = httpx.get(server.url + ORGANISATION, headers=TYK).headers["understudy-exchange"]
    return {name: future.result() for name, future in came.items()} | {"after": after.encode()}


@pytest.mark.parametrize("name", SLOW)
def test_a_request_that_does_not_come_to_its_end_in_time_is_closed(outcomes: dict[str, bytes], name: str) -> None:
    received, status = outcomes[name].removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n"), SLOW[name][2]
    assert b"" == received if status is None else is_ours(received, status), received


def test_a_request_that_did_not_come_to_its_end_is_in_no_journal(outcomes: dict[str, bytes]) -> None:
    assert b"1" == outcomes["after"]


@pytest.mark.parametrize("sent", [b"", GET[:20], PUT + LENGTH + b"\r\n" + BODY[:5]])
def test_half_a_request_with_no_more_to_come_is_closed(client: httpx.Client, server: Served, sent: bytes) -> None:
    assert b"" == ended(server, sent, shut=True)


def test_a_quiet_connection_is_closed_and_one_in_use_is_not(client: httpx.Client, server: Served) -> None:
    began = time.monotonic()
    with connection(server) as opened, connection(server) as quiet:
        quiet.sendall(GET)
        for _ in range(10):
            opened.sendall(GET)
            time.sleep(0.5)
        opened.sendall(last(GET))
        assert 11 == len(numbers(rest(opened)))
        assert 1 == len(numbers(rest(quiet)))
    assert time.monotonic() - began < PATIENCE


def test_who_waits_for_a_slow_answer_is_not_held_for_slow(client: httpx.Client, server: Served) -> None:
    waits = GET.replace(b"host:", b"prefer: wait=3\r\nhost:", 1)
    assert [1, 2] == numbers(answer(server, waits + last(GET)))


def test_who_does_not_read_the_answer_is_cut_off(client: httpx.Client, server: Served) -> None:
    with connection(server) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        opened.settimeout(PATIENCE)
        with pytest.raises(ConnectionError):
            opened.sendall(GET * 1_000_000)
    assert 200 == client.get(ORGANISATION).status_code


def test_a_connection_too_many_is_told_and_a_quiet_one_makes_room(client: httpx.Client, server: Served) -> None:
    client.close()
    with ExitStack() as stack:
        busy = [stack.enter_context(connection(server)) for _ in range(40)]
        for opened in busy:
            opened.sendall(GET.replace(b"host:", b"prefer: wait=4\r\nhost:", 1))
        time.sleep(0.2)
        told = answer(server, GET)
        assert is_ours(told, 503)
        assert b"\r\nretry-after: 1\r\n" in told
        assert b"--max-connections" in told
        for opened in busy:
            assert b"HTTP/1.1 " in opened.recv(65536)
        time.sleep(1.2)
        assert [b"200"] == statuses(answer(server, last(GET)))  # one of those that are quiet was closed


def waiting(server: Served, count: int, headers: bytes = b"prefer: wait=2\r\n") -> list[bytes]:
    """Return the answers to requests that wait at the same time."""
    answers: list[bytes] = []

    def ask() -> None:
        answers.append(answer(server, last(GET).replace(b"host:", headers + b"host:", 1)))

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_request_too_many_is_told_so_while_others_wait(client: httpx.Client, server: Served) -> None:
    answers = waiting(server, 15)
    refused = [received for received in answers if b"HTTP/1.1 503 " in received]
    assert 10 == len([received for received in answers if [b"200"] == statuses(received)])
    assert 5 == len(refused)
    assert all(is_ours(received, 503) and b"\r\nretry-after: 1\r\n" in received for received in refused)
    assert all(b"--max-in-flight" in received for received in refused)
    assert all([b"200"] == statuses(received) for received in waiting(server, 10, b"prefer: wait=0.1\r\n"))


def until(true: Callable[[], bool]) -> bool:
    """Say whether something comes true before long."""
    for _ in range(10 * PATIENCE):
        if true():
            return True
        time.sleep(0.1)
    return False


def test_who_hangs_up_while_more_waits_behind_a_slow_request_is_noticed(client: httpx.Client, server: Served) -> None:
    """What was to wait for 30 seconds ends, so that others may; what was behind it is never played."""
    waits = GET.replace(b"host:", b"prefer: wait=30\r\nhost:", 1)
    gone = f"DELETE {ORGANISATION} HTTP/1.1\r\n".encode() + HEAD + b"\r\n"
    for _ in range(10):
        with connection(server) as opened:
            opened.sendall(waits + gone)
            time.sleep(0.05)
    assert until(
        lambda: [b"200"] == statuses(answer(server, last(GET).replace(b"host:", b"prefer: wait=0.1\r\nhost:")))
    )
    assert 200 == client.get(ORGANISATION).status_code

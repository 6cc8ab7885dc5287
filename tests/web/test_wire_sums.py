"""The limits on what all connections have together, each met on a real socket; and a server that ends."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.support.callers import ORGANISATION, TYK
from tests.support.served import Served, served
from tests.web.test_protocol import GET, PUT, connection, last, rest
from tests.web.test_wire_limits import is_ours
from understudy.web.heads import HEADERS, LINES, TARGETS

PATIENCE = 20
PAGE = b"GET /docs/tyk/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n"
STREAM = b"GET /__admin/events HTTP/1.1\r\nhost: localhost\r\n\r\n"
BODY = b'{"owner_name": "Large", "x": "%s"}' % (b"a" * 15_000)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    limits = ("--max-bodies=20000", "--max-unsent=100000", "--max-watchers=8", "--max-in-flight=4", "--max-fields=5")
    with served("--provider", "tyk", "--provider", "elevate", *limits) as running:
        httpx.get(running.url + "/docs/tyk/openapi.json")
        yield running
        assert not [line for line in running.lines if "Traceback" in line or "Error" in line]


def until(true: Callable[[], bool]) -> bool:
    """Say whether something comes true before long."""
    for _ in range(10 * PATIENCE):
        if true():
            return True
        time.sleep(0.1)
    return False


def answer(server: Served, sent: bytes) -> bytes:
    with connection(server) as opened:
        opened.sendall(sent)
        return rest(opened)


def test_a_body_for_which_there_is_no_room_is_told_so_and_the_others_are_read_on(server: Served) -> None:
    head = last(PUT) + b"content-length: %d\r\n\r\n" % len(BODY)
    with connection(server) as first:
        first.sendall(head + BODY[:-1])
        time.sleep(0.5)
        told = answer(server, head + BODY[:-1])
        assert is_ours(told, 503), told
        assert b"\r\nretry-after: 1\r\n" in told
        assert b"--max-bodies" in told
        first.sendall(BODY[-1:])
        assert b"HTTP/1.1 200 " in rest(first)
    assert b"HTTP/1.1 200 " in answer(server, head + BODY)  # there is room again
    assert "Large" == httpx.get(server.url + ORGANISATION, headers=TYK).json()["owner_name"]


def test_of_those_who_do_not_read_their_answers_the_worst_are_cut_off(server: Served) -> None:
    """Long before any of them has had its time."""
    with ExitStack() as stack:
        opened = [stack.enter_context(connection(server)) for _ in range(3)]
        for one in opened:
            one.setblocking(False)
        assert until(lambda: any(is_cut_off(one) for one in opened))
    assert 200 == httpx.get(server.url + ORGANISATION, headers=TYK).status_code


def is_cut_off(opened: socket.socket) -> bool:
    """Ask for more, and say whether that cannot be any longer."""
    try:
        opened.send(PAGE * 20)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return False


def test_an_event_stream_too_many_is_told_so_and_none_is_a_request_that_waits(server: Served) -> None:
    delayed = last(GET).replace(b"host:", b"prefer: wait=0.1\r\nhost:", 1)
    with connection(server) as first, connection(server) as second:
        for one in (first, second):
            one.sendall(STREAM)
            assert b"HTTP/1.1 200 " in one.recv(65536)
        told = answer(server, last(STREAM))
        assert told.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nunderstudy-answer: too_many_watchers\r\n" in told
        assert b"\r\nretry-after: 1\r\n" in told.lower()
        with ExitStack() as stack:
            opened = [stack.enter_context(connection(server)) for _ in range(4)]
            for one in opened:
                one.sendall(delayed)
            assert [True] * 4 == [b"HTTP/1.1 200 " in rest(one) for one in opened]

    def again() -> bool:
        with connection(server) as third:
            third.sendall(STREAM)
            return b"HTTP/1.1 200 " in third.recv(65536)

    assert until(again)  # those who have gone made room


@pytest.mark.parametrize(("fields", "refused"), [(5, False), (6, True)])
def test_a_form_of_too_many_fields_is_no_form(server: Served, fields: int, *, refused: bool) -> None:
    form = "&".join(f"a{nth}=b" for nth in range(fields))
    head = {"content-type": "application/x-www-form-urlencoded"}
    told = httpx.post(server.url + "/user/v1/account/login", content=form, headers=head)
    assert told.headers["understudy-answer"]  # in the vendor's own words
    assert refused == ("more than 5 fields" in told.headers["understudy-violations"])


def test_who_still_waits_when_the_server_ends_is_told_so_in_our_own_shape() -> None:
    with served("--provider", "tyk") as server, connection(server) as opened:
        opened.sendall(last(GET).replace(b"host:", b"prefer: wait=60\r\nhost:", 1))
        time.sleep(0.5)
        server.process.terminate()
        told = rest(opened)
        assert is_ours(told, 503), told
        assert b"the server ends" in told
        assert 0 == server.process.wait(PATIENCE)


@pytest.mark.parametrize("size", [20, 2000])
def test_what_is_remembered_of_heads_is_bounded_in_number_and_bytes(size: int) -> None:
    for number in range(10_000):
        odd = (b"%d" % number).rjust(size, b"a")
        assert (b"x-odd", odd) == HEADERS[b"X-Odd", odd]
        assert b"x-odd: %s\r\n" % odd == LINES[b"x-odd", odd]
        assert (f"/{odd.decode()}", b"/" + odd, b"") == TARGETS[b"/" + odd]
    for cache in (HEADERS, LINES, TARGETS):
        assert len(cache) <= 4096
        assert not [key for key in cache if len(repr(key)) > 300]

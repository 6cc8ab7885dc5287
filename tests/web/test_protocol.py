"""HTTP/1.1 as it comes in pieces, in heaps and in odd forms: looked at through raw sockets."""

import asyncio
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpx
import pytest
from uvicorn.config import Config

from tests.support.callers import ORGANISATION
from tests.support.served import Served
from understudy.contract.request import HeaderList, Reply
from understudy.limits import Limits
from understudy.web.failing import failure
from understudy.web.intake import Intake
from understudy.web.protocol import Protocol
from understudy.web.traffic import Traffic

HEAD = b"host: localhost\r\nadmin-auth: 12345\r\n"
GET = f"GET {ORGANISATION} HTTP/1.1\r\n".encode() + HEAD + b"\r\n"
PUT = f"PUT {ORGANISATION} HTTP/1.1\r\n".encode() + HEAD + b"content-type: application/json\r\n"
BODY = b'{"owner_name": "In pieces"}'
LENGTH = b"content-length: %d\r\n" % len(BODY)


@contextmanager
def connection(server: Served) -> Iterator[socket.socket]:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as opened:
        yield opened


def rest(opened: socket.socket) -> bytes:
    received = b""
    while chunk := opened.recv(65536):
        received += chunk
    return received


def numbers(received: bytes) -> list[int]:
    """Return the ids of the exchanges whose answers came, in the order in which they did."""
    return [int(number) for number in re.findall(rb"understudy-exchange: (\d+)\r\n", received)]


def last(request: bytes) -> bytes:
    return request.replace(b"host:", b"connection: close\r\nhost:", 1)


def pieces(framing: str) -> list[bytes]:
    if framing == "length":
        return [PUT + LENGTH + b"\r\n", BODY[:5], BODY[5:]]
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:5], BODY[5:])]
    return [PUT + b"transfer-encoding: chunked\r\n\r\n", *chunks, b"0\r\n\r\n"]


@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("pause", [0.05, 0])
def test_a_body_is_read_however_it_comes(client: httpx.Client, server: Served, framing: str, pause: float) -> None:
    with connection(server) as opened:
        for piece in pieces(framing) if pause else [b"".join(pieces(framing))]:
            opened.sendall(piece)
            time.sleep(pause)
        opened.sendall(last(GET))
        received = rest(opened)
    assert [1, 2] == numbers(received)
    assert "In pieces" == client.get(ORGANISATION).json()["owner_name"]


def test_a_request_whose_head_comes_in_pieces_is_one_request(client: httpx.Client, server: Served) -> None:
    with connection(server) as opened:
        for start in range(0, len(last(GET)), 20):
            opened.sendall(last(GET)[start : start + 20])
            time.sleep(0.01)
        assert [1] == numbers(rest(opened))


def test_who_expects_100_continue_gets_it_before_sending_the_body(client: httpx.Client, server: Served) -> None:
    with connection(server) as opened:
        opened.sendall(last(PUT) + LENGTH + b"expect: 100-continue\r\n\r\n")
        assert b"HTTP/1.1 100 Continue\r\n\r\n" == opened.recv(100)
        opened.sendall(BODY)
        received = rest(opened)
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert "In pieces" == client.get(ORGANISATION).json()["owner_name"]


def test_requests_that_are_sent_together_are_answered_in_order(client: httpx.Client, server: Served) -> None:
    with connection(server) as opened:
        opened.sendall(GET * 99 + last(GET))
        assert list(range(1, 101)) == numbers(rest(opened))


def test_what_waits_holds_up_what_was_sent_after_it(client: httpx.Client, server: Served) -> None:
    waits = GET.replace(b"host:", b"prefer: wait=0.3\r\nhost:", 1)
    with connection(server) as opened:
        opened.sendall(GET + waits + GET + last(GET))
        received = rest(opened)
    assert [1, 2, 3, 4] == numbers(received)
    assert received.index(b"preference-applied: wait=0.3") < received.index(b"understudy-exchange: 3")


def test_a_client_that_does_not_read_for_a_while_gets_every_answer(client: httpx.Client, server: Served) -> None:
    with connection(server) as opened:
        opened.sendall(GET * 11_999 + last(GET))
        time.sleep(0.5)
        assert 200 == client.get(ORGANISATION).status_code  # others are served meanwhile
        assert 12_000 == len(numbers(rest(opened)))


def test_half_a_body_is_no_exchange(client: httpx.Client, server: Served) -> None:
    with connection(server) as opened:
        opened.sendall(PUT + LENGTH + b"\r\n" + BODY[:5])
        time.sleep(0.1)
    assert "1" == client.get(ORGANISATION).headers["understudy-exchange"]


def test_a_head_has_no_body_and_the_connection_goes_on(client: httpx.Client, server: Served) -> None:
    with connection(server) as opened:
        opened.sendall(GET.replace(b"GET", b"HEAD") * 2 + last(GET))
        received = rest(opened)
    first, second, third, body = received.split(b"\r\n\r\n")
    assert 1 == len({int(re.findall(rb"content-length: (\d+)", head)[0]) for head in (first, second, third)})
    assert body.startswith(b'{"id":')


@pytest.mark.parametrize("ending", [last(GET), GET.replace(b"HTTP/1.1", b"HTTP/1.0")])
def test_a_connection_ends_where_the_client_wants_it(client: httpx.Client, server: Served, ending: bytes) -> None:
    with connection(server) as opened:
        opened.sendall(ending)
        received = rest(opened)
    assert b"connection: close\r\n" in received
    assert [1] == numbers(received)


@pytest.mark.parametrize("pause", [0.05, 0])
def test_a_field_after_the_body_is_no_header(client: httpx.Client, server: Served, pause: float) -> None:
    unknown = PUT.replace(b"admin-auth: 12345\r\n", b"") + b"transfer-encoding: chunked\r\n\r\n"
    chunks = b"%x\r\n%s\r\n0\r\n" % (len(BODY), BODY)
    fields = b"admin-auth: 12345\r\nunderstudy-sandbox: another\r\nexpect: 100-continue\r\nprefer: code=404\r\n\r\n"
    with connection(server) as opened:
        for piece in (unknown, chunks, fields) if pause else [unknown + chunks + fields]:
            opened.sendall(piece)
            time.sleep(pause)
        opened.sendall(last(GET))
        received = rest(opened)
    assert received.startswith(b"HTTP/1.1 401 ")
    assert [1, 2] == numbers(received)
    assert 2 == received.count(b"understudy-sandbox: default\r\n")


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("pause", [0.05, 0])
def test_who_asks_for_another_protocol_is_answered_in_this_one(
    client: httpx.Client, server: Served, protocol: bytes, framing: str, pause: float
) -> None:
    asking = b"connection: upgrade\r\nupgrade: %s\r\nhost:" % protocol
    head, *body = pieces(framing)
    sent = [GET.replace(b"host:", asking, 1), head.replace(b"host:", asking, 1), *body, last(GET)]
    with connection(server) as opened:
        for piece in sent if pause else [b"".join(sent)]:
            opened.sendall(piece)
            time.sleep(pause)
        received = rest(opened)
    assert [1, 2, 3] == numbers(received)
    assert received.endswith(client.get(ORGANISATION).content)
    assert "In pieces" == client.get(ORGANISATION).json()["owner_name"]
    assert protocol.decode() == client.get("/__admin/requests/2").json()["headers"]["upgrade"]


def test_a_body_that_came_after_a_wish_for_another_protocol_is_not_played_as_a_request(
    client: httpx.Client, server: Served
) -> None:
    hidden = f"DELETE {ORGANISATION} HTTP/1.1\r\n".encode() + HEAD + b"\r\n"
    asking = PUT + b"connection: close, upgrade\r\nupgrade: h2c\r\ncontent-length: %d\r\n\r\n" % len(hidden)
    with connection(server) as opened:
        opened.sendall(asking)
        time.sleep(0.05)
        opened.sendall(hidden)
        assert [1] == numbers(rest(opened))
    assert 200 == client.get(ORGANISATION).status_code


@pytest.mark.parametrize(
    "broken",
    [
        b"\x16\x03\x01\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n" + HEAD + b"\r\n",
        b"GET http://nowhere HTTP/1.1\r\n" + HEAD + b"\r\n",
        PUT + b"transfer-encoding: chunked\r\n\r\nno length\r\n",
        PUT + b"transfer-encoding: chunked\r\n" + LENGTH + b"\r\n" + BODY,
    ],
)
@pytest.mark.parametrize("waiting", [0, 1, 3])
def test_what_is_no_http_is_refused_after_what_came_before_is_answered(
    client: httpx.Client, server: Served, broken: bytes, waiting: int
) -> None:
    waits = GET.replace(b"host:", b"prefer: wait=0.05\r\nhost:", 1)
    with connection(server) as opened:
        opened.sendall(GET + waits * waiting + broken)
        received = rest(opened)
    assert list(range(1, waiting + 2)) == numbers(received)
    statuses = re.findall(rb"HTTP/1.1 (\d+)", received)
    assert [b"200"] * (waiting + 1) + [b"400"] == statuses
    assert str(waiting + 2) == client.get(ORGANISATION).headers["understudy-exchange"]


class _Transport:
    """A connection that nothing is sent over."""

    def __init__(self) -> None:
        self.written = b""
        self.closed = False
        self.reading = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, _: str) -> None:
        return None


class _Loop:
    """A clock; a server that looks once a second whose time is over."""

    def __init__(self) -> None:
        self.now = 0.0
        self.traffic = Traffic(Limits(keep_alive=5, request_timeout=9))

    def time(self) -> float:
        return self.now

    def go_to(self, moment: float) -> None:
        while self.now + 1 <= moment:
            self.now += 1
            self.traffic.sweep(self.now)


class _Edge:
    """Answers everything at once, with one header."""

    limits = Limits()

    def __init__(self, header: tuple[bytes, bytes] = (b"content-length", b"0")) -> None:
        self._header = header

    def at_once(self, _: Any, __: bytes) -> tuple[int, HeaderList, bytes]:
        return 200, [self._header], b""

    def fail_at_once(self, _: Any) -> Reply:
        return failure()


def connected(edge: _Edge) -> tuple[Protocol, _Transport, _Loop]:
    loop, transport = _Loop(), _Transport()
    config = Config(Intake(cast("Any", edge)), log_config=None, ws="none", lifespan="off", interface="asgi3")
    protocol = Protocol(config, loop.traffic, {}, cast("Any", loop))
    protocol.connection_made(cast("asyncio.Transport", transport))
    return protocol, transport, loop


def test_a_connection_is_closed_once_it_was_quiet_for_as_long_as_it_may_be() -> None:
    protocol, transport, loop = connected(_Edge())
    for moment in (0.0, 3.0, 6.0):
        loop.go_to(moment)
        protocol.data_received(GET)
    loop.go_to(10.0)
    assert not transport.closed
    loop.go_to(11.0)
    assert transport.closed


def test_a_connection_on_which_a_request_is_half_here_is_closed_only_when_that_had_its_time() -> None:
    protocol, transport, loop = connected(_Edge())
    protocol.data_received(GET)
    loop.go_to(3.0)
    protocol.data_received(GET[:20])
    loop.go_to(11.0)
    assert not transport.closed
    protocol.data_received(GET[20:] + GET[:20])
    assert 2 == transport.written.count(b"HTTP/1.1 200 OK")
    loop.go_to(19.0)
    assert not transport.closed
    loop.go_to(20.0)
    assert transport.closed
    assert 1 == transport.written.count(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("header", [(b"x", b"a\r\nset-cookie: b"), (b"x\r\ny", b"a"), (b"x y", b"a"), (b"x", b"a\x00")])
def test_no_header_can_smuggle_another_in(header: tuple[bytes, bytes]) -> None:
    protocol, transport, _ = connected(_Edge(header))
    protocol.data_received(GET)
    assert transport.written.startswith(b"HTTP/1.1 500 ")
    assert 2 == transport.written.partition(b"\r\n\r\n")[0].count(b"\r\n")
    assert not transport.closed


def test_what_goes_wrong_has_no_body_where_only_the_head_was_asked_for() -> None:
    protocol, transport, _ = connected(_Edge((b"x", b"a\r\nb")))
    protocol.data_received(GET.replace(b"GET", b"HEAD"))
    assert transport.written.startswith(b"HTTP/1.1 500 ")
    assert transport.written.endswith(b"\r\n\r\n")


def test_nothing_more_is_read_while_requests_wait_for_their_turn() -> None:
    protocol, transport, _ = connected(_Edge())
    protocol.pipeline.append(cast("Any", (None, None)))
    protocol.flow.pause_reading()
    protocol.flow.resume_reading()
    assert not transport.reading
    protocol.pipeline.clear()
    protocol.data_received(GET)
    assert transport.reading


@pytest.mark.parametrize("beginning", [b"GET /", GET[:-2] + b"x: "])
@pytest.mark.parametrize("before", [b"", GET])
def test_a_head_that_does_not_end_is_refused(beginning: bytes, before: bytes) -> None:
    protocol, transport, _ = connected(_Edge())
    protocol.data_received(before + beginning)
    for _ in range(31):
        protocol.data_received(b"a" * 1000)
    assert not transport.closed
    for _ in range(40):
        protocol.data_received(b"a" * 1000)
    assert transport.closed
    status = b"414" if beginning == b"GET /" else b"431"
    assert [b"200"] * bool(before) + [status] == re.findall(rb"HTTP/1.1 (\d+)", transport.written)


def test_a_long_head_is_read_and_a_large_body_is_not_taken_for_one() -> None:
    protocol, transport, _ = connected(_Edge())
    for _ in range(40):
        protocol.data_received(GET[:-2] + b"x: " + b"a" * 30_000)
        protocol.data_received(b"\r\n\r\n")
    assert 40 == transport.written.count(b"HTTP/1.1 200 OK")
    assert not transport.closed

"""The same requests, however they come, have the same answers to the byte, and leave the same world behind."""

import re
import socket
from collections.abc import Iterator, Sequence
from random import Random
from urllib.parse import urlsplit

import httpx
import pytest

from tests.fuzz.answers import answers_in
from tests.fuzz.corpus import chunked, corpus, with_header
from tests.fuzz.strict_http import Asked, read
from tests.support.served import Served, served

_OTHERWISE = re.compile(
    rb"__admin/(health|reset|requests|coverage|sandboxes)|GET /(docs|console|assets| )"
    rb"|HTTP/1\.0|connection: close|expect: ",
    re.IGNORECASE,
)
"""Requests whose answers tell of the time that was or of other sandboxes, make one, or end a connection."""
_LAST = b"GET /__admin/state/tyk/organisations HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--any-credentials", "--log-level", "error") as running:
        yield running


def requests(seed: int) -> list[bytes]:
    chosen = [request for request in corpus() if not _OTHERWISE.search(request)]
    Random(seed).shuffle(chosen)  # noqa: S311 - the same each time
    return chosen


def exchanged(server: Served, pieces: Sequence[bytes]) -> bytes:
    """Send pieces to a fresh world whose clock stands still, and return all that comes back."""
    with httpx.Client(base_url=server.url) as http:
        http.put("/__admin/sandboxes/default", json={"world": "documented", "seed": 1}).raise_for_status()
        http.delete("/__admin/sandboxes/fuzz")
        http.put("/__admin/clock", json={"now": "2026-01-01T00:00:00Z", "frozen": True}).raise_for_status()
        http.put("/__admin/sandboxes/fuzz").raise_for_status()
        http.put("/~fuzz/__admin/clock", json={"now": "2026-01-01T00:00:00Z", "frozen": True}).raise_for_status()
    address = urlsplit(server.url)
    received = b""
    with socket.create_connection((address.hostname, address.port or 80), timeout=60) as opened:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (*pieces, _LAST):
            opened.sendall(piece)
        while chunk := opened.recv(1024 * 1024):
            received += chunk
    return received


def by_request(sent: Sequence[bytes], received: bytes) -> list[tuple[Asked, bytes]]:
    """Return the answers as they came, each with its request."""
    asked = read(b"".join([*sent, _LAST])).requests
    assert len(sent) + 1 == len(asked)
    answers = answers_in(received, [one.method for one in asked], b"", ended=True)
    assert len(asked) == len(answers)
    return [(one, answer.raw) for one, answer in zip(asked, answers, strict=True)]


def test_requests_are_answered_alike_in_whatever_pieces_they_come(server: Served, seed: int) -> None:
    sent = requests(seed)
    together = by_request(sent, exchanged(server, [b"".join(sent)]))
    one_by_one = by_request(sent, exchanged(server, sent))
    bytewise = by_request(
        sent, exchanged(server, [request[at : at + 1] for request in sent for at in range(len(request))])
    )
    assert one_by_one == together
    assert bytewise == together


def test_requests_are_answered_alike_in_the_short_way_and_in_the_plain_one(server: Served, seed: int) -> None:
    """A preference that nobody knows takes a request out of the short way."""
    sent = [request for request in requests(seed) if b"prefer:" not in request.lower()]
    plain = [with_header(request, b"prefer: nothing") for request in sent]
    told = [answer for _, answer in by_request(sent, exchanged(server, sent))]
    assert [answer for _, answer in by_request(plain, exchanged(server, plain))] == told


def test_bodies_are_read_alike_with_a_length_and_in_chunks(server: Served, seed: int) -> None:
    sent = [request for request in requests(seed) if not request.endswith(b"\r\n\r\n") and b"chunked" not in request]
    parts = [chunked(request) for request in sent]
    told = [answer for _, answer in by_request(sent, exchanged(server, sent))]
    assert [answer for _, answer in by_request(parts, exchanged(server, parts))] == told

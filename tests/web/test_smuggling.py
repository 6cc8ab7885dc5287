"""What one reader might take for one request, and another for two: refused, and nothing after it is a request."""

import re
import socket

import httpx
import pytest

from tests.support.callers import ORGANISATION
from tests.support.served import Served
from tests.web.test_protocol import GET, HEAD, PUT, connection, numbers, rest

BODY = b'{"owner_name": "Smuggled"}'
LENGTH = b"content-length: %d\r\n" % len(BODY)
CHUNKED = b"transfer-encoding: chunked\r\n"
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
HIDDEN = f"DELETE {ORGANISATION} HTTP/1.1\r\n".encode() + HEAD + b"\r\n"
TWO_LENGTHS = b"content-length: 0\r\ncontent-length: %d\r\n" % len(BODY)

REFUSED = {
    "both lengths": PUT + LENGTH + CHUNKED + b"\r\n" + CHUNKS,
    "both lengths, the other way round": PUT + CHUNKED + LENGTH + b"\r\n" + CHUNKS,
    "both lengths, one of them 0": PUT + b"content-length: 0\r\n" + CHUNKED + b"\r\n" + CHUNKS,
    "two lengths that differ": PUT + TWO_LENGTHS + b"\r\n" + BODY,
    "two lengths that are the same": PUT + LENGTH * 2 + b"\r\n" + BODY,
    "two lengths in one": PUT + LENGTH.replace(b"\r\n", b", %d\r\n" % len(BODY)) + b"\r\n" + BODY,
    "a negative length": PUT + b"content-length: -1\r\n\r\n" + BODY,
    "a length with a plus": PUT + b"content-length: +26\r\n\r\n" + BODY,
    "a length in hex": PUT + b"content-length: 0x1a\r\n\r\n" + BODY,
    "a length of 20 digits": PUT + b"content-length: 99999999999999999999\r\n\r\n" + BODY,
    "a length without digits": PUT + b"content-length: \r\n\r\n" + BODY,
    "a length in words": PUT + b"content-length: many\r\n\r\n" + BODY,
    "a length with a fraction": PUT + b"content-length: 26.0\r\n\r\n" + BODY,
    "a length with digits that are not ASCII": PUT + "content-length: ２６\r\n\r\n".encode() + BODY,
    "another coding": PUT + b"transfer-encoding: xchunked\r\n\r\n" + CHUNKS,
    "another coding after chunked": PUT + b"transfer-encoding: chunked, identity\r\n\r\n" + CHUNKS,
    "another coding in a second header": PUT + CHUNKED + b"transfer-encoding: identity\r\n\r\n" + CHUNKS,
    "a coding that is no word": PUT + b"transfer-encoding: \x0bchunked\r\n\r\n" + CHUNKS,
    "a coding in quotes": PUT + b'transfer-encoding: "chunked"\r\n\r\n' + CHUNKS,
    "a folded line": PUT + b"x-a: b\r\n " + LENGTH + b"\r\n" + BODY,
    "a folded coding": PUT + b"transfer-encoding:\r\n chunked\r\n\r\n" + CHUNKS,
    "a line that begins with a blank": PUT.replace(b"host:", b" host:") + LENGTH + b"\r\n" + BODY,
    "a blank before the colon": PUT + b"content-length : 26\r\n\r\n" + BODY,
    "a tab before the colon": PUT + b"transfer-encoding\t: chunked\r\n\r\n" + CHUNKS,
    "a header without a name": PUT + b": 26\r\n" + LENGTH + b"\r\n" + BODY,
    "a header without a colon": PUT + b"content-length\r\n" + LENGTH + b"\r\n" + BODY,
    "lines that end with LF": (PUT + LENGTH + b"\r\n").replace(b"\r\n", b"\n") + BODY,
    "a header that ends with LF": PUT + b"x-a: b\n" + LENGTH + b"\r\n" + BODY,
    "a head that ends with LF": PUT + LENGTH + b"\n" + BODY,
    "lines that end with CR": (PUT + LENGTH + b"\r\n").replace(b"\r\n", b"\r") + BODY,
    "a CR in a header": PUT + b"x-a: b\rc\r\n" + LENGTH + b"\r\n" + BODY,
    "a NUL in a header": PUT + b"x-a: b\x00c\r\n" + LENGTH + b"\r\n" + BODY,
    "a NUL in a name": PUT + b"x\x00a: b\r\n" + LENGTH + b"\r\n" + BODY,
    "a NUL in the URL": PUT.replace(b"/admin", b"/\x00admin") + LENGTH + b"\r\n" + BODY,
    "a blank in the URL": PUT.replace(b"/admin", b"/ admin") + LENGTH + b"\r\n" + BODY,
    "a version of its own": PUT.replace(b"HTTP/1.1", b"HTTP/1.1x") + LENGTH + b"\r\n" + BODY,
    "a version to come": PUT.replace(b"HTTP/1.1", b"HTTP/3.7") + LENGTH + b"\r\n" + BODY,
    "another version": PUT.replace(b"HTTP/1.1", b"HTTP/2.0") + LENGTH + b"\r\n" + BODY,
    "a URL that is none, and half a body": PUT.replace(ORGANISATION.encode(), b"http://nowhere")
    + LENGTH
    + b"\r\n"
    + BODY[:5],
    "no version": PUT.replace(b" HTTP/1.1", b"") + LENGTH + b"\r\n" + BODY,
    "a method of its own": PUT.replace(b"PUT", b"SMUGGLE") + LENGTH + b"\r\n" + BODY,
    "a method in small letters": PUT.replace(b"PUT", b"put") + LENGTH + b"\r\n" + BODY,
    "a chunk with a negative length": PUT + CHUNKED + b"\r\n-1\r\n" + BODY,
    "a chunk with 0x": PUT + CHUNKED + b"\r\n0x1a\r\n" + BODY + b"\r\n0\r\n\r\n",
    "a chunk without a length": PUT + CHUNKED + b"\r\n\r\n" + BODY,
    "a chunk of 17 digits": PUT + CHUNKED + b"\r\n1000000000000001a\r\n" + BODY + b"\r\n0\r\n\r\n",
    "a chunk that ends with LF": PUT + CHUNKED + b"\r\n1a\n" + BODY + b"\r\n0\r\n\r\n",
    "a chunk that is too long": PUT + CHUNKED + b"\r\n1a\r\n" + BODY + b"x\r\n0\r\n\r\n",
    "a chunk with a blank": PUT + CHUNKED + b"\r\n1a \r\n" + BODY + b"\r\n0\r\n\r\n",
    "a chunk whose extension has a NUL": PUT + CHUNKED + b"\r\n1a;a=\x00\r\n" + BODY + b"\r\n0\r\n\r\n",
    "a chunk whose extension has LF": PUT + CHUNKED + b"\r\n1a;a\n" + BODY + b"\r\n0\r\n\r\n",
    "a field after the body with LF": PUT + CHUNKED + b"\r\n" + CHUNKS[:-2] + b"x: y\n\r\n",
    "a field after the body without a colon": PUT + CHUNKED + b"\r\n" + CHUNKS[:-2] + b"nothing\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("size", [10_000, 30])
@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused_and_nothing_after_it_is_a_request(
    client: httpx.Client, server: Served, sent: bytes, size: int
) -> None:
    with connection(server) as opened:
        for piece in cut(GET + sent + HIDDEN * 3, size):
            try:
                opened.sendall(piece)
            except OSError:
                break  # it heard enough
        opened.shutdown(socket.SHUT_WR)
        received = rest(opened)
    assert [b"200", b"400"] == re.findall(rb"HTTP/1.1 (\d+)", received), received[-500:]
    assert [1] == numbers(received)
    refused = received[received.index(b"HTTP/1.1 400") :]
    assert b"\r\nconnection: close\r\n" in refused
    assert b"\r\ncontent-type: application/problem+json\r\n" in refused
    assert "Jively" == client.get(ORGANISATION).json()["owner_name"]
    assert ["GET", "GET"] == [entry["method"] for entry in client.get("/__admin/requests").json()["items"]]


def cut(sent: bytes, size: int) -> list[bytes]:
    return [sent[start : start + size] for start in range(0, len(sent), size)]


CLOSING = {
    "connection: close": GET.replace(b"host:", b"connection: close\r\nhost:", 1),
    "connection: close, slowly": GET.replace(b"host:", b"connection: close\r\nprefer: wait=0.1\r\nhost:", 1),
    "HTTP/1.0": GET.replace(b"HTTP/1.1", b"HTTP/1.0"),
}


@pytest.mark.parametrize("sent", CLOSING.values(), ids=CLOSING.keys())
def test_nothing_is_played_after_what_ends_the_connection(client: httpx.Client, server: Served, sent: bytes) -> None:
    with connection(server) as opened:
        opened.sendall(sent + HIDDEN * 3)
        assert [1] == numbers(rest(opened))
    assert 200 == client.get(ORGANISATION).status_code


ALLOWED = {
    "chunked in capitals": PUT + b"Transfer-Encoding: CHUNKED\r\n\r\n" + CHUNKS,
    "an extension": PUT + CHUNKED + b"\r\n1a;a=b;c\r\n" + BODY + b"\r\n0\r\n\r\n",
    "zeros before a length": PUT + b"content-length: 00026\r\n\r\n" + BODY,
    "zeros before a chunk's length": PUT + CHUNKED + b"\r\n0001A\r\n" + BODY + b"\r\n000\r\n\r\n",
    "blanks around a length": PUT + b"content-length: \t26 \t\r\n\r\n" + BODY,
    "an empty line before the request": b"\r\n" + PUT + LENGTH + b"\r\n" + BODY,
}


@pytest.mark.parametrize("sent", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_can_be_read_in_one_way_only_is_read(client: httpx.Client, server: Served, sent: bytes) -> None:
    with connection(server) as opened:
        opened.sendall(sent + GET.replace(b"host:", b"connection: close\r\nhost:", 1))
        received = rest(opened)
    assert [1, 2] == numbers(received)
    assert "Smuggled" == client.get(ORGANISATION).json()["owner_name"]

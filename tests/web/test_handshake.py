"""Handshakes that do not end, or are none: held to the same limits as the connections that they would become."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import trustme

from tests.support.served import Served, served
from tests.web.test_protocol import GET, last, rest

PATIENCE = 20
CONNECTIONS = 20


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    folder = tmp_path_factory.mktemp("pem")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    leaf = authority.issue_cert("localhost")
    leaf.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    leaf.private_key_pem.write_to_path(folder / "key.pem")
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    context.folder = folder  # type: ignore[attr-defined]
    return context


@pytest.fixture(scope="module")
def server(trust: ssl.SSLContext) -> Iterator[Served]:
    folder = trust.folder  # type: ignore[attr-defined]
    files = ("--certfile", f"{folder}/cert.pem", "--keyfile", f"{folder}/key.pem")
    limits = ("--max-connections", str(CONNECTIONS), "--request-timeout", "3")
    with served("--provider", "tyk", *files, *limits) as running:
        yield running
        assert not [line for line in running.lines if "Traceback" in line or "Error" in line]


def plain(server: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=PATIENCE)


def secure(server: Served, trust: ssl.SSLContext) -> ssl.SSLSocket:
    return trust.wrap_socket(plain(server), server_hostname="localhost")


def answer(server: Served, trust: ssl.SSLContext, sent: bytes) -> bytes:
    with secure(server, trust) as opened:
        opened.sendall(sent)
        return rest(opened)


def is_closed(opened: socket.socket) -> bool:
    try:
        return opened.recv(65536) == b""
    except ConnectionError:
        return True


def test_what_is_said_right_after_the_handshake_is_answered(server: Served, trust: ssl.SSLContext) -> None:
    for _ in range(50):
        assert b"HTTP/1.1 200 " in answer(server, trust, last(GET))


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01"])
def test_a_handshake_that_does_not_end_is_cut_off(server: Served, trust: ssl.SSLContext, sent: bytes) -> None:
    with plain(server) as opened:
        opened.sendall(sent)
        assert is_closed(opened)
    assert b"HTTP/1.1 200 " in answer(server, trust, last(GET))


@pytest.mark.parametrize("sent", [GET, b"\x00" * 100, b"\x16\x03\x01\x00\x05hello"])
def test_what_is_no_handshake_is_cut_off(server: Served, trust: ssl.SSLContext, sent: bytes) -> None:
    with plain(server) as opened:
        opened.sendall(sent)
        while b"" != (told := heard(opened)):
            assert told.startswith(b"\x15\x03")  # an alert of TLS, and nothing in the clear
    assert b"HTTP/1.1 200 " in answer(server, trust, last(GET))


def heard(opened: socket.socket) -> bytes:
    try:
        return opened.recv(65536)
    except ConnectionError:
        return b""


def test_handshakes_count_as_connections(server: Served, trust: ssl.SSLContext) -> None:
    """As many as there may be, none of which ends: one more is cut off, and all of them in time."""
    with ExitStack() as stack:
        began = [stack.enter_context(closing(plain(server))) for _ in range(CONNECTIONS)]
        time.sleep(0.5)
        with plain(server) as further:
            assert is_closed(further)
        assert all(is_closed(opened) for opened in began)
    assert b"HTTP/1.1 200 " in answer(server, trust, last(GET))


def test_a_request_over_tls_is_held_to_the_same_time(server: Served, trust: ssl.SSLContext) -> None:
    assert b"HTTP/1.1 408 " in answer(server, trust, GET[:20])

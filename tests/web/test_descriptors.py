"""A system that allows few open files: fewer connections are taken, it is said, and no flood of them is the end."""

import select
import socket
import time
from contextlib import ExitStack

import httpx

from tests.support.callers import ORGANISATION, TYK
from tests.support.served import Served, served
from tests.web.test_protocol import GET, connection, last, rest

PATIENCE = 20


def flood(server: Served, count: int, taken: int) -> list[bytes]:
    """Return what so many connections hear that are open at the same time, once all but those taken have heard it."""
    with ExitStack() as stack:
        opened = [stack.enter_context(connection(server)) for _ in range(count)]
        began = time.monotonic()
        while len(select.select(opened, [], [], 0.1)[0]) < count - taken and time.monotonic() - began < PATIENCE:
            time.sleep(0.1)
        return [heard(one) for one in opened]


def heard(opened: socket.socket) -> bytes:
    try:
        opened.sendall(last(GET))
        return rest(opened)
    except OSError:
        return b""  # cut off


def test_with_few_open_files_fewer_connections_are_taken_and_a_flood_of_them_passes() -> None:
    with served("--provider", "tyk", files=100) as server:
        assert "50 connections are taken, not 1000: this system allows 100 open files" in server.lines[0]
        answers = flood(server, 300, 50)
        assert 50 == sum(b"HTTP/1.1 200 " in answer for answer in answers)
        assert any(b"HTTP/1.1 503 " in answer and b"--max-connections" in answer for answer in answers)
        assert b"" in answers  # there were no files left to say a word with
        with httpx.Client(base_url=server.url, headers=TYK) as client:
            assert 200 == client.get(ORGANISATION).status_code
        assert not [line for line in server.lines if "Traceback" in line or "Error" in line]


def test_where_the_files_are_enough_there_is_nothing_to_tell() -> None:
    with served("--provider", "tyk", "--max-connections", "100", files=228) as server:
        assert "open files" not in server.lines[0]
        assert 100 == sum(b"HTTP/1.1 200 " in answer for answer in flood(server, 100, 100))

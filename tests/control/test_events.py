"""Following exchanges as they happen: in process, where everything can be timed, and over a socket."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.control.asked import ADMIN, JIVELY
from tests.support.inprocess import InProcess, edge_of
from tests.support.served import Served, served
from understudy.contract.secrets import Secrets
from understudy.control.events import events
from understudy.journal import Exchange, Journal

HOST = [(b"host", b"localhost")]

NONE = Secrets()


def exchange(id: int, body: bytes = b"") -> Exchange:
    return Exchange("GET", "/x", b"", {}, 0.0, id=id, body=body, ended=0.1)


def stream(journal: Journal, since: int = 0, **options: Any) -> AsyncGenerator[bytes, None]:
    return events(journal, since, lambda: NONE, **options)


async def taken(following: AsyncGenerator[bytes, None], count: int) -> list[bytes]:
    return [await anext(following) for _ in range(count)]


def parsed(piece: bytes) -> tuple[str | None, str, Any]:
    """Return id, kind and data of an event."""
    lines = dict(line.split(": ", 1) for line in piece.decode().rstrip("\n").split("\n"))
    assert piece.endswith(b"\n\n")
    return lines.get("id"), lines["event"], json.loads(lines["data"])


def brief(pieces: list[bytes]) -> list[Any]:
    """Return the exchange of each event, and how many each gap has lost."""
    found = [parsed(piece) for piece in pieces if not piece.startswith(b":")]
    return [data["id"] if kind == "exchange" else {"lost": data["lost"]} for _, kind, data in found]


def test_each_exchange_is_an_event_with_an_id_to_resume_after() -> None:
    async def go() -> None:
        journal = Journal(10)
        following = stream(journal, journal.sequence)
        assert (await anext(following)).startswith(b":")
        journal.record(exchange(7))
        id, kind, data = parsed(await anext(following))
        assert ("1", "exchange", 7, "/x") == (id, kind, data["id"], data["path"])
        assert "diff" not in data
        await following.aclose()

    asyncio.run(go())


def test_those_after_the_last_event_id_come_first_and_none_twice() -> None:
    async def go() -> None:
        journal = Journal(10)
        for id in (1, 2, 3):
            journal.record(exchange(id))
        following = stream(journal, 1)
        await anext(following)
        journal.record(exchange(4))  # while the beginning is being sent
        pieces = await taken(following, 2)
        journal.record(exchange(5))
        assert [2, 3, 4, 5] == brief(pieces + await taken(following, 2))
        await following.aclose()

    asyncio.run(go())


def test_a_gap_says_how_many_have_fallen_out_of_the_journal() -> None:
    async def go() -> None:
        journal = Journal(2)
        for id in range(1, 6):
            journal.record(exchange(id))
        assert [{"lost": 2}, 4, 5] == brief(await taken(stream(journal, 1), 4))

    asyncio.run(go())


def test_a_cleared_journal_leaves_a_gap_and_events_count_on() -> None:
    async def go() -> None:
        journal = Journal(9)
        journal.record(exchange(1))
        journal.clear()
        journal.record(exchange(1))
        assert [{"lost": 1}, 1] == brief(await taken(stream(journal, 0), 3))

    asyncio.run(go())


def test_an_id_of_another_life_gets_a_gap_and_all_there_is() -> None:
    async def go() -> None:
        journal = Journal(2)
        for id in (1, 2, 3):
            journal.record(exchange(id))
        assert [{"lost": None}, 2, 3] == brief(await taken(stream(journal, 1000), 4))

    asyncio.run(go())


def test_a_slow_listener_loses_the_oldest_and_is_told() -> None:
    async def go() -> None:
        journal = Journal(0)
        following = stream(journal, waiting=3)
        await anext(following)
        journal.record(exchange(1))
        assert [1] == brief([await anext(following)])
        for id in range(2, 12):
            journal.record(exchange(id))
        assert [{"lost": 7}, 9, 10, 11] == brief(await taken(following, 4))
        await following.aclose()

    asyncio.run(go())


def test_a_slow_listener_loses_nothing_that_the_journal_has() -> None:
    async def go() -> None:
        journal = Journal(100)
        following = stream(journal, waiting=3)
        await anext(following)
        for id in range(1, 12):
            journal.record(exchange(id))
        assert [1, 2] == brief(await taken(following, 2))
        for id in range(12, 15):
            journal.record(exchange(id))
        assert [*range(3, 15)] == brief(await taken(following, 12))
        await following.aclose()

    asyncio.run(go())


def test_what_is_taken_off_the_journal_before_it_was_sent_still_comes_in_its_order() -> None:
    async def go() -> None:
        journal = Journal(100)
        following = stream(journal)
        await anext(following)
        for id in range(1, 6):
            journal.record(exchange(id))
        journal.clear()
        for id in range(6, 9):
            journal.record(exchange(id))
        assert [*range(1, 9)] == brief(await taken(following, 8))
        await following.aclose()

    asyncio.run(go())


def test_what_waits_for_a_slow_listener_is_bounded_in_bytes_too() -> None:
    async def go() -> None:
        journal = Journal(0)
        following = stream(journal)
        await anext(following)
        journal.record(exchange(1))
        await anext(following)
        for id in range(2, 12):
            journal.record(exchange(id, body=bytes(1_000_000)))
        assert [{"lost": 9}, 11] == brief(await taken(following, 2))
        await following.aclose()

    asyncio.run(go())


def test_silence_is_broken_by_comments() -> None:
    async def go() -> None:
        journal = Journal(10)
        following = stream(journal, heartbeat=0.001)
        assert [b":"] * 4 == [piece[:1] for piece in await taken(following, 4)]
        journal.record(exchange(1))
        assert 1 in brief(await taken(following, 2))
        await following.aclose()

    asyncio.run(go())


def test_it_ends_when_the_journal_is_closed_after_what_was_recorded() -> None:
    async def go() -> None:
        journal = Journal(10)
        following = stream(journal)
        await anext(following)
        journal.record(exchange(1))
        journal.close()
        assert [1] == brief([piece async for piece in following])
        assert not journal.watchers

    asyncio.run(go())


def test_whoever_leaves_is_no_longer_told() -> None:
    async def go() -> None:
        journal = Journal(10)
        first, second = stream(journal), stream(journal)
        await anext(first)
        await anext(second)
        assert 2 == len(journal.watchers)
        await first.aclose()
        assert 1 == len(journal.watchers)
        await second.aclose()
        assert not journal.watchers

    asyncio.run(go())


class Listening:
    """A client in process that listens to the events of a sandbox until it hangs up."""

    def __init__(self, edge: Any, method: str = "GET") -> None:
        self._edge = edge
        self._method = method
        self._gone = asyncio.Event()
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.hold = asyncio.Event()
        self.hold.set()

    async def __call__(self) -> None:
        scope = {
            "type": "http",
            "method": self._method,
            "path": "/__admin/events",
            "headers": HOST,
            "query_string": b"",
        }
        await self._edge({**scope, "root_path": "", "raw_path": b"/__admin/events"}, self._receive, self._send)

    def hang_up(self) -> None:
        self._gone.set()

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.hold.wait()
        self.sent.put_nowait(message)


async def got(edge: Any) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Any) -> None:
        pass

    scope = {"type": "http", "method": "GET", "path": "/hello", "headers": HOST, "query_string": b"", "root_path": ""}
    await edge({**scope, "raw_path": b"/hello"}, receive, send)


def test_a_client_that_goes_is_forgotten() -> None:
    async def go() -> None:
        edge, sandbox = edge_of("tyk")
        client = Listening(edge)
        listening = asyncio.ensure_future(client())
        start = await client.sent.get()
        assert 200 == start["status"]
        assert b"content-length" not in dict(start["headers"])
        assert b"text/event-stream" == dict(start["headers"])[b"content-type"]
        assert (await client.sent.get())["more_body"]
        await got(edge)
        assert 1 == parsed((await client.sent.get())["body"])[2]["id"]
        assert 1 == len(sandbox.journal.watchers)
        client.hang_up()
        await listening
        assert not sandbox.journal.watchers

    asyncio.run(go())


@pytest.mark.usefixtures("embedded")
def test_a_client_that_does_not_read_holds_up_nobody() -> None:
    async def go() -> None:
        edge, sandbox = edge_of("tyk")
        client = Listening(edge)
        listening = asyncio.ensure_future(client())
        await client.sent.get()
        await client.sent.get()
        client.hold.clear()
        for _ in range(1000):
            await got(edge)
        assert 1000 == len(sandbox.journal)
        client.hang_up()
        await listening
        assert not sandbox.journal.watchers

    asyncio.run(go())


def test_a_sandbox_that_is_dropped_ends_its_streams() -> None:
    async def go() -> None:
        edge, sandbox = edge_of("tyk")
        client = Listening(edge)
        listening = asyncio.ensure_future(client())
        await client.sent.get()
        await client.sent.get()
        edge.sandboxes.drop(sandbox.name)
        await listening
        assert {"type": "http.response.body", "body": b""} == await client.sent.get()

    asyncio.run(go())


def test_a_reset_does_not_end_them() -> None:
    async def go() -> None:
        edge, sandbox = edge_of("tyk")
        client = Listening(edge)
        listening = asyncio.ensure_future(client())
        await client.sent.get()
        await client.sent.get()
        sandbox.reset()
        await got(edge)
        id, _, data = parsed((await client.sent.get())["body"])
        assert ("1", 1) == (id, data["id"])
        client.hang_up()
        await listening

    asyncio.run(go())


def test_a_stream_that_is_cancelled_leaves_no_watcher_behind() -> None:
    async def go() -> None:
        edge, sandbox = edge_of("tyk")
        client = Listening(edge)
        listening = asyncio.ensure_future(client())
        await client.sent.get()
        listening.cancel()
        await listening
        assert not sandbox.journal.watchers

    asyncio.run(go())


def test_head_is_answered_at_once_and_watches_nothing() -> None:
    edge, sandbox = edge_of("tyk")
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as mock:
        answer = mock.head("/__admin/events")
    assert (200, "text/event-stream") == (answer.status_code, answer.headers["content-type"])
    assert "content-length" not in answer.headers
    assert not sandbox.journal.watchers


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "99999999999999999999"])
def test_a_last_event_id_that_is_none_is_refused(mock: httpx.Client, last: str) -> None:
    answer = mock.get("/__admin/events", headers={"Last-Event-ID": last})
    assert 400 == answer.status_code
    assert "Last-Event-ID" in answer.json()["detail"]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--provider", "tyk") as running:
        yield running


@contextmanager
def listening(url: str, headers: dict[str, str] | None = None) -> Iterator[Iterator[str]]:
    """Listen to the events over a socket, the opening comment read."""
    with httpx.Client(timeout=20, trust_env=False) as http:
        with http.stream("GET", f"{url}/__admin/events", headers=headers) as answer:
            lines = answer.iter_lines()
            assert next(lines).startswith(":")
            yield lines


def next_exchange(lines: Iterator[str]) -> tuple[str, dict[str, Any]]:
    id = ""
    for line in lines:
        if line.startswith("id: "):
            id = line[4:]
        if line.startswith("data: "):
            return id, json.loads(line[6:])
    raise AssertionError("the stream ended")


def test_over_a_socket_events_come_as_they_happen_and_can_be_resumed(server: Served) -> None:
    with listening(f"{server.url}/~socket") as lines:
        for number in (1, 2):
            httpx.get(f"{server.url}/~socket{JIVELY}", headers=ADMIN, trust_env=False)
            id, data = next_exchange(lines)
            assert (str(number), number, "socket", "•••") == (
                id,
                data["id"],
                data["sandbox"],
                data["headers"]["admin-auth"],
            )
    with listening(f"{server.url}/~socket", {"Last-Event-ID": "1"}) as lines:
        assert "2" == next_exchange(lines)[0]


def test_over_a_socket_a_dropped_sandbox_ends_the_stream(server: Served) -> None:
    with listening(f"{server.url}/~dropped") as lines:
        assert 204 == httpx.delete(f"{server.url}/__admin/sandboxes/dropped", trust_env=False).status_code
        assert [""] == list(lines)


def test_over_a_socket_head_does_not_hang(server: Served) -> None:
    address = httpx.URL(server.url)
    with socket.create_connection((address.host, address.port or 80), timeout=20) as raw:
        raw.sendall(b"HEAD /__admin/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: raw.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_open_stream_ends_with_the_server_without_a_word(number: signal.Signals) -> None:
    with served("--provider", "tyk") as own, listening(own.url) as lines:
        own.process.send_signal(number)
        assert [""] == list(lines)
        assert 0 == own.process.wait(20)
    assert "Ctrl-C ends it." == own.lines[-1]

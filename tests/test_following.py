"""``understudy watch``: the exchanges of a running server, line by line."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from threading import Thread

import httpx
import pytest
from click.testing import CliRunner, Result

from tests.support.served import Served, free_port, served
from understudy.cli import main
from understudy.following import Event, Follower, lines

PATIENCE = 20
ADMIN = {"admin-auth": "12345"}
ORGANISATION = "/admin/organisations/54b53d3aeba6db5c35000002"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--provider", "tyk") as running:
        yield running


class Terminal:
    """A terminal in which ``understudy watch`` runs: what it prints, as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._queue: Queue[str] = Queue()
        self._readers = [
            Thread(target=self._read, args=(stream,), daemon=True) for stream in (process.stdout, process.stderr)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: object) -> None:
        for line in stream:  # type: ignore[attr-defined]
            self._queue.put(line.rstrip("\n"))

    def line(self) -> str:
        """Return the next line."""
        try:
            return self._queue.get(timeout=PATIENCE)
        except Empty:
            pytest.fail("nothing more was printed")

    def rest(self) -> list[str]:
        """Return what was printed until the end of the program."""
        for reader in self._readers:
            reader.join(PATIENCE)
        return list(self._queue.queue)


@contextmanager
def watching(url: str, *arguments: str) -> Iterator[Terminal]:
    """Run ``understudy watch`` and wait until it watches."""
    command = [sys.executable, "-m", "understudy", "watch", url, *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSTUDY_")}
    with subprocess.Popen(
        command,
        env=kept | {"PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        terminal = Terminal(process)
        try:
            assert terminal.line().startswith("understudy: watching the sandbox ")
            yield terminal
        finally:
            process.kill()


def send(server: Served, path: str, **options: object) -> None:
    """Make a call."""
    httpx.request(options.pop("method", "GET"), server.url + path, trust_env=False, **options)  # type: ignore[arg-type]


def test_an_exchange_is_the_line_that_the_server_prints_itself(server: Served) -> None:
    with watching(server.url, "--sandbox", "same") as terminal:
        send(server, f"/~same{ORGANISATION}", method="PUT", headers=ADMIN, json={"owner_name": 5})
        line, note = terminal.line(), terminal.line()
        shown = server.shown(re.escape(line.partition(" ")[2]))
    assert re.search(r"403 PUT /~same/admin/organisations/\w+  tyk organisation_not_updated [\d.]+ ms #1$", line)
    assert note.startswith("         ↳ body /owner_name: must be a string (sent: 5) [openapi/tyk.yaml:")
    assert f"{line.partition(' ')[2]}\n{note}" in shown


def test_only_the_sandbox_that_is_named_is_watched(server: Served) -> None:
    with watching(server.url) as terminal:
        send(server, "/~other/hello")
        send(server, "/hello?a=1&a=%20b")
        assert "200 GET /hello?a=1&a= b  tyk dashboard_alive" in terminal.line()


def test_hostile_text_stays_on_its_line_and_writes_nothing_into_the_terminal(server: Served) -> None:
    with watching(server.url, "--sandbox", "evil") as terminal:
        body = {"owner_name": "a\u2028b\u0085c\x1b[31m\r\nd", "cname_enabled": 5}
        send(server, "/~evil/admin/organisations", method="POST", headers=ADMIN, json=body)
        send(server, "/~evil/%1b%5b31m%0d%0a%e2%80%a8x")
        assert "POST /~evil/admin/organisations" in terminal.line()
        assert "/cname_enabled" in terminal.line()
        assert r"404 GET /~evil/\x1b[31m\x0d\x0a\x2028x" in terminal.line()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_without_a_word(server: Served, number: signal.Signals) -> None:
    with watching(server.url) as terminal:
        terminal.process.send_signal(number)
        assert 0 == terminal.process.wait(PATIENCE)
        assert [] == terminal.rest()


def test_it_ends_when_nobody_reads_it_any_more(server: Served) -> None:
    with watching(server.url, "--sandbox", "pipe") as terminal:
        assert terminal.process.stdout is not None
        command = f"{sys.executable} -m understudy watch {server.url} --sandbox pipe 2>/dev/null | head -n 1"
        with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, encoding="utf-8") as pipe:
            ended = Thread(target=pipe.wait)
            ended.start()
            while ended.is_alive():
                send(server, "/~pipe/hello")
                ended.join(0.2)
            assert pipe.stdout is not None
            assert 1 == len(pipe.stdout.read().splitlines())


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, ["watch", *arguments])


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (lambda: f"http://127.0.0.1:{free_port()}", r"nothing answers at .*start it with 'understudy serve'"),
        (lambda: "http://", "no URL of a server"),
        (lambda: "localhost:4010", "no URL of a server"),
    ],
)
def test_a_server_that_cannot_be_asked_is_one_sentence(url: Callable[[], str], said: str) -> None:
    result = run(url())
    assert 2 == result.exit_code
    assert re.match(rf"understudy: .*{said}", result.output)
    assert 1 == len(result.output.splitlines())


def test_a_sandbox_that_cannot_be_is_one_sentence() -> None:
    result = run("http://127.0.0.1:1", "--sandbox", "no such/name")
    assert 2 == result.exit_code
    assert "no sandbox can be called 'no such/name'" in result.output
    assert 1 == len(result.output.splitlines())


def test_a_server_that_comes_back_is_watched_again() -> None:
    port = free_port()
    with served("--provider", "tyk", "--port", str(port)) as first:
        follower = Follower(first.url, "default", pause=lambda _: None)
        events = follower.events()
        assert Event("open") == next(events)
        send(first, "/hello")
        assert ("exchange", 1) == heard(next(events))
    assert Event("lost") == next(events)
    with served("--provider", "tyk", "--port", str(port)) as second:
        assert Event("open") == next(events)
        assert Event("gap", {"lost": None}) == next(events)
        send(second, "/nowhere")
        assert ("exchange", 1) == heard(next(events))


def test_what_happened_while_the_connection_was_gone_is_told_afterwards(server: Served) -> None:
    follower = Follower(server.url, "missed", pause=lambda _: None)
    events = follower.events()
    next(events)
    for _ in range(3):
        send(server, "/~missed/hello")
    assert [("exchange", 1), ("exchange", 2)] == [heard(next(events)) for _ in range(2)]
    events.close()
    again = follower.events()
    assert Event("open") == next(again)
    assert ("exchange", 3) == heard(next(again))
    again.close()


def heard(event: Event) -> tuple[str, int]:
    """Return what an event is, and the id of its exchange."""
    return event.kind, event.data["id"]


def test_gaps_and_breaks_are_told_beside_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [Event("open"), Event("gap", {"lost": 3}), Event("gap", {"lost": None}), Event("lost")]
    monkeypatch.setattr(Follower, "events", lambda _: iter(told))
    result = run("http://127.0.0.1:4010")
    assert "" == result.stdout
    assert [
        "understudy: watching the sandbox default at http://127.0.0.1:4010",
        "understudy: 3 exchanges were missed",
        "understudy: some exchanges were missed",
        "understudy: the connection ended; trying again",
    ] == result.stderr.splitlines()


def test_lines_end_at_line_feeds_only_wherever_the_pieces_do() -> None:
    pieces = [b"data: a\xe2", b"\x80\xa8b\r", b"\n", b"\nda", b"ta: c\x0bd\n\n"]
    assert [b"data: a\xe2\x80\xa8b\r", b"", b"data: c\x0bd", b""] == list(lines(pieces))

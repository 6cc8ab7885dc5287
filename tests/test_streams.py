"""A server whose standard streams are closed, broken, full or read by nobody serves on, and ends as it should."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.served import free_port
from understudy.writer import Writer

MINUTE = 60


def _close(*numbers: int) -> Callable[[], None]:
    def close() -> None:
        for number in numbers:
            os.close(number)

    return close


@contextmanager
def _broken() -> Iterator[int]:
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@contextmanager
def _unread() -> Iterator[int]:
    reader, writer = os.pipe()
    yield writer
    os.close(writer)
    os.close(reader)


@contextmanager
def _full() -> Iterator[int]:
    with Path("/dev/full").open("wb") as full:
        yield full.fileno()


def _serve_and_end(tmp_path: Path, number: int, *, asked: int = 20, **options: object) -> str:
    """Serve, ask, end by a signal; return what came on stderr."""
    port = free_port()
    command = [sys.executable, "-m", "understudy", "serve", "--provider", "tyk", "--port", str(port)]
    errors = tmp_path / "errors"
    with errors.open("wb") as stderr:
        streams = {"stderr": stderr, "stdin": subprocess.DEVNULL, **options}
        process = subprocess.Popen(command, **streams)  # type: ignore[call-overload]
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=MINUTE) as http:
                _wait(http)
                for _ in range(asked):
                    assert 200 == http.get("/hello", params={"padding": "x" * 200}).status_code
            process.send_signal(number)
            assert 0 == process.wait(MINUTE)
        finally:
            process.kill()
            process.wait()
    return errors.read_text()


def _wait(http: httpx.Client) -> None:
    deadline = time.monotonic() + MINUTE
    while True:
        try:
            http.get("/hello")
        except httpx.TransportError:
            assert time.monotonic() < deadline, "it does not serve"
            time.sleep(0.1)
        else:
            return


@pytest.mark.parametrize("closed", [(1,), (0, 1, 2)])
def test_streams_that_are_closed_are_no_trouble(tmp_path: Path, closed: tuple[int, ...]) -> None:
    assert "" == _serve_and_end(tmp_path, signal.SIGTERM, stdin=None, stdout=None, preexec_fn=_close(*closed))


@pytest.mark.parametrize(("stream", "asked"), [(_broken, 20), (_full, 20), (_unread, 2000)])
def test_a_terminal_that_is_gone_full_or_stopped_holds_nobody_up(
    tmp_path: Path, stream: Callable[[], AbstractContextManager[int]], asked: int
) -> None:
    with stream() as stdout:
        assert "" == _serve_and_end(tmp_path, signal.SIGTERM, asked=asked, stdout=stdout)


def test_a_terminal_that_is_closed_ends_it_cleanly(tmp_path: Path) -> None:
    assert "" == _serve_and_end(tmp_path, signal.SIGHUP, stdout=subprocess.DEVNULL)


def test_what_nobody_reads_in_time_is_left_out_and_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("understudy.writer._MOST", 200_000)
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        terminal = Writer(stream)
        for number in range(10_000):
            terminal.write(f"{number:099}\n")
        got = bytearray()
        while not re.search(rb"understudy: (\d+) lines were left out here", got):
            got += os.read(reader, 65536)
        terminal.drain()
    os.close(reader)
    lines = got.decode().splitlines()
    kept = [int(line) for line in lines if line.isdigit()]
    assert sorted(set(kept)) == kept
    told = re.search(r"understudy: (\d+) lines were left out here: nobody read them in time", lines[-1])
    assert told is not None
    assert 10_000 == len(kept) + int(told[1])
    assert len(kept) < 5000

"""``--store file:PATH`` under what befalls a machine: nothing acknowledged is lost, and one message says why."""

import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from tests.control.asking import TYK, create_tyk, tyk_names
from tests.support.served import served
from tests.test_restart import client, refused

MINUTE = 60
CLIENTS = 6


@pytest.mark.parametrize("seed", [1, 2])
def test_of_a_random_history_cut_off_by_a_kill_nothing_acknowledged_is_lost(tmp_path: Path, seed: int) -> None:
    """Each client makes and drops records of its own in one of three sandboxes, and knows what was acknowledged."""
    store = ("--store", f"file:{tmp_path / 'x.db'}", "--provider", "tyk", "--log-level", "error")
    draw, known = random.Random(seed), [set[str]() for _ in range(CLIENTS)]  # noqa: S311
    unsure: list[str | None] = [None] * CLIENTS
    for round in range(2):
        with served(*store) as server:
            ending = Event()

            def play(number: int, url: str = server.url, round: int = round, ending: Event = ending) -> None:
                chance = random.Random(f"{seed} {round} {number}")  # noqa: S311
                with httpx.Client(base_url=url, timeout=MINUTE, headers=_sandbox(number)) as http:
                    while not ending.is_set():
                        name = f"{number}-{chance.randrange(40)}-{chance.random()}"
                        unsure[number] = name
                        try:
                            assert 200 == create_tyk(http, name).status_code
                            known[number].add(name)
                            http.get("/admin/organisations", headers=TYK)
                        except httpx.TransportError:
                            return

            with ThreadPoolExecutor(CLIENTS) as pool:
                playing = [pool.submit(play, number) for number in range(CLIENTS)]
                goal = sum(map(len, known)) + draw.randrange(40, 200)
                while sum(map(len, known)) < goal:
                    time.sleep(0.005)
                server.process.send_signal(signal.SIGKILL)
                ending.set()
                for one in playing:
                    one.result(MINUTE)
        with served(*store) as server, client(server) as http:
            for number in range(CLIENTS):
                http.headers.update(_sandbox(number))
                found = {name for name in tyk_names(http) if name.startswith(f"{number}-")}
                assert known[number] <= found <= known[number] | {str(unsure[number])}
                known[number] = found


def _sandbox(number: int) -> dict[str, str]:
    return {"Understudy-Sandbox": f"box-{number % 3}"}


def _started(arguments: list[str], before: Callable[[], None]) -> "subprocess.Popen[str]":
    """Start a server under a limit of the system; return it once it says that it is up."""
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", "--provider", "tyk", *arguments]
    return subprocess.Popen(  # before any thread of this process is there
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,  # noqa: PLW1509
    )


def test_a_disk_that_fills_up_under_a_server_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "x.db"

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    process = _started(["--store", f"file:{path}", "--log-level", "error"], small)
    assert process.stdout is not None
    url = next(line for line in process.stdout if "http://" in line).split()[-1]
    kept: list[str] = []
    try:
        with httpx.Client(base_url=url, timeout=MINUTE) as http:
            while True:
                answer = create_tyk(http, f"new {len(kept)} {'x' * 300}")
                if answer.status_code != 200:
                    break
                kept.append(f"new {len(kept)} {'x' * 300}")
            assert (503, "Store away") == (answer.status_code, answer.json()["title"])
            assert "(x.db: " in answer.json()["detail"]
            assert kept == [name for name in tyk_names(http) if name.startswith("new ")], "what is read goes on"
        process.terminate()
        assert 0 == process.wait(MINUTE)
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.communicate()
    assert len(kept) > 10
    with served("--store", f"file:{path}", "--provider", "tyk") as server, client(server) as http:
        assert kept == [name for name in tyk_names(http) if name.startswith("new ")]
        assert 200 == create_tyk(http, "there is room again").status_code


def test_a_disk_that_is_full_at_the_start_is_told_in_one_sentence(tmp_path: Path) -> None:
    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    process = _started(["--store", f"file:{tmp_path / 'x.db'}"], full)
    said, errors = process.communicate(timeout=MINUTE)
    assert (2, "", 1) == (process.returncode, said, errors.count("\n")), errors
    assert "this file cannot be written" in errors


@pytest.mark.parametrize("name", ["x.db", "x.db-wal"])
@pytest.mark.parametrize("way", ["deleted", "replaced"])
def test_a_file_that_is_taken_away_is_told_of_before_anything_is_acknowledged(
    tmp_path: Path, name: str, way: str
) -> None:
    path = tmp_path / name
    with served("--store", f"file:{tmp_path / 'x.db'}", "--provider", "tyk") as server, client(server) as http:
        assert 200 == create_tyk(http, "before").status_code
        beside = tmp_path / "kept"
        path.rename(beside)
        if way == "replaced":
            shutil.copy(beside, path)
        answer = create_tyk(http, "after")
        assert (503, "Store away") == (answer.status_code, answer.json()["title"])
        assert f"{path} was deleted or replaced while it was played from" in answer.json()["detail"]
        assert ["before"] == [one for one in tyk_names(http) if one in ("before", "after")]
        path.unlink(missing_ok=True)
        beside.rename(path)
        assert 200 == create_tyk(http, "after").status_code
        server.process.terminate()
        assert 0 == server.process.wait(MINUTE)
    with served("--store", f"file:{tmp_path / 'x.db'}", "--provider", "tyk") as server, client(server) as http:
        assert ["after", "before"] == sorted(one for one in tyk_names(http) if one in ("before", "after"))


def test_a_second_server_on_a_port_is_refused_in_one_sentence_and_the_first_goes_on() -> None:
    with served("--provider", "tyk") as server, client(server) as http:
        port = server.url.rsplit(":", 1)[1]
        assert refused("--port", port).startswith(f"understudy: port {port} on 127.0.0.1 is taken; choose another")
        assert 200 == http.get("/hello").status_code

"""A Redis that is away, at the start or later; one that is full, forgets scripts or all it has."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.control.asking import ADMIN, JIVELY, TYK, create_tyk, tyk_names
from tests.support.redis import RedisServer, redis_server
from tests.support.served import Served, free_port, served

_QUIET = ("--provider", "tyk", "--log-level", "error")


@pytest.fixture
def server(lasting: RedisServer) -> Iterator[Served]:
    """A server over a Redis that may be broken."""
    with served(*_QUIET, "--store", lasting.url) as one:
        yield one


@pytest.fixture
def http(server: Served) -> Iterator[httpx.Client]:
    """A client of it."""
    with client(server) as one:
        yield one


def client(server: Served, **headers: str) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers=headers, trust_env=False, timeout=10)


def refused(*arguments: str) -> str:
    """Return the one sentence that a server that does not start says, exit code 2."""
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", *arguments]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert 2 == ended.returncode, ended.stderr
    assert "" == ended.stdout
    assert 1 == len(ended.stderr.splitlines()), ended.stderr
    return ended.stderr


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.05)


def test_a_redis_that_is_not_there_stops_the_start() -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    said = refused(*_QUIET, "--store", url)
    assert said.startswith(f"understudy: --store {url}: the store cannot be used (")
    assert said.endswith("); start it, or correct the address\n")


def test_a_database_that_there_is_not_stops_the_start(redis: RedisServer) -> None:
    assert "out of range" in refused(*_QUIET, "--store", redis.url[:-1] + "99")


def test_a_wrong_password_stops_the_start_and_is_not_shown(tmp_path: Path, program: str) -> None:
    with redis_server(tmp_path, "--requirepass", "right", program=program) as locked:
        wrong = locked.url.replace("//", "//:wr0ng@")
        said = refused(*_QUIET, "--store", wrong)
        assert re.search("password", said)
        assert "wr0ng" not in said
        with served(*_QUIET, "--store", locked.url.replace("//", "//:right@")) as server, client(server) as http:
            assert 200 == create_tyk(http, "Acme").status_code


def test_away_is_503_with_retry_after_and_passes_by_itself(lasting: RedisServer, http: httpx.Client) -> None:
    create_tyk(http, "Before")
    lasting.stop()
    for answer in (create_tyk(http, "Lost"), http.get(f"/admin/organisations/{JIVELY}", headers=TYK)):
        assert (503, "1") == (answer.status_code, answer.headers["retry-after"])
        assert "application/problem+json" == answer.headers["content-type"]
        assert "Store away" == answer.json()["title"]
    for path in ("/requests", "/state/tyk/organisations", "/clock", "/sandboxes", "/coverage"):
        assert 503 == http.get(ADMIN + path).status_code, path
    health = http.get(f"{ADMIN}/health")
    assert (503, "store_away") == (health.status_code, health.headers["understudy-answer"])
    for page in ("/", "/docs", "/console", "/docs/tyk/openapi.json"):
        assert 200 == http.get(page).status_code, page
    lasting.start()
    assert 200 == http.get(f"{ADMIN}/health").status_code
    assert "Before" in tyk_names(http)
    assert "Lost" not in tyk_names(http)
    assert 200 == create_tyk(http, "After").status_code


def test_events_go_on_when_it_is_back(lasting: RedisServer, server: Served, http: httpx.Client) -> None:
    with client(server) as other, other.stream("GET", f"{ADMIN}/events", timeout=30) as stream:
        lines = stream.iter_lines()
        create_tyk(http, "Before")
        assert "POST" == next_event(lines)["method"]
        lasting.stop()
        assert 503 == create_tyk(http, "Lost").status_code
        lasting.start()
        assert 200 == http.put(f"/admin/organisations/{JIVELY}", headers=TYK, json={"owner_name": "J"}).status_code
        assert "PUT" == next_event(lines)["method"]


def next_event(lines: Iterator[str]) -> Any:
    """Return the next exchange of an event stream."""
    deadline = time.monotonic() + 40
    for line in lines:
        if line.startswith("data: "):
            return json.loads(line.removeprefix("data: "))
        assert time.monotonic() < deadline, "it does not come"
    raise AssertionError("the stream ended")


def test_one_that_is_full_refuses_and_keeps_what_it_has(lasting: RedisServer, http: httpx.Client) -> None:
    create_tyk(http, "Before")
    lasting.ask("CONFIG", "SET", "maxmemory", "1")
    answer = create_tyk(http, "Too much")
    assert (503, "Store away") == (answer.status_code, answer.json()["title"])
    assert "maxmemory" in answer.json()["detail"]
    lasting.ask("CONFIG", "SET", "maxmemory", "0")
    assert ["Before"] == tyk_names(http)[5:]
    assert "3" == create_tyk(http, "After").headers["understudy-exchange"], "what was refused is not counted"


def test_scripts_that_it_forgot_are_sent_again(lasting: RedisServer, http: httpx.Client) -> None:
    create_tyk(http, "Before")
    lasting.ask("SCRIPT", "FLUSH")
    create_tyk(http, "After")
    assert ["Before", "After"] == tyk_names(http)[5:]


def test_when_it_forgot_all_sandboxes_begin_anew(lasting: RedisServer, server: Served, http: httpx.Client) -> None:
    create_tyk(http, "Before")
    with client(server) as other, other.stream("GET", f"{ADMIN}/events", timeout=30) as stream:
        lines = stream.iter_lines()
        lasting.ask("FLUSHALL")
        assert [] == tyk_names(http)[5:]
        assert "GET" == next_event(lines)["method"]
        create_tyk(http, "After")
        assert "POST" == next_event(lines)["method"]
    assert ["After"] == tyk_names(http)[5:]
    assert 200 == http.get(f"{ADMIN}/health").status_code


def test_a_sandbox_that_nobody_uses_goes_with_all_that_is_in_it(lasting: RedisServer) -> None:
    with served(*_QUIET, "--store", lasting.url, "--sandbox-idle", "1") as server, client(server) as http:
        one = {"understudy-sandbox": "one"}
        http.post("/admin/organisations", headers={**TYK, **one}, json={"owner_name": "Acme"})
        create_tyk(http, "Kept")
        assert any(b"{one}" in key for key in lasting.ask("KEYS", "*"))
        until(lambda: not any(b"{one}" in key for key in lasting.ask("KEYS", "*")))
        assert ["Kept"] == tyk_names(http)[5:], "the default sandbox stays"
        listed = http.get("/admin/organisations", headers={**TYK, **one})
        assert (5, "1") == (len(listed.json()["organisations"]), listed.headers["understudy-exchange"])


@pytest.mark.parametrize(
    ("others", "told"),
    [
        (("--provider", "tyk", "--seed", "2"), r"--seed is 1 in the store and 2 here"),
        (("--provider", "tyk", "--world", "empty"), r"world is documented in the store and empty here"),
        (("--provider", "ivalt"), r"contract of ivalt is not played in the store and [0-9a-f]+ here"),
        (("--provider", "tyk", "--provider", "ivalt"), r"contract of ivalt is not played in the store"),
    ],
)
def test_another_part_is_refused_naming_both(
    lasting: RedisServer, server: Served, others: tuple[str, ...], told: str
) -> None:
    assert re.search(told, refused(*others, "--store", lasting.url))


def test_the_same_part_joins_in(lasting: RedisServer, http: httpx.Client) -> None:
    create_tyk(http, "Acme")
    with served(*_QUIET, "--store", lasting.url) as second, client(second) as other:
        assert ["Acme"] == tyk_names(other)[5:]
        create_tyk(other, "Burns")
    assert ["Acme", "Burns"] == tyk_names(http)[5:]

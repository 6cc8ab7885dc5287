"""``understudy serve --store file:PATH``, ended in every way and started again."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.control.asking import TYK, ask, create_tyk, tyk_names
from tests.support.served import Served, served

MINUTE = 60


def client(server: Served) -> httpx.Client:
    return httpx.Client(base_url=server.url, timeout=MINUTE)


def refused(*arguments: str) -> str:
    """Start a server that ends at once; return its one message."""
    command = [sys.executable, "-m", "understudy", "serve", "--port", "0", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=MINUTE, check=False)
    assert (2, "") == (ended.returncode, ended.stdout), ended.stderr
    assert 1 == ended.stderr.count("\n"), ended.stderr
    return ended.stderr


def journal(http: httpx.Client) -> list[tuple[int, str]]:
    return [(one["id"], one.get("operationId")) for one in ask(http, "GET", "/requests?limit=1000", 200)["items"]][::-1]


def test_all_that_was_acknowledged_is_there_after_it_was_killed(tmp_path: Path) -> None:
    store = ("--store", f"file:{tmp_path / 'x.db'}")
    with served(*store) as first, client(first) as http:
        ask(http, "PUT", "/clock", 200, json={"now": "2030-05-06T07:08:09Z", "frozen": True})
        for number in range(20):
            assert 200 == create_tyk(http, f"New {number}").status_code
        ask(http, "PUT", "/snapshots/mine", 201)
        ask(http, "PUT", "/sandboxes/other", 201, json={"world": "empty"})
        ask(http, "POST", "/faults", 201, json={"answer": {"status": 503, "undeclared": True}, "times": 5})
        assert 503 == create_tyk(http, "Not new").status_code
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(MINUTE)
    with served(*store) as again, client(again) as http:
        assert 503 == create_tyk(http, "Not new").status_code
        assert 2 == ask(http, "GET", "/faults/f1", 200)["struck"]
        ask(http, "DELETE", "/faults", 204)
        assert [f"New {number}" for number in range(20)] == [one for one in tyk_names(http) if one.startswith("New ")]
        assert "2030-05-06T07:08:09.000Z" == ask(http, "GET", "/clock", 200)["now"]
        assert ["mine"] == [one["name"] for one in ask(http, "GET", "/snapshots", 200)["items"]]
        assert "empty" == ask(http, "GET", "/sandboxes/other", 200)["world"]
        ids = [*range(1, 21), 22]  # what a fault struck is recorded when it was delivered: 21 may be lost
        expected = [*((id, "create_organisation") for id in ids), (23, "list_organisations")]
        assert expected == [one for one in journal(http) if one[0] != 21]
        ask(http, "POST", "/rewind", 200, json={"to": 10})
        assert [f"New {number}" for number in range(9)] == [one for one in tyk_names(http) if one.startswith("New ")]


def test_it_goes_on_after_an_orderly_end_with_journal_and_coverage_whole(tmp_path: Path) -> None:
    store = ("--store", f"file:{tmp_path / 'x.db'}", "--provider", "tyk")
    seen: list[Any] = []
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGTERM):
        with served(*store) as server, client(server) as http:
            tyk_names(http)
            tyk_names(http)
            seen.append([ask(http, "GET", "/coverage", 200)["touched"], len(journal(http))])
            server.process.send_signal(signal_number)
            assert 0 == server.process.wait(MINUTE)
            assert ["x.db", "x.db-lock"] == sorted(path.name for path in tmp_path.iterdir())
    assert [2, 4, 6] == [count for _, count in seen]
    assert seen[0][0] == seen[2][0] > 0


def test_another_server_on_the_same_file_is_refused(tmp_path: Path) -> None:
    store = ("--store", f"file:{tmp_path / 'x.db'}", "--provider", "tyk")
    with served(*store) as server, client(server) as http:
        assert "another process plays from this file" in refused(*store)
        assert 200 == http.get("/admin/organisations", headers=TYK).status_code
    assert "--seed is 1 in the store and 2 here" in refused(*store, "--seed", "2")


def test_what_cannot_be_a_store_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(json.dumps(["these are my notes, and no store at all"]))
    assert "no store of Understudy's" in refused("--store", f"file:{tmp_path / 'notes.txt'}")
    assert "cannot be written" in refused("--store", f"file:{tmp_path / 'nowhere/x.db'}")
    assert "would have sandboxes of its own" in refused("--store", f"file:{tmp_path / 'x.db'}", "--workers", "2")
    assert "--watch with --store" in refused("--store", f"file:{tmp_path / 'x.db'}", "--watch")

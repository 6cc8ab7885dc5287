"""Raw sockets against a server with an admin token, and a store in a file: nothing gets past the token.

What is sent has no token, or a wrong one; requests to the control API are hidden in whatever the sessions make up.
"""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fuzz.sessions import session
from tests.fuzz.wire import Finding, Played, judge, play
from tests.support.served import served

_TOKEN = "nobody-who-guesses-has-this-one"
_MARKS = ("clock", "faults", "snapshots", "sandboxes/default")


def test_nothing_of_the_control_api_is_played_without_the_token(seconds: float, seed: int, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(_TOKEN)
    options = ("--admin-token-file", str(tmp_path / "token"), "--store", f"file:{tmp_path}/kept.db")
    tried = 0
    with served(*options, "--any-credentials", "--max-sandboxes", "1000000", "--log-level", "error") as server:
        headers = {"Authorization": f"Bearer {_TOKEN}"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=60) as http:
            http.put("/__admin/clock", json={"now": "2026-01-01T00:00:00Z", "frozen": True}).raise_for_status()
            before = _marks(http)
            end = time.monotonic() + seconds / 2
            while time.monotonic() < end or not tried:
                made = session(seed + tried)
                try:
                    played = play(server.url, made)
                    judge(played)
                    _judge_control(played)
                    if _marks(http) != before:
                        raise Finding("what only the control API changes is another now")
                except (AssertionError, httpx.HTTPError, OSError) as finding:
                    finding.add_note(f'make fuzz ARGS="--seed={seed + tried} -k guarded" plays it again: {made!r}')
                    raise
                tried += 1
    print(f"{tried} sessions without the token from seed {seed}")


def _marks(http: httpx.Client) -> list[Any]:
    """Return what only the control API changes."""
    told = [http.get(f"/__admin/{name}").raise_for_status().json() for name in _MARKS]
    told[-1] = {name: told[-1][name] for name in ("name", "world", "seed")}
    return told


def _judge_control(played: Played) -> None:
    for asked, answer in zip(played.reading.requests, played.answers, strict=False):
        if asked.path.startswith("/__admin") and answer.status < 400 and asked.method != b"OPTIONS":
            raise Finding(f"{asked.raw!r} got {answer}")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong-wrong-wrong"}])
def test_the_marks_are_not_for_everybody(headers: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "token").write_text(_TOKEN)
    with served("--admin-token-file", str(tmp_path / "token"), "--log-level", "error") as server:
        assert {401} == {httpx.get(f"{server.url}/__admin/{name}", headers=headers).status_code for name in _MARKS}

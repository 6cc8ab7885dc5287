"""Raw sockets against a real server: whatever comes, it answers as the strict reading has it, and stays up.

Each session begins in a fresh world, so that its seed alone brings a finding back:
``make fuzz ARGS="--seed=N -k wire"``.
"""

import re
import time
from collections import Counter

import httpx
import pytest

from tests.fuzz import vitals
from tests.fuzz.corpus import JIVELY
from tests.fuzz.sessions import Session, session
from tests.fuzz.wire import Finding, Played, judge, judge_journal, play
from tests.support.served import Served, served

_CHANGING = re.compile(
    rb"__admin/(reset|rewind|sandboxes|snapshots|requests|clock)|understudy-sandbox|/~", re.IGNORECASE
)
"""What makes the journal of ``default`` tell less, or other things, than what was asked of it."""
_LOG_LINE = re.compile(r"\d\d:\d\d:\d\d (\d{3}|---) |         ↳ ")
_FEW = 3
_GROWTH = 48_000_000
"""Bytes: a journal, coverage, and what is remembered of heads, patterns and paths fill up once."""


def test_whatever_comes_over_a_wire_is_answered_as_the_strict_reading_has_it(
    seconds: float, seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with served("--any-credentials", "--journal", "200", "--max-sandboxes", "50") as server:
        with httpx.Client(base_url=server.url, timeout=60) as http:
            canary = _canary(http)
            kinds = _run(server, http, canary, seed, seconds / 4)
            began = vitals.memory(server.process.pid), vitals.descriptors(server.process.pid)
            kinds += _run(server, http, canary, seed + kinds.total(), seconds * 3 / 4)
            left = _hold_still(server, http, began)
        shown = server.lines[server.lines.index("Ctrl-C ends it.") + 1 :] if "Ctrl-C ends it." in server.lines else []
    _judge_log(shown, capfd.readouterr().err)
    print(f"{kinds.total()} sessions from seed {seed}: {dict(kinds)}; {left}")


def _run(server: Served, http: httpx.Client, canary: bytes, seed: int, seconds: float) -> Counter[str]:
    kinds: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end or not kinds:
        made = session(seed)
        try:
            _play(server, http, made)
            if _canary(http) != canary:
                raise Finding("the canary is answered otherwise")
        except (AssertionError, httpx.HTTPError, OSError) as finding:
            finding.add_note(f'make fuzz ARGS="--seed={seed} -k wire" plays it again: {made!r}')
            raise
        kinds[made.kind] += 1
        seed += 1
    return kinds


def _play(server: Served, http: httpx.Client, made: Session) -> None:
    _begin(http)
    played = play(server.url, made)
    judge(played)
    if server.process.poll() is not None:
        raise Finding("the server has ended")
    if not _CHANGING.search(made.data):
        _judge_journal(http, played)


def _begin(http: httpx.Client) -> None:
    """Have a fresh world, as if nothing had been asked before."""
    for sandbox in http.get("/__admin/sandboxes").raise_for_status().json()["items"]:
        if sandbox["name"] not in ("default", "canary", ".", ".."):  # the last two no client can spell
            http.delete(f"/__admin/sandboxes/{sandbox['name']}").raise_for_status()
    http.put("/__admin/sandboxes/default", json={"world": "documented", "seed": 1}).raise_for_status()


def _judge_journal(http: httpx.Client, played: Played) -> None:
    entries = http.get("/__admin/requests", params={"limit": 200}).raise_for_status().json()["items"]
    judge_journal(played, entries)
    for entry in [entry for entry in entries if (entry["status"] or 0) >= 400][:_FEW]:
        told = http.get(f"/__admin/requests/{entry['id']}").raise_for_status().json()
        if told["diff"]:
            raise Finding(f"{entry['method']} {entry['path']} was refused, and changed {told['diff']}")


def _canary(http: httpx.Client) -> bytes:
    """Ask what always has the same answer, in a sandbox that no session knows."""
    answer = http.get(JIVELY.decode(), headers={"admin-auth": "12345", "Understudy-Sandbox": "canary"})
    return b"%d %s" % (answer.status_code, answer.content)


def _hold_still(server: Served, http: httpx.Client, began: tuple[int, int]) -> str:
    """See that nothing is left of the sessions: no descriptor, no memory, nothing that is still going on."""
    process = server.process.pid
    _begin(http)
    end = time.monotonic() + 20
    while vitals.descriptors(process) > began[1] + 2 and time.monotonic() < end:
        time.sleep(0.1)
    assert vitals.descriptors(process) <= began[1] + 2
    assert vitals.busy(process, 0.5) < 0.5
    grown = vitals.memory(process) - began[0]
    assert grown < _GROWTH
    return f"memory {began[0] / 1e6:.0f} MB after a quarter of the time, {grown / 1e6:+.0f} MB at the end"


def _judge_log(lines: list[str], errors: str) -> None:
    """See that nobody wrote a line of the log but the log, and that nothing failed."""
    assert not re.search("Traceback|Error", errors), errors
    odd = [line for line in lines if line and not (_LOG_LINE.match(line) and line.isprintable())]
    assert not odd, odd[:10]

"""Secrets of every kind, sent to every operation and to where they do not belong, stand in nothing that is shown."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.support.secretive import GIVEN, OPTIONS, Secretive, kept_secrets
from tests.support.served import Served, served

TAKING = {
    "elevate.login", "ivalt.update_auth_code", "koneksi.create_member", "koneksi.update_member",
    "tyk.create_api_user", "tyk.create_user",
    "tyk.reset_password", "tyk.update_api_user", "tyk.update_user",
}  # fmt: skip
GIVING = {
    "elevate.login", "ivalt.list_auth_codes", "tyk.list_api_users", "tyk.list_users",
    "tyk.read_api_user", "tyk.read_user",
}  # fmt: skip


@dataclass
class Run:
    """A server that was sent secrets, and what it showed."""

    server: Served
    caller: Secretive
    http: httpx.Client
    violations: str

    def told(self, path: str, method: str = "GET", **sent: object) -> str:
        """Return what the control API, or a page, says."""
        return self.http.request(method, path, **sent).text  # type: ignore[arg-type]

    def ids(self) -> range:
        """Return the ids of the exchanges in the journal."""
        return range(1, self.http.get("/__admin/requests").json()["total"] + 1)

    def log(self) -> str:
        """Return the lines of the log, once the last exchange is there."""
        return self.server.shown(rf"#{len(self.ids())}\b")


@contextmanager
def running(*options: str) -> Iterator[Run]:
    with served(*OPTIONS, *options) as server, httpx.Client(base_url=server.url, trust_env=False) as http:
        http.put("/__admin/snapshots/before")
        caller = Secretive(http)
        caller.call_every_operation()
        answers = list(caller.misplace())
        told = "\n".join(answer.headers.get("understudy-violations", "") for answer in answers)
        yield Run(server, caller, http, told)


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with running() as made:
        yield made


def journal(run: Run) -> str:
    return run.told("/__admin/requests?limit=1000")


def exchanges(run: Run) -> str:
    return "\n".join(run.told(f"/__admin/requests/{id}") for id in run.ids())


def found(run: Run) -> str:
    return run.told("/__admin/requests/find", "POST", json={"path": {"matches": "."}, "limit": 500})


def events(run: Run) -> str:
    """Return the events of all exchanges."""
    pieces: list[str] = []
    last = f"id: {run.ids()[-1]}"
    with run.http.stream("GET", "/__admin/events", headers={"Last-Event-ID": "0"}) as stream:
        for line in stream.iter_lines():
            pieces.append(line)
            if not line and last in pieces:
                break
    return "\n".join(pieces)


def verification(run: Run) -> str:
    """Return what is said of each exchange that is not as it should be, the secrets being what is asked for, too."""
    wishes: list[dict[str, Any]] = [
        {"headers": {"admin-auth": "x", "x-debug": "x", "x-api-key": "x", "cookie": "x"}},
        {"query": {"q": "x", "admin-auth": "x", "password": "x"}},
        {"body": {"equals": {"password": "x", "owner_name": 1}}},
        {"path": "/hello", "headers": {"authorization": "x"}},
        {"path": f"/admin/organisations/{GIVEN['tyk']}"},
        {"headers": {"admin-auth": GIVEN["tyk"] + "x"}, "times": 3},
        {"body": {"contains": {"password": max(run.caller.passwords)}}, "times": 50},
    ]
    operations = sorted(run.caller.took)
    wishes += [{"operationId": one.partition(".")[2], "body": {"equals": {"a": 1}}, "times": 99} for one in operations]
    return "\n".join(run.told("/__admin/verify", "POST", json={"times": 999, **wish}) for wish in wishes)


def comparison(run: Run) -> str:
    return run.told("/__admin/snapshots/before/diff?limit=1000")


def coverage(run: Run) -> str:
    return run.told("/__admin/coverage")


def coverage_page(run: Run, tmp_path: Path) -> str:
    page = tmp_path / "coverage.html"
    command = [sys.executable, "-m", "understudy", "coverage", run.server.url, "--html", str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout + done.stderr + page.read_text()


def faults(run: Run) -> str:
    match = {
        "headers": {"admin-auth": GIVEN["tyk"], "x-other": "y"},
        "query": {"password": GIVEN["tyk"], "b": GIVEN["tyk"]},
        "body": {"contains": {"password": max(run.caller.passwords)}},
        "method": "PATCH",
    }
    said = run.told("/__admin/faults", "POST", json={"match": match, "answer": {"status": 503, "undeclared": True}})
    assert "x-other" in said
    return said + run.told("/__admin/faults")


def pages(run: Run) -> str:
    return "\n".join(run.told(path) for path in ("/", "/console", "/console?sandbox=default"))


def state(run: Run) -> str:
    told: list[str] = []
    for provider in run.http.get("/__admin/state").json()["providers"]:
        paths = [f"/__admin/state/{provider['provider']}/{one['collection']}" for one in provider["collections"]]
        told += [run.told(f"{path}?limit=1000") for path in paths]
    return "\n".join(told)


SHOWN: list[Callable[[Run], str]] = [
    journal, exchanges, found, events, verification, comparison, coverage, faults, pages, state,
]  # fmt: skip


def leaks(text: str, secrets: set[str]) -> list[str]:
    return [f"{secret} in {text[max(0, at - 120) : at + 60]!r}" for secret in secrets if (at := text.find(secret)) >= 0]


def test_every_operation_that_takes_or_gives_a_secret_was_asked(run: Run) -> None:
    assert TAKING == run.caller.took
    assert GIVING <= run.caller.gave
    assert len(run.caller.sent) > 40


@pytest.mark.parametrize("show", SHOWN, ids=[show.__name__ for show in SHOWN])
def test_no_secret_is_shown(show: Callable[[Run], str], run: Run) -> None:
    text = show(run)
    assert len(text) > 200
    assert [] == leaks(text, run.caller.sent | kept_secrets())


def test_no_secret_is_in_an_archive(run: Run) -> None:
    archive = run.told("/__admin/requests.har")
    assert archive.count('"startedDateTime"') == len(run.ids())
    assert [] == leaks(archive, run.caller.sent | kept_secrets())


def test_no_secret_is_on_the_terminal(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    log = run.log()
    assert "/nowhere/•••/x" in log
    lines = [line for line in log.splitlines() if re.match(r"\d\d:\d\d:\d\d |\s+↳", line)]
    assert len(lines) >= len(run.ids())
    assert [] == leaks("\n".join(lines) + capfd.readouterr().err, run.caller.sent)


def test_no_credential_is_in_the_violations_that_are_sent_back(run: Run) -> None:
    assert r"\u2022\u2022\u2022" in run.violations
    assert [] == leaks(run.violations, run.caller.sent)


def test_a_token_is_known_by_its_form_whoever_got_it(run: Run) -> None:
    """Nothing else in these requests says that it is one."""
    login = {"email": "system.admin@shikshalokam.org", "password": "SystemAdmin@2024"}
    token = run.http.post("/user/v1/account/login", json=login).json()["result"]["access_token"]
    with httpx.Client(base_url=run.server.url, trust_env=False) as stranger:
        stranger.get(f"/nowhere/{token}")
        stranger.get("/hello", params={"next": token}, headers={"X-Debug": f"saw {token}"})
        stranger.post("/user/v1/account/login", json={"email": token, "password": "x"})
    log = run.log()
    assert "/nowhere/•••  " in log
    for text in (log, journal(run), exchanges(run), coverage(run), run.told("/__admin/requests.har")):
        assert token[:60] not in text


def test_what_everybody_calls_a_secret_is_one(run: Run) -> None:
    """No contract has these names: the credentials are somebody else's."""
    named = {name: f"zebra-4711-{name}" for name in ("token", "apiKey", "passwd", "otp", "user[token]")}
    for name, secret in named.items():
        run.http.get("/hello", params={name: secret}, headers={"X-Access-Token": f"zebra-4711-x-{name}"})
        run.http.post("/nowhere", json={"a": {name: secret}})
        run.http.post("/nowhere", data={name: secret})
    for text in (run.log(), journal(run), exchanges(run), run.told("/__admin/requests.har")):
        assert "/nowhere" in text
        assert "zebra-4711" not in text


def test_no_secret_is_on_the_page_of_the_coverage(run: Run, tmp_path: Path) -> None:
    assert [] == leaks(coverage_page(run, tmp_path), run.caller.sent | kept_secrets())


def test_no_password_is_in_a_snapshot(run: Run) -> None:
    """A file of a snapshot makes the same states elsewhere: it has tokens and keys, and the hashes of passwords."""
    run.http.put("/__admin/snapshots/after")
    file = run.told("/__admin/snapshots/after/export")
    assert "pbkdf2:" in file
    assert [] == leaks(file, run.caller.passwords)


def test_with_show_secrets_they_are_there() -> None:
    with running("--show-secrets") as run:
        sent = run.caller.sent
        assert "--show-secrets" in run.server.shown("Ctrl-C")
        assert 'id="shown-secrets"' in run.told("/console")
        for text in (journal(run), run.told("/__admin/requests.har")):
            assert set() == {secret for secret in sent if secret not in text and quote(secret, safe="") not in text}
        log = run.log()
        assert f"/nowhere/{GIVEN['tyk']}/x" in log
        assert f"admin-auth={GIVEN['tyk']}" in log
        assert [] != leaks(state(run), kept_secrets())

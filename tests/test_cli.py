"""The command line: options from everywhere, one clear message for every mistake, a clean end."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from tests.support.served import served
from understudy.cli import main
from understudy.options import SERVE


def run(
    *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "understudy", *arguments]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=60, check=False
    )


MISTAKES = [
    (["serve", "--world", "nowhere", "--port", "0"], "has no such world; it has documented, empty, crowded"),
    (["serve", "--provider", "acme", "--port", "0"], "no provider is called 'acme'; there are elevate, ivalt"),
    (["serve", "--credential", "tyk", "--port", "0"], "expected PROVIDER=VALUE"),
    (["serve", "--credential", "acme=x", "--port", "0"], "no provider is called 'acme'"),
    (["serve", "--credential", "koneksi=only-id", "--port", "0"], "expected koneksi=CLIENTID:CLIENTSECRET"),
    (["serve", "--port", "many"], "'many' is not a valid integer"),
    (["serve", "--port", "99999"], "a port is a number from 0 to 65535"),
    (["serve", "--port", "-1"], "a port is a number from 0 to 65535"),
    (["serve", "--port", "0", "--workers", "1000000"], "--workers 1000000: give 256 or fewer"),
    (["serve", "--port", "0", "--handler-timeout", "9" * 23], "give seconds from 0.01 to 86400, or 0 for any time"),
    (["serve", "--port", "0", "--seed", "9" * 23], "give a number from -9007199254740991 to 9007199254740991"),
    (["serve", "--host", "no.such.host.invalid", "--port", "0"], "no such address on this machine"),
    (["serve", "--log-level", "loud"], "'loud' is not one of"),
    (["serve", "--colour"], "No such option"),
    (["serv"], "No such command"),
    (["operations", "--provider", "acme"], "no provider is called 'acme'"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[" ".join(case[0]) for case in MISTAKES])
def test_a_mistake_gets_one_clear_message_and_exit_code_2(arguments: list[str], message: str) -> None:
    ended = CliRunner().invoke(main, arguments)
    assert 2 == ended.exit_code, ended.exception
    assert message in ended.stderr
    assert "" == ended.stdout


def test_a_mistake_is_one_message_without_a_traceback() -> None:
    ended = run("serve", "--provider", "acme", "--port", "0")
    assert (2, "") == (ended.returncode, ended.stdout)
    assert ended.stderr == "understudy: no provider is called 'acme'; there are elevate, ivalt, koneksi, tyk\n"


def test_a_taken_port_is_said_to_be_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run("serve", "--port", str(port))
    assert (2, "") == (ended.returncode, ended.stdout)
    assert f"port {port} on 127.0.0.1 is taken; choose another with --port" in ended.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("port: [", "understudy.yaml:2:1: not valid YAML"),
        ("prot: 4011", "understudy.yaml:1: unknown option 'prot'"),
        ("- port", "understudy.yaml:1: expected options"),
        ("world: nowhere\nport: 0", "has no such world"),
        ("port: many", "'many' is not a valid integer"),
    ],
)
def test_a_broken_settings_file_gets_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    (tmp_path / "understudy.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(main, ["serve"])
    assert 2 == ended.exit_code, ended.exception
    assert message in ended.stderr
    assert "" == ended.stdout


def first_screen(lines: list[str]) -> str:
    return "\n".join(lines)


def test_the_first_screen_has_urls_credentials_a_call_the_world_the_seed_and_the_state() -> None:
    with served("--seed", "7", "--world", "empty") as server:
        screen = first_screen(server.lines)
    assert re.search(r"world empty · seed 7 · state [0-9a-f]{16}", screen)
    for base in ("/admin/public/api", "/_mock/products/admin-portal/admin_apis", "/user/v1", "/clients/v1"):
        assert f"{server.url}{base}" in screen
    for credential in ("admin-auth: 12345", "x-api-key: YOUR_API_KEY", "Client-Secret: sk_1e9K", "log in: "):
        assert credential in screen
    assert 4 == screen.count("curl ")


def test_every_curl_line_of_the_first_screen_works_as_it_stands() -> None:
    with served() as server:
        calls = [line.strip() for line in server.lines if line.strip().startswith("curl ")]
        assert 4 == len(calls)
        for call in calls:
            silent = ["-s", "-o", "/dev/null", "-w", "%{http_code}"]
            done = subprocess.run([*shlex.split(call), *silent], capture_output=True, text=True, check=True)
            assert "200" == done.stdout, call


def test_a_request_is_a_line_and_a_refused_one_has_its_violations_beneath() -> None:
    with served("--provider", "ivalt") as server:
        key = {"x-api-key": "YOUR_API_KEY"}
        httpx.get(f"{server.url}/admin/public/api/organizations", headers=key)
        httpx.put(f"{server.url}/admin/public/api/organization/{{orgId}}/update/auth-code/1", headers=key, json={})
        shown = server.shown("client_secret: is required")
    assert re.search(r"\d\d:\d\d:\d\d 200 GET /admin/public/api/organizations  ivalt \w+ \d+\.\d ms", shown)
    assert re.search(r" 404 PUT /admin/public/api/organization/\{orgId\}/update/auth-code/1 ", shown)
    assert re.search(r"↳ path orgId: .*placeholder.*\[openapi/ivalt\.yaml:\d+ #/\S+\]", shown)
    assert re.search(r"↳ body /client_id: is required \[openapi/ivalt\.yaml:\d+ #/\S+/required\]", shown)


def test_a_request_cannot_write_into_the_terminal() -> None:
    with served("--provider", "tyk") as server:
        with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1]))) as raw:
            raw.sendall(b"GET /admin/%1B%5B31m%0Aevil HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            while raw.recv(4096):
                pass
        server.shown("evil")
        assert all("\x1b" not in line for line in server.lines)
        assert any("\\x1b[31m\\x0aevil" in line for line in server.lines)


def test_warning_shows_refused_requests_only() -> None:
    with served("--provider", "tyk", "--log-level", "warning") as server:
        httpx.get(f"{server.url}/hello")
        httpx.get(f"{server.url}/admin/organisations")
        shown = server.shown(" 401 GET")
    assert "/hello" not in shown
    assert " 401 GET /admin/organisations " in shown


def test_flag_goes_before_environment_and_environment_before_file(tmp_path: Path) -> None:
    (tmp_path / "understudy.yaml").write_text("seed: 3\nworld: empty\nprovider: [tyk, ivalt]\nport: 0\n")
    seen = []
    for arguments, env in (([], {}), ([], {"UNDERSTUDY_SEED": "4"}), (["--seed", "5"], {"UNDERSTUDY_SEED": "4"})):
        process = subprocess.Popen(
            [sys.executable, "-m", "understudy", "serve", *arguments],
            cwd=tmp_path, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        screen = ""
        while "Ctrl-C" not in screen and (line := process.stdout.readline()):
            screen += line
        process.terminate()
        process.stdout.close()
        assert 0 == process.wait(20)
        assert "plays 2 APIs" in screen
        seen += re.findall(r"world empty · seed (\d)", screen)
    assert ["3", "4", "5"] == seen


def test_a_credential_of_ones_own_works_beside_the_documented_ones() -> None:
    with served("--credential", "tyk=mine", "--credential", "koneksi=me:secret") as server:
        organisations = f"{server.url}/admin/organisations"
        assert 200 == httpx.get(organisations, headers={"admin-auth": "mine"}).status_code
        assert 200 == httpx.get(organisations, headers={"admin-auth": "12345"}).status_code
        assert 401 == httpx.get(organisations, headers={"admin-auth": "other"}).status_code
        pair = {"Client-ID": "me", "Client-Secret": "secret"}
        members = f"{server.url}/clients/v1/organization-admin/members/list"
        assert 200 == httpx.get(members, headers=pair).status_code
        assert 401 == httpx.get(members, headers={**pair, "Client-Secret": "x"}).status_code


def test_any_credentials_accepts_every_one_that_is_not_empty() -> None:
    calls = [
        ("/admin/organisations", {"admin-auth": "x"}),
        ("/api/users", {"authorization": "x"}),
        ("/admin/public/api/organizations", {"x-api-key": "x"}),
        ("/user/v1/organization/read?organisation_id=12", {"X-auth-token": "bearer x"}),
        ("/clients/v1/organization-admin/members/list", {"Client-ID": "x", "Client-Secret": "y"}),
    ]
    with served("--any-credentials") as server:
        for path, headers in calls:
            assert 200 == httpx.get(server.url + path, headers=headers).status_code, path
            assert httpx.get(server.url + path).status_code in (401, 403), path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "understudy", "serve", "--port", "0", "--provider", "tyk"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    while "Ctrl-C" not in process.stdout.readline():
        pass
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert (0, "") == (process.returncode, errors)


_INTERRUPTED = """
import os, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "click": os.kill(os.getpid(), int(sys.argv[1]))
sys.meta_path.insert(0, Finder())
from understudy.__main__ import run
run()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_while_it_is_still_being_imported(number: signal.Signals) -> None:
    command = [sys.executable, "-c", _INTERRUPTED, str(number.value), "serve", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("pause", [0, 0.005, 0.02])
def test_a_signal_right_after_the_first_screen_ends_it_just_as_cleanly(pause: float, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "understudy", "serve", "--port", "0", "--provider", "tyk"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    while "Ctrl-C" not in process.stdout.readline():
        pass
    time.sleep(pause)
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert (0, "") == (process.returncode, errors)


def test_an_unfinished_upload_does_not_keep_it_from_ending() -> None:
    with (
        served("--provider", "tyk") as server,
        socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1]))) as raw,
    ):
        raw.sendall(
            b"POST /admin/organisations HTTP/1.1\r\nHost: localhost\r\nadmin-auth: 12345\r\nContent-Length: 99\r\n\r\n{"
        )
        time.sleep(0.2)
    assert not any("Traceback" in line or "Cancel" in line for line in server.lines)


def test_what_is_no_http_gets_an_answer_of_our_own() -> None:
    with served("--provider", "tyk") as server:
        for status, odd in (
            (414, b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n"),
            (400, b"FOO / HTTP/1.1\r\n\r\n"),
            (400, b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n"),
        ):
            with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1])), timeout=10) as raw:
                raw.sendall(odd)
                answer = b""
                while chunk := raw.recv(65536):
                    answer += chunk
            assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:200]
            assert b"application/problem+json" in answer
        assert 200 == httpx.get(f"{server.url}/hello").status_code


def test_a_terminal_without_arrows_still_gets_its_lines() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "understudy", "serve", "--port", "0", "--provider", "tyk"],
        env={**os.environ, "PYTHONIOENCODING": "cp1252"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    screen = b""
    while b"Ctrl-C" not in screen:
        screen += process.stdout.readline()
    found = re.search(rb"http://127\.0\.0\.1:\d+", screen)
    assert found is not None
    httpx.get(f"{found[0].decode()}/admin/organisations")
    time.sleep(0.3)
    process.terminate()
    shown, errors = process.communicate(timeout=20)
    assert (0, b"") == (process.returncode, errors)
    assert b"\\u21b3 header admin-auth: is required" in shown


def test_check_says_that_all_is_well() -> None:
    result = CliRunner().invoke(main, ["check", "--provider", "koneksi"])
    assert (0, True) == (result.exit_code, "fit together" in result.output)


def test_operations_can_be_had_as_json() -> None:
    result = CliRunner().invoke(main, ["operations", "--provider", "koneksi", "--format", "json"])
    assert (0, 10) == (result.exit_code, result.output.count('"operation"'))


def test_help_lists_every_option_with_its_variable() -> None:
    shown = " ".join(CliRunner().invoke(main, ["serve", "--help"]).output.split())
    for option in SERVE:
        assert option.flag in shown
        assert option.variable in shown


def test_version() -> None:
    assert "0.1.0" in CliRunner().invoke(main, ["--version"]).output

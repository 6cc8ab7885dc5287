"""A server that others reach is not started without a guard, and no message ever has the token."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.served import served
from understudy import CannotStart, Understudy, Unreachable
from understudy.admission import LONGEST, SHORTEST, Access, is_loopback
from understudy.cli import main
from understudy.production import Playbill
from understudy.source import SourceError
from understudy.web import server

TOKEN = "tok3n-of-these-tests-alone"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing listens there


def refused(*arguments: str, **environment: str) -> str:
    """Return what ``understudy serve`` says instead of starting."""
    done = subprocess.run(
        [sys.executable, "-m", "understudy", "serve", "--port", "0", *arguments],
        env={name: value for name, value in os.environ.items() if not name.startswith("UNDERSTUDY_")} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (2, "") == (done.returncode, done.stdout)
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "0", "::ffff:10.0.0.1"])
def test_a_host_that_others_reach_wants_a_token_or_no_control_api(host: str) -> None:
    said = refused("--host", host)
    for part in (
        f"--host {host}: others reach that address",
        "--admin-token-file",
        "secrets.token_urlsafe",
        "--no-admin",
        "mocked APIs stay open",
    ):
        assert part in said


@pytest.mark.parametrize("given", [["--admin-token", TOKEN], ["--no-admin"]])
def test_with_either_it_listens_there(given: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def listen(host: str, port: int) -> None:
        raise SourceError(f"would listen on {host}")

    monkeypatch.setattr(server, "listen", listen)
    done = CliRunner().invoke(main, ["serve", "--host", EVERYWHERE, *given])
    assert f"understudy: would listen on {EVERYWHERE}\n" == done.output


LOOPBACK = ("127.0.0.1", "127.8.9.1", "127.1", "::1", "localhost", "::ffff:127.0.0.1")
REACHED = (EVERYWHERE, "::", "192.0.2.1", "10.0.0.1", "::ffff:10.0.0.1")


@pytest.mark.parametrize(
    ("host", "is_one"), [*((host, True) for host in LOOPBACK), *((host, False) for host in REACHED)]
)
def test_what_is_loopback(host: str, is_one: bool) -> None:  # noqa: FBT001
    assert is_one is is_loopback(host)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "short",
        "x" * (SHORTEST - 1),
        "x" * (LONGEST + 1),
        "with a space in it",
        "mit-Umlaut-ä-darin-ja",
        "line\nbreak-in-the-token",
    ],
)
def test_a_token_that_is_none_is_refused_without_being_shown(token: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(token)
    for said in (refused("--admin-token-file", str(file)), refused("--admin-token", token)):
        assert "secrets.token_urlsafe" in said
        assert not token or token not in said


def test_an_empty_variable_is_no_open_door() -> None:
    assert "UNDERSTUDY_ADMIN_TOKEN is empty" in refused(UNDERSTUDY_ADMIN_TOKEN="")


def test_what_does_not_go_together(tmp_path: Path) -> None:
    assert "keep one" in refused("--no-admin", "--admin-token", TOKEN)
    assert "keep one" in refused("--admin-token", TOKEN, "--admin-token-file", str(tmp_path))
    assert f"--admin-token-file {tmp_path}: cannot be read" in refused("--admin-token-file", str(tmp_path))
    assert "cannot be read: No such file" in refused("--admin-token-file", str(tmp_path / "none"))
    (tmp_path / "noise").write_bytes(b"\xff\xfe" * 20)
    assert "cannot be read: it is no text" in refused("--admin-token-file", str(tmp_path / "noise"))


def test_a_settings_file_that_has_it_wrong_is_refused_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "understudy.yaml").write_text("admin-token: 12345678901234567890\n")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["serve"])
    assert 2 == done.exit_code
    assert "admin-token: what it says is not a text; write it in quotes" in done.output
    assert "1234567890" not in done.output


def test_nothing_that_is_printed_has_it() -> None:
    assert TOKEN not in repr(Playbill(admin_token=TOKEN)) + repr(Access(TOKEN))


class TestPython:
    def test_a_host_that_others_reach_wants_a_token(self) -> None:
        with pytest.raises(CannotStart, match="others reach that address"):
            Understudy(host=EVERYWHERE, providers=["tyk"]).start()

    def test_a_token_that_is_none(self) -> None:
        with pytest.raises(CannotStart, match="admin_token: the token has 5 characters") as failure:
            Understudy(admin_token="short")
        assert "short" not in str(failure.value).replace("shorter", "")

    def test_its_own_ways_bring_it(self) -> None:
        for serve in (True, False):
            with Understudy(serve=serve, providers=["tyk"], admin_token=TOKEN) as mock:
                assert [] == mock.sandbox("a").requests()
                with mock.client() as http:
                    assert 401 == http.get("/__admin/health").status_code
                assert TOKEN not in repr(mock)

    def test_one_elsewhere_is_told_it(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        with Understudy(providers=["tyk"], admin_token=TOKEN) as mock:
            with pytest.raises(Unreachable, match=r"wants its admin token.*admin_token=") as failure:
                Understudy.connect(mock.url(), admin_token="another-token-of-a-test")
            assert "another-token" not in str(failure.value)
            with Understudy.at(mock.url(), admin_token=TOKEN) as other:
                assert "ok" == other.health()["status"]
            monkeypatch.setenv("UNDERSTUDY_ADMIN_TOKEN", TOKEN)
            with Understudy.at(mock.url()) as other:
                assert "ok" == other.health()["status"]
            monkeypatch.delenv("UNDERSTUDY_ADMIN_TOKEN")
            (tmp_path / "token").write_text(TOKEN + "\n")
            monkeypatch.setenv("UNDERSTUDY_ADMIN_TOKEN_FILE", str(tmp_path / "token"))
            with Understudy.at(mock.url()) as other:
                assert "ok" == other.health()["status"]

    def test_one_without_a_control_api_cannot_be_asked(self) -> None:
        with served("--no-admin") as running:
            with pytest.raises(Unreachable, match="--no-admin"):
                Understudy.connect(running.url)


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """The URL of a server that asks for the token."""
    with served("--provider", "tyk", "--admin-token", TOKEN) as running:
        yield running.url


class TestCommands:
    @pytest.mark.parametrize("command", ["coverage", "wait", "watch"])
    def test_a_command_without_it_says_what_is_wanted(self, guarded: str, command: str) -> None:
        for given in ([], ["--admin-token", "another-token-of-a-test"]):
            done = CliRunner().invoke(main, [command, guarded, *given])
            assert 2 == done.exit_code
            assert "wants its admin token" in done.output
            assert "UNDERSTUDY_ADMIN_TOKEN" in done.output
            assert "another-token" not in done.output

    @pytest.mark.parametrize("command", ["coverage", "wait"])
    def test_a_command_brings_it(self, guarded: str, command: str, tmp_path: Path) -> None:
        (tmp_path / "token").write_text(TOKEN + "\n")
        ways = [
            (["--admin-token", TOKEN], {}),
            (["--admin-token-file", str(tmp_path / "token")], {}),
            ([], {"UNDERSTUDY_ADMIN_TOKEN": TOKEN}),
        ]
        for given, environment in ways:
            done = CliRunner(env=environment).invoke(main, [command, guarded, *given])
            assert 0 == done.exit_code, done.output
            assert TOKEN not in done.output

    def test_watch_brings_it(self, guarded: str) -> None:
        command = [sys.executable, "-m", "understudy", "watch", guarded]
        environment = {**os.environ, "UNDERSTUDY_ADMIN_TOKEN": TOKEN}
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            first = process.stderr.readline()
            process.terminate()
        assert first.startswith("understudy: watching the sandbox default")

    def test_a_server_without_a_control_api_is_up_all_the_same(self) -> None:
        with served("--provider", "tyk", "--no-admin") as running:
            assert 0 == CliRunner().invoke(main, ["wait", running.url]).exit_code
            done = CliRunner().invoke(main, ["coverage", running.url])
        assert 2 == done.exit_code
        assert "--no-admin" in done.output

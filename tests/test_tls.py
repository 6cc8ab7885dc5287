"""TLS: by a certificate that is made, or one that is given; everything works over it, and clients can trust it."""

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from click.testing import CliRunner

from tests.support.redis import redis_server
from tests.support.served import Served, served, workers_of
from understudy import Understudy, Unreachable
from understudy.cli import main
from understudy.control.gate import COOKIE
from understudy.source import SourceError
from understudy.web import tls

TYK = {"admin-auth": "12345"}
TOKEN = "a-token-of-the-tests"
FAULTS = "/~broken/__admin/faults"


class Files:
    """A certificate with its key, another key, and what is none of both."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        leaf = authority.issue_cert("localhost", "127.0.0.1")
        self.authority, self.cert, self.key, self.other, self.noise, self.locked = (
            folder / name for name in ("ca.pem", "cert.pem", "key.pem", "other.pem", "noise.pem", "locked.pem")
        )
        authority.cert_pem.write_to_path(self.authority)
        self.cert.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        self.key.write_bytes(leaf.private_key_pem.bytes())
        self.other.write_bytes(authority.issue_cert("localhost").private_key_pem.bytes())
        self.noise.write_text("no PEM")
        lock = ["openssl", "pkey", "-aes256", "-passout", "pass:x", "-in", str(self.key), "-out", str(self.locked)]
        subprocess.run(lock, check=True)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("pem"))


@pytest.fixture(scope="module")
def secure(files: Files) -> Iterator[Served]:
    with served("--certfile", str(files.cert), "--keyfile", str(files.key), "--admin-token", TOKEN) as running:
        yield running


@pytest.fixture
def http(secure: Served, files: Files) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(
        base_url=secure.url, verify=trusting(files.authority), trust_env=False, headers=headers
    ) as client:
        yield client


def trusting(authority: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority)


def address(url: str) -> tuple[str, int]:
    host, port = url.removeprefix("https://").split(":")
    return host, int(port)


ASKED = b"GET /~broken/hello HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextmanager
def connected(secure: Served, files: Files) -> Iterator[ssl.SSLSocket]:
    with (
        socket.create_connection(address(secure.url), timeout=20) as raw,
        trusting(files.authority).wrap_socket(raw, server_hostname="localhost") as connection,
    ):
        yield connection


class TestMade:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def state(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
        folder = tmp_path_factory.mktemp("state")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_STATE_HOME", str(folder))
            yield folder

    def test_the_first_screen_says_what_to_trust_and_its_call_works(self, state: Path) -> None:
        with served("--provider", "tyk", "--tls") as running:
            port = address(running.url)[1]
            path = state / f"understudy/understudy-{port}.pem"
            screen = "\n".join(running.lines)
            assert f"To trust its certificate, made anew with each start: {path}" in screen
            for word in (
                "NODE_EXTRA_CA_CERTS",
                "SSL_CERT_FILE",
                "REQUESTS_CA_BUNDLE",
                "curl --cacert",
                "wait --cacert",
            ):
                assert f"{word}{'=' if word.isupper() else ' '}{path}" in screen
            (call,) = [
                line.strip()
                for line in running.lines
                if line.strip().startswith("curl --cacert") and "wait" not in line
            ]
            done = subprocess.run(f"{call} -s --noproxy '*'", shell=True, capture_output=True, text=True, check=True)  # noqa: S602
            assert "organisations" in done.stdout
            for name in ("localhost", "127.0.0.1"):
                assert (
                    200 == httpx.get(f"https://{name}:{port}/hello", verify=trusting(path), trust_env=False).status_code
                )

    def test_no_private_key_is_left_anywhere(
        self, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The authority's is forgotten, the server's is in its memory: what is on the disk can sign nothing."""
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        with served("--provider", "tyk", "--tls"):
            left = [file for folder in (state, tmp_path) for file in folder.rglob("*") if file.is_file()]
            assert left
            assert [] == [file for file in left if b"PRIVATE" in file.read_bytes()]
            assert 0o700 == (state / "understudy").stat().st_mode & 0o777

    def test_each_start_has_another_authority(self, tmp_path: Path) -> None:
        path = tls.made("127.0.0.1", 4010, tmp_path).authority
        assert path is not None
        first = path.read_bytes()
        assert path == tls.made("127.0.0.1", 4010, tmp_path).authority
        assert first != path.read_bytes()
        assert [path] == list(tmp_path.iterdir())

    def test_where_it_cannot_be_written_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(SourceError, match=r"cannot be written to .*; set XDG_STATE_HOME"):
            tls.made("127.0.0.1", 4010, tmp_path / "file")

    def test_without_trustme_it_is_said_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "trustme", None)
        with pytest.raises(SourceError, match=r"pip install 'PATH\[tls\]'"):
            tls.made("127.0.0.1", 4010)


class TestGiven:
    @pytest.mark.parametrize(
        ("cert", "key", "said"),
        [
            ("cert", "other", "is the key of another certificate"),
            ("cert", "locked", "the key is encrypted"),
            ("cert", "noise", "holds no private key in PEM"),
            ("noise", "key", "holds no certificate in PEM"),
            ("key", "key", "holds no certificate in PEM"),
            ("cert", "cert", "holds no private key in PEM"),
            ("none", "key", "--certfile none: cannot be read: No such file"),
            ("cert", "none", "--keyfile none: cannot be read: No such file"),
        ],
    )
    def test_what_cannot_be_used_is_one_message(self, files: Files, cert: str, key: str, said: str) -> None:
        paths = [str(getattr(files, name, name)) for name in (cert, key)]
        done = CliRunner().invoke(main, ["serve", "--port", "0", "--certfile", paths[0], "--keyfile", paths[1]])
        assert 2 == done.exit_code
        assert said in done.output
        assert 1 == len(done.output.splitlines())
        assert "PRIVATE" not in done.output

    def test_what_does_not_go_together(self, files: Files) -> None:
        cert, key = ["--certfile", str(files.cert)], ["--keyfile", str(files.key)]
        for given, said in ((cert, "give both"), (key, "give both"), (["--tls", *cert, *key], "keep one")):
            done = CliRunner().invoke(main, ["serve", "--port", "0", *given])
            assert (2, True) == (done.exit_code, said in done.output)


class TestWire:
    @pytest.mark.parametrize(("version", "taken"), [("1_1", False), ("1_2", True), ("1_3", True)])
    def test_nothing_older_than_1_2_is_spoken(self, secure: Served, version: str, taken: bool) -> None:  # noqa: FBT001
        command = ["openssl", "s_client", "-connect", secure.url.removeprefix("https://"), f"-tls{version}"]
        command += ["-cipher", "ALL:@SECLEVEL=0"]
        done = subprocess.run(command, input="", capture_output=True, text=True, timeout=60, check=False)
        assert taken is ("Cipher is (NONE)" not in done.stdout), done.stdout + done.stderr

    def test_what_speaks_no_tls_is_closed(self, secure: Served, http: httpx.Client) -> None:
        for said in (b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\x00" * 40, b"\x00" * 4000):
            with socket.create_connection(address(secure.url), timeout=20) as raw:
                raw.sendall(said)
                raw.settimeout(20)
                told = b""
                with suppress(ConnectionResetError):
                    while piece := raw.recv(4096):
                        told += piece
                assert b"HTTP" not in told
        assert 200 == http.get("/hello").status_code
        assert "Traceback" not in "\n".join(secure.lines)

    def test_requests_come_in_pieces_one_after_another_and_large(self, http: httpx.Client) -> None:
        for _ in range(3):
            assert 200 == http.get("/admin/organisations", headers=TYK).status_code
        made = http.post("/admin/organisations", headers=TYK, json={"owner_name": "x" * 200_000})
        assert 200 == made.status_code
        assert 200_000 == len(http.get(f"/admin/organisations/{made.json()['Meta']}", headers=TYK).json()["owner_name"])

    @pytest.mark.parametrize(
        ("wire", "begins", "beyond"),
        [
            ("EMPTY_RESPONSE", b"", 0),
            ("MALFORMED_RESPONSE_CHUNK", b"HTTP/1.1 200 OK\r\n", 500),
            ("RANDOM_DATA_THEN_CLOSE", b"\x00", 500),
        ],
    )
    def test_a_fault_breaks_http_and_not_tls(
        self, secure: Served, http: httpx.Client, files: Files, wire: str, begins: bytes, beyond: int
    ) -> None:
        http.post(FAULTS, json={"wire": wire, "times": 1}).raise_for_status()
        with connected(secure, files) as connection:
            connection.sendall(ASKED * 2)
            told = b"".join(iter(lambda: connection.recv(4096), b""))
        assert told.startswith(begins)
        assert beyond <= len(told) < 1000
        assert b"understudy" not in told
        assert 200 == http.get("/~broken/hello").status_code

    @pytest.mark.parametrize("fault", [{"wire": "CONNECTION_RESET_BY_PEER"}, {"loseAnswer": True}])
    def test_a_connection_is_reset(
        self, secure: Served, http: httpx.Client, files: Files, fault: dict[str, Any]
    ) -> None:
        """Seen beneath TLS: Python's ssl takes a reset for an end."""
        http.post(FAULTS, json={**fault, "times": 1}).raise_for_status()
        with connected(secure, files) as connection:
            connection.settimeout(None)
            connection.sendall(ASKED)
            with pytest.raises(ConnectionResetError):
                list(iter(lambda: os.read(connection.fileno(), 4096), b""))

    def test_answers_come_late_and_in_pieces(self, http: httpx.Client) -> None:
        plain = http.get("/~whole/hello").content
        http.post(FAULTS, json={"drip": {"seconds": 0.1, "chunks": 5}, "times": 1}).raise_for_status()
        dripped = http.get("/~broken/hello")
        assert ("f", plain) == (dripped.headers["understudy-fault"][0], dripped.content)
        assert "wait=0.01" == http.get("/hello", headers={"Prefer": "wait=0.01"}).headers["preference-applied"]


class TestPages:
    def test_every_address_that_they_name_is_https(self, secure: Served, http: httpx.Client) -> None:
        start = http.get("/", headers={"Accept": "application/json"}).json()
        assert all(api["baseUrl"].startswith(secure.url) for api in start["apis"])
        document = http.get("/docs/tyk/openapi.json").json()
        assert secure.url == document["servers"][0]["url"]
        assert f"http://{address(secure.url)[0]}" not in http.get("/").text

    def test_the_session_is_a_cookie_of_this_host_alone(self, http: httpx.Client) -> None:
        said = http.post("/__admin/session").headers["set-cookie"]
        assert said.startswith(f"__Host-{COOKIE}=")
        assert said.endswith("; Secure")


class TestClients:
    def test_python_trusts_what_it_is_told(self, secure: Served, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(Unreachable, match="is not trusted; give the one"):
            Understudy.connect(secure.url, admin_token=TOKEN)
        with Understudy.at(secure.url, admin_token=TOKEN, cacert=str(files.authority)) as mock:
            with mock.sandbox("tls").client("tyk", headers=TYK) as http:
                assert 200 == http.get("/admin/organisations").status_code
            assert 1 == len(mock.sandbox("tls").requests())
        for variable in ("UNDERSTUDY_CACERT", "SSL_CERT_FILE"):
            with monkeypatch.context() as patch:
                patch.setenv(variable, str(files.authority))
                with Understudy.at(secure.url, admin_token=TOKEN) as mock:
                    assert "ok" == mock.health()["status"]

    @pytest.mark.parametrize("command", ["wait", "coverage", "watch"])
    def test_a_command_says_what_to_do_about_a_stranger(
        self, secure: Served, command: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
            monkeypatch.delenv(name, raising=False)
        done = CliRunner().invoke(main, [command, secure.url, "--admin-token", TOKEN])
        assert 2 == done.exit_code
        assert "is not trusted: give the one that the server printed with --cacert PATH" in done.output

    @pytest.mark.parametrize("command", ["wait", "coverage"])
    def test_a_command_trusts_what_it_is_told(self, secure: Served, files: Files, command: str) -> None:
        trust = ["--cacert", str(files.authority), "--admin-token", TOKEN]
        assert 0 == CliRunner().invoke(main, [command, secure.url, *trust]).exit_code

    def test_watch_trusts_what_it_is_told(self, secure: Served, files: Files) -> None:
        command = [sys.executable, "-m", "understudy", "watch", secure.url, "--cacert", str(files.authority)]
        environment = {**os.environ, "UNDERSTUDY_ADMIN_TOKEN": TOKEN}
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            first = process.stderr.readline()
            process.terminate()
        assert first.startswith("understudy: watching the sandbox default")

    def test_what_is_no_certificate_is_one_message(self, secure: Served, files: Files) -> None:
        for path, said in ((files.noise, "holds no certificate in PEM"), (Path("none"), "cannot be read")):
            done = CliRunner().invoke(main, ["wait", secure.url, "--cacert", str(path)])
            assert 2 == done.exit_code
            assert f"--cacert {path}: {said}" in done.output


def test_each_worker_speaks_it(files: Files, tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        store = f"redis://127.0.0.1:{redis.port}/0"
        flags = ["--certfile", str(files.cert), "--keyfile", str(files.key)]
        with served("--provider", "tyk", "--store", store, "--workers", "2", *flags) as running:
            while len(workers_of(running.process.pid)) < 2:  # the first screen is shown before they are made
                time.sleep(0.02)
            for _ in range(20):
                answer = httpx.get(f"{running.url}/hello", verify=trusting(files.authority), trust_env=False)
                assert 200 == answer.status_code

"""Under which names the server answers: loopback, where it was reached, the contracts' hosts, those that are told."""

import socket

import httpx
import pytest

from tests.support.inprocess import InProcess, edge_of, parts_of
from tests.support.served import served
from understudy.journal import Exchange
from understudy.source import SourceError
from understudy.web.hosts import Hosts, hosts_of

ORGANISATION = "/admin/organisations/54b53d3aeba6db5c35000002"
GOOD = [
    "localhost", "localhost:4010", "LOCALHOST", "localhost.", "my.app.localhost:80", "127.0.0.1", "127.0.0.1:4010",
    "127.8.9.1", "[::1]", "[::1]:4010",
]  # fmt: skip
BAD = [
    "evil.example", "evil.example:4010", "localhost.evil.example", "notlocalhost", "127.0.0.1.evil.example",
    "192.0.2.1", ".".join("0000"), "[::]", "[2001:db8::1]", "", " ", "localhost@evil.example", "evil.example@localhost",
    "localhost:x", "localhost:123456", "[::1", "::1", "localhost/evil", "127.1", "0x7f000001", "2130706433",
    "localhost, evil.example", "localhost localhost", "xn--\xe9", "localhost..", ".localhost", "*",
]  # fmt: skip


@pytest.mark.parametrize("host", GOOD)
def test_loopback_names_are_answered(host: str) -> None:
    assert Hosts().refusal(host.encode()) is None


@pytest.mark.parametrize("host", BAD)
def test_any_other_name_is_421(host: str) -> None:
    reply = Hosts().refusal(host.encode("latin-1"))
    assert reply is not None
    assert 421 == reply.status
    assert b"--allow-host" in reply.body


def test_a_request_without_a_host_is_421() -> None:
    reply = Hosts().refusal(None)
    assert reply is not None
    assert 421 == reply.status


@pytest.mark.parametrize(
    ("told", "good", "bad"),
    [
        ("mock.example.org", "Mock.Example.org:80", "a.mock.example.org"),
        (".example.org", "a.example.org", "notexample.org"),
        (".example.org", "example.org", "example.org.evil"),
        ("*.example.org", "a.b.example.org", "example.org"),
        ("192.0.2.7", "192.0.2.7:4010", "192.0.2.8"),
        ("[2001:db8::1]", "[2001:DB8::1]:80", "[2001:db8::2]"),
    ],
)
def test_names_that_are_told_are_answered(told: str, good: str, bad: str) -> None:
    hosts = Hosts([told])
    assert hosts.refusal(good.encode()) is None
    assert hosts.refusal(bad.encode()) is not None


def test_a_star_switches_the_guard_off() -> None:
    assert Hosts(["*"]).refusal(b"evil.example") is None


@pytest.mark.parametrize("told", ["http://a.example", "a.example:80", "a b", "", "*.*", "a/b"])
def test_what_is_no_host_stops_the_start(told: str) -> None:
    with pytest.raises(SourceError, match="--allow-host"):
        Hosts([told])


def test_the_address_that_was_connected_to_is_answered() -> None:
    assert Hosts().refusal(b"192.0.2.1:4010", ("192.0.2.1", 4010)) is None
    assert Hosts().refusal(b"192.0.2.2:4010", ("192.0.2.1", 4010)) is not None


def test_the_contracts_hosts_are_answered() -> None:
    hosts = hosts_of(parts_of("ivalt"))
    assert hosts.refusal(b"api.ivalt.com") is None
    assert hosts.refusal(b"evil.ivalt.com") is not None


def test_what_is_remembered_is_bounded() -> None:
    hosts = Hosts()
    for number in range(3000):
        assert hosts.refusal(b"a%d.localhost" % number) is None
    assert len(hosts.good) <= 1024


@pytest.mark.parametrize(
    "path", [ORGANISATION, "/__admin/health", "/", "/docs/tyk", "/console", "/nowhere", "/~a/hello"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
def test_a_rebound_name_reaches_nothing(path: str, method: str) -> None:
    edge, sandbox = edge_of()
    asked: list[Exchange] = []
    counted: list[Exchange] = []
    edge.logs.append(asked.append)
    edge.listeners.append(counted.append)
    before = sandbox.states()
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
        reply = client.request(method, path, headers={"host": "evil.example", "admin-auth": "12345"})
    assert 421 == reply.status_code
    assert "evil.example" in reply.json()["detail"]
    assert before == sandbox.states()
    assert (0, ["default"]) == (len(sandbox.journal), [box.name for box in edge.sandboxes])
    assert [] == counted
    assert [421] == [exchange.reply.status for exchange in asked if exchange.reply]


def _asked(port: int, *lines: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in lines)
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode("latin-1"))
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_on_a_socket_every_way_is_guarded() -> None:
    with served("--allow-host", "mock.example.org") as mock:
        port = httpx.URL(mock.url).port
        assert port is not None
        get = f"GET {ORGANISATION} HTTP/1.1"
        credential = "admin-auth: 12345"
        for host in ("mock.example.org", f"127.0.0.1:{port}", f"localhost:{port}"):
            assert b" 200 " in _asked(port, get, f"Host: {host}", credential).partition(b"\r\n")[0]
            assert b" 200 " in _asked(port, get, f"Host: {host}", credential).partition(b"\r\n")[0]  # remembered
        absolute = f"GET http://127.0.0.1:{port}{ORGANISATION} HTTP/1.1"
        for given in ([f"Host: 127.0.0.1:{port}"], ["Host: evil.example"], []):  # the target goes before it
            assert b" 200 " in _asked(port, absolute, *given, credential).partition(b"\r\n")[0]
        for lines in (
            (get, "Host: evil.example", credential),
            (get, f"Host: 127.0.0.1:{port}", "Host: evil.example", credential),
            (get, credential),
            (get, "Host:", credential),
            (get, "Host: evil.example", credential, "Prefer: wait=0"),
            (get, "Host: evil.example", "Connection: Upgrade", "Upgrade: websocket", credential),
            ("GET /__admin/health HTTP/1.1", "Host: evil.example"),
            (f"GET http://evil.example{ORGANISATION} HTTP/1.1", f"Host: 127.0.0.1:{port}", credential),
            (
                f"GET HTTP://evil.example{ORGANISATION} HTTP/1.1",
                f"Host: 127.0.0.1:{port}",
                credential,
                "Prefer: wait=0",
            ),
            (f"GET http://127.0.0.1@evil.example{ORGANISATION} HTTP/1.1", f"Host: 127.0.0.1:{port}", credential),
            (f"GET http://evil.example:{port}/__admin/health HTTP/1.1", f"Host: 127.0.0.1:{port}"),
            ("GET http://evil.example/docs HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: Upgrade", "Upgrade: x"),
        ):
            assert b" 421 " in _asked(port, *lines).partition(b"\r\n")[0], lines
        assert "421 GET" in mock.shown("421 GET")

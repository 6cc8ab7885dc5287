"""``Understudy``: started and ended cleanly, wherever it is used; what goes wrong is an exception with a sentence."""

import asyncio
import gc
import multiprocessing
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import understudy as package
from tests.support.served import served
from understudy import (
    CannotStart,
    NotRunning,
    PortTaken,
    RequestRefused,
    Understudy,
    UnderstudyError,
    Unreachable,
)

KEY = {"admin-auth": "12345"}


@pytest.fixture
def silent() -> Iterator[Understudy]:
    with Understudy(serve=False, providers=["tyk"]) as mock:
        yield mock


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "understudy"]


def test_importing_the_package_imports_nothing_else() -> None:
    heavy = ("httpx", "connexion", "requests", "orjson", "yaml", "uvicorn")
    code = f"import sys, understudy; print([m for m in sys.modules if m in {heavy}], 'Understudy' in dir(understudy))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[] True\n" == told.stdout


def test_every_public_name_can_be_had() -> None:
    assert all(getattr(package, name) is not None for name in package._HOMES)
    with pytest.raises(AttributeError, match=r"no attribute 'Understdy'; it has CannotStart, Fault"):
        package.Understdy  # noqa: B018


def test_it_serves_on_a_free_port_and_its_thread_ends_with_the_block() -> None:
    before = threads()
    with Understudy(providers=["tyk"]) as mock:
        assert [*before, "understudy"] == threads()
        assert 200 == httpx.get(f"{mock.url('tyk')}/admin/organisations", headers=KEY).status_code
        address = ("127.0.0.1", int(mock.url().rsplit(":", 1)[1]))
    assert before == threads()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


@pytest.mark.parametrize("serve", [True, False])
def test_a_program_that_forgets_to_end_it_ends_all_the_same(serve: bool) -> None:  # noqa: FBT001
    code = f"from understudy import Understudy; Understudy(serve={serve}, providers=['tyk']).start(); print('out')"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "out\n", "") == (done.returncode, done.stdout, done.stderr)


def test_an_exception_in_the_block_ends_it_too() -> None:
    before = threads()
    with pytest.raises(ZeroDivisionError):
        with Understudy(serve=False, providers=["tyk"]):
            1 / 0  # noqa: B018
    assert before == threads()


def test_nothing_is_left_open() -> None:
    """Warnings are errors here: what is collected unclosed would fail the test."""
    with Understudy(providers=["tyk"]) as mock, mock.client() as inside, httpx.Client() as outside:
        for http in (inside, outside):
            assert 200 == http.get(f"{mock.url()}/hello").status_code
    gc.collect()


def test_several_run_beside_each_other_and_one_again_and_again() -> None:
    again = Understudy(providers=["tyk"])
    with Understudy(serve=False, providers=["tyk"]) as other, other.client(headers=KEY) as outer:
        for _ in range(2):
            with again, again.client(headers=KEY) as http:
                made = http.post(
                    "/admin/organisations", json={"owner_name": "A", "cname": "a.b", "cname_enabled": True}
                )
                assert 200 == http.get(f"/admin/organisations/{made.json()['Meta']}").status_code
                assert 404 == outer.get(f"/admin/organisations/{made.json()['Meta']}").status_code


def test_one_that_runs_is_not_started_twice(silent: Understudy) -> None:
    with pytest.raises(UnderstudyError, match="runs already"):
        silent.start()
    silent.stop()
    silent.stop()
    with pytest.raises(NotRunning, match="not running: use it inside"):
        silent.url("tyk")


def test_it_works_inside_a_running_loop() -> None:
    async def play() -> int:
        with Understudy(providers=["tyk"]) as mock:
            async with mock.async_client(headers=KEY) as http, httpx.AsyncClient(headers=KEY) as outside:
                inside = await http.get("/admin/organisations")
                over_socket = await outside.get(f"{mock.url()}/admin/organisations")
                assert inside.json() == over_socket.json()
                return inside.status_code

    assert 200 == asyncio.run(play())


def test_options_are_those_of_serve() -> None:
    with Understudy(
        serve=False, providers=["tyk", "koneksi"], world="empty", seed=9, credentials={"tyk": "mine"}, max_sandboxes=2
    ) as mock:
        health = mock.health()
        assert (["tyk", "koneksi"], "empty", 9) == (health["providers"], health["world"], health["seed"])
        with mock.client() as http:
            assert 200 == http.get("/admin/system/reload", headers={"admin-auth": "mine"}).status_code
            assert 401 == http.get("/admin/system/reload", headers={"admin-auth": "other"}).status_code
        mock.sandbox("second", world="documented")
        with pytest.raises(RequestRefused, match="a higher --max-sandboxes"):
            mock.sandbox("third", world="documented")
    with Understudy(serve=False, providers=["tyk"], any_credentials=True) as mock, mock.client() as http:
        assert 200 == http.get("/admin/system/reload", headers={"admin-auth": "other"}).status_code


def test_defaults_are_those_of_serve() -> None:
    with Understudy(serve=False, providers=["tyk"]) as mock, served("--provider", "tyk") as server:
        with Understudy.at(server.url) as other:
            for key in ("world", "seed", "worlds"):
                assert mock.health()[key] == other.health()[key]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"world": "full"}, "world 'full': elevate has no such world; it has documented, empty, crowded"),
        ({"providers": ["tik"]}, "no provider is called 'tik'; there are elevate, ivalt, koneksi, tyk"),
        ({"providers": "tik"}, "no provider is called 'tik'"),
        ({"credentials": {"tik": "x"}}, "credential tik=…: no provider is called 'tik'"),
        ({"credentials": {"koneksi": "x"}}, "credential koneksi=…: expected koneksi=CLIENTID:CLIENTSECRET"),
        ({"host": "no.such.host.invalid"}, "host no.such.host.invalid: no such address on this machine"),
        ({"port": 70000}, "port 70000: a port is a number from 0 to 65535"),
        ({"port": "4010"}, "port='4010': must be int"),
        ({"seed": "1"}, "seed='1': must be int"),
        ({"seed": True}, "seed=True: must be int"),
        ({"world": 1}, "world=1: must be str"),
        ({"journal": "x"}, "journal='x': must be int"),
        ({"any_credentials": "yes"}, "any_credentials='yes': must be bool"),
        ({"providers": None}, "providers=None: give a text, or several"),
        ({"providers": [5]}, "providers=5: must be str"),
        ({"credentials": "tyk=x"}, "credentials: must map a provider to a credential, or several"),
        ({"credentials": {"tyk": 5}}, "credentials['tyk']: give a text, or several"),
    ],
)
def test_what_keeps_it_from_starting_is_said_where_it_is_started(options: dict[str, object], said: str) -> None:
    before = threads()
    with pytest.raises(CannotStart) as caught:
        Understudy(**options).start()  # type: ignore[arg-type]
    assert str(caught.value).startswith(said)
    assert before == threads()


def test_an_option_that_makes_no_sense_is_refused_at_once() -> None:
    with pytest.raises(CannotStart, match=r"^journal=-1: give 0 or more$"):
        Understudy(journal=-1)


def test_a_taken_port_is_an_exception_of_its_own() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"^port {port} on 127\.0\.0\.1 is taken; give another port"):
            Understudy(port=port, providers=["tyk"]).start()


def test_what_fails_in_its_thread_is_raised_where_it_was_started(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stumble(*_: object) -> None:
        raise OSError("no more sockets")

    monkeypatch.setattr("understudy.local.stage.serve_beside", stumble)
    before = threads()
    with pytest.raises(UnderstudyError, match="OSError: no more sockets") as caught:
        Understudy(providers=["tyk"]).start()
    assert isinstance(caught.value.__cause__, OSError)
    assert before == threads()


def test_a_server_that_runs_is_used_in_the_same_way_and_runs_on() -> None:
    with served("--provider", "tyk") as server:
        for _ in range(2):
            with Understudy.at(server.url + "/") as mock:
                sandbox = mock.sandbox("far", world="empty")
                with sandbox.client("tyk", headers=sandbox.credentials("tyk")) as http:
                    assert 0 == len(http.get("/admin/organisations").json()["organisations"] or [])
        mock = Understudy.connect(server.url)
        assert "ok" == mock.health()["status"]
        mock.stop()


def test_where_nobody_answers_is_said_with_the_url() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(Unreachable, match=rf"^no Understudy answers at {url}: "):
            Understudy.connect(url)


@pytest.mark.parametrize("odd", ["127.0.0.1:4010", "http://", "ftp://x", "", "http://[::1", "localhost:x"])
def test_what_is_no_url_is_said_to_be_none(odd: str) -> None:
    with pytest.raises(Unreachable, match=r" is no URL of a server.*; write it such as http://127\.0\.0\.1:4010$"):
        Understudy.connect(odd)


@pytest.mark.parametrize("tail", ["/~shop", "?a=b", "#a"])
def test_a_url_that_says_more_than_where_the_server_is_is_refused(understudy: Understudy, tail: str) -> None:
    """``/~NAME`` would win over every sandbox that is asked for."""
    with pytest.raises(Unreachable, match="is more than the URL of a server"):
        Understudy.connect(understudy.url() + tail)


def test_a_server_that_is_no_understudy_is_recognised() -> None:
    with Understudy(providers=["tyk"]) as mock:
        with pytest.raises(Unreachable, match=r"/hello is no Understudy of this version"):
            Understudy.connect(f"{mock.url()}/hello")


def test_an_unknown_provider_is_named(silent: Understudy) -> None:
    for ask in (silent.url, silent.client, silent.credentials, silent.sandbox("x").url):
        with pytest.raises(UnderstudyError, match=r"^no provider is called 'tik'; there are tyk$"):
            ask("tik")


def test_what_the_control_api_refuses_is_an_exception_that_says_why(silent: Understudy) -> None:
    with pytest.raises(RequestRefused) as caught:
        silent.sandbox("x", world="full")
    assert "tyk has no such world" in str(caught.value)
    assert (422, "Unknown world") == (caught.value.status, caught.value.title)
    with pytest.raises(RequestRefused) as caught:
        silent.sandbox("x", seed=2**60)
    assert "/seed" == caught.value.violations[0]["pointer"]


@pytest.mark.parametrize("name", ["a b", "ä", "", "x" * 65, "a\n", "..", "a/b"])
def test_what_can_be_no_sandbox_is_said_before_it_is_asked_for(silent: Understudy, name: str) -> None:
    with pytest.raises(UnderstudyError, match=f"^no sandbox can be called {re.escape(repr(name))}: a name is 1 to 64 "):
        silent.sandbox(name)


def test_what_is_shown_of_a_mock_says_where_it_is(understudy: Understudy) -> None:
    assert f"<Understudy at {understudy.url()}>" == repr(understudy)
    assert "<Understudy at http://localhost:1, not running>" == repr(Understudy.at("http://localhost:1"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_is_told_that_the_mock_is_its_parents_and_may_have_its_own() -> None:
    """Its copy of the mock has no thread: a request would wait for ever, and an end would end nothing."""
    told = multiprocessing.get_context("fork").SimpleQueue()
    with Understudy(providers=["tyk"]) as mock, mock.client() as http:
        child = multiprocessing.get_context("fork").Process(target=_in_a_fork, args=(mock, http, told), daemon=True)
        child.start()
        child.join(30)
        child.kill()  # where it waits after all
        child.join()
        assert "ok" == mock.health()["status"]
        assert 0 == child.exitcode
        assert "ConnectError NotRunning 200 200" == told.get()


def _in_a_fork(mock: Understudy, http: httpx.Client, told: Any) -> None:
    seen: list[Any] = []
    for ask in (lambda: http.get("/hello"), mock.health):
        try:
            seen.append(ask())
        except (httpx.ConnectError, NotRunning) as error:
            seen += [type(error).__name__] if "the process that this one was forked from" in str(error) else [error]
    seen.append(httpx.get(f"{mock.url()}/hello").status_code)
    mock.stop()
    with Understudy(serve=False, providers=["tyk"]) as own, own.client() as mine:
        seen.append(mine.get("/hello").status_code)
    told.put(" ".join(map(str, seen)))


def test_a_client_outlives_its_mock_and_says_so() -> None:
    with Understudy(serve=False, providers=["tyk"]) as mock:
        http, sandbox = mock.client(), mock.sandbox("x")
    with http, pytest.raises(httpx.ConnectError, match="has ended"):
        http.get("/hello")
    with pytest.raises(NotRunning):
        sandbox.reset()

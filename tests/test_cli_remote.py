"""``understudy coverage`` and ``understudy wait``: what they print, write and end with."""

import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from tests.support.inprocess import client_of
from tests.support.served import Served, served
from tests.support.toy import HERE, toy_part
from understudy.cli import main
from understudy.contract.contract import Contract
from understudy.coverage.ledger import Coverage
from understudy.coverage.page import html, short
from understudy.coverage.report import report
from understudy.coverage.table import show
from understudy.remote import NotUp, RemoteError, read_coverage, wait_for
from understudy.source import Source

ORGANISATION = "/admin/organisations/54b53d3aeba6db5c35000002"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--provider", "tyk") as running:
        for _ in range(2):
            httpx.get(running.url + ORGANISATION, headers={"admin-auth": "12345"}, trust_env=False)
        httpx.get(running.url + "/thigns", trust_env=False)
        yield running


def run(*arguments: str, **environment: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, arguments, env={"COLUMNS": "120", **environment})


@contextmanager
def answering(status: int, body: bytes, headers: dict[str, str] | None = None) -> Iterator[str]:
    """Run a server that always answers the same; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()
            thread.join()


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nothing listens, and nothing will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_coverage_prints_each_operation_with_its_share_and_what_is_missing(server: Served) -> None:
    ended = run("coverage", server.url)
    assert 0 == ended.exit_code, ended.output
    assert re.search(r"60 % .* GET +read_organisation +1/3 +1/1 .*unauthorised", ended.stdout)
    assert re.search(r" 0 % .* POST +create_user .*never called", ended.stdout)
    assert "1 requests met no operation: GET /thigns" in ended.stdout
    assert re.search(r"In all 1\.1 % \(3 of \d+ items\)", ended.stdout)


@pytest.mark.parametrize("columns", ["40", "60", "80"])
def test_a_narrow_terminal_has_room_for_every_share_and_name(server: Served, columns: str) -> None:
    lines = run("coverage", server.url, COLUMNS=columns).stdout.splitlines()
    assert any(re.fullmatch(r" +60 % +GET +read_organisation *", line) for line in lines), lines
    assert any(re.fullmatch(r" +0 % +GET +list_organisations *", line) for line in lines), lines
    assert max(map(len, lines)) <= int(columns)


@pytest.mark.parametrize("columns", ["", "many", "0"])
def test_columns_that_are_no_number_are_as_good_as_none(server: Served, columns: str) -> None:
    assert run("coverage", server.url, COLUMNS=columns).stdout == run("coverage", server.url).stdout


def test_coverage_below_the_mark_ends_with_1_and_one_sentence(server: Served) -> None:
    ended = run("coverage", server.url, "--fail-under", "80")
    assert 1 == ended.exit_code
    assert re.fullmatch(
        r"understudy: 1\.1 % \(3 of \d+ items\) were exercised, less than the 80 % of --fail-under\n", ended.stderr
    )


def test_coverage_at_the_mark_ends_well_and_the_mark_is_not_rounded(server: Served) -> None:
    data = read_coverage(server.url)
    exactly = 100 * data["touched"] / data["items"]
    assert 0 == run("coverage", server.url, "--fail-under", str(exactly)).exit_code
    assert 1 == run("coverage", server.url, "--fail-under", str(exactly + 0.0001)).exit_code


def test_coverage_can_be_had_as_json_of_one_provider_and_the_address_from_the_environment(server: Served) -> None:
    ended = run("coverage", "--format", "json", "--provider", "tyk", UNDERSTUDY_URL=server.url + "/")
    assert (0, ["tyk"]) == (ended.exit_code, [part["provider"] for part in json.loads(ended.stdout)["providers"]])


def test_coverage_writes_a_page_also_below_the_mark(server: Served, tmp_path: Path) -> None:
    page = tmp_path / "coverage.html"
    ended = run("coverage", server.url, "--html", str(page), "--fail-under", "99")
    assert (1, True) == (ended.exit_code, "read_organisation" in page.read_text())
    assert f"wrote {page}" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--provider", "acme"], "no provider is called 'acme'; there are tyk"),
        (["--html", "no/such/folder/page.html"], "--html no/such/folder/page.html: cannot be written: No such file"),
        (["--html", "."], "--html .: cannot be written: Is a directory"),
        (["--fail-under", "101"], "101.0 is not in the range"),
        (["--fail-under", "most"], "'most' is not a valid float"),
        (["--fail-under", "nan"], "is not a number"),
        (["--format", "xml"], "'xml' is not one of"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_code_2(server: Served, arguments: list[str], message: str) -> None:
    ended = run("coverage", server.url, *arguments)
    assert (2, True) == (ended.exit_code, message in ended.stderr), ended.output
    assert "Traceback" not in ended.output


@pytest.mark.parametrize("url", ["127.0.0.1:4010", "ftp://127.0.0.1", "http://", "http://[::1", "nonsense", ""])
@pytest.mark.parametrize("command", ["coverage", "wait"])
def test_what_is_no_address_is_refused_at_once(command: str, url: str) -> None:
    ended = run(command, url)
    assert (2, True) == (ended.exit_code, "is no URL of a server" in ended.stderr), ended.output


def test_a_server_that_is_not_there_is_said_not_to_be(nobody: str) -> None:
    ended = run("coverage", nobody)
    assert 2 == ended.exit_code
    assert f"understudy: nothing answers at {nobody} (" in ended.stderr
    assert "start it with 'understudy serve'" in ended.stderr


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>hello</html>"),
        (200, b"[]"),
        (200, b'{"providers": []}'),
        (404, b'{"detail": "x"}'),
        (302, b""),
        (500, b""),
    ],
)
def test_a_server_of_another_kind_is_told_from_ours(status: int, body: bytes) -> None:
    with answering(status, body) as url:
        ended = run("coverage", url)
    assert 2 == ended.exit_code
    assert f"understudy: what answers at {url} is no Understudy ({status} " in ended.stderr


def test_an_answer_that_is_no_http_is_said_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def babble() -> None:
            connection, _ = listener.accept()
            connection.recv(4096)
            connection.sendall(b"220 mail.example ESMTP\r\n")
            connection.close()

        thread = Thread(target=babble)
        thread.start()
        ended = run("coverage", url)
        thread.join()
    assert (2, 1) == (ended.exit_code, ended.stderr.count("\n")), ended.output


def test_a_proxy_of_the_environment_is_not_asked(server: Served, nobody: str) -> None:
    assert 0 == run("coverage", server.url, HTTP_PROXY=nobody, http_proxy=nobody, ALL_PROXY=nobody).exit_code


# --- waiting


def test_wait_says_how_long_it_took(server: Served) -> None:
    ended = run("wait", server.url)
    assert (0, True) == (
        ended.exit_code,
        re.match(r"understudy: \S+ is up \(waited \d+\.\d s\)", ended.stdout) is not None,
    )


def test_wait_ends_with_1_and_says_what_happened_last(nobody: str) -> None:
    ended = run("wait", nobody, "--timeout", "0.2")
    assert 1 == ended.exit_code
    assert f"not up after 0.2 s: nothing answers at {nobody} (" in ended.stderr
    with answering(200, b"hello") as url:
        ended = run("wait", url, "--timeout", "0")
    assert (1, True) == (ended.exit_code, f"not up after 0 s: what answers at {url} is no Understudy" in ended.stderr)


def test_wait_goes_on_until_the_server_is_up() -> None:
    """The server comes up while it pauses: nothing here depends on how long anything takes."""
    with client_of("tyk") as client:
        health = client.get("/__admin/health")
    answers = [(404, b"not yet"), (503, b"{}"), (health.status_code, health.content)]
    pauses: list[float] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers[len(pauses)]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        try:
            took = wait_for(f"http://127.0.0.1:{running.server_port}", 60, pauses.append)
        finally:
            running.shutdown()
            thread.join()
    assert (2, True) == (len(pauses), took >= 0)


def test_wait_gives_up_at_the_end_of_the_time(nobody: str) -> None:
    with pytest.raises(NotUp, match="not up after 0 s"):
        wait_for(nobody, 0)
    with pytest.raises(RemoteError, match="is no URL"):
        wait_for("gopher://x", 0)


def test_a_signal_ends_a_wait_as_one_that_failed(nobody: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSTUDY_")}
    with answering(503, b"{}") as url:
        process = subprocess.Popen(
            [sys.executable, "-c", _WAIT, url], env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert "waiting\n" == process.stdout.readline()
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode not in (0, None)


_WAIT = """
import sys, understudy.remote
from understudy.__main__ import run
def waits(*_, **__):
    print("waiting", flush=True)
    import time; time.sleep(60)
understudy.remote.wait_for = waits
sys.argv = ["understudy", "wait", sys.argv[1]]
run()
"""


# --- the page and the table


class Page(HTMLParser):
    """Reads a page, and notes what is in it."""

    VOID = frozenset({"meta", "link", "img", "br", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID or tag == "rect":
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._open.pop(), tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


HOSTILE = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x1b[31m"


def hostile() -> dict[str, Any]:
    """Return the coverage of a contract whose names would like to be more than names."""
    text = (HERE / "openapi/toy.yaml").read_text()
    quoted = json.dumps(HOSTILE)
    text = text.replace("title: Toy\n", f"title: {quoted}\n").replace("[red, green, blue]", f"[red, {quoted}]")
    text = text.replace("note: {type: string", f"{quoted}: {{type: string").replace(
        "/things:\n", f"/things{json.dumps('<b>')[1:-1]}:\n"
    )
    text = text.replace("thing_deleted", "'<i>deleted'")
    contract = Contract(Source.parse(text.encode(), "openapi/toy.yaml"), toy_part().provider)
    coverage = Coverage([contract])
    coverage.misses.count("GET", HOSTILE)
    return json.loads(json.dumps(report(coverage, [contract])))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """The coverage of all four vendors after a little of everything."""
    with client_of("elevate", "ivalt", "koneksi", "tyk") as client:
        for headers in ({"admin-auth": "12345"}, {}, {"admin-auth": "12345", "Prefer": "code=404"}):
            client.get(ORGANISATION, headers=headers)
        client.get("/thigns")
        return client.get("/__admin/coverage").json()  # type: ignore[no-any-return]


def test_the_page_needs_nothing_but_itself(whole: dict[str, Any]) -> None:
    text = html(whole)
    assert [] == re.findall(r"https?://|//[a-z]|url\(|@import|javascript:", text)
    page = Page(text)
    assert set() == {"script", "link", "img", "iframe", "object", "embed", "base"} & set(page.tags)
    assert [] == [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "srcset", "action")]
    assert all(value and value.startswith("#") for name, value in page.attributes if name == "href")


def test_the_page_tells_of_every_operation_and_every_link_leads_somewhere(whole: dict[str, Any]) -> None:
    page = Page(html(whole))
    shown = "".join(page.text)
    for provider in whole["providers"]:
        assert provider["title"] in shown
        for operation in provider["operations"]:
            assert operation["operationId"] in page.text
            for answer in operation["answers"]:
                assert answer["answer"] in shown
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value[1:] for name, value in page.attributes if name == "href" and value} <= set(ids)


def test_the_page_can_be_read_out(whole: dict[str, Any]) -> None:
    """What is drawn says in words what it shows; what was only asked for, and what never came, is said to be so."""
    page = Page(html(whole))
    labels = [value for name, value in page.attributes if name == "aria-label"]
    assert {
        "organisation_read, met once",
        "unauthorised, met once",
        "organisation_not_found, met once, only because it was asked for",
        "organisation_not_found, never met",
        "0 of 1 sent",
        "1 of 1 sent",
    } <= set(labels)
    assert any(label and label.endswith("items touched") for label in labels)


def test_hostile_names_stay_text() -> None:
    data = hostile()
    page = Page(html(data))
    assert set() == {"script", "img", "i"} & set(page.tags)
    assert [] == [name for name, _ in page.attributes if name == "onerror"]
    assert HOSTILE in "".join(page.text)


def test_the_table_writes_no_markup_and_no_control_characters() -> None:
    shown = io.StringIO()
    show(hostile(), shown)
    assert "\x1b" not in shown.getvalue()
    assert "onerror=alert(1)>\\x1b[31m" in shown.getvalue().replace("\n", "")


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (999, "999"), (1000, "1k"), (999_999, "999k"), (5_000_000, "5M"), (7 * 10**9, "7G"), (10**15, "lots")],
)
def test_large_numbers_stay_short(count: int, shown: str) -> None:
    assert shown == short(count)

"""In a real browser: a page of another origin, and of a rebound name, against every operation of the control API."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import launch_with
from tests.browser.hostile import ATTACK, hostile_site
from tests.support.served import Served, served
from understudy.control.play import load_control

AT_A_TIME = 11
OPERATIONS = [(one.method.upper(), "/__admin" + one.path) for one in load_control().operations.values()]
FILLED = {"{name}": "kept", "{provider}": "tyk", "{collection}": "organisations", "{id}": "54b53d3aeba6db5c35000002"}
LOOKS = ("sandboxes", "snapshots", "faults", "clock", "state/tyk/organisations", "requests")


@pytest.fixture(scope="module")
def target() -> Iterator[Served]:
    """A server with something in it to lose."""
    with served() as mock:
        http = httpx.Client(base_url=mock.url, trust_env=False)
        with http:
            http.put("/__admin/clock", json={"frozen": True}).raise_for_status()
            for name in ("kept", "f1"):
                http.put(f"/__admin/snapshots/{name}").raise_for_status()
                http.put(f"/__admin/sandboxes/{name}").raise_for_status()
            http.put("/~kept/__admin/clock", json={"frozen": True}).raise_for_status()
            http.put("/~f1/__admin/clock", json={"frozen": True}).raise_for_status()
            http.get("/hello").raise_for_status()
            rule = {"match": {"method": "PUT"}, "answer": {"status": 503, "undeclared": True}}
            http.post("/__admin/faults", json=rule).raise_for_status()
        yield mock


def everything(url: str) -> list[Any]:
    """Return what the control API tells of the sandboxes."""
    with httpx.Client(base_url=url, trust_env=False) as http:
        return [http.get(f"/~{name}/__admin/{look}").json() for name in ("default", "kept", "f1") for look in LOOKS]


@pytest.fixture(scope="module", params=["evil.localhost", "127.0.0.1"])
def stranger(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of another site, and of another port of the same host."""
    with hostile_site() as port:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"http://{request.param}:{port}/")
        yield page
        context.close()


@pytest.mark.parametrize("first", range(0, len(OPERATIONS), AT_A_TIME))
def test_a_hostile_page_reads_and_changes_nothing(stranger: Page, target: Served, first: int) -> None:
    targets = []
    for method, path in OPERATIONS[first : first + AT_A_TIME]:
        for name, value in FILLED.items():
            path = path.replace(name, value)  # noqa: PLW2901
        assert "{" not in path.replace("{key}", "1")
        targets.append({"url": target.url + path.replace("{key}", "1"), "method": method})
    before = everything(target.url)
    assert [] == stranger.evaluate(ATTACK, targets)
    assert before == everything(target.url)


def test_a_hostile_window_is_told_no(stranger: Page, target: Served) -> None:
    before = everything(target.url)
    with stranger.context.expect_page() as opened:
        stranger.evaluate("url => { window.other = open(url) }", f"{target.url}/__admin/state")
    opened.value.wait_for_load_state()
    assert "Another origin" in opened.value.inner_text("body")
    opened.value.close()
    assert before == everything(target.url)


def test_our_own_page_is_let_in(browser: Browser, target: Served) -> None:
    """What the attack would report, were there no guard."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{target.url}/docs/tyk")
    said = page.evaluate("async () => (await fetch('/__admin/health')).status")
    context.close()
    assert 200 == said


def test_a_rebound_name_reaches_nothing(browser: Browser, target: Served) -> None:
    port = urlsplit(target.url).port
    with launch_with(browser.browser_type, "--host-resolver-rules=MAP evil.example 127.0.0.1") as own:
        page = own.new_page()
        for path in ("/", "/console", "/docs/tyk", "/__admin/state", "/hello"):
            answer = page.goto(f"http://evil.example:{port}{path}")
            assert answer is not None
            assert 421 == answer.status
        said = page.evaluate("async () => (await fetch('/__admin/reset', {method: 'POST'})).status")
        assert 421 == said

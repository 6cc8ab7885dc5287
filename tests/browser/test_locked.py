"""The door of the console: opened with the admin token, which the browser does not keep; the references stay open."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.served import Served, served
from understudy.control.gate import COOKIE

TOKEN = "a-token-of-the-browser"
Visitor = Callable[..., Page]


@pytest.fixture(scope="module")
def guarded() -> Iterator[Served]:
    with served("--provider", "tyk", "--admin-token", TOKEN) as running:
        yield running


@pytest.fixture(scope="module")
def closed() -> Iterator[Served]:
    with served("--provider", "tyk", "--no-admin") as running:
        yield running


def let_in(page: Page, token: str) -> None:
    page.get_by_label("Admin token").fill(token)
    page.get_by_role("button", name="Let me in").click()


def test_the_console_asks_for_the_token_and_then_shows_what_happens(visitor: Visitor, guarded: Served) -> None:
    page = visitor(guarded.url, refusals=("/__admin/session",))
    answer = page.goto("/console#state/tyk/organisations")
    assert answer is not None
    assert 401 == answer.status
    expect(page.get_by_role("heading", name="The console asks for the admin token.")).to_be_visible()
    expect(page.get_by_role("button", name="Reset")).to_have_count(0)
    let_in(page, "another-token-of-somebody")
    expect(page.get_by_role("alert")).to_have_text("That is not the admin token.")
    let_in(page, TOKEN)
    expect(page.get_by_role("link", name="Traffic")).to_be_visible()
    assert page.url.endswith("/console#state/tyk/organisations")
    expect(page.locator("#state")).to_contain_text("Jively")
    page.get_by_role("link", name="Traffic").click()
    expect(page.locator("#live")).to_have_text("live")
    page.request.get("/hello")
    expect(page.locator("#exchanges")).to_contain_text("/hello")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Admin token")).to_be_visible()
    assert COOKIE not in [cookie["name"] for cookie in page.context.cookies()]


def test_no_script_and_no_store_has_the_token_or_the_session(visitor: Visitor, guarded: Served) -> None:
    page = visitor(guarded.url)
    page.goto("/console")
    let_in(page, TOKEN)
    expect(page.locator("#live")).to_have_text("live")
    (session,) = [cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE]
    assert (True, "Strict") == (session["httpOnly"], session["sameSite"])
    assert TOKEN not in session["value"]
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])")
    assert TOKEN not in kept
    assert session["value"] not in kept


def test_a_reference_works_without_and_says_what_it_cannot_do(visitor: Visitor, guarded: Served) -> None:
    page = visitor(guarded.url)
    page.goto("/docs/tyk/read_organisation")
    page.get_by_role("button", name=re.compile("^Send")).click()
    result = page.locator('#result[aria-busy="false"]')
    expect(result).to_contain_text("200")
    expect(page.locator("[data-changes]")).to_contain_text("needs the server's admin token")
    page.get_by_role("link", name="Give the token").click()
    let_in(page, TOKEN)
    expect(page.locator("#live")).to_have_text("live")
    page.goto("/docs/tyk/read_organisation")
    page.get_by_role("button", name=re.compile("^Send")).click()
    expect(page.locator("[data-changes]")).not_to_contain_text("admin token")
    expect(page.get_by_role("button", name="Reset")).to_be_visible()


def test_over_https_the_door_opens_too(
    visitor: Visitor, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    with served("--provider", "tyk", "--tls", "--admin-token", TOKEN) as running:
        page = visitor(running.url, ignore_https_errors=True)
        page.goto("/console")
        let_in(page, TOKEN)
        expect(page.locator("#live")).to_have_text("live")
        (session,) = [cookie for cookie in page.context.cookies() if COOKIE in cookie["name"]]
        assert (f"__Host-{COOKIE}", True) == (session["name"], session["secure"])
        page.goto("about:blank")


def test_without_a_control_api_the_pages_say_so(visitor: Visitor, closed: Served) -> None:
    page = visitor(closed.url)
    page.goto("/")
    expect(page.get_by_role("button", name="Begin anew")).to_have_count(0)
    page.goto("/docs/tyk/read_organisation")
    expect(page.get_by_role("button", name="Reset")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Send")).click()
    expect(page.locator("[data-changes]")).to_contain_text("--no-admin")
    page.goto("/console")
    expect(page.get_by_role("heading", name="There is no console here.")).to_be_visible()

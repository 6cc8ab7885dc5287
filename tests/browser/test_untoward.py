"""What goes wrong around the pages: other tabs, odd links, no JavaScript, a server that ends, one that begins anew."""

import socket
from collections.abc import Callable

import httpx
from playwright.sync_api import Page, expect

from tests.browser.reading import sandbox
from tests.browser.watching import client, rows, send, watch
from tests.support.served import Served, served

_HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_page_stays_in_its_sandbox_when_another_tab_follows_a_shared_link(page: Page) -> None:
    page.goto("/docs/tyk")
    mine = sandbox(page)
    other = page.context.new_page()
    other.goto("/docs/tyk?sandbox=shared-with-me")
    page.locator('.entry[data-entry="read_organisation"]').click()
    expect(page.locator("#try header")).to_contain_text(f"in {mine}")
    assert mine == sandbox(page)
    other.goto("/docs/tyk")
    assert "shared-with-me" == sandbox(other)


def test_a_link_whose_part_after_the_hash_is_no_text_opens_the_page(page: Page) -> None:
    page.goto("/docs/tyk/read_organisation#%E0%A4%A")
    expect(page.locator("#verdict")).to_contain_text("nothing against it")


def test_without_javascript_the_reference_is_read_and_nothing_is_offered_that_does_nothing(
    visitor: Callable[..., Page],
) -> None:
    page = visitor(java_script_enabled=False)
    page.goto("/docs/tyk/read_organisation")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("#try .without")).to_contain_text("need JavaScript")
    assert 0 == page.get_by_role("button").count()
    page.goto("/docs/elevate/deactivate_user")
    assert 0 == page.get_by_role("button").count()
    page.goto("/console")
    expect(page.locator(".without")).to_contain_text("understudy watch")


def test_a_long_name_of_a_snapshot_does_not_widen_a_narrow_page(visitor: Callable[..., Page], server: Served) -> None:
    page = visitor(viewport={"width": 390, "height": 844})
    with client(server, "n" * 64) as http:
        http.put(f"/__admin/snapshots/{'s' * 64}")
    page.goto(f"/console?sandbox={'n' * 64}#controls")
    expect(page.locator("#snapshots .thing b")).to_have_text("s" * 64)
    assert 390 == page.evaluate("document.documentElement.scrollWidth")


def test_a_console_that_nobody_looks_at_gives_its_connection_back(page: Page, server: Served) -> None:
    page.clock.install()
    watch(page, "unseen")
    page.evaluate(_HIDE, True)
    page.clock.run_for(21_000)
    expect(page.locator("#live")).to_have_text("resting while nobody looks")
    send(server, "unseen", "/hello")
    page.evaluate(_HIDE, False)
    expect(page.locator("#live")).to_have_text("live")
    page.clock.run_for(1000)
    expect(rows(page)).to_have_count(1)


def test_pages_say_that_the_server_is_gone_and_come_back_with_it(visitor: Callable[..., Page]) -> None:
    port = _free()
    with served("--port", port) as first:
        page = visitor(first.url, refusals=("/",))
        watch(page, "again")
        for _ in range(3):
            httpx.get(f"{first.url}/~again/hello", trust_env=False)
        expect(rows(page)).to_have_count(3)
        tried = page.context.new_page()
        tried.goto("/docs/tyk/read_organisation")
        expect(tried.locator("#verdict")).to_contain_text("nothing against it")
    expect(page.locator("#live")).to_have_text("reconnecting")
    tried.get_by_role("button", name="Send", exact=True).click()
    expect(tried.locator("#result")).to_contain_text("the server cannot be reached")
    with served("--port", port):
        expect(page.locator("#live")).to_have_text("live", timeout=15_000)
        expect(rows(page)).to_have_count(0)
        tried.get_by_role("button", name="Send", exact=True).click()
        expect(tried.locator("#result .status")).to_have_text("200")
        page.context.close()


def _free() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])

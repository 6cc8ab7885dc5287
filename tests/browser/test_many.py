"""A contract of a thousand operations: the page stays usable."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import send
from tests.support.many import many_served

COUNT = 1000
_WRITES = """(typed) => {
  const search = document.getElementById("search");
  const watcher = new MutationObserver(() => {});
  watcher.observe(document.getElementById("operations"), {attributes: true, subtree: true, childList: true});
  search.value = typed;
  search.dispatchEvent(new Event("input"));
  return watcher.takeRecords().length;
}"""


@pytest.fixture(scope="module")
def many() -> Iterator[str]:
    with many_served(COUNT) as url:
        yield url


def test_search_touches_each_entry_once_at_most(visitor: Callable[..., Page], many: str) -> None:
    page = visitor(many)
    page.goto("/docs/many")
    expect(page.locator(".entry")).to_have_count(COUNT + 1)
    assert page.evaluate(_WRITES, "kind 777 ") <= COUNT + 50
    expect(page.locator(".tag .entry:visible")).to_have_count(1)
    assert 0 == page.evaluate(_WRITES, "kind 777")
    assert page.evaluate(_WRITES, "") <= COUNT + 50
    assert page.evaluate("document.querySelectorAll('*').length") < 12 * COUNT


def test_an_operation_among_a_thousand_is_found_and_tried(visitor: Callable[..., Page], many: str) -> None:
    page = visitor(many)
    page.goto("/docs/many")
    page.locator("#search").fill("plant_777")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("kind 777")
    expect(send(page).locator(".outcome code")).to_have_text("planted")

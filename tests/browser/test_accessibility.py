"""axe-core finds nothing serious on any page, light or dark."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import send
from tests.browser.watching import JIVELY, TYK, client
from tests.support.served import Served

AXE = Path(__file__).parents[1] / "node/node_modules/axe-core/axe.min.js"
PATHS = ("/", "/docs/tyk", "/docs/ivalt/create_user", "/docs/elevate/deactivate_user", "/docs/koneksi/remove_member")


def serious(page: Page) -> list[str]:
    """Return what axe-core finds and calls serious or critical."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_is_found_on_any_page(visitor: Callable[..., Page], theme: str) -> None:
    page = visitor(color_scheme=theme)
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
        if "create_user" in path:
            page.locator("#body").fill('{"email": "nobody"}')
            expect(page.locator("#body-wrong")).to_be_visible()
        if "remove_member" in path:
            send(page)
        assert [] == serious(page), path


def test_nothing_serious_is_found_on_a_phone(visitor: Callable[..., Page]) -> None:
    page = visitor(viewport={"width": 390, "height": 800})
    for path in ("/", "/docs/tyk/update_organisation"):
        page.goto(path)
        assert [] == serious(page), path


def test_nothing_serious_is_found_in_the_console(visitor: Callable[..., Page], server: Served) -> None:
    with client(server, "axe") as http:
        http.put(JIVELY, headers=TYK, json={"owner_name": 5})
        http.put(JIVELY, headers=TYK, json={"owner_name": "Sons", "cname": "x.example", "cname_enabled": True})
        http.put("/__admin/snapshots/one")
        http.post("/__admin/faults", json={"delay": {"fixed": 1}})
    organisation = JIVELY.rpartition("/")[2]
    seen = {
        "": "#exchanges li",
        "#exchange-1": "#opened .wrong li",
        "#exchange-2": "#opened .change",
        "#state/tyk/organisations": "#records tbody tr",
        f"#state/tyk/organisations/{organisation}": "#history li",
        "#controls": "#sandboxes tbody tr",
        "#coverage": ".map tbody tr",
    }
    for theme in ("light", "dark"):
        for width in (1280, 390):
            page = visitor(color_scheme=theme, viewport={"width": width, "height": 844})
            for part, there in seen.items():
                page.goto("about:blank")
                page.goto(f"/console?sandbox=axe{part}")
                expect(page.locator(there).first).to_be_visible()
                assert [] == serious(page), (part, theme, width)


def test_the_first_tab_stop_skips_the_bar_and_every_stop_can_be_seen(page: Page) -> None:
    page.goto("/docs/tyk/read_organisation")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        width = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert "none" != width, page.evaluate("document.activeElement.outerHTML")


def test_a_call_is_made_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/docs/tyk/read_organisation")
    page.get_by_label("id").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#result .outcome .status")).to_have_text("200")
    page.goto("/docs/tyk/create_organisation")
    page.locator("#body").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result .outcome code")).to_have_text("organisation_created")

"""What comes from outside is shown, and does nothing."""

import json

import httpx
from playwright.sync_api import Page, expect

from tests.browser.reading import sandbox, send
from tests.support.served import Served

ADMIN = {"admin-auth": "12345"}
HOSTILE = {
    "script": "<script>window.struck = true</script><img src=x onerror='window.struck = true'>",
    "svg": "<svg onload='window.struck = true'><a xlink:href='javascript:window.struck=true'>x</a></svg>",
    "end of script": "</script><script>window.struck = true</script><!--",
    "template": "{{ 7 * 7 }}{% raw %}${window.struck = true}",
    "controls": "a\u0000b\u0007c\u001b[31md\u009be",
    "right to left": "abc\u202egnp.exe\u2066\u200f\ufeff",
}


def test_a_record_with_a_hostile_name_is_shown_harmlessly(page: Page, server: Served) -> None:
    page.goto("/docs/tyk/create_organisation")
    mine = ADMIN | {"Understudy-Sandbox": sandbox(page)}
    text = " ".join(HOSTILE.values())
    body = {"owner_name": text, "cname": "x.example", "cname_enabled": True}
    made = httpx.post(f"{server.url}/admin/organisations", json=body, headers=mine).json()["Meta"]
    page.goto("/docs/tyk/read_organisation")
    page.get_by_label("id").fill(made)
    expect(send(page).locator("pre")).to_contain_text("owner_name")
    page.goto("/docs/tyk/delete_organisation")
    page.get_by_label("id").fill(made)
    result = send(page)
    expect(result.locator(".lines-of-change")).to_contain_text("owner_name")
    seen = page.locator("#result").inner_text()
    assert not set(seen) & set("\u0000\u0007\u001b\u009b\u202e\u2066\u200f\ufeff")
    assert page.evaluate("window.struck") is None
    assert 0 == page.locator("#result script, #result img, #result svg").count()


def test_a_form_that_holds_hostile_text_is_code_that_is_shown_and_nothing_else(page: Page) -> None:
    page.goto("/docs/tyk/create_organisation")
    page.locator("#body").fill(
        json.dumps({"owner_name": HOSTILE["script"] + HOSTILE["right to left"]}, ensure_ascii=False)
    )
    expect(page.locator("#code-curl code")).to_contain_text("window.struck")
    page.get_by_label("admin-auth").fill("'\"><script>window.struck = true</script>")
    expect(send(page).locator(".outcome .status")).to_have_text("401")
    assert page.evaluate("window.struck") is None


def test_hostile_addresses_are_shown_harmlessly(page: Page, server: Served) -> None:
    for address in ("/docs/<script>alert(1)</script>", "/docs/tyk/%3Cimg%20src=x%20onerror=alert(1)%3E"):
        assert "<script>alert" not in httpx.get(server.url + address).text
    page.goto("/docs/tyk#\"><img src=x onerror='window.struck=true'>")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("window.struck") is None
    assert 400 == httpx.get(f"{server.url}/?sandbox=<script>").status_code


def test_a_body_of_a_megabyte_is_shown_without_stopping_the_page(page: Page, server: Served) -> None:
    page.goto("/docs/tyk/read_organisation")
    mine = ADMIN | {"Understudy-Sandbox": sandbox(page)}
    body = {"owner_name": "é<b>" * 180_000, "cname": "x.example", "cname_enabled": True}
    made = httpx.post(f"{server.url}/admin/organisations", json=body, headers=mine).json()["Meta"]
    page.get_by_label("id").fill(made)
    result = send(page)
    expect(result.locator(".outcome .status")).to_have_text("200")
    expect(result.locator("pre")).to_contain_text("more characters")
    assert 100 > page.evaluate("document.querySelectorAll('#result pre *').length")
    assert 500_000 > page.evaluate("document.querySelector('#result pre').textContent.length")
    page.locator("#search").fill("delete")
    expect(page.locator(".tag .entry:visible")).to_have_count(3)

"""The console under what comes from outside: hostile texts, a megabyte, a burst."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from playwright.sync_api import Page, expect

from tests.browser.test_hostile import HOSTILE
from tests.browser.watching import JIVELY, TYK, client, opened, row, rows, send, watch
from tests.support.served import Served

ODD = set("\u0000\u0007\u001b\u009b\u202e\u2066\u200f\ufeff")


def test_hostile_exchanges_are_shown_harmlessly_everywhere(page: Page, server: Served) -> None:
    text = " ".join(HOSTILE.values())
    with client(server, "hostile") as http:
        body = {"owner_name": text, "cname": "x.example", "cname_enabled": True}
        made = http.post("/admin/organisations", headers={**TYK, "X-Evil": "<svg/onload=struck=true>"}, json=body)
        http.get("/<script>window.struck = true</script>", params={"q": text})
        http.put(JIVELY, headers=TYK, json={"owner_name": [text], HOSTILE["script"]: 1})
        http.post("/admin/organisations", headers=TYK, content=text.encode())
    watch(page, "hostile")
    expect(rows(page)).to_have_count(4)
    page.locator("#find").fill("<script>")
    expect(rows(page)).to_have_count(4)
    for id in (1, 2, 3, 4):
        place = opened(page, id)
        for summary in place.locator("summary").all():
            summary.click()
        place.get_by_role("button", name="Edit and replay").click()
        expect(place.locator(".edit")).to_be_visible()
        assert not ODD & set(place.inner_text())
        assert 0 == page.locator("#opened script, #opened img, #opened svg, #exchanges script, #exchanges img").count()
    assert not ODD & set(page.locator("#exchanges").inner_text())
    page.goto(f"/console?sandbox=hostile#state/tyk/organisations/{made.json()['Meta']}")
    expect(page.locator("#history .history li")).to_have_count(1)
    page.goto("/console?sandbox=hostile#state/tyk/organisations")
    expect(page.locator("#records tbody")).to_contain_text("<script>window.struck")
    assert 0 == page.locator("#records script, #records img, #records svg").count()
    assert page.evaluate("window.struck") is None


def test_hostile_addresses_of_the_console_do_nothing(visitor: Callable[..., Page], server: Served) -> None:
    page = visitor(refusals=("/__admin/",))
    assert 400 == httpx.get(f"{server.url}/console?sandbox=<script>", trust_env=False).status_code
    page.goto("/console?sandbox=address#state/<img src=x onerror=window.struck=true>/%E0%A4%A/x")
    expect(page.locator("#records")).to_contain_text("no provider is called")
    page.goto("/console?sandbox=address#exchange-99999999999999999999")
    page.goto('/console?sandbox=address#"><script>window.struck=true</script>')
    expect(page.locator("#traffic")).to_be_visible()
    assert page.evaluate("window.struck") is None


def test_a_body_of_a_megabyte_is_shown_without_stopping_the_page(page: Page, server: Served) -> None:
    body = {"owner_name": "é<b>" * 180_000, "cname": "x.example", "cname_enabled": True}
    watch(page, "megabyte")
    with client(server, "megabyte") as http:
        http.post("/admin/organisations", headers=TYK, json=body)
        http.put(JIVELY, headers=TYK, json={"owner_name": ["x" * 1_000_000]})
    expect(rows(page)).to_have_count(2)
    assert 5000 > page.evaluate("document.querySelector('#exchanges').innerText.length")
    place = opened(page, 1)
    expect(place.get_by_label("Body of the request", exact=True)).to_contain_text("more characters")
    assert 900_000 > page.evaluate("document.querySelector('#opened').textContent.length")
    expect(opened(page, 2).locator(".wrong li")).to_contain_text("must be a string")
    page.locator("#find").fill("update")
    expect(rows(page)).to_have_count(1)


def test_a_burst_of_a_thousand_exchanges_leaves_the_last_five_hundred_in_the_page(page: Page, server: Served) -> None:
    watch(page, "burst")
    with client(server, "burst") as http, ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: http.get("/hello").status_code, range(1000)))
    assert {200} == set(statuses)
    expect(page.get_by_role("button", name="All 1,000")).to_be_visible()
    expect(rows(page)).to_have_count(500)
    expect(page.locator("#bound")).to_contain_text("The newest 500 of 1000")
    shown = [
        int(str(one))
        for one in page.evaluate("[...document.querySelectorAll('[data-id]')].map((one) => one.dataset.id)")
    ]
    assert list(range(1000, 500, -1)) == shown
    send(server, "burst", "/nowhere")
    expect(row(page, 1001)).to_be_visible()
    expect(rows(page)).to_have_count(500)
    assert 20_000 > page.evaluate("document.querySelectorAll('*').length")

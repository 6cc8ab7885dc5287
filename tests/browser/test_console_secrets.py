"""The console shows no secret of an exchange or a record, on any of its pages; with ``--show-secrets`` it says so."""

import re

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.browser.watching import opened, rows, watch
from tests.support.callers import LOGIN
from tests.support.secretive import OPTIONS, Secretive, kept_secrets
from tests.support.served import Served, served


def leaks(page: Page, secrets: set[str]) -> list[str]:
    """Return the secrets that stand on a page, or in what a script could read of it."""
    text = page.content() + page.locator("body").inner_text()
    fields = page.evaluate("[...document.querySelectorAll('input, textarea, select')].map(one => one.value).join(' ')")
    return [secret for secret in secrets if secret in text or secret in fields]


def test_no_page_of_it_shows_one(browser: Browser) -> None:
    with served(*OPTIONS) as server, httpx.Client(base_url=server.url, trust_env=False) as http:
        caller = Secretive(http)
        caller.call_every_operation()
        assert all(caller.misplace())
        secrets = (caller.sent | kept_secrets()) - {LOGIN["password"]}
        count = http.get("/__admin/requests").json()["total"]
        context = browser.new_context(base_url=server.url)
        page = context.new_page()
        watch(page, "default")
        expect(rows(page).first).to_be_visible()
        assert [] == leaks(page, secrets)
        for id in (1, 2, count // 2, count - 3, count - 1, count):
            place = opened(page, id)
            for summary in place.locator("summary").all():
                summary.click()
            assert [] == leaks(page, secrets)
        for part in ("tyk/users", "tyk/passwords", "koneksi/clients", "ivalt/auth_codes", "elevate/passwords"):
            page.goto(f"/console?sandbox=default#state/{part}")
            expect(page.locator("#records tbody tr").first).to_be_visible()
            assert [] == leaks(page, secrets)
            record = http.get(f"/__admin/state/{part}?limit=1").json()["items"][0]
            page.goto(f"/console?sandbox=default#state/{part}/{record['id']}")
            expect(page.locator("#record")).to_have_value(re.compile("•••"))
            assert [] == leaks(page, secrets)
        for part in ("controls", "coverage"):
            page.goto(f"/console?sandbox=default#{part}")
            expect(page.locator(f"#{part}")).to_be_visible()
            assert [] == leaks(page, secrets)
        context.close()


def test_with_show_secrets_it_shows_them_and_says_so(browser: Browser) -> None:
    with served("--show-secrets") as server:
        httpx.get(f"{server.url}/admin/organisations", headers={"admin-auth": "Zq-a-wrong-key-1"}, trust_env=False)
        context = browser.new_context(base_url=server.url)
        page = context.new_page()
        watch(page, "default")
        expect(page.locator("#shown-secrets")).to_contain_text("--show-secrets is on")
        place = opened(page, 1)
        for summary in place.locator("summary").all():
            summary.click()
        expect(place).to_contain_text("Zq-a-wrong-key-1")
        context.close()


def test_otherwise_it_says_nothing_of_it(page: Page, server: Served) -> None:
    watch(page, "quiet")
    expect(page.locator("#shown-secrets")).to_have_count(0)

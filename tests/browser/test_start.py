"""The start page in a browser."""

import subprocess

import httpx
from playwright.sync_api import Page, expect

from tests.browser.reading import clipboard, sandbox
from tests.support.served import Served

APIS = ("elevate", "ivalt", "koneksi", "tyk")


def test_the_start_page_says_what_there_is(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Four APIs, played from their contracts.")
    for provider in APIS:
        card = page.locator(f"article#{provider}")
        expect(card.get_by_role("heading")).not_to_be_empty()
        expect(card.get_by_text("Base URL")).to_be_visible()
        expect(card.locator("figcaption").first).to_contain_text("documented")
    assert sandbox(page).startswith("reader-")


def test_a_credential_is_copied(page: Page, server: Served) -> None:
    page.goto("/")
    page.locator("#ivalt").get_by_role("button", name="Copy x-api-key").click()
    expect(page.locator("#ivalt .copy.done")).to_have_text("Copied")
    assert "YOUR_API_KEY" == clipboard(page)
    page.locator("#tyk").get_by_role("button", name="Copy the base URL").click()
    expect(page.locator("#tyk .copy.done")).to_be_visible()
    assert server.url == clipboard(page)


def test_the_first_calls_of_every_api_work_as_they_stand_when_pasted(page: Page, server: Served) -> None:
    page.goto("/")
    mine = sandbox(page)
    for provider in APIS:
        page.get_by_role("tab", name=provider).click()
        panel = page.locator(f"#calls-{provider}")
        copies = panel.get_by_role("button", name="Copy this call")
        expect(copies).to_have_count(3)
        script = []
        for button in copies.all():
            button.click()
            expect(button).to_have_text("Copied")
            script.append(clipboard(page))
        done = subprocess.run(["sh", "-c", "\n".join(script)], capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stderr
        entries = httpx.get(f"{server.url}/~{mine}/__admin/requests").json()["items"]
        statuses = [entry["status"] for entry in entries if entry["provider"] == provider]
        forced = [entry["status"] for entry in entries if entry["provider"] == provider and entry["forced"]]
        assert 3 == len(statuses)
        assert [] == [status for status in statuses if status >= 300 and status not in forced]


def test_the_theme_is_switched_and_remembered(page: Page) -> None:
    page.goto("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(paper)
    page.get_by_role("button", name="Switch between light and dark").click()
    after = page.evaluate(paper)
    assert before != after
    page.goto("/docs/tyk")
    assert after == page.evaluate(paper)


def test_a_sandbox_begins_anew_in_another_world(page: Page) -> None:
    page.goto("/")
    expect(page.locator(".facts")).to_contain_text("documented, seed 1")
    page.get_by_label("Worlds").select_option("empty")
    page.get_by_role("button", name="Begin anew").click()
    expect(page.locator(".facts")).to_contain_text("empty, seed 1")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#said")).to_contain_text("as it was")
    page.reload()
    expect(page.locator(".facts")).to_contain_text("empty, seed 1")

"""What the tests do again and again on a page."""

from playwright.sync_api import Locator, Page, expect


def send(page: Page) -> Locator:
    """Send the form; return the result once it is known what the call changed."""
    page.get_by_role("button", name="Send", exact=True).click()
    result = page.locator("#result")
    expect(result).to_have_attribute("aria-busy", "false")
    return result


def clipboard(page: Page) -> str:
    """Return what was copied."""
    return str(page.evaluate("navigator.clipboard.readText()"))


def sandbox(page: Page) -> str:
    """Return the sandbox that the banner names."""
    return page.locator(".whose b").inner_text()


def log_in(page: Page) -> None:
    """Fetch a token, as whoever the form proposes."""
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator("[data-scheme]")).not_to_have_value("")

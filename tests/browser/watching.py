"""What the tests of the console do again and again."""

import subprocess
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import clipboard
from tests.support.served import Served

TYK = {"admin-auth": "12345"}
JIVELY = "/admin/organisations/54b53d3aeba6db5c35000002"


def watch(page: Page, name: str, part: str = "") -> None:
    """Open the console of a sandbox, and wait until it is live."""
    page.goto(f"/console?sandbox={name}{part}")
    expect(page.locator("#live")).to_have_text("live")


def rows(page: Page) -> Locator:
    """Return the rows of the traffic."""
    return page.locator("#exchanges .exchange")


def row(page: Page, id: int) -> Locator:
    """Return the row of one exchange."""
    return page.locator(f'#exchanges [data-id="{id}"]')


def client(server: Served, name: str) -> httpx.Client:
    """Return a client that calls the mocked APIs, and the control API, in a sandbox."""
    return httpx.Client(base_url=f"{server.url}/~{name}", trust_env=False)


def ask(server: Served, name: str, path: str) -> Any:
    """Return what the control API says of a sandbox."""
    return httpx.get(f"{server.url}/~{name}/__admin{path}", trust_env=False).json()


def send(server: Served, name: str, path: str) -> None:
    """Make one call in a sandbox."""
    httpx.get(f"{server.url}/~{name}{path}", trust_env=False)


def take(page: Page, place: Locator, name: str) -> str:
    """Press a button that copies something; return what it copied."""
    place.get_by_role("button", name=name).click()
    expect(place.get_by_role("button", name="Copied")).to_be_visible()
    return clipboard(page)


def curl(url: str, *arguments: str) -> None:
    """Make a call from a terminal."""
    subprocess.run(["curl", "-sS", "-o", "/dev/null", *arguments, url], check=True, timeout=30)


def opened(page: Page, id: int) -> Locator:
    """Open an exchange by its row; return what is shown of it."""
    row(page, id).get_by_role("link").click()
    place = page.locator("#opened")
    expect(place.locator("h2")).to_contain_text(f"#{id}")
    return place

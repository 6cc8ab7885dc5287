"""One server and one Chromium for these tests; a context of its own for each, watched all the while."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.browser.chromium import launch
from tests.support.served import Served, served

_REPORT = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`);
});
"""
_PATIENCE = 5000


@dataclass
class Watch:
    """What went wrong in a context, and where its requests went."""

    allowed: str
    refusals: tuple[str, ...] = ()
    """What of the control API the test lets refuse something."""
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        """Note an error, unless it only says that a tried call was answered with a refusal, as it should be."""
        path = urlsplit(message.location.get("url", "")).path
        ours = path.startswith(("/docs", "/assets", "/__")) and not path.startswith(self.refusals)
        refused = message.text.startswith("Failed to load resource") and not ours
        if message.type == "error" and not refused:
            self.errors.append(f"{message.text} ({path})")

    def went(self, request: Request) -> None:
        """Note a request that leaves the server."""
        if not request.url.startswith((self.allowed, "data:", "blob:")):
            self.strangers.append(request.url)


@pytest.fixture(scope="package")
def server() -> Iterator[Served]:
    """A server of all four APIs."""
    with served() as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright, launch(playwright) as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, server: Served) -> Iterator[Callable[..., Page]]:
    """Return a page in a new context; afterwards see that nothing went wrong in any."""
    contexts: list[tuple[BrowserContext, Watch]] = []

    def visit(url: str = server.url, refusals: tuple[str, ...] = (), **options: Any) -> Page:
        context = browser.new_context(base_url=url, reduced_motion="reduce", **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(_PATIENCE)
        context.add_init_script(_REPORT)
        watch = Watch(url, refusals)
        context.on("console", watch.heard)
        context.on("request", watch.went)
        context.on("weberror", lambda error: watch.errors.append(str(error.error)))
        contexts.append((context, watch))
        return context.new_page()

    yield visit
    for context, _ in contexts:
        context.close()
    assert [] == [error for _, watch in contexts for error in watch.errors]
    assert [] == [url for _, watch in contexts for url in watch.strangers]


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    """A reader's first page."""
    return visitor()

"""One Chromium for the whole run: Debian's own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserType, Playwright

_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def launch(playwright: Playwright) -> Iterator[Browser]:
    """Start Chromium, without what it would ask of the world; end it with the block."""
    with launch_with(playwright.chromium) as browser:
        yield browser


@contextmanager
def launch_with(kind: BrowserType, *further: str) -> Iterator[Browser]:
    """Start one with further arguments."""
    path = shutil.which("chromium") or "/usr/bin/chromium"
    browser = kind.launch(executable_path=path, args=[*_QUIET, *further])
    try:
        yield browser
    finally:
        browser.close()

"""One Chromium for the whole run: Debian's own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

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
    path = shutil.which("chromium") or "/usr/bin/chromium"
    browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
    try:
        yield browser
    finally:
        browser.close()

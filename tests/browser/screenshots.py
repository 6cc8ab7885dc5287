"""Pictures of every page, light and dark, wide and narrow: ``python -m tests.browser.screenshots [FOLDER]``."""

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import launch
from tests.support.served import served

SIZES = {"1280": (1280, 860), "390": (390, 844)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SANDBOX = "reader-5eed0001"


def _plain(_: Page) -> None:
    return


def _tried(page: Page) -> None:
    page.get_by_role("button", name="Send").click()
    page.locator('#result[aria-busy="false"]').wait_for()


def _refused(page: Page) -> None:
    page.locator("#body").fill('{\n  "email": "nobody",\n  "country_code": 1,\n  "mobile": "2345678901"\n}')
    page.locator("#body-wrong li").first.wait_for()


def _found(page: Page) -> None:
    page.set_viewport_size(page.viewport_size or {"width": 1280, "height": 860})
    if not page.locator("#search").is_visible():
        page.locator(".menu > summary").click()
    page.locator("#search").fill("org")


PAGES = {
    "start": ("/", _plain),
    "overview-tyk": ("/docs/tyk", _plain),
    "overview-elevate": ("/docs/elevate", _found),
    "read-organisation": ("/docs/tyk/read_organisation", _tried),
    "update-organisation": ("/docs/tyk/update_organisation", _tried),
    "create-user": ("/docs/ivalt/create_user", _refused),
    "update-user": ("/docs/ivalt/update_user", _tried),
    "deactivate-user": ("/docs/elevate/deactivate_user", _plain),
    "members": ("/docs/koneksi/list_members", _tried),
    "missing": ("/docs/nowhere", _plain),
    "swagger": ("/docs/tyk/swagger", lambda page: page.locator(".opblock").first.wait_for()),
}


def take(folder: Path, wanted: list[str]) -> None:
    """Take a picture of each page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with served() as server, sync_playwright() as playwright, launch(playwright) as browser:
        for theme in THEMES:
            for label, (width, height) in SIZES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
                )
                page = context.new_page()
                page.goto(f"{server.url}/?sandbox={SANDBOX}")
                for name, (path, prepare) in PAGES.items():
                    if not wanted or name in wanted:
                        page.goto(server.url + path)
                        prepare(page)
                        page.screenshot(
                            path=folder / f"{name}-{theme}-{label}.png", full_page=label == "390" or name == "start"
                        )
                context.close()


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else "build/screenshots"), sys.argv[2:])

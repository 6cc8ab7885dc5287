"""Pictures of every page, light and dark, wide and narrow: ``python -m tests.browser.screenshots [FOLDER]``."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import httpx
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


def _there(what: str) -> Callable[[Page], None]:
    return lambda page: page.locator(what).first.wait_for()


CONSOLE = f"/console?sandbox={SANDBOX}"
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
    "console": (CONSOLE, _there("#exchanges li")),
    "console-opened": (f"{CONSOLE}#exchange-2", _there("#opened .change")),
    "console-refused": (f"{CONSOLE}#exchange-3", _there("#opened .wrong li")),
    "console-state": (f"{CONSOLE}#state/koneksi/members", _there("#records tbody tr")),
    "console-record": (f"{CONSOLE}#state/tyk/organisations/54b53d3aeba6db5c35000002", _there("#history li")),
    "console-controls": (f"{CONSOLE}#controls", _there("#sandboxes tbody tr")),
    "console-coverage": (f"{CONSOLE}#coverage", _there(".map tbody tr")),
    "missing": ("/docs/nowhere", _plain),
    "swagger": ("/docs/tyk/swagger", lambda page: page.locator(".opblock").first.wait_for()),
}


def _play(url: str) -> None:
    """Let a sandbox have seen something of everything."""
    admin = {"admin-auth": "12345"}
    jively = "/admin/organisations/54b53d3aeba6db5c35000002"
    with httpx.Client(base_url=url, trust_env=False) as http:
        http.post("/__admin/reset")
        http.get(jively, headers=admin)
        http.put(
            jively, headers=admin, json={"owner_name": "Jively & Sons", "cname": "a.example", "cname_enabled": True}
        )
        http.put(jively, headers=admin, json={"owner_name": 5, "cnam": "a.example"})
        http.get("/nowhere?a=1")
        http.get(jively, headers={**admin, "Prefer": "example=organisation_not_found"})
        http.post("/user/v1/account/login", json={"email": "a@b.example", "password": "x"})
        http.post(
            "/__admin/faults",
            json={"match": {"provider": "tyk"}, "answer": {"status": 503, "undeclared": True}, "times": 1},
        )
        http.get("/hello")
        http.put("/__admin/snapshots/before-the-demo")
        http.put("/__admin/clock", json={"now": "2026-01-01T09:30:00Z", "frozen": True})


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
                _play(f"{server.url}/~{SANDBOX}")
                for name, (path, prepare) in PAGES.items():
                    if not wanted or name in wanted:
                        page.goto("about:blank")  # another #part alone would load nothing
                        page.goto(server.url + path)
                        prepare(page)
                        page.screenshot(
                            path=folder / f"{name}-{theme}-{label}.png",
                            full_page=label == "390" or name in ("start", "console-controls"),
                        )
                context.close()


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else "build/screenshots"), sys.argv[2:])

"""Code copied from a page and run: every dialect, for a call with a body, and with what is awkward to quote."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import clipboard, log_in, sandbox
from tests.support.served import Served

NODE_MODULES = Path(__file__).parents[1] / "node/node_modules"
RUNNERS = {
    "curl": ["sh", "-c"],
    "requests": [sys.executable, "-c"],
    "httpx": [sys.executable, "-c"],
    "fetch": ["node", "--input-type=module", "-e"],
    "axios": ["node", "-e"],
}
AWKWARD = {
    "owner_name": 'O\'Brien "& Söhne" $HOME `id` \\ \u2028 \U0001f3ad',
    "cname": "a.example",
    "cname_enabled": True,
}


def run(language: str, code: str) -> str:
    """Run code as its language does; return what it printed."""
    environment = {**os.environ, "NODE_PATH": str(NODE_MODULES), "NO_PROXY": "127.0.0.1", "PYTHONIOENCODING": "utf-8"}
    command = [*RUNNERS[language], code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False, timeout=30)
    assert 0 == done.returncode, code + done.stderr
    return done.stdout


def copied(page: Page, language: str) -> str:
    """Copy the code in one language."""
    page.get_by_role("tab", name=language).click()
    button = page.get_by_role("button", name=f"Copy the {language} code")
    button.click()
    expect(button).to_have_text("Copied")
    return clipboard(page)


@pytest.mark.parametrize("language", RUNNERS)
def test_the_code_makes_the_call_that_the_form_would(page: Page, server: Served, language: str) -> None:
    page.goto("/docs/tyk/create_organisation")
    page.locator("#body").fill(json.dumps(AWKWARD, ensure_ascii=False, indent=2))
    shown = run(language, copied(page, language))
    assert re.search(r"\b200\b", shown), shown
    (entry,) = httpx.get(f"{server.url}/~{sandbox(page)}/__admin/requests").json()["items"]
    assert ("create_organisation", 200, AWKWARD) == (entry["operationId"], entry["status"], entry["body"])
    assert "organisation_created" == entry["answer"]


def test_the_code_has_the_token_and_the_answer_that_was_asked_for(page: Page) -> None:
    page.goto("/docs/elevate/read_organization")
    log_in(page)
    page.locator("#wish").select_option("organization_not_found")
    shown = run("curl", copied(page, "curl"))
    assert "HTTP/1.1 400" in shown
    assert "preference-applied: example=organization_not_found" in shown
    page.locator("#wish").select_option("")
    assert "HTTP/1.1 200" in run("curl", copied(page, "curl"))

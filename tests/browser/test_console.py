"""The console's live traffic: seen, filtered, paused; one exchange opened, replayed, undone, taken away as code."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.browser.watching import JIVELY, TYK, ask, client, curl, opened, row, rows, send, take, watch
from tests.support.served import Served


def test_a_call_that_curl_made_is_shown_as_it_happens(page: Page, server: Served) -> None:
    watch(page, "seen")
    expect(page.locator("#none")).to_contain_text("Nothing yet")
    curl(f"{server.url}/~seen{JIVELY}?a=1", "-H", "admin-auth: 12345")
    expect(rows(page)).to_have_count(1)
    shown = row(page, 1)
    expect(shown.locator(".status")).to_have_text("200")
    expect(shown.locator(".target")).to_have_text(f"{JIVELY}?a=1")
    expect(shown.locator(".as")).to_contain_text("tyk read_organisation")
    expect(shown.locator(".took")).to_contain_text("ms")
    expect(page.locator("#none")).to_be_hidden()


def test_a_refused_call_says_in_words_what_was_wrong(page: Page, server: Served) -> None:
    watch(page, "words")
    with client(server, "words") as http:
        http.put(JIVELY, headers=TYK, json={"owner_name": 5})
    expect(row(page, 1).locator(".broke")).to_contain_text("body /owner_name must be a string")


def test_what_happened_before_is_there_and_what_comes_is_on_top(page: Page, server: Served) -> None:
    with client(server, "before") as http:
        http.get("/hello")
        watch(page, "before")
        expect(rows(page)).to_have_count(1)
        http.get("/nowhere")
        expect(rows(page)).to_have_count(2)
    expect(rows(page).first).to_have_attribute("data-id", "2")
    expect(rows(page).first).to_contain_text("no operation")


def test_the_sandbox_is_default_until_the_address_names_another(visitor: Callable[..., Page], server: Served) -> None:
    page = visitor()
    page.goto("/docs/tyk")
    own = page.locator(".whose b").inner_text()
    send(server, "elsewhere", "/hello")
    page.goto("/console")
    expect(page.locator("#watched")).to_have_value("default")
    expect(page.locator(".mine-instead")).to_contain_text(own)
    page.locator("#watched").select_option("elsewhere")
    expect(page.locator(".whose b")).to_have_text("elsewhere")
    expect(rows(page)).to_have_count(1)
    assert page.url.endswith("/console?sandbox=elsewhere")
    page.goto("/~elsewhere/console")
    expect(rows(page)).to_have_count(1)
    page.goto("/docs/tyk")
    expect(page.locator(".whose b")).to_have_text(own)


def test_filters_combine_and_say_how_many_there_are(page: Page, server: Served) -> None:
    with client(server, "filters") as http:
        http.get(JIVELY, headers=TYK)
        http.put(JIVELY, headers=TYK, json={"owner_name": 5})
        http.get("/nowhere")
        http.get(JIVELY, headers={**TYK, "Prefer": "example=organisation_not_found"})
        http.post("/user/v1/account/login", json={"email": "a@b.example", "password": "x"})
    watch(page, "filters")
    expect(rows(page)).to_have_count(5)
    for outcome, ids in (("OK", "1"), ("Refused", "5432"), ("Failed", ""), ("Forced", "4"), ("Violations", "2")):
        page.get_by_role("button", name=f"{outcome} {len(ids)}").click()
        expect(rows(page)).to_have_count(len(ids))
        assert list(ids) == [one.get_attribute("data-id") for one in rows(page).all()]
    expect(page.locator("#none")).to_be_hidden()
    page.get_by_role("button", name="All 5").click()
    page.get_by_label("API", exact=True).select_option("tyk")
    expect(rows(page)).to_have_count(3)
    page.keyboard.press("Escape")
    page.locator("body").press("/")
    page.keyboard.type("jively read_org")
    expect(rows(page)).to_have_count(1)
    page.locator("#find").fill("no such words")
    expect(page.locator("#none")).to_contain_text("No exchange passes the filter")


def test_a_pause_holds_back_what_comes_until_it_goes_on(page: Page, server: Served) -> None:
    watch(page, "pause")
    with client(server, "pause") as http:
        http.get("/hello")
        expect(rows(page)).to_have_count(1)
        page.get_by_role("button", name="Pause").click()
        for _ in range(3):
            http.get("/hello")
    expect(page.get_by_role("button", name="Go on (3 new)")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="Go on").click()
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_an_exchange_is_opened_with_the_rules_it_broke_and_the_line_of_the_contract(page: Page, server: Served) -> None:
    with client(server, "opened") as http:
        http.put(JIVELY, headers={**TYK, "X-Trace": "t1"}, json={"owner_name": 5})
    watch(page, "opened")
    place = opened(page, 1)
    expect(place.locator(".wrong li")).to_have_count(1)
    expect(place.locator(".wrong li")).to_contain_text("/owner_name must be a string; sent: 5")
    expect(place.locator(".wrong .rule")).to_contain_text("openapi/tyk.yaml:")
    expect(place).to_contain_text("Nothing: the state is as it was.")
    expect(place.get_by_label("Body of the request", exact=True)).to_contain_text('"owner_name": 5')
    expect(place.get_by_label("Body of the answer", exact=True)).to_contain_text('"Status": "Error"')
    place.locator("summary").first.click()
    expect(place.locator(".pairs").first).to_contain_text("t1")
    expect(place.locator(".pairs").first).to_contain_text("•••")
    href = place.get_by_role("link", name="organisation_not_updated").get_attribute("href")
    assert "/docs/tyk/update_organisation#answer-organisation_not_updated" == href
    assert page.url.endswith("#exchange-1")
    page.keyboard.press("Escape")
    expect(place).to_be_hidden()


def test_a_change_is_shown_replayed_and_undone(page: Page, server: Served) -> None:
    with client(server, "undone") as http:
        http.put(JIVELY, headers=TYK, json={"owner_name": "Sons", "cname": "x.example", "cname_enabled": True})
        watch(page, "undone")
        place = opened(page, 1)
        expect(place.locator(".lines-of-change")).to_contain_text("owner_name")
        expect(place.locator(".lines-of-change")).to_contain_text("Sons")
        place.get_by_role("button", name="Replay", exact=True).click()
        expect(place.locator("h2")).to_contain_text("#2")
        expect(place.locator(".outcome .status")).to_have_text("200")
        expect(place).to_contain_text("Nothing: the state is as it was.")
        expect(rows(page)).to_have_count(2)
        opened(page, 1).get_by_role("button", name="Rewind to before this").click()
        expect(page.locator("#exchanges .mark")).to_contain_text("Rewound to before #1")
        assert "Jively" == http.get(JIVELY, headers=TYK).json()["owner_name"]
        expect(rows(page)).to_have_count(3)


def test_a_replay_logs_in_where_the_token_is_covered(page: Page, server: Served) -> None:
    login = {"email": "system.admin@shikshalokam.org", "password": "SystemAdmin@2024"}
    with client(server, "token") as http:
        token = http.post("/user/v1/account/login", json=login).json()["result"]["access_token"]
        http.get("/user/v1/organization/read/1", headers={"X-auth-token": f"bearer {token}"})
    watch(page, "token")
    place = opened(page, 2)
    status = place.locator(".outcome .status").inner_text()
    place.get_by_role("button", name="Replay", exact=True).click()
    expect(place.locator("h2")).to_contain_text("#4")
    expect(place.locator(".outcome .status")).to_have_text(status)
    expect(row(page, 3)).to_contain_text("elevate login")


def test_what_the_journal_covers_in_a_body_is_asked_for_before_it_is_sent_again(page: Page, server: Served) -> None:
    login = {"email": "system.admin@shikshalokam.org", "password": "SystemAdmin@2024"}
    with client(server, "covered") as http:
        http.post("/user/v1/account/login", json=login)
    watch(page, "covered")
    place = opened(page, 1)
    place.get_by_role("button", name="Replay", exact=True).click()
    expect(page.locator("#said")).to_contain_text("••• in the body")
    body = place.get_by_label("Body", exact=True)
    expect(body).to_have_value(json.dumps({**login, "password": "•••"}, indent=2, ensure_ascii=False))
    body.fill(json.dumps(login))
    place.get_by_role("button", name="Send").click()
    expect(place.locator("h2")).to_contain_text("#2")
    expect(place.locator(".outcome .status")).to_have_text("200")


def test_a_request_is_changed_and_sent_again(page: Page, server: Served) -> None:
    with client(server, "changed") as http:
        http.get(JIVELY, headers=TYK)
    watch(page, "changed")
    place = opened(page, 1)
    place.get_by_role("button", name="Edit and replay").click()
    place.get_by_label("GET to").fill("/admin/organisations?p=-1")
    place.get_by_role("button", name="Send").click()
    expect(place.locator("h2")).to_contain_text("/admin/organisations #2")
    expect(place.locator(".outcome")).to_contain_text("organisations_listed")


def test_the_curl_that_is_copied_makes_the_call_again(page: Page, server: Served) -> None:
    body = {"owner_name": 'O\'Brien & "Söhne" $HOME \U0001f3ad', "cname": "x.example", "cname_enabled": True}
    with client(server, "curl") as http:
        http.put(f"{JIVELY}?a=b%20c&a=ü", headers=TYK, json=body)
        watch(page, "curl")
        command = take(page, opened(page, 1), "Copy as curl")
        done = subprocess.run(["sh", "-c", command], capture_output=True, check=True, timeout=30)
        assert b" 200 " in done.stdout.splitlines()[0]
        again, first = http.get("/__admin/requests").json()["items"]
    same = ("method", "path", "query", "body", "status", "answer")
    assert [first[name] for name in same] == [again[name] for name in same]


def test_the_test_that_is_copied_passes(page: Page, server: Served, tmp_path: Path) -> None:
    with client(server, "pytest") as http:
        http.get(JIVELY, headers=TYK)
        http.put(JIVELY, headers=TYK, json={"owner_name": None, "cname": "é\u202e", "cname_enabled": True})
        http.put(JIVELY, headers={**TYK, "Content-Type": "application/json"}, content="{'no': json")
        http.get("/no/where?a=1&a=2")
        http.get(JIVELY, headers={**TYK, "Prefer": "example=organisation_not_found"})
        http.post("/admin/organisations", headers=TYK, json={"owner_name": "Acme", "cname_enabled": False})
    watch(page, "pytest")
    for id in range(1, 7):
        code = take(page, opened(page, id), "Copy as pytest")
        (tmp_path / f"test_{id}.py").write_text(code, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--understudy-url",
        server.url,
        str(tmp_path),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert 0 == done.returncode, done.stdout
    assert "6 passed" in done.stdout
    assert "sandbox.credentials" in (tmp_path / "test_1.py").read_text(encoding="utf-8")


def test_the_har_has_what_the_filter_lets_through(page: Page, server: Served) -> None:
    with client(server, "har") as http:
        http.get("/hello")
        http.get("/nowhere")
    watch(page, "har")
    expect(rows(page)).to_have_count(2)
    page.get_by_label("API", exact=True).select_option("tyk")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="HAR").click()
    assert "understudy-har.har" == waiting.value.suggested_filename
    entries = json.loads(Path(waiting.value.path()).read_bytes())["log"]["entries"]
    assert ["read_hello"] == [entry["_understudy"]["operationId"] for entry in entries]


def test_a_reset_elsewhere_begins_the_list_anew_and_a_clear_empties_it(page: Page, server: Served) -> None:
    watch(page, "anew")
    with client(server, "anew") as http:
        for _ in range(3):
            http.get("/hello")
        expect(rows(page)).to_have_count(3)
        http.post("/__admin/reset")
        http.get("/nowhere")
        expect(rows(page)).to_have_count(1)
        expect(row(page, 1)).to_contain_text("/nowhere")
        page.get_by_role("button", name="Clear").click()
        expect(rows(page)).to_have_count(0)
        assert 0 == http.get("/__admin/requests").json()["total"]
        http.get("/hello")
        expect(row(page, 2)).to_be_visible()
        page.get_by_role("button", name="Reset", exact=True).click()
        expect(rows(page)).to_have_count(0)


def test_a_sandbox_that_was_dropped_is_not_made_anew_by_being_watched(
    visitor: Callable[..., Page], server: Served
) -> None:
    page = visitor(refusals=("/~default/__admin/sandboxes/dropped",))
    watch(page, "dropped")
    httpx.delete(f"{server.url}/__admin/sandboxes/dropped", trust_env=False)
    expect(page.locator("#live")).to_contain_text("was dropped")
    names = [one["name"] for one in ask(server, "default", "/sandboxes?limit=1000")["items"]]
    assert "dropped" not in names


def test_arrows_go_through_the_list_and_return_opens(page: Page, server: Served) -> None:
    with client(server, "keys") as http:
        for path in ("/hello", "/nowhere"):
            http.get(path)
    watch(page, "keys")
    expect(rows(page)).to_have_count(2)
    page.locator("body").press("/")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#opened h2")).to_contain_text("/hello #1")
    page.keyboard.press("Escape")
    expect(page.locator("#opened")).to_be_hidden()

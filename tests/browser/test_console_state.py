"""The console's state and controls: records, snapshots, clock, faults, sandboxes, coverage."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.browser.watching import JIVELY, TYK, ask, client, opened, row, rows, send, watch
from tests.support.served import Served

ID = JIVELY.rpartition("/")[2]


def test_a_collection_is_a_table_that_is_paged_and_searched_through(page: Page, server: Served) -> None:
    httpx.put(f"{server.url}/__admin/sandboxes/table", json={"world": "crowded"}, trust_env=False, timeout=60)
    with client(server, "table") as http:
        state = {one["collection"]: one["records"] for one in http.get("/__admin/state/tyk").json()["collections"]}
        last = http.get(f"/__admin/state/tyk/users?offset={state['users'] - 1}").json()["items"][0]
    watch(page, "table", "#state/tyk/users")
    lines = page.locator("#records tbody tr")
    expect(lines).to_have_count(50)
    assert 1000 < state["users"]
    expect(page.locator("#records .note")).to_have_text(f"1 to 50 of {state['users']:,}")
    first = lines.first.inner_text()
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#records .note")).to_have_text(f"51 to 100 of {state['users']:,}")
    assert first != lines.first.inner_text()
    page.get_by_role("button", name="Previous").click()
    expect(lines.first).to_contain_text(first.split("\t")[0])
    page.get_by_label("Search all records").fill(last["email_address"])
    expect(page.locator("#records .note")).to_have_text(f"1 found in all {state['users']:,}")
    expect(lines).to_have_count(1)
    lines.get_by_role("link").click()
    expect(page.locator("#record")).to_have_value(json.dumps(last, indent=2, ensure_ascii=False))


def test_a_record_is_edited_in_place_and_held_to_the_contract(visitor: Callable[..., Page], server: Served) -> None:
    page = visitor(refusals=("/__admin/state",))
    watch(page, "edit", f"#state/tyk/organisations/{ID}")
    field = page.locator("#record")
    expect(field).to_have_value(json.dumps(read(server, "edit"), indent=2, ensure_ascii=False))
    expect(page.locator("#history")).to_contain_text("No exchange in the journal changed it.")
    good = field.input_value()
    field.fill(good.replace('"owner_name": "Jively"', '"owner_name": 5'))
    page.get_by_role("button", name="Save").click()
    wrong = page.locator("#record-wrong li")
    expect(wrong).to_contain_text("/owner_name must be a string")
    expect(wrong.locator(".rule")).to_contain_text("openapi/tyk.yaml:")
    expect(field).to_have_attribute("aria-invalid", "true")
    wrong.get_by_role("button").click()
    assert '  "owner_name": 5,' == field.evaluate("(one) => one.value.slice(one.selectionStart, one.selectionEnd)")
    assert "Jively" == read(server, "edit")["owner_name"]
    field.fill("{no json")
    page.get_by_role("button", name="Save").click()
    expect(wrong).to_contain_text("JSON")
    field.fill(good.replace('"owner_name": "Jively"', '"owner_name": "Mended"'))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#said")).to_contain_text("Saved")
    expect(wrong).to_have_count(0)
    assert "Mended" == read(server, "edit")["owner_name"]


def read(server: Served, name: str) -> dict[str, object]:
    """Return the record that the tests edit, as the API itself gives it."""
    found: dict[str, object] = ask(server, name, f"/state/tyk/organisations/{ID}")
    return found


def test_a_record_has_a_history_of_the_exchanges_that_changed_it(page: Page, server: Served) -> None:
    with client(server, "history") as http:
        http.get(JIVELY, headers=TYK)
        for name in ("One", "Two"):
            http.put(JIVELY, headers=TYK, json={"owner_name": name, "cname": "x.example", "cname_enabled": True})
        http.post("/admin/organisations", headers=TYK, json={"owner_name": "Other", "cname_enabled": False})
    watch(page, "history", f"#state/tyk/organisations/{ID}")
    past = page.locator("#history .history > li")
    expect(past).to_have_count(2)
    expect(past.first).to_contain_text("#3")
    expect(past.first).to_contain_text('owner_name: "One"')
    expect(past.first).to_contain_text('owner_name: "Two"')
    past.last.get_by_role("link", name="#2").click()
    expect(page.locator("#opened h2")).to_contain_text("#2")


def test_a_record_is_made_and_deleted(page: Page, server: Served) -> None:
    watch(page, "made", "#state/tyk/organisations")
    page.get_by_role("link", name="New record").click()
    id = "0" * 23 + "1"
    record = {**read(server, "made"), "id": id, "owner_name": "Made here", "cname": ""}
    page.locator("#record").fill(json.dumps(record))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#records h2")).to_contain_text(id)
    page.get_by_role("link", name="organisations", exact=True).first.click()
    expect(page.locator("#records tbody")).to_contain_text("Made here")
    page.get_by_role("link", name=id).click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#records tbody tr").first).to_be_visible()
    expect(page.locator("#records tbody")).not_to_contain_text("Made here")


def test_a_snapshot_is_taken_compared_restored_exported_and_imported(page: Page, server: Served) -> None:
    body = {"owner_name": "After", "cname": "x.example", "cname_enabled": True}
    watch(page, "snapshots", "#controls")
    card = page.locator("#snapshots")
    card.get_by_label("Name").fill("start")
    card.get_by_role("button", name="Take").click()
    expect(card.locator(".things b")).to_have_text("start")
    with client(server, "snapshots") as http:
        http.put(JIVELY, headers=TYK, json=body)
        card.get_by_role("button", name="Compare start").click()
        expect(card.locator(".lines-of-change")).to_contain_text('−owner_name: "Jively"')
        expect(card.locator(".lines-of-change")).to_contain_text('+owner_name: "After"')
        with page.expect_download() as waiting:
            card.get_by_role("link", name="Export start").click()
        file = Path(waiting.value.path()).read_bytes()
        card.get_by_role("button", name="Restore start").click()
        expect(page.locator("#said")).to_contain_text("as they were in start")
        assert "Jively" == read(server, "snapshots")["owner_name"]
    card.get_by_role("button", name="Delete start").click()
    expect(card).to_contain_text("None yet")
    card.get_by_label("Name").fill("again")
    page.locator("#snapshot-file").set_input_files({"name": "a.json", "mimeType": "application/json", "buffer": file})
    expect(card.locator(".things b")).to_have_text("again")
    page.locator("#snapshot-file").set_input_files({"name": "a.json", "mimeType": "application/json", "buffer": file})
    expect(card.locator(".wrong")).to_be_hidden()


def test_what_the_controls_refuse_is_said_where_it_happened(visitor: Callable[..., Page], server: Served) -> None:
    page = visitor(refusals=("/__admin/snapshots", "/__admin/clock", "/__admin/faults"))
    watch(page, "refused", "#controls")
    page.locator("#snapshot-file").set_input_files(
        {"name": "a.json", "mimeType": "application/json", "buffer": b'{"format": 99}'}
    )
    expect(page.locator("#snapshots .wrong")).not_to_be_empty()
    page.get_by_label("Step by (ISO 8601)").fill("a while")
    page.get_by_role("button", name="Step", exact=True).click()
    expect(page.locator("#clock .wrong")).to_contain_text("a while")
    page.locator("#faults").get_by_label("whose path matches").fill("(")
    page.get_by_role("button", name="Set the fault").click()
    expect(page.locator("#faults .wrong")).not_to_be_empty()
    assert [] == ask(server, "refused", "/faults")["items"]


def test_the_clock_is_frozen_stepped_and_set(page: Page, server: Served) -> None:
    watch(page, "clock", "#controls")
    face = page.locator("#clock .face")
    page.get_by_role("button", name="Freeze").click()
    expect(page.locator("#clock")).to_contain_text("It stands still")
    page.get_by_label("Jump to (UTC)").fill("2030-05-06T07:08:09")
    page.get_by_role("button", name="Jump").click()
    expect(face).to_have_text("2030-05-06 07:08:09")
    page.get_by_role("button", name="Step by a day").click()
    expect(face).to_have_text("2030-05-07 07:08:09")
    page.get_by_label("Step by (ISO 8601)").fill("P1YT1S")
    page.get_by_role("button", name="Step", exact=True).click()
    expect(face).to_have_text("2031-05-07 07:08:10")
    assert {"now": "2031-05-07T07:08:10.000Z", "frozen": True} == ask(server, "clock", "/clock")
    page.get_by_role("button", name="Let it run").click()
    expect(face).not_to_have_text("2031-05-07 07:08:10")


def test_a_fault_is_made_from_the_contracts_words_and_seen_to_strike(page: Page, server: Served) -> None:
    watch(page, "fault", "#controls")
    card = page.locator("#faults")
    card.get_by_label("A request to").select_option("tyk")
    card.get_by_label("for the operation").select_option("read_organisation")
    offered = card.get_by_label("Answer", exact=True).locator("option").all_inner_texts()
    assert "404 organisation_not_found" in offered
    assert not [name for name in offered if "member" in name]
    card.get_by_label("Answer", exact=True).select_option("organisation_not_found")
    card.get_by_label("How often").fill("2")
    expect(card.get_by_label("The fault as JSON")).to_contain_text('"operationId":"read_organisation"')
    card.get_by_role("button", name="Set the fault").click()
    expect(card.locator(".things b")).to_have_text("f1")
    with client(server, "fault") as http:
        assert 404 == http.get(JIVELY, headers=TYK).status_code
    expect(card.locator(".things .badge")).to_have_text("struck once")
    page.get_by_role("link", name="Traffic").click()
    expect(row(page, 1).locator(".badge")).to_have_text("fault f1")
    expect(opened(page, 1).locator(".outcome .badge")).to_have_text("fault f1")
    page.get_by_role("link", name="Controls").click()
    card.get_by_role("button", name="Remove f1").click()
    expect(card).to_contain_text("None is set")


def test_every_effect_that_the_form_offers_is_one_that_the_server_takes(page: Page, server: Served) -> None:
    watch(page, "effects", "#controls")
    card = page.locator("#faults")
    kinds = card.get_by_label("what happens").locator("option").evaluate_all("(all) => all.map((one) => one.value)")
    for number, kind in enumerate(kinds, 1):
        card.get_by_label("what happens").select_option(kind)
        card.get_by_role("button", name="Set the fault").click()
        expect(card.locator(".things b")).to_have_count(number)
    faults = ask(server, "effects", "/faults")["items"]
    effects = {(name, *(value if isinstance(value, dict) else [])) for one in faults for name, value in one.items()}
    for known in (("answer", "example"), ("answer", "status", "undeclared"), ("delay", "fixed"), ("delay", "uniform")):
        assert known in effects
    assert {"wire", "drip", "rateLimit", "loseAnswer"} <= {effect[0] for effect in effects}
    card.get_by_role("button", name="Remove all").click()
    expect(card).to_contain_text("None is set")


def test_sandboxes_are_made_in_a_world_watched_and_dropped(page: Page, server: Served) -> None:
    watch(page, "sandboxes", "#controls")
    card = page.locator("#sandboxes")
    card.get_by_label("Name").fill("made-here")
    card.get_by_label("World").select_option("empty")
    card.get_by_label("Seed").fill("7")
    card.get_by_role("button", name="Make").click()
    line = card.locator("tbody tr").filter(has_text="made-here")
    expect(line).to_contain_text("empty, seed 7")
    card.get_by_role("button", name="Drop made-here").click()
    expect(line).to_have_count(0)
    names = [one["name"] for one in ask(server, "default", "/sandboxes?limit=1000")["items"]]
    assert "made-here" not in names
    send(server, "another", "/hello")
    page.get_by_role("link", name="Coverage").click()
    page.get_by_role("link", name="Controls").click()
    card.get_by_role("link", name="Watch another").click()
    expect(rows(page)).to_have_count(1)


def test_coverage_is_a_picture_that_fills_as_traffic_comes(page: Page, server: Served) -> None:
    watch(page, "coverage", "#coverage")
    expect(page.locator(".map")).to_have_count(4)
    page.get_by_role("button", name="Count anew").click()
    expect(page.locator(".map .met")).to_have_count(0)
    expect(page.locator(".big")).to_have_text("0 %")
    with client(server, "coverage") as http:
        http.get(JIVELY, headers=TYK)
        http.get("/admin/organisations/" + "0" * 24, headers=TYK)
        http.get(JIVELY, headers={**TYK, "Prefer": "code=401"})
    line = page.locator(".map tr").filter(has_text="read_organisation")
    expect(line.get_by_label("organisation_read: met 1 time")).to_have_class("dot-of met")
    expect(line.get_by_label("organisation_not_found: met 1 time")).to_have_class("dot-of met refusal")
    expect(line.locator(".wished")).to_have_count(1)
    expect(page.locator(".big")).not_to_have_text("0 %")
    page.get_by_label("Which operations").select_option("met")
    expect(page.locator(".map tbody tr")).to_have_count(1)
    href = line.get_by_label("organisation_read: met 1 time").get_attribute("href")
    assert "/docs/tyk/read_organisation#answer-organisation_read" == href

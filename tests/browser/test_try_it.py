"""Trying calls in a browser: answered, and what they changed."""

import json
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import clipboard, log_in, sandbox, send
from tests.support.many import edge_served
from tests.support.served import Served
from tests.support.toy import toy_edge

TRIED = [
    ("tyk", "create_organisation", "200", "organisation_created", "created organisations/", "+owner_name:"),
    ("ivalt", "update_auth_code", "200", "auth_code_updated", "changed auth_codes/", "−client_id:"),
    ("koneksi", "remove_member", "200", "member_removed", "removed members/", "−first_name:"),
    ("elevate", "update_organization", "200", "organization_updated", "changed organizations/", "+description:"),
]


@pytest.mark.parametrize(("provider", "operation", "status", "answer", "change", "line"), TRIED)
def test_an_operation_of_each_vendor_is_tried_and_its_change_is_seen(
    page: Page, provider: str, operation: str, status: str, answer: str, change: str, line: str
) -> None:
    page.goto(f"/docs/{provider}/{operation}")
    if provider == "elevate":
        log_in(page)
    result = send(page)
    expect(result.locator(".outcome .status")).to_have_text(status)
    expect(result.locator(".outcome code")).to_have_text(answer)
    expect(result.locator(".record").first).to_contain_text(change)
    expect(result.locator(".lines-of-change p", has_text=line).first).to_be_visible()


def test_a_refused_login_leaves_the_token_out(page: Page) -> None:
    page.goto("/docs/elevate/update_organization")
    result = send(page)
    expect(result.locator(".outcome .status")).to_have_text("401")
    expect(result.locator("[data-changes]")).to_contain_text("Nothing")


def test_logging_in_fetches_a_token_that_stays_from_one_operation_to_the_next(page: Page) -> None:
    page.goto("/docs/elevate/deactivate_user")
    expect(page.locator("#account option:checked")).to_contain_text("organisation administrator")
    log_in(page)
    token = page.locator("[data-scheme]").input_value()
    assert token.startswith("bearer ey")
    page.get_by_role("link", name="Read an organisation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Read an organisation")
    expect(page.locator("[data-scheme]")).to_have_value(token)
    expect(send(page).locator(".outcome .status")).to_have_text("200")


def test_any_named_answer_is_given_on_demand_and_changes_nothing(page: Page) -> None:
    page.goto("/docs/tyk/update_organisation")
    page.locator("#wish").select_option("organisation_not_found")
    result = send(page)
    expect(result.locator(".outcome .status")).to_have_text("404")
    expect(result.locator(".outcome")).to_contain_text("as asked")
    expect(result.locator("pre")).to_contain_text('"Status": "Error"')
    expect(result.locator("[data-changes]")).to_contain_text("Nothing")
    result.locator(".outcome a").click()
    expect(page.locator("#answer-organisation_not_found")).to_have_attribute("open", "")


def test_violations_are_told_as_one_types_by_the_servers_own_engine(page: Page) -> None:
    page.goto("/docs/ivalt/create_user")
    expect(page.locator("#verdict")).to_contain_text("nothing against it")
    page.locator("#body").fill('{\n  "email": "nobody",\n  "cuntry_code": "+1"\n}')
    wrong = page.locator("#body-wrong")
    expect(wrong).to_contain_text("/email must be a valid email")
    expect(wrong).to_contain_text("did you mean 'country_code'?")
    expect(wrong).to_contain_text("openapi/ivalt.yaml:")
    expect(page.locator("#verdict")).to_contain_text("422 validation_failed")
    expect(page.locator("#body")).to_have_attribute("aria-invalid", "true")
    wrong.get_by_role("button", name="line 2").click()
    assert '  "email": "nobody",' == page.evaluate("getSelection().toString()")
    page.locator("#body").fill("{")
    expect(wrong).to_contain_text("cannot be read")
    page.get_by_label("orgId").fill("x")
    expect(page.locator('[data-row="path orgId"] .wrong')).to_contain_text("must match the pattern")
    result = send(page)
    expect(result.locator(".outcome .status")).to_have_text("404")
    expect(result).to_contain_text("violation")


def test_a_form_is_filled_with_what_exists_in_this_sandbox(page: Page, server: Served) -> None:
    page.goto("/docs/tyk/delete_organisation")
    first = page.get_by_label("id").input_value()
    expect(send(page).locator(".record")).to_contain_text(f"removed organisations/{first}")
    page.reload()
    second = page.get_by_label("id").input_value()
    assert first != second
    expect(send(page).locator(".record")).to_contain_text(f"removed organisations/{second}")


def test_a_second_reader_has_a_sandbox_of_their_own_until_they_follow_a_link(
    visitor: Callable[..., Page], server: Served
) -> None:
    one, other = visitor(), visitor()
    for page in (one, other):
        page.goto("/docs/tyk/delete_organisation")
    assert sandbox(one) != sandbox(other)
    deleted = one.get_by_label("id").input_value()
    expect(send(one).locator(".outcome .status")).to_have_text("200")
    expect(send(other).locator(".outcome .status")).to_have_text("200")
    one.get_by_role("button", name="Copy link").click()
    expect(one.locator("#said")).to_contain_text("Link copied")
    third = visitor()
    third.goto(clipboard(one))
    assert sandbox(one) == sandbox(third)
    third.goto("/docs/tyk/read_organisation")
    assert sandbox(one) == sandbox(third)
    third.get_by_label("id").fill(deleted)
    expect(send(third).locator(".outcome .status")).to_have_text("404")


def test_a_sandbox_is_reset(page: Page) -> None:
    page.goto("/docs/koneksi/remove_member")
    expect(send(page).locator(".outcome .status")).to_have_text("200")
    expect(send(page).locator(".outcome .status")).to_have_text("409")
    with page.expect_response("**/docs/koneksi/remove_member?fragment=*"):
        page.get_by_role("button", name="Reset").click()
    expect(page.locator("#result")).to_be_hidden()
    expect(page.locator("#said")).to_contain_text("as it was at its beginning")
    expect(send(page).locator(".outcome .status")).to_have_text("200")


def test_a_prefix_in_the_address_means_that_sandbox(page: Page, server: Served) -> None:
    page.goto("/~shared/docs/tyk/create_organisation")
    assert "shared" == sandbox(page)
    expect(send(page).locator(".outcome .status")).to_have_text("200")
    page.get_by_role("link", name="List organisations").click()
    page.wait_for_url("**/~shared/docs/tyk/list_organisations")
    entries = httpx.get(f"{server.url}/~shared/__admin/requests").json()["items"]
    assert ["create_organisation"] == [entry["operationId"] for entry in entries]


def test_a_form_is_sent_as_its_content_type_has_it(page: Page) -> None:
    page.goto("/docs/elevate/login")
    page.get_by_label("Content type").select_option("application/x-www-form-urlencoded")
    expect(page.locator("#code-curl code")).to_contain_text("email=org.admin%40")
    with page.expect_request("**/account/login") as sent:
        expect(send(page).locator(".outcome .status")).to_have_text("200")
    assert "application/x-www-form-urlencoded" == sent.value.headers["content-type"]


def test_a_body_is_picked_among_the_contracts_examples_or_made_from_the_schema(page: Page) -> None:
    page.goto("/docs/elevate/login")
    page.get_by_label("Example").select_option(label="from the schema")
    assert "email" in json.loads(page.locator("#body").input_value())
    page.get_by_label("Example").select_option("mentee")
    assert "mentee@shikshalokam.org" == json.loads(page.locator("#body").input_value())["email"]
    expect(page.locator("#verdict")).to_contain_text("nothing against it")


def test_parameters_are_written_in_their_styles(visitor: Callable[..., Page]) -> None:
    edge, _ = toy_edge()
    with edge_served(edge) as url:
        page = visitor(url)
        page.goto("/docs/toy/list_things")
        typed = {"colours": "red, blue", "ids": "1,2", "tags": "a,b c", "filter": "size=3", "limit": "7"}
        for name, text in typed.items():
            page.get_by_label(name, exact=True).fill(text)
        page.get_by_label("exact", exact=True).fill("true")
        page.get_by_label("flavour", exact=True).select_option("sour")
        result = send(page)
        expect(result.locator(".outcome .status")).to_have_text("200")
        result.get_by_role("button", name="Copy the body").click()
        whole = json.loads(clipboard(page))
        echoed = whole["query"]
        assert {"flavour": "sour"} == whole["headers"]
        assert "flavour" not in page.evaluate("document.cookie")
        wanted = {"colours": ["red", "blue"], "ids": [1, 2], "tags": ["a", "b c"], "filter": {"size": 3}, "limit": 7}
        assert wanted | {"exact": True} == echoed
        page.get_by_label("colours", exact=True).fill("green,mauve")
        expect(page.locator('[data-row="query colours"] .wrong')).to_contain_text("must be one of")
        page.context.close()


def test_what_is_taken_out_of_a_list_is_shown_piece_by_piece(page: Page) -> None:
    page.goto("/docs/tyk/update_organisation")
    result = send(page)
    gone = result.locator(".lines-of-change .gone code")
    expect(gone).to_have_count(3)
    for at, (line, name) in enumerate(zip(gone.all_inner_texts(), ("Nitrous Test", "TEST", "Test"), strict=True)):
        assert line.startswith(f'apis/{at}: {{"api_human_name":"{name}"')

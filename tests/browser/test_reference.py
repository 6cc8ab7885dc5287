"""The reference in a browser: search, keys, deep links, history."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_search_is_found_by_key_and_goes_where_enter_says(page: Page) -> None:
    page.goto("/docs/tyk")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("DELETE organisations")
    expect(page.locator(".tag .entry:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete an organisation")
    assert page.url.endswith("/docs/tyk/delete_organisation")
    expect(page.locator(".entry[aria-current]")).to_have_text("DELETEDelete an organisation")


def test_search_says_when_there_is_nothing_and_escape_empties_it(page: Page) -> None:
    page.goto("/docs/ivalt")
    search = page.locator("#search")
    search.fill("zebra")
    expect(page.locator("#none")).to_be_visible()
    search.press("Escape")
    expect(search).to_have_value("")
    expect(page.locator("#none")).to_be_hidden()
    expect(page.locator(".tag .entry:visible")).to_have_count(11)
    search.press("Escape")
    expect(search).not_to_be_focused()


def test_arrows_walk_through_the_operations(page: Page) -> None:
    page.goto("/docs/koneksi")
    page.locator("#search").press("ArrowDown")
    expect(page.locator(".tag .entry").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".tag .entry").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search")).to_be_focused()


def test_a_slash_that_is_typed_into_a_field_stays_there(page: Page) -> None:
    page.goto("/docs/tyk/read_organisation")
    field = page.get_by_label("id")
    field.fill("")
    field.press("/")
    expect(field).to_have_value("/")


def test_going_from_one_operation_to_another_and_back_keeps_title_and_form(page: Page) -> None:
    page.goto("/docs/tyk/read_organisation")
    page.get_by_role("link", name="Create an organisation").click()
    expect(page).to_have_title("Create an organisation · Tyk Dashboard Admin API · Understudy")
    expect(page.locator("#body")).not_to_have_value("")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Retrieve a single organisation")
    expect(page.get_by_label("id")).to_have_value("54b53d3aeba6db5c35000002")
    page.get_by_role("link", name="Overview").click()
    expect(page).to_have_title("Tyk Dashboard Admin API · Understudy")
    expect(page.locator("#try")).to_have_count(0)


def test_deep_links_open_what_they_name(page: Page) -> None:
    page.goto("/docs/ivalt/update_user#answer-validation_failed")
    expect(page.locator("#answer-validation_failed")).to_have_attribute("open", "")
    expect(page.locator("#answer-validation_failed pre")).to_be_in_viewport()
    page.goto("/docs/ivalt/update_user#field-timeslots.document.items.status")
    expect(page.locator('[id="field-timeslots.document.items.status"]')).to_be_in_viewport()
    page.goto("/docs/ivalt/update_user#parameter-orgId")
    expect(page.locator("#parameter-orgId")).to_be_in_viewport()


def test_a_rule_leads_to_the_answer_that_it_gives(page: Page) -> None:
    page.goto("/docs/ivalt/create_user")
    field = page.locator("#field-email")
    field.locator(".broken > summary").click()
    expect(field).to_contain_text("The email field must be a valid email address.")
    field.get_by_role("link", name="422 validation_failed").first.click()
    expect(page.locator("#answer-validation_failed")).to_have_attribute("open", "")


def test_without_scripts_the_whole_operation_can_be_read(visitor: Callable[..., Page]) -> None:
    page = visitor(java_script_enabled=False)
    page.goto("/docs/tyk/create_organisation")
    expect(page.get_by_role("heading", name="Answers")).to_be_visible()
    expect(page.locator("#answer-organisation_created pre")).to_contain_text("Org created")
    expect(page.locator(".entry")).to_have_count(23)


def test_everything_is_there_on_a_phone_and_nothing_sticks_out(visitor: Callable[..., Page]) -> None:
    page = visitor(viewport={"width": 390, "height": 800})
    page.goto(f"/?sandbox={'a-long-name.' * 5}")
    for path in ("/", "/docs/tyk", "/docs/ivalt/update_user", "/docs/elevate/deactivate_user"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto("/docs/tyk/read_organisation")
    page.locator(".menu > summary").click()
    page.get_by_role("link", name="Delete an organisation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete an organisation")
    expect(page.locator("#search")).to_be_hidden()
    page.get_by_role("link", name="Try it").click()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport()


def test_swagger_ui_is_there_with_credentials_in_and_calls_the_readers_sandbox(page: Page) -> None:
    page.goto("/docs/tyk/swagger")
    page.locator("html[data-ready]").wait_for()
    block = page.locator("#operations-Organisations-list_organisations")
    block.locator(".opblock-summary-control").click()
    with page.expect_request("**/admin/organisations*") as sent:
        block.get_by_role("button", name="Execute").click()
    assert "12345" == sent.value.headers["admin-auth"]
    assert sent.value.headers["understudy-sandbox"].startswith("reader-")
    expect(block.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")


def test_swagger_ui_is_logged_in_where_credentials_have_to_be_fetched(page: Page) -> None:
    page.goto("/docs/elevate/swagger")
    page.locator("html[data-ready]").wait_for()
    block = page.locator("#operations-Accounts-list_accounts")
    block.locator(".opblock-summary-control").click()
    with page.expect_response("**/account/list*") as got:
        block.get_by_role("button", name="Execute").click()
    assert 200 == got.value.status

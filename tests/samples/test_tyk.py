"""The raw HTTP samples of Tyk's page "Admin API Organisations"."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.samples.clients import send
from tests.samples.text import documented, raw_sample
from tests.support.served import Served

JIVELY = "54b53d3aeba6db5c35000002"
WRITTEN = {"owner_name": "Jively", "cname": "jive.ly", "cname_enabled": True}


def client(url: str) -> httpx.Client:
    """A client for reading back."""
    return httpx.Client(base_url=f"{url}/admin/organisations", headers={"admin-auth": "12345"}, trust_env=False)


@pytest.fixture
def reader(server: Served) -> Iterator[httpx.Client]:
    with client(server.url) as http:
        yield http


def organisations(reader: httpx.Client) -> dict[str, Any]:
    """Return all organisations by id."""
    return {one["id"]: one for one in reader.get("").json()["organisations"]}


def assert_shown_on_the_page(organisation: dict[str, Any]) -> None:
    """The page's five members are there, in the page's order, among those that later versions add."""
    shown = json.loads(documented("tyk/retrieve-organisation.answer.json"))
    assert list(shown.items()) == [(name, value) for name, value in organisation.items() if name in shown]


def test_the_retrieve_sample_as_it_stands_forgot_the_id_and_lists(shared_server: Served) -> None:
    reply = send(raw_sample("tyk/list-organisations.http", shared_server.url))
    assert (200, ["organisations", "pages"]) == (reply.status, list(reply.json()))
    assert_shown_on_the_page(reply.json()["organisations"][0])
    with client(shared_server.url) as reader:
        assert organisations(reader) == {one["id"]: one for one in reply.json()["organisations"]}


def test_the_retrieve_sample_with_the_id_shows_the_organisation(shared_server: Served) -> None:
    request = raw_sample("tyk/list-organisations.http", shared_server.url)
    reply = send(request.replace("/admin/organisations/", f"/admin/organisations/{JIVELY}"))
    assert 200 == reply.status
    assert_shown_on_the_page(reply.json())
    with client(shared_server.url) as reader:
        assert organisations(reader)[JIVELY] == reply.json()


def test_the_create_sample_creates_an_organisation(server: Served, reader: httpx.Client) -> None:
    before = organisations(reader)
    reply = send(raw_sample("tyk/create-organisation.http", server.url))
    after = organisations(reader)
    (new,) = after.keys() - before.keys()
    shown = documented("tyk/create-organisation.answer.json")
    assert (200, shown.replace(JIVELY.encode(), new.encode())) == (reply.status, reply.body)
    assert WRITTEN == {name: reader.get(f"/{new}").json()[name] for name in WRITTEN}
    assert before == {id: one for id, one in after.items() if id != new}


def test_the_update_sample_replaces_the_whole_organisation(server: Served, reader: httpx.Client) -> None:
    """What the body leaves out is emptied: here, the APIs."""
    before = organisations(reader)
    reply = send(raw_sample("tyk/update-organisation.http", server.url))
    assert (200, documented("tyk/update-organisation.answer.json")) == (reply.status, reply.body)
    after = organisations(reader)
    assert WRITTEN == {name: after[JIVELY][name] for name in WRITTEN}
    assert (3, 0) == (len(before[JIVELY]["apis"]), len(after[JIVELY]["apis"]))
    assert before | {JIVELY: after[JIVELY]} == after


def test_the_delete_sample_deletes_the_organisation(server: Served, reader: httpx.Client) -> None:
    before = organisations(reader)
    reply = send(raw_sample("tyk/delete-organisation.http", server.url))
    assert (200, documented("tyk/delete-organisation.answer.json")) == (reply.status, reply.body)
    assert 404 == reader.get(f"/{JIVELY}").status_code
    assert before.keys() - {JIVELY} == organisations(reader).keys()


@pytest.mark.parametrize("name", ["create-organisation", "update-organisation"])
def test_a_body_sent_without_its_length_is_refused_and_changes_nothing(name: str, shared_server: Served) -> None:
    """The page leaves Content-Length to the client; typed into a bare socket, it is no HTTP."""
    with client(shared_server.url) as reader:
        before = organisations(reader)
        assert 400 <= send(raw_sample(f"tyk/{name}.http", shared_server.url), framed=False).status
        assert before == organisations(reader)


@pytest.mark.parametrize(
    ("name", "placeholder"),
    [("list-organisations", "org-id"), ("update-organisation", "id"), ("delete-organisation", "id")],
)
@pytest.mark.parametrize("shown", ["{}", "{{{}}}"], ids=["as curl reads it", "in braces"])
def test_a_resource_url_with_its_placeholder_left_unfilled_is_not_found_and_hears_why(
    name: str, placeholder: str, shown: str, shared_server: Served
) -> None:
    """The page's samples have no placeholder, but its resource URLs do: {org-id} to retrieve, {id} otherwise."""
    sent = shown.format(placeholder)
    request = raw_sample(f"tyk/{name}.http", shared_server.url).replace(JIVELY, "")
    with client(shared_server.url) as reader:
        before = organisations(reader)
        reply = send(request.replace("/admin/organisations/", f"/admin/organisations/{sent}"))
        assert before == organisations(reader)
    assert 404 == reply.status
    assert b'{"Status":"Error","Message":"Could not retrieve org detail","Meta":null}' == reply.body
    assert [f"{sent!r} looks like a placeholder left unfilled: put a real id in its place"] == reply.hints()

"""State and snapshots from Python."""

import re
from collections.abc import Callable

import pytest

from understudy import RequestRefused, Sandbox, UnderstudyError

JIVELY = "54b53d3aeba6db5c35000002"


def test_the_state_can_be_looked_into(sandbox: Sandbox) -> None:
    assert {"elevate", "ivalt", "koneksi", "tyk"} == {entry["provider"] for entry in sandbox.state()}
    collections = {entry["collection"]: entry["records"] for entry in sandbox.state("tyk")["collections"]}
    users = sandbox.state("tyk", "users")
    assert collections["users"] == len(users) == len(list(users))
    assert "Jively" == sandbox.state("tyk", "organisations", JIVELY)["owner_name"]
    assert [users.page(1, 1)["items"][0]] == list(users)[1:2]


def test_a_collection_is_read_page_by_page_to_its_end(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    users = sandbox.state("tyk", "users")
    at_once = list(users)
    for size in (1, 4, len(at_once), len(at_once) + 1):
        monkeypatch.setattr("understudy.client.control.PAGE", size)
        assert at_once == list(users)
    assert len(at_once) > 2 * 4


def test_records_are_seen_as_they_are_kept(sandbox: Sandbox) -> None:
    """A test goes on with a key that a record has."""
    users = sandbox.state("tyk", "users")
    user = next(iter(users))
    assert users.page(0, 1)["items"] == [user] == [sandbox.state("tyk", "users", user["id"])]
    assert user == sandbox.patch("tyk", "users", user["id"], {}) == sandbox.put("tyk", "users", user["id"], user)
    with sandbox.client("tyk", headers={"authorization": user["access_key"]}) as http:
        assert 200 == http.get(f"/api/users/{user['id']}").status_code


def test_what_is_not_there_is_refused(sandbox: Sandbox) -> None:
    for parts in (("tik",), ("tyk", "users", "nobody/else"), ("ivalt", "users", 999_999)):
        with pytest.raises(RequestRefused) as caught:
            sandbox.state(*parts)
        assert 404 == caught.value.status
    with pytest.raises(RequestRefused, match="404"):
        len(sandbox.state("tyk", "usres"))


@pytest.mark.parametrize("id", ["", ".", ".."])
def test_an_id_that_would_lead_elsewhere_is_refused(sandbox: Sandbox, id: str) -> None:
    """``..`` would be the collection's parent: another thing would be shown, or changed."""
    record = sandbox.state("tyk", "organisations", JIVELY)
    asks: list[Callable[[], object]] = [
        lambda: sandbox.state("tyk", "organisations", id),
        lambda: sandbox.state("tyk", id),
        lambda: sandbox.put("tyk", "organisations", id, record),
        lambda: sandbox.delete("tyk", "organisations", id),
    ]
    for ask in asks:
        with pytest.raises(UnderstudyError, match=f"{re.escape(repr(id))} names nothing$"):
            ask()


def test_a_record_is_put_in_place_changed_and_removed(sandbox: Sandbox) -> None:
    record = sandbox.state("tyk", "organisations", JIVELY)
    put = sandbox.put("tyk", "organisations", JIVELY, {**record, "owner_name": "Acme"})
    assert "Acme" == put["owner_name"]
    assert "b.example" == sandbox.patch("tyk", "organisations", JIVELY, {"cname": "b.example"})["cname"]
    with sandbox.client("tyk", headers=sandbox.credentials("tyk")) as http:
        found = http.get(f"/admin/organisations/{JIVELY}").json()
        assert ("Acme", "b.example") == (found["owner_name"], found["cname"])
        sandbox.delete("tyk", "organisations", JIVELY)
        assert 404 == http.get(f"/admin/organisations/{JIVELY}").status_code


def test_a_record_that_breaks_its_schema_is_refused_with_every_violation(sandbox: Sandbox) -> None:
    with pytest.raises(RequestRefused) as caught:
        sandbox.patch("tyk", "organisations", JIVELY, {"owner_name": 5, "cname_enabled": "no"})
    assert 422 == caught.value.status
    assert 2 == len(caught.value.violations)


def test_a_snapshot_leads_back(sandbox: Sandbox) -> None:
    sandbox.snapshot("before")
    sandbox.delete("tyk", "organisations", JIVELY)
    sandbox.restore("before")
    assert "Jively" == sandbox.state("tyk", "organisations", JIVELY)["owner_name"]
    with pytest.raises(RequestRefused, match="404"):
        sandbox.restore("never-taken")

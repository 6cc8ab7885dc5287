"""Snapshots: taken, restored, compared, given out as files and taken in; and the way back to before an exchange."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest

from tests.control.asking import (
    ADMIN,
    JIVELY,
    KONEKSI,
    MEMBERS,
    TYK,
    ask,
    create_member,
    create_tyk,
    login,
    tyk_names,
)
from tests.support.inprocess import InProcess, client_of, edge_of, parts_of, stand_in
from understudy.parts import state_hash
from understudy.production import Playbill, Production
from understudy.sandbox import Sandbox

NAMES = tuple(part.name for part in parts_of())
OTHER = {"Understudy-Sandbox": "other"}


class Server:
    """A mock in process, with a client of it."""

    def __init__(self, **options: Any) -> None:
        self.edge, _ = edge_of(*options.pop("names", NAMES), **options)
        self.http = httpx.Client(transport=InProcess(self.edge), base_url="http://localhost")

    def sandbox(self, name: str = "default") -> Sandbox:
        return self.edge.sandboxes.get(name)

    def hash(self, name: str = "default") -> str:
        return state_hash(self.sandbox(name).states().items())


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.http.close()


@pytest.fixture
def fresh() -> Iterator[Server]:
    running = Server()
    yield running
    running.http.close()


def change_everything(http: httpx.Client) -> None:
    """Create, change and remove records of every vendor, so that every part of an export is needed."""
    for name in ("A", "B", "C"):
        assert 200 == create_tyk(http, name).status_code
    listed = ask(http, "GET", "/state/tyk/organisations?limit=1000", 200)["items"]
    assert 200 == http.delete(f"/admin/organisations/{listed[0]['id']}", headers=TYK).status_code
    assert 200 == http.delete(f"/admin/organisations/{listed[-2]['id']}", headers=TYK).status_code
    # A record that leaves the world and comes back stands at the end; a user who moves and comes back, too.
    ask(http, "PUT", f"/state/tyk/organisations/{listed[0]['id']}", 201, json=listed[0])
    user = ask(http, "GET", "/state/ivalt/users?limit=1000", 200)["items"][1]
    home = user["organization_id"]
    for organisation in (999, home):
        ask(http, "PATCH", f"/state/ivalt/users/{user['id']}", 200, json={"organization_id": organisation})
    assert 201 == create_member(http, "export@ardata.tech").status_code
    member = ask(http, "GET", "/state/koneksi/members?limit=2", 200)["items"][1]
    assert 200 == http.delete(f"{MEMBERS}/{member['id']}/remove", headers=KONEKSI).status_code
    assert 200 == login(http, "org.admin@shikshalokam.org", "OrgAdmin@2024").status_code


def go_on(http: httpx.Client) -> list[bytes]:
    """Make what is made up next, and list it, through the vendors' own APIs."""
    answers = [
        create_tyk(http, "Next"),
        create_member(http, "next@ardata.tech"),
        login(http, "org.admin@shikshalokam.org", "OrgAdmin@2024"),
        http.get("/admin/organisations", headers=TYK),
        http.get(f"{MEMBERS}/list", headers=KONEKSI),
        http.get("/admin/public/api/organization/272/users", headers={"x-api-key": "YOUR_API_KEY"}),
        http.get("/admin/public/api/organization/123/users", headers={"x-api-key": "YOUR_API_KEY"}),
    ]
    assert all(answer.status_code < 300 for answer in answers)
    # ELEVATE's answers carry the number of their exchange.
    return [answer.content.replace(answer.headers.get("x-request-ids", "-").encode(), b"") for answer in answers]


# ---- taking and restoring


def test_a_snapshot_is_taken_listed_restored_and_forgotten(server: Server) -> None:
    http = server.http
    assert [] == ask(http, "GET", "/snapshots", 200, "snapshots_listed")["items"]
    taken = ask(http, "PUT", "/snapshots/before", 201, "snapshot_taken")
    assert {"name": "before", "taken": "2026-01-01T00:00:00.000Z", "world": "documented", "seed": 1} == taken
    beginning = server.hash()
    change_everything(http)
    assert beginning != server.hash()
    assert taken == ask(http, "POST", "/snapshots/before/restore", 200, "snapshot_restored")
    assert beginning == server.hash()
    assert "Jively" in tyk_names(http)
    ask(http, "PUT", "/snapshots/before", 200, "snapshot_retaken")
    assert ["before"] == [one["name"] for one in ask(http, "GET", "/snapshots", 200)["items"]]
    ask(http, "DELETE", "/snapshots/before", 204, "snapshot_dropped")
    for method, path in [
        ("DELETE", ""), ("POST", "/restore"), ("GET", "/diff"), ("GET", "/export"),
    ]:  # fmt: skip
        assert (
            "'before'; it has none" in ask(http, method, f"/snapshots/before{path}", 404, "no_such_snapshot")["detail"]
        )


def test_a_restore_keeps_clock_journal_and_the_count_of_exchanges(server: Server) -> None:
    http = server.http
    ask(http, "PUT", "/snapshots/a", 201)
    create_tyk(http, "A")
    ask(http, "POST", "/snapshots/a/restore", 200)
    sandbox = ask(http, "GET", "/sandboxes/default", 200)
    assert (1, True, ["a"]) == (sandbox["exchanges"], sandbox["clock"]["frozen"], sandbox["snapshots"])
    assert "2" == create_tyk(http, "A").headers["understudy-exchange"]


def test_snapshots_outlive_a_reset_and_are_the_sandboxs_own(server: Server) -> None:
    http = server.http
    create_tyk(http, "Kept")
    ask(http, "PUT", "/snapshots/a", 201)
    ask(http, "POST", "/reset", 200)
    assert "Kept" not in tyk_names(http)
    ask(http, "POST", "/snapshots/a/restore", 404, headers=OTHER)
    ask(http, "POST", "/snapshots/a/restore", 200)
    assert "Kept" in tyk_names(http)


def test_a_snapshot_of_another_world_brings_its_world_and_seed_along(server: Server) -> None:
    http = server.http
    ask(http, "PUT", "/sandboxes/other", 201, json={"world": "empty", "seed": 7})
    ask(http, "PUT", "/snapshots/seven", 201, headers=OTHER)
    file = ask(http, "GET", "/snapshots/seven/export", 200, headers=OTHER)
    assert ("empty", 7) == (file["world"], file["seed"])
    ask(http, "PUT", "/snapshots/seven/import", 201, json=file)
    ask(http, "PUT", "/snapshots/own", 201)
    ask(http, "POST", "/snapshots/seven/restore", 200)
    sandbox = ask(http, "GET", "/sandboxes/default", 200)
    assert ("empty", 7) == (sandbox["world"], sandbox["seed"])
    server.sandbox("other").clock = server.sandbox().clock
    ours = create_tyk(http, "X")
    assert ours.content == http.post("/admin/organisations", headers={**TYK, **OTHER}, json={"owner_name": "X"}).content
    ask(http, "POST", "/snapshots/own/restore", 200)
    assert "documented" == ask(http, "GET", "/sandboxes/default", 200)["world"]
    assert "Jively" in tyk_names(http)


def test_a_sandbox_keeps_a_hundred_snapshots(server: Server) -> None:
    http = server.http
    for number in range(100):
        ask(http, "PUT", f"/snapshots/s{number}", 201)
    assert "100 snapshots" in ask(http, "PUT", "/snapshots/more", 409, "too_many_snapshots")["detail"]
    file = ask(http, "GET", "/snapshots/s5/export", 200)
    ask(http, "PUT", "/snapshots/more/import", 409, "too_many_snapshots", json=file)
    ask(http, "PUT", "/snapshots/s5", 200)
    ask(http, "PUT", "/snapshots/s5/import", 200, json=file)
    ask(http, "DELETE", "/snapshots/s0", 204)
    ask(http, "PUT", "/snapshots/more", 201)


@pytest.mark.parametrize("name", ["a" * 65, "a%20b", "a%2Fb", "%C3%A9", "a:b"])
def test_a_snapshots_name_is_like_a_sandboxs(server: Server, name: str) -> None:
    ask(server.http, "PUT", f"/snapshots/{name}", 400, "bad_request")


def test_a_snapshot_whose_world_is_gone_says_so(server: Server) -> None:
    sandbox = server.sandbox()
    sandbox.snapshots["old"] = replace(sandbox.snapshot(), world="full")
    stand_in(sandbox)
    for method, path in [("POST", "/snapshots/old/restore"), ("GET", "/snapshots/old/export")]:
        assert "no such world" in ask(server.http, method, path, 422, "world_gone")["detail"]


# ---- comparing


def test_a_diff_shows_what_became_of_each_record(server: Server) -> None:
    http = server.http
    ask(http, "PUT", "/snapshots/a", 201)
    assert {"total": 0, "offset": 0, "items": []} == ask(http, "GET", "/snapshots/a/diff", 200, "snapshot_compared")
    new = create_tyk(http, "New").json()["Meta"]
    ask(http, "PATCH", f"/state/tyk/organisations/{JIVELY}", 200, json={"owner_name": "J", "apis": []})
    gone = ask(http, "GET", "/state/ivalt/users", 200)["items"][0]
    ask(http, "DELETE", f"/state/ivalt/users/{gone['id']}", 204)
    found = ask(http, "GET", "/snapshots/a/diff", 200)
    assert [
        ("ivalt", "users", gone["id"], "removed"),
        ("tyk", "organisations", JIVELY, "changed"),
        ("tyk", "organisations", new, "created"),
    ] == [(one["provider"], one["collection"], one["id"], one["kind"]) for one in found["items"]]
    assert {"op": "replace", "path": "/owner_name", "value": "J"} in found["items"][1]["patch"]
    assert "New" == found["items"][2]["patch"][0]["value"]["owner_name"]
    page = ask(http, "GET", "/snapshots/a/diff?offset=1&limit=1", 200)
    assert {"total": 3, "offset": 1, "items": found["items"][1:2]} == page
    ask(http, "POST", "/snapshots/a/restore", 200)
    assert 0 == ask(http, "GET", "/snapshots/a/diff", 200)["total"]


# ---- going back to before an exchange


def test_a_rewind_puts_the_states_back_to_just_before_an_exchange(server: Server) -> None:
    http = server.http
    for name in ("A", "B", "C"):
        create_tyk(http, name)
    ids = [organisation["id"] for organisation in ask(http, "GET", "/state/tyk/organisations", 200)["items"]]
    sandbox = ask(http, "POST", "/rewind", 200, "sandbox_rewound", json={"to": 2})
    assert 3 == sandbox["exchanges"]
    assert ["A"] == tyk_names(http)[-1:]
    # Later exchanges stay in the journal, so that one can go forward again; ids are counted on.
    assert "5" == create_tyk(http, "B").headers["understudy-exchange"]
    assert ids[:-1] == [one["id"] for one in ask(http, "GET", "/state/tyk/organisations", 200)["items"]]
    ask(http, "POST", "/rewind", 200, json={"to": 3})
    assert ["A", "B"] == tyk_names(http)[-2:]
    ask(http, "POST", "/rewind", 200, json={"to": 1})
    assert "A" not in tyk_names(http)


@pytest.mark.parametrize("path", ["/nowhere", "/admin/nowhere", "/admin/organisations/x/y/z"])
def test_one_can_go_back_to_before_an_exchange_that_played_nothing(server: Server, path: str) -> None:
    http = server.http
    ask(http, "PUT", "/snapshots/before", 201)
    create_tyk(http, "A")
    assert 404 == http.get(path).status_code
    # What else happens to the states before the next call is no part of how that exchange found them.
    ask(http, "POST", "/snapshots/before/restore", 200)
    ask(http, "POST", "/rewind", 200, json={"to": 2})
    assert ["A"] == tyk_names(http)[-1:]
    ask(http, "DELETE", f"/state/tyk/organisations/{JIVELY}", 204)
    create_tyk(http, "B")
    ask(http, "POST", "/rewind", 200, json={"to": 2})
    assert "Jively" in tyk_names(http)
    assert ["A"] == tyk_names(http)[-1:]


def test_only_what_the_journal_has_can_be_gone_back_to(server: Server) -> None:
    http = server.http
    assert (
        "exchange 1 is not in the journal"
        in ask(http, "POST", "/rewind", 404, "no_such_exchange", json={"to": 1})["detail"]
    )
    for body in ({}, {"to": 0}, {"to": "1"}, {"to": 1.5}, {"to": 1, "from": 2}, {"to": 2**60}):
        ask(http, "POST", "/rewind", 400, "bad_request", json=body)
    with client_of(*NAMES, journal=0) as forgetful:
        create_tyk(forgetful, "A")
        assert "--journal N" in ask(forgetful, "POST", "/rewind", 404, json={"to": 1})["detail"]


def test_a_rewind_to_before_another_worlds_snapshot_was_restored_goes_back_to_the_world(server: Server) -> None:
    http = server.http
    create_tyk(http, "A")
    ask(http, "PUT", "/snapshots/x", 201)
    file = ask(http, "GET", "/snapshots/x/export", 200)
    with client_of(*NAMES, world="empty", seed=3) as empty:
        ask(empty, "PUT", "/snapshots/x", 201)
        ask(http, "PUT", "/snapshots/x/import", 200, json=ask(empty, "GET", "/snapshots/x/export", 200))
    assert file["world"] == "documented"
    ask(http, "POST", "/snapshots/x/restore", 200)
    create_tyk(http, "B")
    ask(http, "POST", "/rewind", 200, json={"to": 1})
    sandbox = ask(http, "GET", "/sandboxes/default", 200)
    assert ("documented", 1) == (sandbox["world"], sandbox["seed"])
    assert "Jively" in tyk_names(http)
    ask(http, "POST", "/rewind", 200, json={"to": 2})
    sandbox = ask(http, "GET", "/sandboxes/default", 200)
    assert ("empty", 3) == (sandbox["world"], sandbox["seed"])


# ---- files


def test_an_export_makes_the_same_states_in_another_sandbox_and_another_server(server: Server, fresh: Server) -> None:
    http = server.http
    change_everything(http)
    ask(http, "PUT", "/snapshots/a", 201)
    hash, file = server.hash(), ask(http, "GET", "/snapshots/a/export", 200, "snapshot_exported")
    ask(http, "PUT", "/snapshots/b/import", 201, "snapshot_imported", json=file, headers=OTHER)
    ask(http, "POST", "/snapshots/b/restore", 200, headers=OTHER)
    assert hash == server.hash("other")
    imported = ask(fresh.http, "PUT", "/snapshots/a/import", 201, json=file)
    assert ([], file["taken"]) == (imported["changedContracts"], imported["taken"])
    ask(fresh.http, "POST", "/snapshots/a/restore", 200)
    assert hash == fresh.hash()
    assert file == ask(fresh.http, "GET", "/snapshots/a/export", 200)
    assert 0 == ask(fresh.http, "GET", "/snapshots/a/diff", 200)["total"]
    assert go_on(http) == go_on(fresh.http)
    assert server.hash() == fresh.hash()


def test_a_file_of_a_crowded_world_is_as_small_as_its_changes() -> None:
    crowded = Server(world="crowded")
    create_tyk(crowded.http, "One")
    create_member(crowded.http, "crowd@ardata.tech")
    listed = ask(crowded.http, "GET", "/state/ivalt/users?limit=1", 200)["items"]
    ask(crowded.http, "DELETE", f"/state/ivalt/users/{listed[0]['id']}", 204)
    ask(crowded.http, "PUT", "/snapshots/a", 201)
    file = ask(crowded.http, "GET", "/snapshots/a/export", 200)
    assert 5_000 > len(orjson.dumps(file))
    hash = crowded.hash()
    ask(crowded.http, "POST", "/reset", 200)
    ask(crowded.http, "PUT", "/snapshots/b/import", 201, json=file)
    ask(crowded.http, "POST", "/snapshots/b/restore", 200)
    assert hash == crowded.hash()
    crowded.http.close()


def test_a_provider_that_the_file_does_not_mention_is_as_its_world_has_it(server: Server) -> None:
    alone = Server(names=("tyk",))
    create_tyk(alone.http, "Alone")
    ask(alone.http, "PUT", "/snapshots/a", 201)
    create_member(server.http, "gone@ardata.tech")
    ask(server.http, "PUT", "/snapshots/a/import", 201, json=ask(alone.http, "GET", "/snapshots/a/export", 200))
    ask(server.http, "POST", "/snapshots/a/restore", 200)
    assert "Alone" == tyk_names(server.http)[-1]
    assert state_hash([("koneksi", server.sandbox().world.states["koneksi"])]) == state_hash(
        [("koneksi", server.sandbox().states()["koneksi"])]
    )
    alone.http.close()


def test_a_changed_contract_is_told_and_no_reason_in_itself(server: Server) -> None:
    file = _file(server)
    file["providers"]["tyk"]["contract"] = "0" * 16
    imported = ask(server.http, "PUT", "/snapshots/a/import", 200, "snapshot_imported_again", json=file)
    assert ["tyk"] == imported["changedContracts"]
    _records(file)[0]["owner_name"] = 5
    reasons = _reasons(server, file)
    assert {
        "/providers/tyk/contract",
        "/providers/tyk/collections/organisations/records/0/owner_name",
    } == reasons.keys()
    assert "another contract of tyk: then 0000000000000000, now" in reasons["/providers/tyk/contract"]["message"]


def test_a_record_that_breaks_its_schema_is_told_with_the_rule(server: Server) -> None:
    file = _file(server)
    del _records(file)[0]["cname"]
    (reason,) = _reasons(server, file).values()
    assert "/providers/tyk/collections/organisations/records/0/cname" == reason["pointer"]
    assert "#/components/schemas/Organisation/required" == reason["rule"]
    assert reason["source"].startswith("openapi/tyk.yaml:")


TYK_FILE = "/providers/tyk/collections"


@pytest.mark.parametrize(
    ("path", "value", "pointer", "said"),
    [
        (["format"], 2, "/format", "this version reads 1"),
        (["world"], "full", "/world", "no such world"),
        (["taken"], "0001-01-01T00:00:00+14:00", "/taken", "no moment"),
        (["providers", "tic"], {"contract": "", "base": "", "collections": {}}, "/providers/tic", "not played here"),
        (["providers", "tyk", "base"], "x", "/providers/tyk/base", "not what it was"),
        (["providers", "tyk", "collections", "teams"], {"created": 1}, f"{TYK_FILE}/teams", "no such collection"),
        (["providers", "tyk", "collections", "users"], {"created": 0}, f"{TYK_FILE}/users/created", "less than"),
        (
            ["providers", "tyk", "collections", "users"], {"created": 99, "dropped": ["nobody"]},
            f"{TYK_FILE}/users/dropped/0", "does not have",
        ),
        (
            ["providers", "tyk", "collections", "users"], {"created": 99, "last": {"size": []}},
            f"{TYK_FILE}/users/last/size", "no such index",
        ),
        (
            ["providers", "tyk", "collections", "users"], {"created": 99, "last": {"organisation": ["nobody"]}},
            f"{TYK_FILE}/users/last/organisation/0", "no record of the file or the world",
        ),
        (
            ["providers", "tyk", "collections", "passwords"], {"created": 99, "records": [{"id": 5, "hash": "x"}]},
            f"{TYK_FILE}/passwords/records/0/id", "it is the id",
        ),
        (
            ["providers", "tyk", "collections", "passwords"],
            {"created": 99, "records": [{"id": "a", "hash": "x"}, {"id": "a", "hash": "y"}]},
            f"{TYK_FILE}/passwords/records/1", "second record",
        ),
        (
            ["providers", "elevate", "collections", "organizations"], {"created": 99, "dropped": [1]},
            "/providers/elevate", "belongs to the organization 1",
        ),
        (
            ["providers", "elevate", "collections", "organizations"], {"created": 99, "dropped": ["1", 1, 1]},
            "/providers/elevate/collections/organizations/dropped/2", "or no longer",
        ),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_refused_with_the_reason(
    server: Server, path: list[str], value: Any, pointer: str, said: str
) -> None:
    file = _file(server)
    place = file
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    before = server.hash()
    reasons = _reasons(server, file, name="new")
    assert pointer in reasons
    assert said in reasons[pointer]["message"]
    assert before == server.hash()
    assert "new" not in server.sandbox().snapshots


def test_all_reasons_are_listed_up_to_a_hundred(server: Server) -> None:
    file = _file(server)
    file["providers"]["tyk"]["collections"]["teams"] = {"created": 1}
    file["providers"]["koneksi"]["base"] = "x"
    assert 2 == len(_reasons(server, file))
    file["providers"]["tyk"]["collections"]["passwords"] = {"created": 999, "records": [{} for _ in range(300)]}
    problem = ask(server.http, "PUT", "/snapshots/a/import", 422, "snapshot_unfit", json=file)
    assert 101 == len(problem["violations"])
    assert "more than these 100" in problem["violations"][-1]["message"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda file: file.pop("world"), "/world"),
        (lambda file: file.update(more=1), "/more"),
        (lambda file: file.update(seed=2**60), "/seed"),
        (lambda file: file.update(taken="yesterday"), "/taken"),
        (lambda file: file["providers"].update(tyk=[]), "/providers/tyk"),
        (lambda file: _records(file).append(5), "/providers/tyk/collections/organisations/records/1"),
        (lambda file: _section(file).update(dropped=[1.5]), "/providers/tyk/collections/organisations/dropped/0"),
        (lambda file: _section(file).update(created=2**60), "/providers/tyk/collections/organisations/created"),
        (lambda file: _section(file).update(created=-1), "/providers/tyk/collections/organisations/created"),
    ],
)
def test_a_file_of_another_shape_is_a_bad_request(server: Server, change: Any, pointer: str) -> None:
    file = _file(server)
    change(file)
    problem = ask(server.http, "PUT", "/snapshots/a/import", 400, "bad_request", json=file)
    assert [pointer] == [violation["pointer"] for violation in problem["violations"]]


@pytest.mark.parametrize(
    ("taken", "kept"),
    [
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("0099-12-31T23:59:59.9999Z", "0099-12-31T23:59:59.999Z"),
        ("2026-01-01t00:00:00+01:00", "2025-12-31T23:00:00.000Z"),
        ("2026-01-01t00:00:00z", "2026-01-01T00:00:00.000Z"),
    ],
)
def test_whatever_moment_a_file_says_can_be_told_again(server: Server, taken: str, kept: str) -> None:
    file = _file(server)
    assert kept == ask(server.http, "PUT", "/snapshots/old/import", 201, json={**file, "taken": taken})["taken"]
    assert kept == ask(server.http, "GET", "/snapshots", 200)["items"][-1]["taken"]
    assert kept == ask(server.http, "GET", "/snapshots/old/export", 200)["taken"]


def test_a_file_may_be_larger_than_other_bodies_and_not_endless(server: Server) -> None:
    file = _file(server)
    _records(file)[0]["org_options_meta"] = {"filling": "x" * 2**21}
    ask(server.http, "PUT", "/snapshots/a/import", 200, json=file)
    ask(server.http, "POST", "/snapshots/a/restore", 200)
    ask(server.http, "PATCH", f"/state/tyk/organisations/{JIVELY}", 413, "body_too_large", json=_records(file)[0])
    _records(file)[0]["org_options_meta"] = {"filling": "x" * 2**25}
    ask(server.http, "PUT", "/snapshots/a/import", 413, "body_too_large", json=file)


def test_an_import_changes_nothing_until_it_is_restored(server: Server) -> None:
    file = _file(server)
    ask(server.http, "POST", "/reset", 200)
    before = server.hash()
    ask(server.http, "PUT", "/snapshots/a/import", 200, json=file)
    assert before == server.hash()


def _file(server: Server) -> dict[str, Any]:
    """Return the file of a snapshot in which one organisation of Tyk was changed."""
    ask(server.http, "PATCH", f"/state/tyk/organisations/{JIVELY}", 200, json={"owner_name": "Changed"})
    server.http.put(f"{ADMIN}/snapshots/a")
    file: dict[str, Any] = deepcopy(ask(server.http, "GET", "/snapshots/a/export", 200))
    return file


def _section(file: dict[str, Any]) -> dict[str, Any]:
    section: dict[str, Any] = file["providers"]["tyk"]["collections"]["organisations"]
    return section


def _records(file: dict[str, Any]) -> list[Any]:
    records: list[Any] = _section(file)["records"]
    return records


def _reasons(server: Server, file: dict[str, Any], name: str = "a") -> dict[str, Any]:
    problem = ask(server.http, "PUT", f"/snapshots/{name}/import", 422, "snapshot_unfit", json=file)
    return {violation["pointer"]: violation for violation in problem["violations"]}


# ---- after a reload of contracts, fixtures and handlers


def test_snapshots_files_and_rewinds_survive_a_reload() -> None:
    production = Production(Playbill())
    sandbox = production.sandboxes.get("default")
    with httpx.Client(transport=InProcess(production.app), base_url="http://localhost") as http:
        change_everything(http)
        ask(http, "PUT", "/snapshots/a", 201)
        hash, last = state_hash(sandbox.states().items()), int(http.get("/nowhere").headers["understudy-exchange"])
        create_tyk(http, "Later")
        production.reload()
        assert ["created"] == [one["kind"] for one in ask(http, "GET", "/snapshots/a/diff", 200)["items"]]
        ask(http, "POST", "/rewind", 200, json={"to": last})
        assert hash == state_hash(sandbox.states().items())
        create_tyk(http, "Later")
        file = ask(http, "GET", "/snapshots/a/export", 200)
        ask(http, "POST", "/reset", 200)
        for path in ("/snapshots/a/restore", "/snapshots/b/restore"):
            ask(http, "PUT", "/snapshots/b/import", 201 if path.startswith("/snapshots/a") else 200, json=file)
            ask(http, "POST", path, 200)
            assert hash == state_hash(sandbox.states().items())
            assert type(sandbox.states()["tyk"]) is type(sandbox.world.states["tyk"])

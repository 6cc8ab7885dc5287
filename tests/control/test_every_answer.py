"""Every answer that the control API's contract declares is one that it gives."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.control.asking import JIVELY, create_tyk
from tests.support.inprocess import InProcess, client_of, edge_of, parts_of, stand_in
from tests.support.reached import Reached
from tests.support.served import free_port
from understudy.bounds import DEFAULTS, Bounds
from understudy.contract.contract import Contract
from understudy.control.collection import Collection
from understudy.control.gate import Gate
from understudy.control.play import NAME, load_control
from understudy.limits import Limits
from understudy.sandboxes import DEFAULT, Sandboxes, Worlds
from understudy.stores.redis import RedisStore
from understudy.web.app import build_app

ORGANISATION = {"provider": "tyk", "collection": "organisations", "id": JIVELY}
NOBODY = {**ORGANISATION, "id": "0" * 24}
NO_COLLECTION = {**ORGANISATION, "collection": "teams"}
NO_PROVIDER = {**ORGANISATION, "provider": "acme"}
ELEVATE = {"provider": "elevate", "collection": "organizations", "id": "12"}
DELAY = {"delay": {"fixed": 0}}
JSON = {"Content-Type": "application/json"}

TOKEN = "a-token-of-the-tests"
NEVER_WRONG = (
    *("reset_sandbox", "list_state", "read_provider_state", "list_snapshots"),
    *("clear_requests", "read_clock", "list_faults", "delete_faults"),
)
"""Operations of which nothing but the address can be wrong."""


class Asker:
    """Asks operations of the control API by their ids, and remembers what they answered."""

    def __init__(self, http: httpx.Client, reached: Reached, contract: Contract) -> None:
        self.http = http
        self.contract = contract
        self._reached = reached

    def ask(self, id: str, answer: str, path: dict[str, Any] | None = None, **sent: Any) -> Any:
        """Ask an operation; see that it gives the answer of that name; return the body."""
        operation = self.contract.operations[id]
        url = "/__admin" + operation.path.format_map(path or {})
        response = self.http.request(operation.method, url, **sent)
        assert answer == response.headers.get("understudy-answer"), (id, response.text)
        assert operation.answers.by_name[answer].status == response.status_code
        self._reached.meet(f"{NAME}.{id}", response)
        return response.json() if "json" in response.headers.get("content-type", "") else None


@pytest.fixture
def asker(reached: Reached) -> Iterator[Asker]:
    with client_of("tyk", "elevate") as http:
        yield Asker(http, reached, load_control())


def test_a_request_that_nobody_has_sent(asker: Asker) -> None:
    wish = {"provider": "tyk", "operationId": "read_organisation"}
    asker.ask("check_request", "request_checked", json=wish)
    asker.ask("check_request", "no_such_provider", json={**wish, "provider": "acme"})
    asker.ask("check_request", "no_such_operation", json={**wish, "operationId": "read_organization"})


def test_server_sandboxes_and_coverage(asker: Asker) -> None:
    asker.ask("read_health", "healthy")
    asker.ask("list_providers", "providers_listed")
    asker.ask("put_sandbox", "sandbox_made", {"name": "a"})
    asker.ask("put_sandbox", "sandbox_made_anew", {"name": "a"}, json={"world": "empty"})
    asker.ask("put_sandbox", "no_such_world", {"name": "a"}, json={"world": "full"})
    asker.ask("list_sandboxes", "sandboxes_listed")
    asker.ask("list_sandboxes", "bad_request", params={"limit": 0})
    asker.ask("read_sandbox", "sandbox_read", {"name": "a"})
    asker.ask("drop_sandbox", "sandbox_dropped", {"name": "a"})
    asker.ask("reset_sandbox", "sandbox_reset")
    for id in ("read_sandbox", "drop_sandbox"):
        asker.ask(id, "no_such_sandbox", {"name": "a"})
    for id in ("read_sandbox", "drop_sandbox", "put_sandbox"):
        asker.ask(id, "bad_request", {"name": "a b"})
    asker.ask("read_coverage", "coverage_read")
    asker.ask("read_coverage", "bad_request", params={"provider": ""})
    asker.ask("read_coverage", "no_such_provider", params={"provider": "acme"})
    asker.ask("read_coverage", "no_such_operation", params={"operationId": "paint"})
    asker.ask("clear_coverage", "coverage_cleared")


def test_too_many_sandboxes(reached: Reached) -> None:
    with client_of("tyk", limit=1) as http:
        Asker(http, reached, load_control()).ask("put_sandbox", "too_many_sandboxes", {"name": "a"})


def test_too_much_is_kept(reached: Reached) -> None:
    with client_of("tyk", bounds=Bounds(records=0)) as http:
        asker = Asker(http, reached, load_control())
        record = asker.ask("read_record", "record_read", ORGANISATION)
        asker.ask("put_record", "too_much_kept", NOBODY, json={**record, "id": NOBODY["id"]})
    edge, sandbox = edge_of("tyk")
    sandbox.budget.room = 0
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as http:
        asker = Asker(http, reached, load_control())
        asker.ask("patch_record", "too_much_kept", ORGANISATION, json={"owner_name": "J"})
        asker.ask("take_snapshot", "too_much_kept", {"name": "a"})
        asker.ask("add_fault", "too_much_kept", json=DELAY)


def test_there_is_no_room_for_another_world(reached: Reached) -> None:
    sandboxes = Sandboxes(Worlds(parts_of("tyk")))
    sandbox = sandboxes.get(DEFAULT)
    with httpx.Client(transport=InProcess(build_app(parts_of("tyk"), sandboxes)), base_url="http://localhost") as http:
        asker = Asker(http, reached, load_control())
        asker.ask("take_snapshot", "snapshot_taken", {"name": "a"})
        file = asker.ask("export_snapshot", "snapshot_exported", {"name": "a"})
        sandbox.snapshots["old"] = replace(sandbox.snapshot(), seed=2)
        sandbox.budget.room = 0
        http.get("/hello")
        asker.ask("list_requests", "requests_listed")
        for exchange in sandbox.journal:
            exchange.world = replace(exchange.world, seed=2)
        asker.ask("rewind_sandbox", "too_many_worlds", json={"to": 1})
        asker.ask("put_sandbox", "too_many_worlds", {"name": "a"}, json={"seed": 2})
        for id in ("restore_snapshot", "export_snapshot"):
            asker.ask(id, "too_many_worlds", {"name": "old"})
        asker.ask("import_snapshot", "too_many_worlds", {"name": "b"}, json={**file, "seed": 2})
        asker.ask("import_snapshot", "too_much_kept", {"name": "b"}, json=file)


def test_too_many_watchers(reached: Reached) -> None:
    with client_of("tyk", bounds=Bounds(watchers=0)) as http:
        Asker(http, reached, load_control()).ask("stream_events", "too_many_watchers")


def test_a_store_that_is_away(reached: Reached) -> None:
    with client_of("tyk", store=RedisStore(f"redis://127.0.0.1:{free_port()}/0", journal=0, bytes=0)) as http:
        Asker(http, reached, load_control()).ask("read_health", "store_away")


def test_state(asker: Asker) -> None:
    asker.ask("list_state", "state_listed")
    asker.ask("read_provider_state", "provider_state_read", ORGANISATION)
    asker.ask("read_provider_state", "no_such_provider", NO_PROVIDER)
    asker.ask("list_records", "records_listed", ORGANISATION)
    asker.ask("list_records", "bad_request", ORGANISATION, params={"offset": -1})
    record = asker.ask("read_record", "record_read", ORGANISATION)
    asker.ask("put_record", "record_replaced", ORGANISATION, json=record)
    asker.ask("put_record", "record_created", NOBODY, json={**record, "id": NOBODY["id"]})
    asker.ask("drop_record", "record_dropped", NOBODY)
    asker.ask("patch_record", "record_patched", ORGANISATION, json={"owner_name": "J"})
    for id, sent in (("list_records", {}), ("read_record", {}), ("drop_record", {}), *CHANGES):
        asker.ask(id, "no_such_provider", NO_PROVIDER, **sent)
        asker.ask(id, "no_such_collection", NO_COLLECTION, **sent)
    for id in ("read_record", "drop_record", "patch_record"):
        asker.ask(id, "no_such_record", NOBODY, **({"json": {}} if id == "patch_record" else {}))
        asker.ask(id, "bad_request", {**ORGANISATION, "id": "x" * 501}, json={})


CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (("put_record", {"json": {}}), ("patch_record", {"json": {}}))


def test_records_that_do_not_fit(asker: Asker) -> None:
    for id, _ in CHANGES:
        asker.ask(id, "record_breaks_schema", ORGANISATION, json={"owner_name": 5})
        asker.ask(id, "id_differs", ORGANISATION, json={"id": "x"})
    asker.ask("put_record", "record_unusable", {**ELEVATE, "id": "twelve"}, json={})
    asker.ask("drop_record", "state_unplayable", ELEVATE)
    user = asker.ask("list_records", "records_listed", {**ELEVATE, "collection": "users"})["items"][-1]
    place, moved = {**ELEVATE, "collection": "users", "id": user["id"]}, {"organization_id": 98765}
    asker.ask("put_record", "state_unplayable", place, json={**user, **moved})
    asker.ask("patch_record", "state_unplayable", place, json=moved)


def test_a_record_that_a_vendors_index_cannot_file(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Collection, "unfiled", lambda *_: "the index 'email' cannot file it")
    asker.ask("patch_record", "record_unusable", ORGANISATION, json={})


def test_a_world_that_is_gone(reached: Reached) -> None:
    edge, sandbox = edge_of("tyk")
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as http:
        asker = Asker(http, reached, load_control())
        sandbox.snapshots["old"] = replace(sandbox.snapshot(), world="full")
        stand_in(sandbox)
        for id in ("restore_snapshot", "export_snapshot"):
            asker.ask(id, "world_gone", {"name": "old"})
        http.get("/hello")
        asker.ask("list_requests", "requests_listed")
        for exchange in sandbox.journal:
            exchange.world = replace(exchange.world, name="full")
        asker.ask("rewind_sandbox", "world_gone", json={"to": 1})


def test_snapshots(asker: Asker) -> None:
    at = {"name": "a"}
    asker.ask("take_snapshot", "snapshot_taken", at)
    asker.ask("take_snapshot", "snapshot_retaken", at)
    asker.ask("list_snapshots", "snapshots_listed")
    asker.ask("compare_snapshot", "snapshot_compared", at)
    file = asker.ask("export_snapshot", "snapshot_exported", at)
    asker.ask("import_snapshot", "snapshot_imported", {"name": "b"}, json=file)
    asker.ask("import_snapshot", "snapshot_imported_again", {"name": "b"}, json=file)
    asker.ask("import_snapshot", "snapshot_unfit", {"name": "b"}, json={**file, "world": "full"})
    asker.ask("restore_snapshot", "snapshot_restored", at)
    asker.ask("drop_snapshot", "snapshot_dropped", {"name": "b"})
    for id in ("compare_snapshot", "export_snapshot", "restore_snapshot", "drop_snapshot"):
        asker.ask(id, "no_such_snapshot", {"name": "b"})
        asker.ask(id, "bad_request", {"name": "a b"})
    asker.ask("take_snapshot", "bad_request", {"name": "a b"})
    for number in range(1, DEFAULTS.snapshots):
        asker.ask("take_snapshot", "snapshot_taken", {"name": f"s{number}"})
    asker.ask("take_snapshot", "too_many_snapshots", {"name": "b"})
    asker.ask("import_snapshot", "too_many_snapshots", {"name": "b"}, json=file)
    create_tyk(asker.http, "A")
    asker.ask("rewind_sandbox", "sandbox_rewound", json={"to": 1})
    asker.ask("rewind_sandbox", "no_such_exchange", json={"to": 2})


def test_the_journal(asker: Asker) -> None:
    asker.http.get("/hello")
    asker.ask("list_requests", "requests_listed")
    asker.ask("read_request", "request_read", {"id": 1})
    asker.ask("read_request", "no_such_exchange", {"id": 2})
    asker.ask("read_request", "bad_request", {"id": "x"})
    asker.ask("find_requests", "requests_found", json={})
    asker.ask("count_requests", "requests_counted", json={})
    asker.ask("export_har", "har_exported")
    asker.ask("verify_requests", "verified", json={})
    asker.ask("verify_requests", "verification_failed", json={"times": 2})
    for id in ("find_requests", "count_requests", "verify_requests"):
        asker.ask(id, "unusable_criteria", json={"provider": "acme"})
    for id in ("list_requests", "export_har"):
        asker.ask(id, "unusable_criteria", params={"provider": "acme"})
        asker.ask(id, "bad_request", params={"status": "9xx"})
    asker.ask("stream_events", "bad_request", headers={"Last-Event-ID": "x"})
    asker.ask("clear_requests", "requests_cleared")


def test_there_is_no_journal(reached: Reached) -> None:
    with client_of("tyk", journal=0) as http:
        for id in ("count_requests", "verify_requests"):
            Asker(http, reached, load_control()).ask(id, "journal_off", json={})


def test_clock_and_faults(asker: Asker) -> None:
    asker.ask("read_clock", "clock_read")
    asker.ask("set_clock", "clock_set", json={"frozen": True})
    asker.ask("set_clock", "out_of_range", json={"now": "1812-01-01T00:00:00Z"})
    asker.ask("advance_clock", "clock_advanced", json={"by": "P1D"})
    asker.ask("advance_clock", "out_of_range", json={"by": "-P1000Y"})
    asker.ask("advance_clock", "unusable_duration", json={"by": "1 day"})
    asker.ask("add_fault", "fault_set", json=DELAY)
    asker.ask("add_fault", "unusable_fault", json={})
    asker.ask("add_fault", "undeclared_answer", json={"answer": {"status": 599}})
    asker.ask("list_faults", "faults_listed")
    asker.ask("read_fault", "fault_read", {"id": "f1"})
    asker.ask("delete_fault", "fault_deleted", {"id": "f1"})
    for id in ("read_fault", "delete_fault"):
        asker.ask(id, "no_such_fault", {"id": "f1"})
        asker.ask(id, "bad_request", {"id": "f" * 101})
    for _ in range(DEFAULTS.faults):
        asker.ask("add_fault", "fault_set", json=DELAY)
    asker.ask("add_fault", "too_many_faults", json=DELAY)
    asker.ask("delete_faults", "faults_deleted")


def test_each_operation_that_takes_a_body_refuses_what_is_none(asker: Asker) -> None:
    places = {**ORGANISATION, "name": "a"}
    for id, operation in asker.contract.operations.items():
        body = operation.inputs.body
        if body is not None:
            limit = body.limit or Limits().max_body
            asker.ask(id, "bad_request", places, content=b"{", headers=JSON)
            asker.ask(id, "unsupported_media_type", places, content=b"{}", headers={"Content-Type": "text/plain"})
            asker.ask(id, "body_too_large", places, content=b" " * (limit + 1), headers=JSON)


def test_events_without_their_body(asker: Asker, reached: Reached) -> None:
    answer = asker.http.head("/__admin/events")
    assert "events_streamed" == answer.headers["understudy-answer"]
    reached.meet(f"{NAME}.stream_events", answer)


def test_no_such_path_or_method(asker: Asker, reached: Reached) -> None:
    for path, name in (("/__admin/nowhere", "route_not_found"), ("/__admin/reset", "method_not_allowed")):
        answer = asker.http.get(path)
        assert name == answer.headers["understudy-answer"]
        reached.meet(f"{NAME}.", answer)


def test_each_operation_wants_the_admin_token_where_there_is_one(reached: Reached) -> None:
    with client_of("tyk", gate=Gate(TOKEN)) as http:
        asker = Asker(http, reached, load_control())
        places = {**ORGANISATION, "name": "a", "id": 1}
        for id in asker.contract.operations:
            asker.ask(id, "unauthenticated", places)
        for id, answer in (("open_session", "session_opened"), ("close_session", "session_closed")):
            asker.ask(id, answer, headers={"Authorization": f"Bearer {TOKEN}"})


def test_a_sandbox_that_cannot_be_is_a_bad_request_to_each_operation(asker: Asker, reached: Reached) -> None:
    """The edge refuses it in the answer's words, but before it knows the operation, and so without its name."""
    places = {**ORGANISATION, "name": "a", "id": 1}
    for id, operation in asker.contract.operations.items():
        refused = asker.http.request(operation.method, "/~a b/__admin" + operation.path.format_map(places))
        told = refused.json()
        assert (400, "Bad request") == (refused.status_code, told["title"])
        assert [] == list(asker.contract.violations("#/components/schemas/Problem", told, "response"))
        if id in NEVER_WRONG:
            reached.note(f"{NAME}.{id}", "bad_request")


def test_every_named_answer_is_reached(reached: Reached) -> None:
    assert [] == reached.missing_of(load_control())

"""Asking: what the journal says of calls to Tyk, what goes wrong on demand, and what was exercised."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.models.calling import CALLS, JIVELY
from tests.models.documents import operations
from tests.models.house import Box, Call, Exchange, Fault, differences
from tests.models.housed import PICK
from tests.models.playing import Playing
from tests.models.telling import ANYTHING

READ = {"operationId": "read_organisation"}
CREATE = {"operationId": "create_organisation"}
NOT_FOUND = {"example": "organisation_not_found"}
FAULTS: list[tuple[str, Any]] = [
    ("fault_set", {"match": READ, "times": 2, "answer": NOT_FOUND}),
    ("fault_set", {"match": {"provider": "tyk"}, "times": 2, "answer": NOT_FOUND}),
    ("fault_set", {"match": CREATE, "times": 1, "answer": {"status": 503, "undeclared": True}}),
    ("fault_set", {"match": {"provider": "tyk"}, "times": 1, "wire": "EMPTY_RESPONSE"}),
    ("fault_set", {"match": READ, "drip": {"seconds": 0, "chunks": 3}}),
    ("fault_set", {"match": CREATE, "times": 1, "loseAnswer": True}),
    ("fault_set", {"match": {"provider": "tyk"}, "times": 3, "rateLimit": {"limit": 1, "window": 60}}),
    ("undeclared_answer", {"match": {"operationId": "read_hello"}, "answer": {"status": 503}}),
    ("unusable_fault", {"answer": {"status": 503, "undeclared": True}, "wire": "EMPTY_RESPONSE"}),
    ("unusable_fault", {"match": {"operationId": "read_helo"}, "loseAnswer": True}),
    ("bad_request", {"times": 0, "delay": {"fixed": 1}}),
]
USABLE = [fault for fault in FAULTS if fault[0] == "fault_set"]
CRITERIA: list[tuple[str | None, Any]] = [
    (None, {}),
    (None, READ),
    (None, {"status": 404}),
    (None, {"status": "4xx", "method": "GET"}),
    (None, {"status": "2xx", "provider": "tyk"}),
    (None, {"answer": "organisation_created"}),
    (None, {"path": {"contains": "organisations"}}),
    (None, {"path": f"/admin/organisations/{JIVELY}"}),
    (None, {"body": {"contains": {"owner_name": "A"}}}),
    ("unusable_criteria", {"operationId": "create_organization"}),
    ("unusable_criteria", {"provider": "acme"}),
    ("bad_request", {"status": "bad"}),
]
TIMES: list[Any] = [None, 0, 1, 2, {"atLeast": 2}, {"atMost": 1}, {"atLeast": 1, "atMost": 3}]
FILTERS = ("status", "operationId", "unmatched", "since", "changed")


class Asking(Playing):
    """Asks about calls to Tyk, and sets faults that strike them."""

    # ---- journal

    @rule(pick=PICK, call=CALLS, name=st.sampled_from(FILTERS), offset=st.integers(0, 2), since=st.integers(0, 9))
    def list_requests(self, pick: int, call: Call, name: str, offset: int, since: int) -> None:
        box = self.box_after(pick, call)
        filters: dict[str, tuple[str, Callable[[Exchange], bool]]] = {
            "status": ("4xx", lambda one: one.meets({"status": "4xx"})),
            "operationId": ("read_organisation", lambda one: one.meets(READ)),
            "unmatched": ("true", lambda one: one.call.operation is None),
            "since": (f"{since}", lambda one: one.id > since),
            "changed": (f"tyk/organisations/{JIVELY}", lambda one: one.changed("organisations", JIVELY)),
        }
        value, let_through = filters[name]
        for operation in ("list_requests", "export_har"):
            self.ask(operation, "unusable_criteria", box=box.name, query="?operationId=read_org")
        wanted = [one.id for one in reversed(box.journal) if let_through(one)]
        page = self.ask(
            "list_requests", "requests_listed", box=box.name, query=f"?{name}={value}&offset={offset}&limit=2"
        )
        assert (len(wanted), offset, box.lost) == (page["total"], page["offset"], page["lost"])
        assert wanted[offset : offset + 2] == [entry["id"] for entry in page["items"]]

    @rule(pick=PICK, call=CALLS, back=st.integers(0, 8))
    def read_request(self, pick: int, call: Call, back: int) -> None:
        """With what it changed."""
        box = self.box_after(pick, call)
        asked = partial(self.ask, "read_request", box=box.name, id=box.exchanges - back)
        exchange = box.find(box.exchanges - back)
        if exchange is None:
            asked("bad_request" if back >= box.exchanges else "no_such_exchange")
            return
        shown = [(one["collection"], one["id"], one["kind"]) for one in asked("request_read")["diff"]]
        assert list(differences(exchange.before.state, exchange.after.state)) == shown

    @rule(pick=PICK, call=CALLS, criteria=st.sampled_from(CRITERIA), limit=st.integers(1, 3))
    def find_requests(self, pick: int, call: Call, criteria: tuple[str | None, Any], limit: int) -> None:
        box, (refused, wish) = self.box_after(pick, call), criteria
        asked = partial(self.ask, "find_requests", box=box.name, body={**wish, "limit": limit})
        if refused:
            asked(refused)
            return
        page, wanted = asked("requests_found"), self.meeting(box, wish)
        assert (len(wanted), wanted[:limit]) == (page["total"], [entry["id"] for entry in page["items"]])

    @rule(pick=PICK, call=CALLS, criteria=st.sampled_from(CRITERIA))
    def count_requests(self, pick: int, call: Call, criteria: tuple[str | None, Any]) -> None:
        box, (refused, wish) = self.box_after(pick, call), criteria
        count = {"count": 0 if refused else len(self.meeting(box, wish)), "lost": box.lost}
        self.ask(
            "count_requests", refused or "requests_counted", ANYTHING if refused else count, box=box.name, body=wish
        )

    @rule(pick=PICK, call=CALLS, criteria=st.sampled_from(CRITERIA), times=st.sampled_from(TIMES))
    def verify_requests(self, pick: int, call: Call, criteria: tuple[str | None, Any], times: Any) -> None:
        box, (refused, wish) = self.box_after(pick, call), criteria
        asked = partial(
            self.ask, "verify_requests", box=box.name, body=wish if times is None else {**wish, "times": times}
        )
        if refused:
            asked(refused)
            return
        wanted = self.meeting(box, wish)
        bounds = {"atLeast": 1} if times is None else {"atLeast": times, "atMost": times}
        bounds = {"atLeast": 0, **times} if isinstance(times, dict) else bounds
        if bounds["atLeast"] <= len(wanted) <= bounds.get("atMost", len(wanted)):
            asked("verified", {"count": len(wanted), "lost": box.lost})
            return
        told = asked("verification_failed")
        assert (len(wanted), bounds) == (told["count"], told["expected"])
        assert wanted[:5] == [one["id"] for one in told["matched"]]
        near = {one["id"] for one in told["nearest"]}
        assert near <= {one.id for one in box.journal} - set(wanted)
        assert bool(near) == (len(wanted) < bounds["atLeast"] and len(wanted) < len(box.journal))

    @rule(pick=PICK, call=CALLS)
    def export_har(self, pick: int, call: Call) -> None:
        box = self.box_after(pick, call)
        entries = self.ask("export_har", "har_exported", box=box.name)["log"]["entries"]
        wanted = [(one.id, one.answer, one.status or 0, one.call.method) for one in box.journal]
        own = [(one["_understudy"], one["response"], one["request"]) for one in entries]
        assert wanted == [(our["id"], our["answer"], there["status"], sent["method"]) for our, there, sent in own]

    @rule(pick=PICK, call=CALLS)
    def clear_requests(self, pick: int, call: Call) -> None:
        box = self.box_after(pick, call)
        self.ask("clear_requests", "requests_cleared", box=box.name)
        box.clear()

    @rule(pick=PICK, call=CALLS, back=st.integers(-1, 8))
    def stream_events(self, pick: int, call: Call, back: int) -> None:
        """Whoever comes back first gets what was missed, or is told how much is gone."""
        box = self.box_after(pick, call)
        since = max(0, box.sequence - back)
        wanted: list[Any] = [one.id for one in box.journal if one.sequence > since or back < 0]
        first = next((one.sequence for one in box.journal if one.sequence > since), 0)
        if back < 0:
            wanted = [{"lost": None}, *wanted]
        elif first > since + 1:
            wanted = [{"lost": first - since - 1}, *wanted]
        pieces = self.http.loop.run_until_complete(self._followed(box.name, since, len(wanted) + 1))
        self.met["stream_events", "events_streamed"] += 1
        told = [orjson.loads(piece.partition(b"data: ")[2]) for piece in pieces[1:]]
        assert wanted == [one.get("id", one) for one in told]

    async def _followed(self, box: str, since: int, count: int) -> list[bytes]:
        """Return so many pieces of a stream of events, and hang up."""
        pieces: asyncio.Queue[bytes] = asyncio.Queue()
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message.get("body"):
                pieces.put_nowait(message["body"])

        headers = {"host": "localhost", "understudy-sandbox": box, "last-event-id": str(since)}
        path = operations("control")["stream_events"].path
        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
        named = {"headers": [(name.encode(), value.encode()) for name, value in headers.items()], "root_path": ""}
        following = asyncio.ensure_future(self.http.app({**scope, **named}, receive, send))
        async with asyncio.timeout(60):
            got = [await pieces.get() for _ in range(count)]
        gone.set()
        await following
        assert pieces.empty()
        return got

    # ---- faults

    @rule(pick=PICK, call=CALLS)
    def list_faults(self, pick: int, call: Call) -> None:
        box = self.box_after(pick, call)
        self.ask("list_faults", "faults_listed", {"items": [fault.shown() for fault in box.faults]}, box=box.name)

    @rule(pick=PICK, fault=st.sampled_from(FAULTS), calls=st.lists(CALLS, min_size=1, max_size=5))
    def add_fault(self, pick: int, fault: tuple[str, Any], calls: list[Call]) -> None:
        """And see what it does."""
        box, (answer, given) = self.box(pick), fault
        new = Fault(f"f{box.numbered + 1}", given)
        if answer == "fault_set":
            box.numbered += 1
            box.faults.append(new)
        self.ask("add_fault", answer, new.shown() if answer == "fault_set" else ANYTHING, box=box.name, body=given)
        for call in calls:
            self.play(box, call)

    @rule(pick=PICK, call=CALLS, number=st.integers(1, 4))
    def read_fault(self, pick: int, call: Call, number: int) -> None:
        box = self.box_after(pick, call)
        there = [fault.shown() for fault in box.faults if fault.id == f"f{number}"]
        answer = "fault_read" if there else "no_such_fault"
        self.ask("read_fault", answer, there[0] if there else ANYTHING, box=box.name, id=f"f{number}")

    @rule(pick=PICK, call=CALLS, number=st.integers(1, 4))
    def delete_fault(self, pick: int, call: Call, number: int) -> None:
        box = self.box_after(pick, call)
        there = any(fault.id == f"f{number}" for fault in box.faults)
        self.ask("delete_fault", "fault_deleted" if there else "no_such_fault", box=box.name, id=f"f{number}")
        box.faults = [fault for fault in box.faults if fault.id != f"f{number}"]

    @rule(pick=PICK, call=CALLS)
    def delete_faults(self, pick: int, call: Call) -> None:
        box = self.box_after(pick, call)
        self.ask("delete_faults", "faults_deleted", box=box.name)
        box.faults = []

    # ---- coverage

    @rule(provider=st.sampled_from(["tyk", "tyk", "acme"]), pick=PICK, call=CALLS, fault=st.sampled_from(USABLE))
    def read_coverage(self, provider: str, pick: int, call: Call, fault: Any) -> None:
        """It counts over all sandboxes, whatever is reset, and whatever strikes."""
        self.add_fault(pick=pick, fault=fault, calls=[call])
        if provider != "tyk":
            self.ask("read_coverage", "no_such_provider", query=f"?provider={provider}")
            return
        self.ask("read_coverage", "no_such_operation", query="?operationId=read_me")
        told = self.ask("read_coverage", "coverage_read", query="?provider=tyk")
        assert self.house.called[None] == told["unmatched"]["total"]
        shown = told["providers"][0]["operations"]
        assert {one["operationId"]: self.house.called[one["operationId"]] for one in shown} == {
            one["operationId"]: one["calls"] for one in shown
        }
        answered = {(one["operationId"], met["answer"]): met["count"] for one in shown for met in one["answers"]}
        assert {which: self.house.answered[which] for which in answered} == answered

    @rule()
    def clear_coverage(self) -> None:
        self.ask("clear_coverage", "coverage_cleared")
        self.house.called.clear()
        self.house.answered.clear()

    @staticmethod
    def meeting(box: Box, criteria: Any) -> list[int]:
        """Return the ids of the exchanges that meet criteria, newest first."""
        return [one.id for one in reversed(box.journal) if one.meets(criteria)]

"""A machine that asks the control API of a server which plays Tyk, and holds every answer against a model of it."""

from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

import httpx
import orjson
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from tests.models.documents import operations
from tests.models.house import JOURNAL, LIMIT, Box, House, Kept, World
from tests.models.running import Machine
from tests.models.telling import ANYTHING, NOTHING, State, difference
from tests.support.inprocess import InProcess, edge_of

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = st.sampled_from(["default", "a", "b", "c"])
PICK = st.integers(0, 7)


class HouseMachine(Machine):
    """What all rules share: asking, and what always holds."""

    vendor: ClassVar = "control"
    out_of_reach: ClassVar = {
        "unauthenticated", "unsupported_media_type", "body_too_large", "bad_request", "store_away", "journal_off",
        "too_many_snapshots", "too_many_faults", "record_unusable", "state_unplayable", "world_gone",
        "no_such_provider", "no_such_collection",
    }  # fmt: skip
    """``tests/control/test_every_answer.py`` has these."""
    worlds: ClassVar[dict[World, State]] = {}
    """What each world holds: it was looked at once, and must be so whenever a sandbox begins."""

    def __init__(self) -> None:
        super().__init__()
        self.http = InProcess(edge_of("tyk", limit=LIMIT, journal=JOURNAL, now=BEGINNING)[0])
        self.house = House()
        self.shared = hasattr(self.http.app.sandboxes, "store")
        """Whether the sandboxes are kept in a store."""

    def teardown(self) -> None:
        self.http.close()

    @initialize()
    def begin(self) -> None:
        self.made(World("documented", 1), "default")

    def send(self, method: str, path: str, box: str | None, body: Any, headers: dict[str, str]) -> httpx.Response:
        """Send a request as it is."""
        named = {**headers, **({} if box is None else {"Understudy-Sandbox": box})}
        content = None if body is NOTHING else orjson.dumps(body)
        if content is not None:
            named["Content-Type"] = "application/json"
        url = f"http://localhost{path}"
        return self.http.handle_request(httpx.Request(method, url, headers=named, content=content))

    def ask(
        self, operation: str, wanted: str, says: Any = ANYTHING, *, box: str | None = None, body: Any = NOTHING,
        query: str = "", **places: Any,
    ) -> Any:  # fmt: skip
        """Ask an operation, see that the answer is the one that is wanted, and return its body."""
        promised = operations("control")[operation]
        path = promised.path.format(**{name: quote(str(value), safe="") for name, value in places.items()})
        answer = self.send(promised.method, path + query, box, body, {})
        what = f"{operation} {places} of {box} {query} {body}: {answer.status_code} {answer.text[:600]}"
        named = (answer.headers.get("understudy-answer"), answer.status_code)
        assert (wanted, promised.answers[wanted].status) == named, what
        self.met[operation, wanted] += 1
        self.steps["asked"] += 1
        content = orjson.loads(answer.content) if answer.content else None
        if says is not ANYTHING:
            differs = difference(says, content)
            assert differs is None, f"{differs}, in {what}"
        return content

    def box(self, pick: int) -> Box:
        """Return one of the sandboxes that there are."""
        return list(self.house.boxes.values())[pick % len(self.house.boxes)]

    def records(self, name: str) -> State:
        """Return the records that a sandbox holds."""
        listed = partial(self.ask, "list_records", "records_listed", box=name, query="?limit=1000", provider="tyk")
        kinds = ("organisations", "users")
        return {kind: {one["id"]: one for one in listed(collection=kind)["items"]} for kind in kinds}

    def made(self, world: World, name: str, box: Box | None = None) -> None:
        """Stop the clock of a sandbox that has begun, and see that it holds what its world always does."""
        self.ask("set_clock", "clock_set", box=name, body={"now": "2026-01-01T00:00:00Z", "frozen": True})
        there = self.records(name)
        assert difference(self.worlds.setdefault(world, there), there) is None
        kept = Kept(world, self.worlds[world])
        if box is None:
            self.house.boxes[name] = Box(name, kept, BEGINNING)
        else:
            box.reset(kept)
            box.now = BEGINNING

    # ---- what always holds

    @invariant()
    def the_sandboxes_are_as_in_the_model(self) -> None:
        self.steps["steps"] += 1
        shown = [box.shown() for box in self.house.boxes.values()]
        self.ask("list_sandboxes", "sandboxes_listed", {"total": len(shown), "offset": 0, "items": shown})

    @invariant()
    def the_records_are_those_of_the_model(self) -> None:
        for box in self.house.boxes.values():
            there = self.records(box.name)
            for collection, records in box.state.items():
                differs = difference(list(records.values()), list(there[collection].values()))
                assert differs is None, f"{collection} of {box.name}: {differs}"

    @invariant()
    def the_faults_have_struck_as_often_as_in_the_model(self) -> None:
        for box in self.house.boxes.values():
            self.ask("list_faults", "faults_listed", {"items": [fault.shown() for fault in box.faults]}, box=box.name)

    @invariant()
    def the_journals_hold_what_was_asked(self) -> None:
        for box in self.house.boxes.values():
            page = self.ask("list_requests", "requests_listed", box=box.name)
            assert (len(box.journal), box.lost) == (page["total"], page["lost"])
            for exchange, shown in zip(reversed(box.journal), page["items"], strict=True):
                entry = exchange.entry()
                differs = difference(entry, {name: shown[name] for name in entry})
                assert differs is None, f"exchange {exchange.id} of {box.name}: {differs}"

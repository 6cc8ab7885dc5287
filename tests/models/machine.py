"""A machine that plays a vendor in two sandboxes side by side, and holds every answer against the vendor's model."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from itertools import count
from types import ModuleType
from typing import Any, ClassVar

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.models.box import BEGINNING, Box, url_of
from tests.models.documents import operations
from tests.models.running import Machine
from tests.models.telling import NOTHING, Ask, State, Told, difference, expected
from tests.support.inprocess import InProcess, edge_of

SNAPSHOTS = st.sampled_from(["a", "b"])
PICK = st.integers(0, 15)
_numbers = count()


@lru_cache
def transport_for(vendor: str) -> InProcess:
    """Return the way to the one app in which every example of a machine has sandboxes of its own."""
    return InProcess(edge_of(vendor, show_secrets=True)[0])


class VendorMachine(Machine):
    """What is the same for every vendor: snapshots, restores, rewinds, resets, the clock, and what always holds."""

    model: ClassVar[ModuleType]
    only_in_the_model: ClassVar[set[str]] = set()
    """Collections that no state shows."""
    out_of_reach: ClassVar = {"body_too_large", "media_type_unsupported"}

    def __init__(self) -> None:
        super().__init__()
        number = next(_numbers)
        transport = transport_for(self.vendor)
        self.boxes = [Box(transport, f"left-{number}"), Box(transport, f"right-{number}")]
        self.gone: list[Any] = []
        for box in self.boxes:
            box.state = self._records(box)
            box.state |= self.hidden()
        self.world = dict(self.box.state)

    def teardown(self) -> None:
        for box in self.boxes:
            assert box.control("DELETE", f"/sandboxes/{box.name}").status_code == 204

    @classmethod
    def end(cls) -> None:
        transport_for(cls.vendor).close()
        transport_for.cache_clear()

    def hidden(self) -> State:
        """Return the collections that no answer shows, as they are at the beginning: what a model keeps of them."""
        return {}

    def language(self, who: Any) -> str | None:
        """Return the language in which a caller is answered, where it is not the vendor's first."""
        return None

    @property
    def box(self) -> Box:
        """The sandbox that is being asked."""
        return self.boxes[0]

    @property
    def state(self) -> State:
        """The records of the sandbox that is being asked, as the model has them."""
        return self.box.state

    def call(self, operation: str, who: Any = None, *, body: Any = NOTHING, query: Any = None, **path: Any) -> Any:
        """Call an operation, hold what it answers against the model, and return the body."""
        box, promised = self.box, operations(self.vendor)[operation]
        box.before[box.exchanges + 1] = dict(box.state)
        told: Told = getattr(self.model, operation)(box.state, Ask(who, path, query or {}, body, box.moment))
        url = url_of(promised.path, path, query or {})
        answer = box.ask(promised.method, url, self.model.headers_of(who), body)
        box.exchanges += 1
        self.met[operation, told.answer] += 1
        self.steps["calls"] += 1
        what = f"{operation} by {who} of {path} {query or ''} with {body}: {answer.status_code} {answer.text}"
        written = promised.answers[told.answer]
        assert (told.answer, written.status) == (answer.headers.get("understudy-answer"), answer.status_code), what
        assert str(box.exchanges) == answer.headers["understudy-exchange"], what
        content = orjson.loads(answer.content) if answer.content else None
        differs = difference(expected(written, told, self.language(who)), content)
        assert differs is None, f"{differs}, in {what}"
        if told.learn:
            told.learn(content)
        was = box.before[box.exchanges]
        self.gone += [id for name in was for id in was[name] if id not in box.state[name]]
        return content

    def one(self, collection: str, pick: int) -> Any:
        """Return the id of a record, mostly one of the first or the last; at times of one that is not, or no longer."""
        ids = list(self.state[collection])
        choice = [*ids[:4], *ids[-4:], *ids[:2], *self.gone[-2:], *self.model.NOBODY]
        return choice[pick % len(choice)]

    # ---- what the control API does to a sandbox

    @rule()
    def turn_to_the_other_sandbox(self) -> None:
        self.boxes.reverse()

    @rule(seconds=st.sampled_from([1, 60, 3600]))
    def advance_clock(self, seconds: int) -> None:
        self.advance_clock_by(seconds)

    def advance_clock_by(self, seconds: int) -> None:
        self.box.advance(timedelta(seconds=seconds))

    @rule(name=SNAPSHOTS)
    def take_snapshot(self, name: str) -> None:
        answer = self.box.control("PUT", f"/snapshots/{name}")
        assert (200 if name in self.box.snapshots else 201) == answer.status_code
        self.box.snapshots[name] = dict(self.state)

    @rule(name=SNAPSHOTS)
    def restore_snapshot(self, name: str) -> None:
        answer = self.box.control("POST", f"/snapshots/{name}/restore")
        if name not in self.box.snapshots:
            assert "no_such_snapshot" == answer.headers["understudy-answer"]
            return
        assert "snapshot_restored" == answer.headers["understudy-answer"]
        self.box.state = dict(self.box.snapshots[name])

    @rule(name=SNAPSHOTS)
    def drop_snapshot(self, name: str) -> None:
        answer = self.box.control("DELETE", f"/snapshots/{name}")
        assert (204 if self.box.snapshots.pop(name, None) else 404) == answer.status_code

    @rule(name=SNAPSHOTS)
    def compare_snapshot(self, name: str) -> None:
        if name in self.box.snapshots:
            found = self.box.look(f"/snapshots/{name}/diff")["items"]
            shown = {(item["collection"], item["id"], item["kind"]) for item in found}
            told = set(_differences(self.box.snapshots[name], self.state))
            assert {one for one in told if one[0] in self.model.SHOWN} == {
                one for one in shown if one[0] in self.model.SHOWN
            }

    @rule(name=SNAPSHOTS)
    def carry_a_snapshot_over_to_the_other_sandbox(self, name: str) -> None:
        if name in self.box.snapshots:
            file = self.box.look(f"/snapshots/{name}/export")
            there = self.boxes[1]
            answer = there.control("PUT", f"/snapshots/{name}/import", file)
            assert (200 if name in there.snapshots else 201) == answer.status_code, answer.text
            there.snapshots[name] = dict(self.box.snapshots[name])

    @rule(back=st.integers(0, 12))
    def rewind(self, back: int) -> None:
        to = self.box.exchanges - back
        answer = self.box.control("POST", "/rewind", {"to": to if to > 0 else 1_000_000})
        if to > 0:
            assert "sandbox_rewound" == answer.headers["understudy-answer"]
            self.box.state = dict(self.box.before[to])
        else:
            assert "no_such_exchange" == answer.headers["understudy-answer"]

    @rule()
    def reset(self) -> None:
        assert 200 == self.box.control("POST", "/reset").status_code
        self.box.state, self.box.before, self.box.exchanges = dict(self.world), {}, 0
        self.box.set_clock(BEGINNING)

    @rule()
    def begin_again_and_get_the_same_bytes(self) -> None:
        self.box.play_again()
        self.steps["replayed"] += len(self.box.log)

    # ---- what always holds

    @invariant()
    def the_records_are_those_of_the_model(self) -> None:
        self.steps["steps"] += 1
        for box in self.boxes:
            wanted = {collection: list(box.state[collection].values()) for collection in self.model.SHOWN}
            there = {collection: list(records.values()) for collection, records in self._records(box).items()}
            for collection in self.model.SHOWN:
                differs = difference(wanted[collection], there[collection])
                assert differs is None, f"{collection} of {box.name}: {differs}"

    @invariant()
    def the_counts_add_up(self) -> None:
        for box in self.boxes:
            listed = box.look(f"/state/{self.vendor}")["collections"]
            counts = {one["collection"]: one["records"] for one in listed}
            kept = [name for name in self.world if name not in self.only_in_the_model]
            assert {name: len(box.state[name]) for name in kept}.items() <= counts.items()
            assert box.exchanges == box.look(f"/sandboxes/{box.name}")["exchanges"]

    @invariant()
    def the_vendors_own_lists_say_the_same(self) -> None:
        for operation, who, path, query in self.model.readings(self.state):
            self.call(operation, who, query=query, **path)

    def _records(self, box: Box) -> State:
        pages = {name: box.look(f"/state/{self.vendor}/{name}?limit=1000")["items"] for name in self.model.SHOWN}
        return {name: {record["id"]: record for record in page} for name, page in pages.items()}


def _differences(before: State, after: State) -> Iterator[tuple[str, Any, str]]:
    for collection in after:
        for id in {**before[collection], **after[collection]}:
            was, now = before[collection].get(id), after[collection].get(id)
            if was != now:
                yield collection, id, "created" if was is None else "removed" if now is None else "changed"

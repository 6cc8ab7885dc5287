"""Keeping: snapshots, the way back, and the clock."""

from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.models.calling import CALLS
from tests.models.house import Call, Kept, Taken, World, differences
from tests.models.housed import PICK
from tests.models.playing import Playing
from tests.models.telling import ANYTHING

LABELS = st.sampled_from(["before", "before", "after", "a b"])
MOVES: list[tuple[str, str, timedelta | None]] = [
    ("clock_advanced", "PT30S", timedelta(seconds=30)),
    ("clock_advanced", "P1DT2H", timedelta(days=1, hours=2)),
    ("clock_advanced", "-P1D", timedelta(days=-1)),
    ("unusable_duration", "1 day", None),
    ("out_of_range", "P9000Y", None),
    ("bad_request", "", None),
]
WISHES: list[tuple[str, Any]] = [
    ("clock_set", {"frozen": True}),
    ("out_of_range", {"now": "1812-01-01T00:00:00Z"}),
    ("bad_request", {"now": "yesterday"}),
    ("bad_request", {}),
]


class Keeping(Playing):
    """Takes snapshots, carries them about, goes back to them, and moves clocks."""

    @rule(pick=PICK, call=CALLS)
    def list_snapshots(self, pick: int, call: Call) -> None:
        box = self.box_after(pick, call)
        self.ask("list_snapshots", "snapshots_listed", {"items": list(map(box.snapshot, box.snapshots))}, box=box.name)

    @rule(pick=PICK, call=CALLS, name=LABELS)
    def take_snapshot(self, pick: int, call: Call, name: str) -> None:
        box = self.box_after(pick, call)
        taken = partial(self.ask, "take_snapshot", box=box.name, name=name)
        if " " in name:
            taken("bad_request")
            return
        answer = "snapshot_retaken" if name in box.snapshots else "snapshot_taken"
        box.snapshots[name] = Taken(box.kept, box.moment)
        taken(answer, box.snapshot(name))

    @rule(pick=PICK, name=LABELS)
    def drop_snapshot(self, pick: int, name: str) -> None:
        if self.found("drop_snapshot", "snapshot_dropped", pick, name):
            del self.box(pick).snapshots[name]

    @rule(pick=PICK, name=LABELS)
    def restore_snapshot(self, pick: int, name: str) -> None:
        """World and seed are the snapshot's again, too: a reset leads to them."""
        if self.found("restore_snapshot", "snapshot_restored", pick, name):
            box = self.box(pick)
            box.kept = box.snapshots[name].kept

    @rule(pick=PICK, name=LABELS)
    def compare_snapshot(self, pick: int, name: str) -> None:
        if page := self.found("compare_snapshot", "snapshot_compared", pick, name):
            box = self.box(pick)
            before = box.snapshots[name].kept.state
            items = [one for one in page["items"] if one["collection"] in before]
            shown = [(one["collection"], one["id"], one["kind"]) for one in items]
            assert sorted(differences(before, box.state)) == sorted(shown)
            for one in items:
                assert before[one["collection"]].get(one["id"]) == one.get("before")

    @rule(pick=PICK, to=PICK, name=LABELS, other=LABELS)
    def export_snapshot(self, pick: int, to: int, name: str, other: str) -> None:
        self.carry(pick, to, name, other)

    @rule(
        pick=PICK,
        to=PICK,
        name=LABELS,
        spoilt=st.sampled_from([{"world": "full"}, {"format": 2}, {"providers": {"x": {}}}]),
    )
    def import_snapshot(self, pick: int, to: int, name: str, spoilt: Any) -> None:
        """Also what was spoilt on its way: nothing is kept of it."""
        self.carry(pick, to, name, "after", spoilt)
        self.carry(pick, to, name, "after")

    @rule(pick=PICK, name=LABELS, world=st.sampled_from(["documented", "empty"]), seed=st.sampled_from([1, 2]))
    def go_to_another_world(self, pick: int, name: str, world: str, seed: int) -> None:
        """By a file that says no more than its name."""
        box, there = self.box(pick), World(world, seed)
        file = {"format": 1, "world": world, "seed": seed, "taken": box.moment, "providers": {}}
        if " " in name:
            self.ask("import_snapshot", "bad_request", box=box.name, name=name, body=file)
            return
        answer = "snapshot_imported_again" if name in box.snapshots else "snapshot_imported"
        self.ask("import_snapshot", answer, box=box.name, name=name, body=file)
        self.ask("restore_snapshot", "snapshot_restored", box=box.name, name=name)
        box.kept = Kept(there, self.worlds.setdefault(there, self.records(box.name)))
        box.snapshots[name] = Taken(box.kept, box.moment)

    def carry(self, pick: int, to: int, name: str, other: str, spoilt: Any = ANYTHING) -> None:
        """Give a snapshot out, and have it taken in by another sandbox under another name."""
        file = self.found("export_snapshot", "snapshot_exported", pick, name)
        if not file or " " in other:
            return
        box = self.box(to)
        imported = partial(self.ask, "import_snapshot", box=box.name, name=other)
        if spoilt is not ANYTHING:
            imported("bad_request" if "providers" in spoilt else "snapshot_unfit", body={**file, **spoilt})
            return
        answer = "snapshot_imported_again" if other in box.snapshots else "snapshot_imported"
        box.snapshots[other] = self.box(pick).snapshots[name]
        imported(answer, {**box.snapshot(other), "changedContracts": []}, body=file)

    def found(self, operation: str, answer: str, pick: int, name: str) -> Any:
        """Ask for a snapshot; return what is answered, or None where it is not there."""
        box = self.box(pick)
        asked = partial(self.ask, operation, box=box.name, name=name)
        if name not in box.snapshots:
            asked("bad_request" if " " in name else "no_such_snapshot")
            return None
        if operation == "compare_snapshot":
            return asked(answer, query="?limit=1000")
        return asked(answer, box.snapshot(name) if operation == "restore_snapshot" else ANYTHING) or True

    @rule(pick=PICK, call=CALLS, back=st.integers(0, 8))
    def rewind_sandbox(self, pick: int, call: Call, back: int) -> None:
        box = self.box_after(pick, call)
        to = box.exchanges - back
        rewound = partial(self.ask, "rewind_sandbox", box=box.name, body={"to": to})
        exchange = box.find(to)
        if to < 1 or exchange is None:
            rewound("bad_request" if to < 1 else "no_such_exchange")
            return
        box.kept = exchange.before
        rewound("sandbox_rewound", box.shown())

    # ---- clock

    @rule(pick=PICK, call=CALLS)
    def read_clock(self, pick: int, call: Call) -> None:
        box = self.box_after(pick, call)
        self.ask("read_clock", "clock_read", box.shown()["clock"], box=box.name)

    @rule(pick=PICK, day=st.integers(1, 28), wish=st.sampled_from(WISHES), good=st.booleans())
    def set_clock(self, pick: int, day: int, wish: tuple[str, Any], good: bool) -> None:  # noqa: FBT001 - drawn
        box = self.box(pick)
        if good:
            box.now = box.now.replace(day=day)
            wish = ("clock_set", {"now": box.moment})
        clock = box.shown()["clock"]
        self.ask("set_clock", wish[0], clock if wish[0] == "clock_set" else ANYTHING, box=box.name, body=wish[1])

    @rule(pick=PICK)
    def let_the_clock_run(self, pick: int) -> None:
        """It runs on from where it stood, and is put back."""
        box = self.box(pick)
        clock = self.ask("set_clock", "clock_set", box=box.name, body={"frozen": False})
        assert not clock["frozen"]
        assert box.moment <= clock["now"]
        self.ask("set_clock", "clock_set", box=box.name, body={"now": box.moment, "frozen": True})

    @rule(pick=PICK, call=CALLS, move=st.sampled_from(MOVES))
    def advance_clock(self, pick: int, call: Call, move: tuple[str, str, timedelta | None]) -> None:
        box, (answer, by, delta) = self.box_after(pick, call), move
        box.now += delta or timedelta()
        says = box.shown()["clock"] if delta else ANYTHING
        self.ask("advance_clock", answer, says, box=box.name, body={"by": by})

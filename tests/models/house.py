"""The mock itself, as ``openapi/control.yaml`` has it: sandboxes with their records, journal, clock and faults."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from tests.models.telling import Record, State

LIMIT = 3
"""Sandboxes that there may be; ``default`` there always may."""


class World(NamedTuple):
    """What a sandbox starts from."""

    name: str
    seed: int


class Kept(NamedTuple):
    """States, with the world that they are of."""

    world: World
    state: State


class Taken(NamedTuple):
    """A snapshot."""

    kept: Kept
    at: str


class Exchange(NamedTuple):
    """One entry of a journal."""

    id: int
    method: str
    path: str
    operation: str | None
    status: int
    answer: str | None
    broken: bool
    before: Kept


@dataclass
class Fault:
    """A rule, and how often it has struck."""

    id: str
    rule: Record
    struck: int = 0

    def shown(self) -> Record:
        return {"id": self.id, **self.rule, "struck": self.struck}

    def meets(self, operation: str | None) -> bool:
        wanted = self.rule.get("match", {}).get("operationId")
        return self.struck < self.rule.get("times", 10**9) and wanted in (None, operation)


@dataclass
class Box:
    """A sandbox."""

    name: str
    kept: Kept
    now: datetime
    frozen: bool = True
    snapshots: dict[str, Taken] = field(default_factory=dict)
    journal: list[Exchange] = field(default_factory=list)
    exchanges: int = 0
    faults: list[Fault] = field(default_factory=list)
    numbered: int = 0

    @property
    def state(self) -> State:
        return self.kept.state

    @property
    def moment(self) -> str:
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def change(self, collection: str, records: Mapping[Any, Record]) -> None:
        self.kept = Kept(self.kept.world, {**self.state, collection: dict(records)})

    def shown(self) -> Record:
        """Return what the control API says of it."""
        return {
            "name": self.name,
            "world": self.kept.world.name,
            "seed": self.kept.world.seed,
            "exchanges": len(self.journal),
            "snapshots": list(self.snapshots),
            "faults": len(self.faults),
            "clock": {"now": self.moment, "frozen": self.frozen},
        }

    def snapshot(self, name: str) -> Record:
        taken = self.snapshots[name]
        return {"name": name, "taken": taken.at, "world": taken.kept.world.name, "seed": taken.kept.world.seed}

    def reset(self, kept: Kept) -> None:
        """Begin again in a world; snapshots stay."""
        self.kept, self.journal, self.exchanges, self.faults, self.numbered = kept, [], 0, [], 0

    def struck(self, operation: str | None) -> Fault | None:
        """Return the first fault that strikes a call that has passed every check, and count it."""
        found = next((fault for fault in self.faults if fault.meets(operation)), None)
        if found is not None:
            found.struck += 1
        return found


@dataclass
class House:
    """The server."""

    boxes: dict[str, Box] = field(default_factory=dict)
    called: Counter[str] = field(default_factory=Counter)
    """How often each operation was called, in whatever sandbox, since that was last cleared."""
    unmatched: int = 0

    def full_for(self, name: str) -> bool:
        return name not in self.boxes and name != "default" and len(self.boxes) >= LIMIT


def merged(record: Any, patch: Any) -> Any:
    """Apply a JSON Merge Patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    whole = dict(record) if isinstance(record, dict) else {}
    for name, value in patch.items():
        whole.pop(name, None) if value is None else whole.update({name: merged(whole.get(name), value)})
    return whole


def is_organisation(record: Any) -> bool:
    """Tell whether a record of Tyk's organisations has what is required, of its type, and nothing unknown."""
    types: dict[str, type] = {"id": str, "owner_name": str, "cname": str, "cname_enabled": bool, "apis": list}
    others: dict[str, type] = {"owner_slug": str, "developer_quota": int, "org_options_meta": dict}
    known = {**types, **others}
    rest = {"developer_count", "event_options", "hybrid_enabled", "sso_enabled", "ui", "open_policy"}
    if not set(types) <= set(record) <= set(known) | rest | {"additional_permissions"}:
        return False
    return all(type(record[name]) is kind for name, kind in known.items() if name in record)

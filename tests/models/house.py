"""The mock itself, as ``openapi/control.yaml`` has it: sandboxes with their records, journal, clock and faults."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from tests.models.documents import operations
from tests.models.telling import NOTHING, Record, State

LIMIT = 3
"""Sandboxes that there may be; ``default`` there always may."""
JOURNAL = 6
"""Exchanges that a sandbox keeps."""
RESET = "CONNECTION_RESET_BY_PEER"


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


class Call(NamedTuple):
    """A request to Tyk: to one of its operations, or to a path on its ground that there is not."""

    operation: str | None
    who: dict[str, str]
    places: dict[str, str]
    body: Any
    prefer: str | None = None

    @property
    def method(self) -> str:
        return operations("tyk")[self.operation].method if self.operation else "GET"

    @property
    def path(self) -> str:
        path = operations("tyk")[self.operation].path if self.operation else "/admin/nowhere"
        return path.format(**self.places)


class Exchange(NamedTuple):
    """One entry of a journal."""

    id: int
    sequence: int
    call: Call
    at: str
    status: int | None
    answer: str | None
    forced: bool
    fault: str | None
    lost: bool
    before: Kept
    after: Kept

    def entry(self) -> Record:
        """Return what the journal says of it, in part."""
        call = self.call
        said = {"id": self.id, "time": self.at, "provider": "tyk", "operationId": call.operation}
        said |= {"method": call.method, "path": call.path, "body": None if call.body is NOTHING else call.body}
        said |= {"status": self.status, "answer": self.answer, "forced": self.forced, "fault": self.fault}
        return {**said, "lost": self.lost, "unmatched": call.operation is None}

    def meets(self, criteria: Record) -> bool:
        """Tell whether it is as criteria say: values, and what must be in a text or an object."""
        entry = self.entry()
        return all(_is(entry[name], wanted) for name, wanted in criteria.items())

    def changed(self, collection: str, id: str) -> bool:
        return self.before.state[collection].get(id) != self.after.state[collection].get(id)


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        part = wanted["contains"]
        return part in value if isinstance(part, str) else isinstance(value, dict) and part.items() <= value.items()
    return str(value)[0] == wanted[0] if wanted in ("2xx", "4xx") else bool(value == wanted)


@dataclass
class Fault:
    """A rule, and how it has fared."""

    id: str
    rule: Record
    struck: int = 0
    began: datetime | None = None
    passed: int = 0

    def shown(self) -> Record:
        return {"id": self.id, **self.rule, "struck": self.struck}

    def strikes(self, call: Call, now: datetime, *, passed: bool, forced: bool) -> bool:
        """Tell whether it strikes a call, and count: one that has passed every check, or one that has not."""
        match, answer = self.rule.get("match", {}), self.rule.get("answer")
        if self.struck >= self.rule.get("times", 10**9) or match.get("operationId", call.operation) != call.operation:
            return False
        if answer and (not passed or forced or not declares(call.operation, answer)):
            return False
        if "rateLimit" in self.rule and (forced or not self._is_beyond(self.rule["rateLimit"], now)):
            return False
        self.struck += 1
        return True

    def opens(self, now: datetime) -> int:
        """Return in how many seconds the next request passes."""
        assert self.began is not None
        left = self.began + timedelta(seconds=self.rule["rateLimit"]["window"]) - now
        return max(1, ceil(left.total_seconds()))

    def _is_beyond(self, limit: Record, now: datetime) -> bool:
        if self.began is None or not self.began <= now < self.began + timedelta(seconds=limit["window"]):
            self.began, self.passed = now, 0
        self.passed += 1
        return bool(self.passed > limit["limit"])


def declares(operation: str | None, answer: Record) -> bool:
    """Tell whether an operation can be made to answer so."""
    return operation is not None and (
        "undeclared" in answer or answer["example"] in operations("tyk")[operation].answers
    )


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
    sequence: int = 0
    lost: int = 0
    """Exchanges that have fallen out of the journal."""
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
        """Begin again in a world; snapshots stay, and events count on."""
        self.kept, self.exchanges, self.faults, self.numbered = kept, 0, [], 0
        self.clear()

    def clear(self) -> None:
        """Empty the journal."""
        self.journal, self.lost = [], 0

    def record(self, exchange: Exchange) -> None:
        """Keep an exchange, and what it led to."""
        self.kept, self.exchanges, self.sequence = exchange.after, exchange.id, exchange.sequence
        self.journal.append(exchange)
        if len(self.journal) > JOURNAL:
            self.lost += 1
            del self.journal[0]

    def find(self, id: int) -> Exchange | None:
        return next((exchange for exchange in self.journal if exchange.id == id), None)


@dataclass
class House:
    """The server."""

    boxes: dict[str, Box] = field(default_factory=dict)
    called: Counter[str | None] = field(default_factory=Counter)
    """How often each operation was called, in whatever sandbox, since that was last cleared; None: nobody's path."""
    answered: Counter[tuple[str | None, str]] = field(default_factory=Counter)

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


def differences(before: State, after: State) -> Iterator[tuple[str, str, str]]:
    """Yield the records that are not the same in two states, and what became of them."""
    for collection in after:
        for id in {**before[collection], **after[collection]}:
            was, now = before[collection].get(id), after[collection].get(id)
            if was != now:
                yield collection, id, "created" if was is None else "removed" if now is None else "changed"

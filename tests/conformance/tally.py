"""What was answered in a run of Schemathesis: written in its process, read in ours."""

import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from schemathesis.cli import EventHandler
from schemathesis.engine import events
from schemathesis.engine.recorder import ScenarioRecorder

PATH_VARIABLE = "CONFORMANCE_TALLY"


class Kind(NamedTuple):
    """One kind of exchange: the operation, whether the request kept to the contract, and what it got."""

    operation: str
    mode: str
    status: int
    answer: str


@dataclass
class Tally:
    """How many scenarios were played, and how many exchanges of each kind there were."""

    scenarios: int
    exchanges: Counter[Kind]

    @classmethod
    def read(cls, path: Path) -> "Tally":
        """Read what ``Counting`` has written."""
        written = json.loads(path.read_text())
        return cls(written["scenarios"], Counter({Kind(*kind): number for *kind, number in written["exchanges"]}))

    @classmethod
    def none(cls) -> "Tally":
        """Return an empty one."""
        return cls(0, Counter())

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.scenarios + other.scenarios, self.exchanges + other.exchanges)

    def asked(self, operation: str) -> int:
        """Return how often an operation was called."""
        return sum(number for kind, number in self.exchanges.items() if kind.operation == operation)

    def done(self, operation: str) -> int:
        """Return how often an operation did what it is for."""
        return sum(
            number for kind, number in self.exchanges.items() if kind.operation == operation and kind.status < 300
        )

    def share_done(self) -> float:
        """Return which share of the requests that kept to the contract got a 2xx."""
        kept = {kind: number for kind, number in self.exchanges.items() if kind.mode == "positive"}
        return sum(number for kind, number in kept.items() if kind.status < 300) / sum(kept.values())


class Counting(EventHandler[Any]):
    """Listens to the events of a run."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self._tally = Tally(0, Counter())

    def handle_event(self, ctx: Any, event: events.EngineEvent) -> None:
        """Count the exchanges of a scenario that is over."""
        if isinstance(event, events.ScenarioFinished) and (exchanges := _exchanges(event.recorder)):
            self._tally.scenarios += 1
            self._tally.exchanges.update(exchanges)

    def shutdown(self, ctx: Any) -> None:
        """Write it down."""
        exchanges = [[*kind, number] for kind, number in sorted(self._tally.exchanges.items())]
        written = {"scenarios": self._tally.scenarios, "exchanges": exchanges}
        Path(os.environ[PATH_VARIABLE]).write_text(json.dumps(written, indent=1))


def _exchanges(recorder: ScenarioRecorder) -> Counter[Kind]:
    counted: Counter[Kind] = Counter()
    for id, interaction in recorder.interactions.items():
        case, response = recorder.cases[id].value, interaction.response
        # A check's own requests are not checked themselves; other methods than the operation's are not its exchanges.
        if response is None or not recorder.checks.get(id) or case.method.lower() != case.operation.method.lower():
            continue
        mode = case.meta.generation.mode.value if case.meta else "positive"
        answer = "".join(response.headers.get("understudy-answer", []))
        counted[Kind(case.operation.definition.raw["operationId"], mode, response.status_code, answer)] += 1
    return counted

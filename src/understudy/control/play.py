"""The control API as the contract engine plays it: its contract, its handlers, its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from understudy.contract.contract import Contract
from understudy.contract.wording import as_data, sentence
from understudy.control import clock, coverage, faults, journal, sandboxes, server, session, snapshots, state
from understudy.control.room import Handler
from understudy.kernel.provider import Dialect, Visitor
from understudy.kernel.violation import Violation
from understudy.parts import Places

NAME = "control"
HANDLERS: tuple[Handler, ...] = tuple(
    handler
    for module in (server, session, sandboxes, state, snapshots, journal, clock, faults, coverage)
    for handler in module.HANDLERS
)


@dataclass(frozen=True, slots=True)
class Control:
    """Plays the control API, as a provider's record plays a vendor's."""

    name: str
    handlers: tuple[Handler, ...]
    dialect: Dialect

    def authenticate(self, _: object, __: Visitor) -> object:
        """Let everybody in: the gate has turned the others away at the edge, whatever they asked for."""
        return self


def explain(violations: tuple[Violation, ...]) -> Mapping[str, Any]:
    """Word a refusal of the engine as members of a problem."""
    return {
        "detail": "; ".join(map(sentence, violations[:5])),
        "violations": [as_data(violation) for violation in violations],
    }


def load_control() -> Contract:
    """Return the contract of the control API, loaded once as long as its file stays as it is.

    Raises SourceError where it cannot be played.
    """
    path = Places.default().openapi / f"{NAME}.yaml"
    return _load(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=1)
def _load(path: Path, _: int) -> Contract:
    return Contract.load(path, Control(NAME, HANDLERS, Dialect(explain=explain)))

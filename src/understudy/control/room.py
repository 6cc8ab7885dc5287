"""What a handler of the control API works in: one server, and the sandbox that the request is addressed to."""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from understudy.contract.contract import Contract
from understudy.contract.secrets import COMMON, UNCOVERED, Secrets
from understudy.control.gate import Gate
from understudy.coverage.ledger import Coverage
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.parts import Part
from understudy.sandbox import Sandbox
from understudy.sandboxes import Sandboxes
from understudy.sharing.replicas import Replicas
from understudy.watchdog import Watchdog


@dataclass(slots=True)
class House:
    """What is the server's own, beside the sandboxes' worlds."""

    sandboxes: Sandboxes
    gate: Gate = field(default_factory=Gate)
    """Who is let in."""
    started: float = field(default_factory=monotonic)
    """By ``time.monotonic``."""
    coverage: Coverage = field(init=False)
    """Over all sandboxes; no reset touches it."""
    counted: Coverage = field(init=False)
    """The same of every worker, where there are several."""
    show_secrets: bool = False
    """Cover nothing: for one's own machine."""
    away: str | None = None
    """Why the store cannot be used; None for one that can."""

    _secrets: tuple[Mapping[str, Part], Secrets] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.sandboxes, Replicas):
            self.coverage = self.counted = self.sandboxes.counts.coverage
        else:
            self.coverage = self.counted = Coverage(part.contract for part in self.parts.values())
        self.coverage.secrets = lambda: self.secrets

    @property
    def parts(self) -> Mapping[str, Part]:
        """The providers that are played, by name."""
        return self.sandboxes.worlds.parts

    @property
    def watchdog(self) -> Watchdog:
        """What ends a provider's code that would go on for ever."""
        return self.sandboxes.worlds.watchdog

    @property
    def secrets(self) -> Secrets:
        """What is not shown: what the contracts and providers mark, the security schemes name, and everybody calls so.

        Joined once for the parts that are played, and anew after a reload, which brings others.
        """
        if self._secrets is None or self._secrets[0] is not self.parts:
            self._secrets = self.parts, UNCOVERED if self.show_secrets else self._gathered()
        return self._secrets[1]

    def _gathered(self) -> Secrets:
        parts, own = self.parts.values(), self.sandboxes.worlds.credentials
        members = (name for part in parts for name in part.provider.secrets)
        given = (word for value in own for word in (value, *value.split(":")))
        return Secrets.union([COMMON, *(part.contract.secrets for part in parts)]).also(members, given)


@dataclass(frozen=True, slots=True)
class Room:
    """What stands where a vendor's handler has its state."""

    house: House
    sandbox: Sandbox
    """The sandbox that the request is addressed to."""
    stream: AsyncGenerator[bytes, None] | None = None
    """What is sent, piece by piece, in place of the answer's body."""
    work: Callable[[], object] | None = None
    """What takes seconds and touches no sandbox: done beside the others' requests, before the handler is asked again,
    whose answer so far is not sent."""
    worked: bool = False
    """Whether the work that was wished for is done."""
    result: Any = None
    """What it came to."""

    def beside(self, work: Callable[[], object]) -> "Room":
        """Return the room with work to be done."""
        return replace(self, work=work)

    @property
    def sandboxes(self) -> Sandboxes:
        """Every sandbox of the server."""
        return self.house.sandboxes

    def part(self, provider: str) -> Part:
        """Return a provider that is played. Raises Refusal."""
        part = self.house.parts.get(provider)
        if part is None:
            known = ", ".join(self.house.parts)
            raise Refusal("no_such_provider", detail=f"no provider is called {provider!r}; there are {known}")
        return part

    def contract(self, provider: str) -> Contract:
        """Return the contract of a provider that is played. Raises Refusal."""
        return self.part(provider).contract


Handler = Callable[[Room, Call], tuple[Answer, Any]]
"""Gives the room back, or one with a stream or work in it. Unlike a vendor's it may change what it works in, and that
last."""

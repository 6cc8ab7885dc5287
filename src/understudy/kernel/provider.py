"""What a vendor's folder exports: the frozen record of a part that the mock can play."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from understudy.kernel.cast import Cast
from understudy.kernel.mint import Mint
from understudy.kernel.state import State
from understudy.kernel.violation import Violation

Handler = Callable[[Any, Any], tuple[Any, Any]]
"""``(state, call) -> (answer, new state)``; raises Refusal. Pure: no clock, no chance, no I/O."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The credentials that are accepted beside those in the state."""

    credentials: frozenset[frozenset[tuple[str, str]]] = frozenset()
    """Each credential is a set of (security scheme, value) that must be presented together."""
    any: bool = False
    """Accept every credential that is not empty."""

    def holds(self, presented: Mapping[str, str]) -> bool:
        """Say whether exactly these (scheme, value) pairs are on the ring."""
        return frozenset(presented.items()) in self.credentials


class Visitor(NamedTuple):
    """What is known of a caller before the call is let in."""

    presented: Mapping[str, str]
    """The values of one alternative of the contract's security requirement, by scheme name; none is empty."""
    keyring: Keyring
    now: datetime
    mint: Mint
    operation: str
    """The operationId that is called: some vendors turn a role away before they look at the rest."""


class Moment(NamedTuple):
    """When and in which exchange an answer is given: what a dialect may put into every answer."""

    exchange: int
    """The number of this exchange in its sandbox."""
    now: datetime
    mint: Mint


def _no_members(_: tuple[Violation, ...]) -> Mapping[str, Any]:
    return {}


def _nothing_common(_: Any, __: Moment) -> Mapping[str, Any]:
    return {}


def _english(_: Mapping[str, str]) -> str:
    return "en"


def _no_headers(_: Mapping[str, Any], __: str) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a vendor words what the contract engine decides."""

    explain: Callable[[tuple[Violation, ...]], Mapping[str, Any]] = _no_members
    """Violations -> members of a refusal of the engine (only those in its answer's ``x-varies`` are used)."""
    common: Callable[[Any, Moment], Mapping[str, Any]] = _nothing_common
    """(the answer's example, moment) -> members that this vendor puts into every answer (likewise)."""
    language: Callable[[Mapping[str, str]], str] = _english
    """Request headers (lower-case names) -> the language to answer in, a key of ``x-translations``."""
    headers: Callable[[Mapping[str, Any], str], Mapping[str, str]] = _no_headers
    """(the members that ``common`` gave, language) -> headers that this vendor sends with every answer."""

    @property
    def adds_nothing(self) -> bool:
        """Whether answers are sent as the contract has them, without common members and headers."""
        return self.common is _nothing_common and self.headers is _no_headers


class Player(Protocol):
    """What a contract needs of whoever plays it."""

    @property
    def name(self) -> str:
        """As in ``openapi/NAME.yaml``."""

    @property
    def handlers(self) -> tuple[Handler, ...]:
        """Functions named like the contract's operationIds: one for each."""

    @property
    def authenticate(self) -> Callable[[Any, Visitor], Any]:
        """(state, visitor) -> the principal, or None to turn the caller away; may raise Refusal."""

    @property
    def dialect(self) -> "Dialect":
        """How the engine's own refusals are worded."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One vendor's part."""

    name: str
    """As in ``openapi/NAME.yaml`` and ``fixtures/NAME.yaml``."""
    handlers: tuple[Handler, ...]
    """Functions named like the contract's operationIds: one for each."""
    state: type[State]
    seed: Callable[[Cast], State]
    """Builds the state of a world from its fixture."""
    authenticate: Callable[[Any, Visitor], Any]
    """(state, visitor) -> the principal, or None to turn the caller away; may raise Refusal."""
    dialect: Dialect = Dialect()
    resources: Mapping[str, str] = field(default_factory=dict)
    """Collection -> the name of the component schema that its records satisfy."""
    members: Mapping[str, Mapping[str, type]] = field(default_factory=dict)
    """Collection that the API never shows -> the members of its records, and of which type each is."""
    secrets: frozenset[str] = frozenset()
    """Those of these members that are not shown, such as the hash of a password."""

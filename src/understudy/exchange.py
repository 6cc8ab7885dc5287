"""One request with its answer, and what it changed."""

from collections.abc import Mapping
from datetime import datetime
from time import perf_counter, time
from typing import Any

from understudy.contract.request import Reply
from understudy.kernel.state import State

CHANGE = 4096
"""About what an exchange takes that changed a state, beside what is in neither its request nor its answer."""
_OVERHEAD = 1536
_HEADER = 100
_VIOLATION = 1024


class Exchange:
    """One request with its answer: filled in by the stages that it passes, then kept in the journal.

    What no stage has filled in stands in the class: most of it stays so, and costs an exchange nothing.
    """

    id: int = 0
    """Counted from 1 in its sandbox, in the order in which requests were whole; 0 for what is not kept."""
    body: bytes | None = b""
    """None for one that was larger than the limit."""
    now: datetime | None = None
    """The sandbox's time when the request was whole."""
    provider: str | None = None
    operation: str | None = None
    allowed: tuple[str, ...] = ()
    """The methods that the path has, where the path is known."""
    reply: Reply | None = None
    failure: str | None = None
    """What went wrong on our side, for the log."""
    lost: bool = False
    """Whether the client got no answer, or not all of it: the connection was broken, or the client was gone."""
    states: Mapping[str, State] | None = None
    """Every provider's state before the call; None for what is not kept."""
    after: State | None = None
    """The provider's state after it, the same object as before where the call changed nothing; None where no
    operation was played."""
    world: Any = None
    """The world that these states are of."""
    effect: Any = None
    """The effect of the fault that struck."""
    fault: str | None = None
    """The id of the fault that struck."""
    place: Any = None
    """Where a shared store saw it, until it is delivered."""
    sandbox: str = "default"
    """The name of the sandbox that it happened in."""
    ended: float = 0.0
    sequence: int = 0
    """Counted from 1 in its journal, whatever is reset: the id of its event."""
    recorded: float = 0.0
    """The real time at which it was recorded, in seconds since 1970."""
    size: int = 0
    """About how many bytes it holds on to."""
    gone: int = 0
    """Of these, what it changed: the states before it have what is in no later one."""

    def __init__(
        self, method: str, path: str, query: bytes, headers: dict[bytes, bytes], started: float, **rest: Any
    ) -> None:
        self.method = method
        self.path = path
        """Without the prefix that names a sandbox."""
        self.query = query
        self.headers = headers
        """By lower-case name; one that came twice is joined by a comma, as RFC 9110 says."""
        self.started = started
        """By ``time.perf_counter``."""
        for name, value in rest.items():
            if name not in Exchange.__annotations__:
                raise TypeError(f"an exchange has no {name!r}")
            setattr(self, name, value)

    @property
    def before(self) -> State | None:
        """The provider's state before the call; None where nobody's ground was met."""
        states = self.states  # read once: another thread may look while the journal lets go of them
        return None if states is None or self.provider is None else states[self.provider]

    @property
    def duration(self) -> float:
        """Seconds from the request to its answer; to now, where there is none yet."""
        return (self.ended or perf_counter()) - self.started

    @property
    def received(self) -> float:
        """The real time at which the request came in, in seconds since 1970."""
        return (self.recorded or time()) - self.duration

    @property
    def unmatched(self) -> bool:
        """Whether no operation is what was asked for: an unknown path, or a method that the path does not have."""
        return self.operation is None and (self.reply is None or self.reply.status >= 400)

    def begin_again(self) -> None:
        """Forget what came of the request, which is to be played anew."""
        self.reply = self.failure = self.states = self.after = self.effect = self.fault = None
        self.gone = 0

    def forget_states(self) -> None:
        """Let go of the states before and after it: there is no way back to them then."""
        self.states = self.after = None
        self.size, self.gone = self.size - self.gone, 0


def size_of(exchange: Exchange) -> int:
    """Return about how many bytes an exchange holds on to: whatever a client can make large, and as much again."""
    body, reply, headers = exchange.body, exchange.reply, exchange.headers
    size = _OVERHEAD + len(exchange.path) + len(exchange.query) + len(b"".join((*headers, *headers.values())))
    size += _HEADER * len(headers) + exchange.gone
    if body:
        size += len(body)
    if reply is None:
        return size
    size += len(reply.body)
    return size + _VIOLATION * len(reply.violations) if reply.violations else size

"""Exchanges as the journal gives them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Violated:
    """One rule that a request, or an answer, broke."""

    place: str
    """``body``, ``path``, ``query``, ``header`` or ``cookie``."""
    pointer: str
    """JSON Pointer into the body, or the parameter's name."""
    message: str
    rule: str = ""
    """JSON Pointer into the contract."""
    source: str = ""
    """``file:line`` of the rule."""
    sent: Any = None
    hint: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Violated":
        """Read one from the control API's JSON."""
        rest = {key: data[key] for key in ("pointer", "message", "rule", "source", "sent", "hint") if key in data}
        return cls(data["in"], **{"pointer": "", "message": "", **rest})

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        source = f" [{self.source} {self.rule}]" if self.source else ""
        where = self.pointer or ("the body" if self.place == "body" else "")
        return f"{self.place} {where}: {self.message}{hint}{source}"


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """What was answered."""

    headers: Mapping[str, str]
    body: Any
    """JSON as a value, else the text; None where there was none."""


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """One request with its answer."""

    id: int
    time: datetime
    """The sandbox's time."""
    received_at: datetime
    """The real time."""
    sandbox: str
    provider: str | None
    operation_id: str | None
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """Credentials are masked."""
    body: Any
    """What was sent: JSON as a value, else the text; None where nothing was."""
    status: int | None
    """None where none was sent, as with a connection that a fault broke."""
    answer: str | None
    """The answer's name in the contract."""
    forced: bool
    """Whether the caller asked for this answer."""
    fault: str | None
    """The id of the fault that struck."""
    lost: bool
    """Whether the answer never got out whole."""
    duration: float
    """Seconds."""
    violations: tuple[Violated, ...]
    response: RecordedAnswer
    unmatched: bool
    """Whether no operation was meant."""
    data: Mapping[str, Any]
    """The whole entry as the control API gave it; with ``diff`` where it was asked for alone."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "RecordedExchange":
        """Read one from the control API's JSON."""
        response = data.get("response") or {}
        return cls(
            id=data["id"],
            time=datetime.fromisoformat(data["time"]),
            received_at=datetime.fromisoformat(data["receivedAt"]),
            sandbox=data["sandbox"],
            provider=data.get("provider"),
            operation_id=data.get("operationId"),
            method=data["method"],
            path=data["path"],
            query=data.get("query") or {},
            headers=data.get("headers") or {},
            body=data.get("body"),
            status=data["status"],
            answer=data.get("answer"),
            forced=data.get("forced", False),
            fault=data.get("fault"),
            lost=data.get("lost", False),
            duration=data.get("duration", 0.0),
            violations=tuple(map(Violated.of, data.get("violations") or ())),
            response=RecordedAnswer(response.get("headers") or {}, response.get("body")),
            unmatched=data.get("unmatched", False),
            data=data,
        )

    @property
    def json(self) -> Any:
        """What was sent, as a value: the same as ``body``."""
        return self.body

    @property
    def diff(self) -> list[dict[str, Any]]:
        """What the call changed, a JSON Patch per record; known of an exchange that was asked for alone."""
        return list(self.data.get("diff") or ())

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """Yield the exchange on one line, and each violation on one of its own."""
        query = "&".join(f"{name}={value}" for name, values in self.query.items() for value in values)
        target = f"{self.path}?{query}" if query else self.path
        told = ((self.forced, "forced"), (self.fault, f"fault {self.fault}"), (self.lost, "lost"))
        marks = "".join(f" ({word})" for says, word in told if says)
        name = f"{self.provider or '-'} {self.answer or '-'}"
        status = self.status or "no answer"
        yield f"#{self.id} {self.method} {target} → {status} {name}{marks} {self.duration * 1000:.1f} ms"
        for violation in self.violations:
            yield f"    ↳ {violation}"

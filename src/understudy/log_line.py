"""An exchange as one line of a log, and beneath it what was wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from time import time
from typing import Any, NamedTuple

from understudy.contract.covering import blotted, without_tokens
from understudy.contract.request import Reply
from understudy.contract.secrets import Secrets
from understudy.contract.wording import sentence
from understudy.journal import Exchange
from understudy.kernel.violation import Violation
from understudy.sandboxes import DEFAULT

_NOTES = 100
_TARGET = 300
_NOTHING = Reply(0, [], b"")
Paint = Callable[[str, str], str]
"""Gives a text a colour, by the colour's name."""


class LogLine(NamedTuple):
    """What a log says of an exchange."""

    ended: datetime
    status: int
    """0 where nothing was answered."""
    method: str
    target: str
    answer: tuple[str | None, ...]
    """The vendor, the answer's name, and how it came about."""
    forced: bool
    duration: float
    """Seconds."""
    id: int
    violations: Sequence[Violation]
    failure: str | None = None
    within: Sequence[str] = ()
    """Secrets that are covered wherever they stand."""
    covers: bool = False
    """Whether what is a token by its form is covered, too."""

    def text(self, paint: Paint) -> str:
        """Write it, ended by a line break."""
        status = paint(str(self.status or "---"), _colour_of(self.status, forced=self.forced))
        answer = paint(printable(" ".join(filter(None, self.answer))), "bright_black")
        target = self._covered(self.target)[:_TARGET]
        line = (
            f"{_time_of(self.ended)} {status} {printable(self.method)} {target}  {answer} {self.duration * 1000:.1f} ms"
        )
        line += f" {paint(f'#{self.id}', 'bright_black')}\n"
        return line + "".join(f"         {paint('↳', 'yellow')} {note}\n" for note in self._notes())

    def _notes(self) -> list[str]:
        notes = [self._covered(sentence(violation)) for violation in self.violations[:_NOTES]]
        if len(self.violations) > _NOTES:
            notes.append(f"and {len(self.violations) - _NOTES} more")
        if self.failure:
            notes += blotted(self.failure, self.within).rstrip().splitlines()
        return notes

    def _covered(self, text: str) -> str:
        text = blotted(printable(text), self.within)
        return without_tokens(text) if self.covers else text


def line_of(exchange: Exchange, secrets: Callable[[], Secrets]) -> LogLine:
    """Return the line of an exchange of this process, that has just ended, with what is secret in it covered."""
    reply, held = exchange.reply or _NOTHING, secrets()
    within = held.brought(exchange.headers)
    query = "?" + held.cover_query(exchange.query.decode("latin-1"), within) if exchange.query else ""
    return LogLine(
        _this_second(int(time())),
        reply.status,
        exchange.method,
        _prefix(exchange.sandbox) + exchange.path + query,
        _answer(exchange.provider, reply.name, exchange.fault, forced=reply.forced, lost=exchange.lost),
        reply.forced,
        exchange.duration,
        exchange.id,
        reply.violations,
        exchange.failure,
        within,
        bool(held.headers),
    )


def line_of_entry(entry: Mapping[str, Any]) -> LogLine:
    """Return the line of an exchange as the control API tells of it."""
    query = "&".join(f"{name}={value}" for name, values in entry["query"].items() for value in values)
    return LogLine(
        (datetime.fromisoformat(entry["receivedAt"]) + timedelta(seconds=entry["duration"])).astimezone(),
        entry["status"] or 0,
        entry["method"],
        _prefix(entry["sandbox"]) + entry["path"] + ("?" + query if query else ""),
        _answer(entry["provider"], entry["answer"], entry["fault"], forced=entry["forced"], lost=entry["lost"]),
        entry["forced"],
        entry["duration"],
        entry["id"],
        [_violation(data) for data in entry["violations"]],
    )


def printable(text: str) -> str:
    """Return text without control characters, so that a request cannot write into the terminal."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)


def _answer(
    provider: str | None, name: str | None, fault: str | None, *, forced: bool, lost: bool
) -> tuple[str | None, ...]:
    struck = f"(fault {fault})" if fault else None
    return (provider, name, "(forced)" if forced and not struck else None, struck, "(lost)" if lost else None)


def _violation(data: Mapping[str, Any]) -> Violation:
    return Violation(
        data["in"],
        data.get("pointer", ""),
        data.get("rule", ""),
        "",
        data.get("message", ""),
        data.get("source", ""),
        data.get("sent"),
        missing="sent" not in data,
        hint=data.get("hint"),
    )


@lru_cache(maxsize=1)
def _time_of(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}"


@lru_cache(maxsize=1)
def _this_second(second: int) -> datetime:
    """Return the present time: which zone it is in is looked up once a second."""
    return datetime.fromtimestamp(second).astimezone()


def _prefix(sandbox: str) -> str:
    """Return the path prefix that leads to a sandbox, as a client would write it."""
    return "" if sandbox == DEFAULT else f"/~{sandbox}"


def _colour_of(status: int, *, forced: bool) -> str:
    if forced or not status:
        return "cyan"
    return "green" if status < 400 else "yellow" if status < 500 else "red"

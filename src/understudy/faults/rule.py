"""A fault as it was wished for: which requests it strikes, how often, and what it does to them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from understudy.durations import UnusableDuration, seconds
from understudy.faults.delay import Delay, delay_of
from understudy.faults.effects import BODILESS, Drip, ForcedAnswer, Header, RateLimit
from understudy.kernel.mint import Mint
from understudy.matchers import UnusableMatcher
from understudy.matching import Criteria
from understudy.weighing import weight

RESET = "CONNECTION_RESET_BY_PEER"
_EFFECTS = ("answer", "wire", "drip", "rateLimit", "loseAnswer")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_OURS = ("content-length", "transfer-encoding", "date")
_LONGEST_WINDOW = 366 * 86400.0
_RULE, _PATTERN, _MADE = 8192, 1024 * 1024, 4
"""Bytes that a rule takes, and a pattern at most; how many times its data it takes beside them."""


class UnusableFault(Exception):
    """A rule that cannot be played; the message says why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault as a value. Whether it strikes the n-th request that it matches is a function of (seed, n)."""

    data: Mapping[str, Any]
    """As it was given."""
    criteria: Criteria
    mint: Mint
    times: int | None = None
    probability: float = 1.0
    answer: ForcedAnswer | None = None
    limit: RateLimit | None = None
    delay: Delay | None = None
    drip: Drip | None = None
    wire: str | None = None
    """How the connection is broken before the request is played."""
    loses: bool = False
    """The request is played, and the connection broken instead of an answer."""

    @classmethod
    def of(cls, data: Mapping[str, Any], seed: int) -> "Rule":
        """Build a rule from JSON that keeps to the schema ``FaultRule``; ``seed`` is for one that names none.

        Raises UnusableFault.
        """
        _require_one_effect(data)
        try:
            criteria = Criteria.of(data.get("match", {}))
        except UnusableMatcher as error:
            raise UnusableFault(f"match: {error}") from None
        return cls(
            data,
            criteria,
            Mint(data.get("seed", seed), "faults"),
            data.get("times"),
            data.get("probability", 1.0),
            answer=_answer(data["answer"]) if "answer" in data else None,
            limit=_limit(data["rateLimit"]) if "rateLimit" in data else None,
            delay=_delay(data["delay"]) if "delay" in data else None,
            drip=Drip(data["drip"]["seconds"], data["drip"]["chunks"]) if "drip" in data else None,
            wire=data.get("wire"),
            loses=data.get("loseAnswer", False),
        )

    @property
    def bytes(self) -> int:
        """About how many bytes of memory it takes, with what was made of it."""
        patterns = orjson.dumps(self.match).count(b'"matches"')
        return _RULE + _MADE * weight(self.data) + _PATTERN * patterns

    @property
    def match(self) -> Mapping[str, Any]:
        """The criteria as they were given."""
        return self.data.get("match") or {}

    def hits(self, nth: int) -> bool:
        """Say whether the ``nth`` request that matches, counted from 0, is struck."""
        return self.probability >= 1 or self._chance("strike", nth) < self.probability

    def pause(self, nth: int) -> float:
        """Return the seconds for which the answer to the ``nth`` request that matches is held back."""
        return 0.0 if self.delay is None else self.delay(self._chance("delay", nth))

    def _chance(self, purpose: str, nth: int) -> float:
        """Return a number between 0 and 1, both excluded."""
        return ((int.from_bytes(self.mint.bytes(purpose, nth, 8), "big") >> 12) + 0.5) / 2**52


def _require_one_effect(data: Mapping[str, Any]) -> None:
    named = [effect for effect in _EFFECTS if effect in data]
    if len(named) > 1:
        raise UnusableFault(f"a fault has one effect, and this one has {' and '.join(named)}; make one fault of each")
    if not named and "delay" not in data:
        raise UnusableFault(f"a fault has an effect: one of {', '.join(_EFFECTS)}, or delay, alone or beside it")


def _delay(data: Mapping[str, Any]) -> Delay:
    if len(data) != 1:
        raise UnusableFault("delay: say how long, by one of fixed, uniform and lognormal")
    return delay_of(data)


def _answer(data: Mapping[str, Any]) -> ForcedAnswer:
    if ("example" in data) == ("status" in data):
        raise UnusableFault("answer: say which, by either its name (example) or its status")
    undeclared = data.get("undeclared", False)
    if undeclared and "example" in data:
        raise UnusableFault("answer: undeclared goes with a status: a name that no contract has says nothing")
    if "body" in data and not undeclared:
        raise UnusableFault("answer: the contract makes the body; one of your own needs undeclared to be true")
    status, text = data.get("status", 0), isinstance(data.get("body"), str)
    if "body" in data and status in BODILESS:
        raise UnusableFault(f"answer: an answer {status} has no body")
    return ForcedAnswer(
        data.get("example"),
        status,
        tuple(_header(name, value) for name, value in data.get("headers", {}).items()),
        undeclared,
        _body(data["body"]) if "body" in data else None,
        b"text/plain; charset=utf-8" if text else b"application/json",
    )


def _body(value: Any) -> bytes:
    """Write a body: a text as it stands, anything else as JSON."""
    try:
        return value.encode() if isinstance(value, str) else orjson.dumps(value)
    except (UnicodeEncodeError, orjson.JSONEncodeError) as error:
        raise UnusableFault(f"answer: the body cannot be written: {error}") from None


def _header(name: str, value: str) -> Header:
    lower = name.lower()
    if not _TOKEN.match(name) or lower in _OURS or lower.startswith("understudy-"):
        raise UnusableFault(f"answer: no fault can set a header {name[:50]!r}")
    if _UNPRINTABLE.search(value):
        raise UnusableFault(f"answer: the header {name} holds a line break or another control character")
    try:
        return lower.encode(), value.encode("latin-1")
    except UnicodeEncodeError:
        raise UnusableFault(f"answer: the header {name} holds a letter that is not in Latin-1") from None


def _limit(data: Mapping[str, Any]) -> RateLimit:
    window = data["window"]
    try:
        span = seconds(window) if isinstance(window, str) else window
    except UnusableDuration as error:
        raise UnusableFault(f"rateLimit: {error}") from None
    if not 0 < span <= _LONGEST_WINDOW:
        raise UnusableFault("rateLimit: a window is longer than nothing and at most 366 days long")
    return RateLimit(data["limit"], timedelta(seconds=span))

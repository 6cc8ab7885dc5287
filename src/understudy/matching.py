"""Which exchanges are meant, and how those that are not differ: for queries, verification and faults."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from understudy.contract.media import media_type
from understudy.contract.parameters import query_fields
from understudy.contract.secrets import Secrets
from understudy.contract.strict_json import Unreadable, read_json
from understudy.contract.wording import MASK
from understudy.journal import Exchange
from understudy.matchers import ABSENT, Matcher, Mismatch, UnusableMatcher, shown
from understudy.patterns import UnusablePattern
from understudy.source import tokens

_FORM = "application/x-www-form-urlencoded"
_TOLD = 10
"""Misses of one criterion that are told."""
_EXACT = frozenset({"provider", "operationId", "method", "status", "answer"})
_NOTHING = Secrets()
_ASKED = re.compile(r"\A(must (?:be|contain|match)) .*", re.DOTALL)
"""What a secret must be is one itself."""


class Miss(NamedTuple):
    """One way in which an exchange is not what is meant."""

    word: str
    """The criterion: ``path``, ``query``, ``body``, …"""
    name: str
    """Of the header or query parameter; the JSON Pointer into a body."""
    value: Any
    must: str
    wanted: Any = None
    """What it must be equal to."""

    def sentence(self, secrets: Secrets = _NOTHING, known: Collection[str] = (), within: Sequence[str] = ()) -> str:
        """Say it, without showing what is secret: by its place, or one of the secrets that its exchange has."""
        word = self.word.removesuffix("s") if self.word == "headers" else self.word
        place = f"{word} {self.name}" if self.name else word
        hidden = self._is_hidden(secrets)
        must = _ASKED.sub(rf"\1 {MASK}", self.must) if hidden else secrets.cover_text(self.must, within)
        if self.value is ABSENT:
            return f"{place} is not there; it {must}"
        return f"{place} is {shown(MASK if hidden else secrets.cover(self.value, known, within))}; it {must}"

    def _is_hidden(self, secrets: Secrets) -> bool:
        if self.word == "headers":
            return self.name.lower() in secrets.headers
        if self.word == "query":
            return secrets.hides_field(self.name)
        return self.word == "body" and any(map(secrets.hides, tokens(self.name)))


class _Criterion(NamedTuple):
    word: str
    name: str
    read: Callable[[Exchange], Any]
    matcher: Matcher


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which exchanges are meant: all that is given must hold.

    In JSON: ``provider``, ``operationId``, ``method``, ``path``, ``status`` (404, or ``4xx``), ``answer``, ``query``
    and ``headers`` (by name), ``body``. The last three of them, and ``path``, take a matcher.
    """

    criteria: tuple[_Criterion, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Criteria":
        """Build criteria from JSON data; keys that are none of the words above are not looked at.

        Raises UnusableMatcher.
        """
        found = [_Criterion(word, "", _READ[word], _matcher(word, data[word])) for word in _READ if word in data]
        for name, wanted in data.get("query", {}).items():
            found.append(_Criterion("query", name, _query_reader(name), _matcher(f"query {name}", wanted)))
        for name, wanted in data.get("headers", {}).items():
            found.append(_Criterion("headers", name, _header_reader(name), _matcher(f"header {name}", wanted)))
        if "body" in data:
            found.append(_Criterion("body", "", body_value, _matcher("body", data["body"])))
        return cls(tuple(found))

    def match(self, exchange: Exchange) -> bool:
        """Say whether an exchange is meant."""
        return all(criterion.matcher.fits(criterion.read(exchange)) for criterion in self.criteria)

    def misses(self, exchange: Exchange) -> list[Miss]:
        """Return how an exchange differs from what is meant: up to ten misses a criterion."""
        return [
            Miss(word, name or mismatch.pointer, mismatch.value, mismatch.must, mismatch.wanted)
            for word, name, read, matcher in self.criteria
            for mismatch in islice(matcher.mismatches(read(exchange)), _TOLD)
        ]


def body_value(exchange: Exchange) -> Any:
    """Return the body that was sent: JSON as a value, a form as a mapping, else text; ABSENT where there was none."""
    raw = exchange.body
    if not raw:
        return ABSENT
    media = media_type(exchange.headers.get(b"content-type", b"").decode("latin-1"))
    try:
        return read_json(raw)
    except Unreadable:
        text = raw.decode("utf-8", "replace")
    # curl calls everything a form unless it is told otherwise, broken JSON too.
    is_form = media == _FORM and "=" in text and not text.lstrip().startswith(("{", "["))
    return _form(text) if is_form else text


def _form(text: str) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        form.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in form.items()}


def _matcher(place: str, data: Any) -> Matcher:
    if place == "status" and isinstance(data, str):
        return Matcher((partial(_of_class, data),))
    if place == "method" and isinstance(data, str):
        data = data.upper()
    if place == "path" and isinstance(data, str) and len(data) > 1:
        data = data.removesuffix("/")  # as paths are kept
    if place in _EXACT and isinstance(data, dict | list):
        raise UnusableMatcher(f"{place}: give its value, not a matcher")
    try:
        return Matcher.of(data)
    except (UnusableMatcher, UnusablePattern) as error:
        raise UnusableMatcher(f"{place}: {error}") from None


def _query_reader(name: str) -> Callable[[Exchange], Any]:
    def read(exchange: Exchange) -> Any:
        values = query_fields(exchange.query).get(name, [ABSENT])
        return values[0] if len(values) == 1 else values

    return read


def _header_reader(name: str) -> Callable[[Exchange], Any]:
    key = name.lower().encode("latin-1", "replace")

    def read(exchange: Exchange) -> Any:
        value = exchange.headers.get(key)
        return ABSENT if value is None else value.decode("latin-1")

    return read


_READ: Mapping[str, Callable[[Exchange], Any]] = {
    "provider": lambda exchange: exchange.provider or ABSENT,
    "operationId": lambda exchange: exchange.operation or ABSENT,
    "method": lambda exchange: exchange.method,
    "path": lambda exchange: exchange.path,
    "status": lambda exchange: ABSENT if exchange.reply is None else exchange.reply.status,
    "answer": lambda exchange: ABSENT if exchange.reply is None else exchange.reply.name or ABSENT,
}


def _of_class(wanted: str, status: Any) -> Iterator[Mismatch]:
    """Hold a status to ``404``, or to ``4xx``."""
    text = "" if status is ABSENT else str(status)
    if text != wanted and not (wanted[1:].lower() == "xx" and text[:1] == wanted[:1]):
        yield Mismatch("", status, f"must be {wanted}")

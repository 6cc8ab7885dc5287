"""Which exchanges are meant, and how those that are not differ: for queries, verification and faults."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import jsonpath
import orjson

from understudy.contract.media import media_type
from understudy.contract.wording import clip
from understudy.journal import Exchange

ABSENT: Any = type("Absent", (), {"__repr__": lambda _: "nothing"})()
"""The value of what is not there."""
_FORM = "application/x-www-form-urlencoded"

Test = Callable[[Any], str | None]
"""Returns how a value differs, in words; None where it fits."""


class UnusableMatcher(Exception):
    """A matcher that cannot be used, such as a broken regular expression; the message says why."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a value must be; all that is given must hold.

    In JSON: ``equals``, ``contains`` (partial JSON), ``jsonPath``, ``matches`` (a regular expression), ``absent``.
    """

    tests: tuple[Test, ...]

    @classmethod
    def of(cls, data: Any) -> "Matcher":
        """Build a matcher from JSON: a mapping of the words above, or a bare text or number, which must be equal.

        Raises UnusableMatcher.
        """
        if not isinstance(data, dict):
            return cls((_equal_to(data),))
        unknown = data.keys() - _TESTS.keys()
        if unknown or not data:
            said = f"{min(unknown)!r} is no matcher" if unknown else "the matcher is empty"
            raise UnusableMatcher(f"{said}; there are {', '.join(_TESTS)}")
        return cls(tuple(_TESTS[word](wanted) for word, wanted in data.items()))

    def differences(self, value: Any) -> Iterator[str]:
        """Yield how a value (ABSENT where there is none) differs; nothing where it fits."""
        yield from filter(None, (test(value) for test in self.tests))


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which exchanges are meant: all that is given must hold.

    In JSON: ``provider``, ``operationId``, ``method``, ``path``, ``status``, ``answer``, ``query`` and ``headers``
    (by name), ``body``. The last four of them, and ``path``, take a matcher.
    """

    tests: tuple[tuple[str, Callable[[Exchange], Any], Matcher], ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Criteria":
        """Build criteria from JSON data; keys that are none of the words above are not looked at.

        Raises UnusableMatcher.
        """
        tests = [(word, _READ[word], _matcher(word, data[word])) for word in _READ if word in data]
        for name, wanted in data.get("query", {}).items():
            tests.append((f"query {name}", _query_reader(name), _matcher(f"query/{name}", wanted)))
        for name, wanted in data.get("headers", {}).items():
            tests.append((f"header {name}", _header_reader(name), _matcher(f"headers/{name}", wanted)))
        return cls(tuple(tests))

    def match(self, exchange: Exchange) -> bool:
        """Say whether an exchange is meant."""
        return not any(True for _, read, matcher in self.tests for _ in matcher.differences(read(exchange)))

    def differences(self, exchange: Exchange) -> list[str]:
        """Return how an exchange differs from what is meant, a sentence each."""
        return [f"{what} {said}" for what, read, matcher in self.tests for said in matcher.differences(read(exchange))]


def body_value(exchange: Exchange) -> Any:
    """Return the body that was sent: JSON as a value, a form as a mapping, else text; ABSENT where there was none."""
    if not exchange.body:
        return ABSENT
    if media_type(exchange.headers.get(b"content-type", b"").decode("latin-1")) == _FORM:
        form = parse_qs(exchange.body.decode("utf-8", "replace"), keep_blank_values=True)
        parsed: Any = {name: values[0] if len(values) == 1 else values for name, values in form.items()}
        # curl calls JSON a form unless it is told otherwise.
        return parsed or exchange.body.decode("utf-8", "replace")
    try:
        return orjson.loads(exchange.body)
    except orjson.JSONDecodeError:
        return exchange.body.decode("utf-8", "replace")


def _matcher(place: str, data: Any) -> Matcher:
    try:
        return Matcher.of(data)
    except UnusableMatcher as error:
        raise UnusableMatcher(f"{place}: {error}") from None


def _query_reader(name: str) -> Callable[[Exchange], Any]:
    def read(exchange: Exchange) -> Any:
        values = parse_qs(exchange.query.decode("latin-1"), keep_blank_values=True).get(name, [ABSENT])
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
    "body": body_value,
}


def _equal_to(wanted: Any) -> Test:
    def test(value: Any) -> str | None:
        return None if _same(wanted, value) else f"is {_shown(value)}, not {_shown(wanted)}"

    return test


def _containing(wanted: Any) -> Test:
    def test(value: Any) -> str | None:
        missing = next(_lacking(wanted, value, ""), None)
        return None if missing is None else f"is {_shown(value)}, which lacks {missing}"

    return test


def _lacking(wanted: Any, value: Any, at: str) -> Iterator[str]:
    """Yield what of ``wanted`` is not in ``value``: members at any depth; each item of a list, somewhere in it."""
    if isinstance(wanted, dict) and isinstance(value, dict):
        for name, part in wanted.items():
            yield from _lacking(part, value.get(name, ABSENT), f"{at}/{name}")
    elif isinstance(wanted, list) and isinstance(value, list):
        for part in wanted:
            if all(any(True for _ in _lacking(part, item, "")) for item in value):
                yield f"{_shown(part)} in {at or 'it'}"
    elif isinstance(wanted, str) and isinstance(value, str) and not at:
        if wanted not in value:
            yield _shown(wanted)
    elif not _same(wanted, value):
        yield f"{at or 'it'} = {_shown(wanted)}"


def _on_path(wanted: Any) -> Test:
    try:
        query = jsonpath.compile(str(wanted))
    except jsonpath.JSONPathError as error:
        said = str(error).partition("\n")[0]
        raise UnusableMatcher(f"{wanted!r} is no JSONPath: {said}") from None

    def test(value: Any) -> str | None:
        if isinstance(value, dict | list) and query.match(value) is not None:
            return None
        return f"is {_shown(value)}, in which {wanted} finds nothing"

    return test


def _matching(wanted: Any) -> Test:
    try:
        pattern = re.compile(str(wanted))
    except (re.error, RecursionError, OverflowError) as error:
        raise UnusableMatcher(f"{wanted!r} is no regular expression: {error}") from None

    def test(value: Any) -> str | None:
        text = value if isinstance(value, str) else "" if value is ABSENT else orjson.dumps(value).decode()
        if value is not ABSENT and pattern.search(text):
            return None
        return f"is {_shown(value)}, which {wanted} does not match"

    return test


def _absent(wanted: Any) -> Test:
    def test(value: Any) -> str | None:
        if (value is ABSENT) == bool(wanted):
            return None
        return f"is there: {_shown(value)}" if wanted else "is not there"

    return test


_TESTS: Mapping[str, Callable[[Any], Test]] = {
    "equals": _equal_to,
    "contains": _containing,
    "jsonPath": _on_path,
    "matches": _matching,
    "absent": _absent,
}


def _same(wanted: Any, value: Any) -> bool:
    """Compare as JSON does: true is not 1."""
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if isinstance(wanted, dict) and isinstance(value, dict):
        return wanted.keys() == value.keys() and all(_same(wanted[key], value[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(value, list):
        return len(wanted) == len(value) and all(map(_same, wanted, value))
    return (type(wanted) is type(value) and bool(wanted == value)) or _same_number(wanted, value)


def _same_number(wanted: Any, value: Any) -> bool:
    return isinstance(wanted, int | float) and isinstance(value, int | float) and wanted == value


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "nothing"
    shown = clip(value)
    return shown if isinstance(shown, str) and not isinstance(value, str) else orjson.dumps(shown).decode()

"""Violations in words: sentences for people, data for programs, hints at what was meant."""

from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import Any

import orjson

from understudy.kernel.violation import Violation

_CUT = 200
_UNWRITABLE = "…"
_LIKENESS = 0.6
_CANDIDATES = 100
MASK = "•••"
"""What stands in place of a secret."""
_USUAL = frozenset({"id", "orgid", "userid", "orgcode", "organizationid", "organisationid"})
_UNSET = frozenset({"undefined", "null", "None", "NaN", "[object Object]"})

_SENTENCES: dict[str, Callable[[Any], str]] = {
    "type": lambda rule: f"must be {_article(rule)}",
    "enum": lambda rule: f"must be one of {_some(rule)}",
    "pattern": lambda rule: f"must match the pattern {rule}",
    "format": lambda rule: f"must be a valid {rule}",
    "minLength": lambda rule: f"must have at least {rule} characters",
    "maxLength": lambda rule: f"must have at most {rule} characters",
    "minimum": lambda rule: f"must be at least {rule}",
    "maximum": lambda rule: f"must be at most {rule}",
    "exclusiveMinimum": lambda _: "must be greater",
    "exclusiveMaximum": lambda _: "must be less",
    "multipleOf": lambda rule: f"must be a multiple of {rule}",
    "minItems": lambda rule: f"must have at least {rule} items",
    "maxItems": lambda rule: f"must have at most {rule} items",
    "uniqueItems": lambda _: "must not repeat an item",
    "minProperties": lambda rule: f"must have at least {rule} members",
    "maxProperties": lambda rule: f"must have at most {rule} members",
    "oneOf": lambda rule: f"must match exactly one of the {len(rule)} allowed shapes",
    "anyOf": lambda rule: f"must match one of the {len(rule)} allowed shapes",
    "not": lambda _: "may not stand here",
}


def told(keyword: str, rule: Any, otherwise: str) -> str:
    """Say what a rule demands; ``otherwise`` is the validator's own text, for rules that have no words here."""
    words = _SENTENCES.get(keyword)
    return words(rule) if words and rule is not None else _cut(otherwise)


def sentence(violation: Violation) -> str:
    """Write a violation on one line: what, where, by which rule, and what was probably meant."""
    where = violation.pointer or ("the body" if violation.place == "body" else "")
    sent = "" if violation.missing else f" (sent: {_json(violation.sent)})"
    hint = f"; {violation.hint}" if violation.hint else ""
    source = f" [{violation.source} {violation.rule}]" if violation.source else ""
    return f"{violation.place} {where}: {violation.message}{sent}{hint}{source}"


def as_data(violation: Violation) -> dict[str, Any]:
    """Return a violation as JSON data, without what is empty."""
    data = {
        "in": violation.place,
        "pointer": violation.pointer,
        "message": violation.message,
        "rule": violation.rule,
        "source": violation.source,
        "sent": violation.sent,
        "hint": violation.hint,
    }
    if violation.missing:
        del data["sent"]
    return {key: value for key, value in data.items() if value not in ("", None) or key in ("sent", "pointer")}


def clip(value: Any) -> Any:
    """Return ``value``, or its beginning as text where it is long, or too large for JSON."""
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, dict | list | tuple | int | float):
        text = _json(value)
        if text == _UNWRITABLE and isinstance(value, int):
            return _cut(str(value))
        return value if len(text) <= _CUT and text != _UNWRITABLE else text
    return value


def placeholder_hint(name: str, value: str) -> str | None:
    """Say so where a path parameter holds its own placeholder: ``{orgId}``, or the ``orgId`` that curl makes of it."""
    if value in _UNSET:
        return f"{value!r} looks like a variable that was never set: put a real {name} in its place"
    bare = _letters(value)
    looks = value[:1] in tuple("{<:$[") or bare == _letters(name) or bare in _USUAL
    return f"{_cut(value)!r} looks like a placeholder left unfilled: put a real {name} in its place" if looks else None


def near(sent: Any, allowed: Any) -> str | None:
    """Say which of the allowed words was probably meant."""
    words = [word for word in allowed if isinstance(word, str)] if isinstance(allowed, list) else []
    by_lower = {word.lower(): word for word in words[:_CANDIDATES]}
    found = (
        get_close_matches(sent.lower(), by_lower, 1, _LIKENESS) if isinstance(sent, str) and len(sent) < _CUT else []
    )
    return f"did you mean {by_lower[found[0]]!r}?" if found else None


def misspelt(name: str, sent: Collection[str]) -> str | None:
    """Say which of the names that were sent was probably meant to be ``name``."""
    candidates = [key for key in sent if len(key) < _CUT][:_CANDIDATES]
    found = get_close_matches(name.lower(), candidates, 1, _LIKENESS)
    return f"you sent {found[0]!r}; did you mean {name!r}?" if found else None


def _letters(text: str) -> str:
    return "".join(letter for letter in text[:_CUT] if letter.isalnum()).lower()


def _json(value: Any) -> str:
    try:
        return _cut(orjson.dumps(value).decode())
    except (orjson.JSONEncodeError, RecursionError):
        return _UNWRITABLE


def _article(types: Any) -> str:
    name = types if isinstance(types, str) else " or ".join(types)
    return f"an {name}" if name[:1] in tuple("aeiou") else f"a {name}"


def _some(options: list[Any]) -> str:
    shown = ", ".join(_json(option) for option in options[:10])
    return shown + (", …" if len(options) > 10 else "")


def _cut(text: str) -> str:
    return text if len(text) <= _CUT else text[:_CUT] + "…"

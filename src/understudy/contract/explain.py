"""What is wrong, in words: violations from the validator's errors."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import jsonschema_rs
import orjson

from understudy.kernel.violation import Violation
from understudy.source import Source, pointer_to

_CUT = 200
_UNWRITABLE = "…"
_USUAL = frozenset({"id", "orgid", "userid", "organizationid", "organisationid"})
_PARTS_LIMIT = 20_000

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


class Explainer:
    """Turns the errors of a validator into violations that teach."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def explain(
        self, validator: jsonschema_rs.Validator, value: Any, place: str, prefix: str = ""
    ) -> tuple[Violation, ...]:
        """Return every violation of ``value``; ``prefix`` names the parameter it came from.

        Of a value with more than 20,000 parts only the first is looked for, and a last one says so:
        listing them all takes the validator seconds, in which nobody else would be served.
        """
        if _is_larger(value, _PARTS_LIMIT):
            return self._first(validator, value, place, prefix)
        errors = validator.iter_errors(value)
        return tuple(violation for error in errors for violation in self._violations(error, place, prefix))

    def _first(self, validator: jsonschema_rs.Validator, value: Any, place: str, prefix: str) -> tuple[Violation, ...]:
        try:
            validator.validate(value)
        except jsonschema_rs.ValidationError as error:
            found = tuple(self._violations(error, place, prefix))
            message = f"may break more rules: of more than {_PARTS_LIMIT} parts only the first broken one is told"
            return (*found, replace(found[0], pointer=prefix, message=message, sent=None, missing=True, hint=None))
        return ()

    def _violations(self, error: jsonschema_rs.ValidationError, place: str, prefix: str) -> Iterator[Violation]:
        path, keyword = list(error.schema_path), str(error.schema_path[-1])
        node, rule = self._rule(path)
        pointer = prefix + pointer_to(*error.instance_path)
        kind: Any = error.kind
        if keyword == "required":
            yield self._missing(error, place, prefix, kind.property)
        elif keyword == "additionalProperties" and error.kind.name == keyword and hasattr(kind, "unexpected"):
            for name in kind.unexpected:
                yield self._unexpected(error, place, prefix, name)
        else:
            sentence = _SENTENCES.get(keyword)
            message = sentence(rule) if sentence and rule is not None else _cut(error.message)
            hint = _near(error.instance, rule) if keyword == "enum" else None
            yield self._violation(path, node, place, pointer, message, error.instance, hint)

    def _missing(self, error: Any, place: str, prefix: str, name: str) -> Violation:
        path = list(error.schema_path)
        node = self._node(path[:-1])
        declared = node.get("properties", {}) if isinstance(node, dict) else {}
        sent = error.instance if isinstance(error.instance, dict) else {}
        near = get_close_matches(name.lower(), [key for key in sent if key not in declared], 1, 0.6)
        hint = f"you sent {near[0]!r}; did you mean {name!r}?" if near else None
        pointer = prefix + pointer_to(*error.instance_path, name)
        own = self._source_node([*path[:-1], "properties", name]) if name in declared else {}
        return self._violation(path, own, place, pointer, "is required", None, hint, missing=True)

    def _unexpected(self, error: Any, place: str, prefix: str, name: str) -> Violation:
        path = list(error.schema_path)
        node = self._node(path[:-1])
        declared = list(node.get("properties", {})) if isinstance(node, dict) else []
        pointer = prefix + pointer_to(*error.instance_path, name)
        sent = error.instance.get(name) if isinstance(error.instance, dict) else None
        return self._violation(path, node, place, pointer, "is not a known member", sent, _near(name, declared))

    def _violation(
        self,
        path: list[str | int],
        node: Any,
        place: str,
        pointer: str,
        message: str,
        sent: Any,
        hint: str | None,
        *,
        missing: bool = False,
    ) -> Violation:
        rule = "#" + pointer_to(*path)
        keyword = str(path[-1])
        return Violation(
            place=place,
            pointer=pointer,
            rule=rule,
            keyword=keyword,
            message=message,
            source=self._source.at(rule),
            sent=clip(sent),
            missing=missing,
            hint=hint,
            wording=by_keyword(node, "x-message", keyword),
            refusal=by_keyword(node, "x-refusal", keyword),
        )

    def _rule(self, path: list[str | int]) -> tuple[Any, Any]:
        """Return the schema node that speaks for the broken rule, and the rule's value."""
        node = self._node(path[:-1])
        rule = node.get(path[-1]) if isinstance(node, dict) else None
        return self._source_node(path[:-1]), rule

    def _source_node(self, path: list[str | int]) -> Any:
        """Return the node at ``path``, or the nearest one above it that has wording of its own."""
        _, node = self._source.resolve(pointer_to(*path))
        while isinstance(node, dict) and not ({"x-message", "x-refusal"} & node.keys()):
            if len(path) < 2 or path[-2] not in ("allOf", "anyOf", "oneOf"):
                break
            path = path[:-2]
            node = self._node(path)
        return node

    def _node(self, path: list[str | int]) -> Any:
        return self._source.find(pointer_to(*path))


def by_keyword(node: Any, extension: str, keyword: str) -> str | None:
    """Return what an ``x-message`` or ``x-refusal`` says about one keyword."""
    value = node.get(extension) if isinstance(node, dict) else None
    if isinstance(value, dict):
        value = value.get(keyword)
    return value if isinstance(value, str) else None


def placeholder_hint(name: str, value: str) -> str | None:
    """Say so where a path parameter holds its own placeholder: ``{orgId}``, or the ``orgId`` that curl makes of it."""
    bare = _letters(value)
    looks = value[:1] in tuple("{<:$[") or bare == _letters(name) or bare in _USUAL
    return f"{value!r} looks like a placeholder left unfilled: put a real {name} in its place" if looks else None


def _is_larger(value: Any, limit: int) -> bool:
    waiting, count = [value], 0
    while waiting and count <= limit:
        part = waiting.pop()
        count += 1
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list | tuple):
            waiting += part
    return count > limit


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum()).lower()


def clip(value: Any) -> Any:
    """Return ``value``, or its beginning as text where it is long."""
    if isinstance(value, str):
        return value if len(value) <= _CUT else value[:_CUT] + "…"
    if isinstance(value, dict | list | tuple | int | float):
        text = _json(value)
        if text == _UNWRITABLE and isinstance(value, int):
            return clip(str(value))
        return value if len(text) <= _CUT and text != _UNWRITABLE else text
    return value


def sentence(violation: Violation) -> str:
    """Write a violation on one line: what, where, by which rule, and what was probably meant."""
    where = violation.pointer or "the body"
    sent = "" if violation.missing else f" (sent: {_json(violation.sent)})"
    hint = f"; {violation.hint}" if violation.hint else ""
    source = f" [{violation.source}]" if violation.source else ""
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


def _json(value: Any) -> str:
    try:
        return _cut(orjson.dumps(value).decode())
    except (orjson.JSONEncodeError, RecursionError):
        return _UNWRITABLE


def _near(sent: Any, allowed: Any) -> str | None:
    words = [word for word in allowed if isinstance(word, str)] if isinstance(allowed, list) else []
    if not isinstance(sent, str):
        return None
    by_lower = {word.lower(): word for word in words}
    near = get_close_matches(sent.lower(), by_lower, 1, 0.6)
    return f"did you mean {by_lower[near[0]]!r}?" if near else None


def _article(types: Any) -> str:
    name = types if isinstance(types, str) else " or ".join(types)
    return f"an {name}" if name[:1] in "aeiou" else f"a {name}"


def _some(options: list[Any]) -> str:
    shown = ", ".join(_json(option) for option in options[:10])
    return shown + (", …" if len(options) > 10 else "")


def _cut(text: str) -> str:
    return text if len(text) <= _CUT else text[:_CUT] + "…"

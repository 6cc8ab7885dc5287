"""What is wrong, and by which rule: violations from the validator's errors."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import jsonschema_rs

from understudy.contract.schema import Schemas
from understudy.contract.secrets import Secrets, is_secret
from understudy.contract.strict_json import Unreadable, read_json
from understudy.contract.wording import clip, misspelt, near, told
from understudy.kernel.violation import Violation
from understudy.source import Source, pointer_to, tokens

_PARTS_LIMIT = 2000
_HINTS_LIMIT = 50
_EMBEDDED = "x-embedded-schema"
_COMBINED = ("allOf", "anyOf", "oneOf")
_BOUNDS = ("minimum", "maximum")


class Explainer:
    """Turns the errors of a validator into violations that teach."""

    def __init__(self, source: Source, schemas: Schemas, secrets: Secrets) -> None:
        self._source = source
        self._schemas = schemas
        self.secrets = secrets
        """What no violation tells."""
        # A contract has so many places and no more: what stands there is looked for once.
        self._speaker = cache(self._find_speaker)
        self._node = cache(self._find_node)
        self._at = cache(source.at)

    def explain(
        self, validator: jsonschema_rs.Validator, value: Any, place: str, prefix: str = ""
    ) -> tuple[Violation, ...]:
        """Return every violation of ``value``; ``prefix`` names the parameter or the string that it came from.

        Of a value with more than 2,000 parts only the first is looked for, and a last one says so:
        listing them all takes the validator seconds, in which nobody else would be served.
        """
        if _is_larger(value, _PARTS_LIMIT):
            return self._first(validator, value, place, prefix)
        found: list[Violation] = []
        for error in validator.iter_errors(value):
            found.extend(self._violations(error, place, prefix, hints=len(found) < _HINTS_LIMIT))
        return tuple(found)

    def _first(self, validator: jsonschema_rs.Validator, value: Any, place: str, prefix: str) -> tuple[Violation, ...]:
        try:
            validator.validate(value)
        except jsonschema_rs.ValidationError as error:
            found = tuple(self._violations(error, place, prefix, hints=False))[:1]
            message = f"may break more rules: of more than {_PARTS_LIMIT} parts only the first broken one is told"
            return (*found, replace(found[0], pointer=prefix, message=message, sent=None, missing=True, hint=None))
        return ()

    def _violations(
        self, error: jsonschema_rs.ValidationError, place: str, prefix: str, *, hints: bool
    ) -> Iterator[Violation]:
        path, keyword = list(error.schema_path), str(error.schema_path[-1])
        pointer = prefix + pointer_to(*error.instance_path)
        kind: Any = error.kind
        if keyword == "required":
            yield self._missing(error, place, prefix, kind.property, hints=hints)
        elif keyword == "additionalProperties" and hasattr(kind, "unexpected"):
            for number, name in enumerate(kind.unexpected):
                yield self._unexpected(error, place, prefix, name, hints=hints and number < _HINTS_LIMIT)
        elif keyword == _EMBEDDED:
            yield from self._inside(str(error.instance), path, place, pointer)
        else:
            node, rule = self._node(*path[:-1]), self._rule(path)
            if rule is None and keyword in _BOUNDS and "format" in node:
                path, rule = [*path[:-1], "format"], node["format"]
            message = told(str(path[-1]), rule, error.message)
            hint = near(error.instance, rule) if keyword == "enum" else None
            yield self._violation(path, self._speaker(*path[:-1]), place, pointer, message, error.instance, hint)

    def _missing(self, error: Any, place: str, prefix: str, name: str, *, hints: bool) -> Violation:
        path = list(error.schema_path)
        declared = self._declared(path)
        sent = error.instance if isinstance(error.instance, dict) and hints else {}
        hint = misspelt(name, [key for key in sent if key not in declared])
        pointer = prefix + pointer_to(*error.instance_path, name)
        own = self._speaker(*path[:-1], "properties", name) if name in declared else {}
        return self._violation(path, own, place, pointer, "is required", None, hint, missing=True)

    def _unexpected(self, error: Any, place: str, prefix: str, name: str, *, hints: bool) -> Violation:
        path = list(error.schema_path)
        pointer = prefix + pointer_to(*error.instance_path, name)
        sent = error.instance.get(name) if isinstance(error.instance, dict) else None
        hint = near(name, list(self._declared(path))) if hints else None
        return self._violation(path, self._node(*path[:-1]), place, pointer, "is not a known member", sent, hint)

    def _inside(self, text: str, path: list[str | int], place: str, pointer: str) -> Iterator[Violation]:
        """Yield what is wrong inside a string that should hold a JSON document."""
        node = self._speaker(*path[:-1])
        try:
            document = read_json(text.encode())
        except (Unreadable, UnicodeEncodeError) as error:
            message = f"must hold a JSON document: {error}"
            yield self._violation(path, node, place, pointer, message, text, None)
            return
        validator = self._schemas.validator(pointer_to(*path), "request")
        for inner in self.explain(validator, document, place, pointer):
            wording = inner.wording or by_keyword(node, "x-message", _EMBEDDED)
            yield replace(inner, wording=wording, refusal=inner.refusal or by_keyword(node, "x-refusal", _EMBEDDED))

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
        secret = is_secret(self._source, node) or self._hides(place, pointer)
        return Violation(
            place=place,
            pointer=pointer,
            rule=rule,
            keyword=keyword,
            message=message,
            source=self._at(rule),
            sent=None if secret else clip(self.secrets.cover(sent)),
            missing=missing or secret,
            hint=hint,
            wording=by_keyword(node, "x-message", keyword),
            refusal=by_keyword(node, "x-refusal", keyword),
        )

    def _hides(self, place: str, pointer: str) -> bool:
        """Say whether what stands there is secret by its name: that of a member, or of a parameter."""
        return self.secrets.hides_field(pointer if place != "body" else tokens(pointer)[-1] if pointer else "")

    def _rule(self, path: list[str | int]) -> Any:
        node = self._node(*path[:-1])
        return node.get(path[-1]) if isinstance(node, dict) else None

    def _declared(self, path: list[str | int]) -> Any:
        node = self._node(*path[:-1])
        return node.get("properties", {}) if isinstance(node, dict) else {}

    def _find_speaker(self, *path: str | int) -> Any:
        """Return the schema at ``path``, or the one that combines it where only that has wording of its own."""
        _, node = self._source.resolve(pointer_to(*path))
        while isinstance(node, dict) and not ({"x-message", "x-refusal"} & node.keys()):
            if len(path) < 2 or path[-2] not in _COMBINED:
                break
            path = path[:-2]
            node = self._node(*path)
        return node

    def _find_node(self, *path: str | int) -> Any:
        return self._source.find(pointer_to(*path))


def by_keyword(node: Any, extension: str, keyword: str) -> str | None:
    """Return what an ``x-message`` or ``x-refusal`` says about one keyword."""
    value = node.get(extension) if isinstance(node, dict) else None
    if isinstance(value, dict):
        value = value.get(keyword)
    return value if isinstance(value, str) else None


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

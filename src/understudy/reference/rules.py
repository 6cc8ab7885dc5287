"""The violations that a contract would raise: per place, what is demanded, in whose words, and what answers it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from understudy.contract.explain import by_keyword
from understudy.contract.wording import told

_KEYWORDS = (
    *("type", "enum", "format", "pattern", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "anyOf", "oneOf", "not"),
)
_UNCHECKED_FORMATS = frozenset({"password", "binary", "byte", "float", "double"})
_OWN_WORDS: Mapping[str, str] = {
    "required": "is required",
    "additionalProperties": "must have no other members",
    "x-embedded-schema": "must hold a JSON document",
}


class Rule(NamedTuple):
    """One rule that a request can break."""

    keyword: str
    demand: str
    """What must be, in our words."""
    wording: str | None
    """The vendor's own sentence for it."""
    answer: str | None
    """The name of the answer that it leads to."""


def rules_of(schema: Any, owner: Any, *, required: bool, otherwise: str | None) -> Iterator[Rule]:
    """Yield the rules of a schema. ``owner`` may word them (a parameter); ``otherwise`` is the usual answer."""
    if required:
        yield _rule("required", None, schema, owner, otherwise)
    if not isinstance(schema, dict):
        return
    for keyword in _KEYWORDS:
        if keyword in schema and _is_checked(keyword, schema):
            yield _rule(keyword, schema[keyword], schema, owner, otherwise)
    if schema.get("additionalProperties") is False:
        yield _rule("additionalProperties", None, schema, owner, otherwise)
    if "x-embedded-schema" in schema:
        yield _rule("x-embedded-schema", None, schema, owner, otherwise)


def _is_checked(keyword: str, schema: Mapping[str, Any]) -> bool:
    if keyword == "uniqueItems":
        return bool(schema[keyword])
    return keyword != "format" or schema[keyword] not in _UNCHECKED_FORMATS


def _rule(keyword: str, value: Any, schema: Any, owner: Any, otherwise: str | None) -> Rule:
    demand = _OWN_WORDS.get(keyword) or told(keyword, value, keyword)
    wording = by_keyword(schema, "x-message", keyword) or by_keyword(owner, "x-message", keyword)
    answer = by_keyword(schema, "x-refusal", keyword) or by_keyword(owner, "x-refusal", keyword)
    return Rule(keyword, demand, wording, answer or otherwise)

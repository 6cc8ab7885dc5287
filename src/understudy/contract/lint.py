"""Whether a document is OpenAPI 3.0 at all, and uses our extensions as they are meant.

Known of the document alone, before anything is compiled: so that what a compilation stumbles over
can be said in a sentence with file and line.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

from understudy.contract.diagnosis import brief
from understudy.source import Source, pointer_to

_OPAQUE = (
    "example",
    "value",
    "default",
    "enum",
    "x-translations",
    "x-message",
    "x-refusal",
    "x-refusals",
    "x-provenance",
)
_SAID_BY_PLACE = ("type", "in")
"""Members whose value tells which alternative of OpenAPI's own schema is meant."""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


_TEXT_OR_TEXTS = (lambda value: _is_text(value) or _is_texts(value), "a text, or a text for each keyword")
_MAPPING = (lambda value: isinstance(value, dict), "a mapping")
_EXTENSIONS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "x-provenance": _MAPPING,
    "x-refusal": _TEXT_OR_TEXTS,
    "x-refusals": (_is_texts, "a mapping from kinds of refusal to names of answers"),
    "x-unrouted": _MAPPING,
    "x-strict-query": (lambda value: isinstance(value, bool), "true or false"),
    "x-body-first": (lambda value: isinstance(value, bool), "true or false"),
    "x-other-content-types": (_is_text, "refuse, json or empty"),
    "x-max-body": (lambda value: type(value) is int and value > 0, "how many bytes a body may have"),
    "x-message": _TEXT_OR_TEXTS,
    "x-embedded-schema": _MAPPING,
    "x-varies": (
        lambda value: value == "all" or (isinstance(value, list) and all(map(_is_text, value))),
        "a list of member names, or all",
    ),
    "x-translations": (
        lambda value: isinstance(value, dict) and all(isinstance(part, dict) for part in value.values()),
        "a mapping from languages to members",
    ),
    "x-answer": (_is_text, "the name of an answer"),
    "x-login": (
        lambda value: _is_texts(value) and {"scheme", "token"} <= value.keys() <= {"scheme", "token", "prefix"},
        "the security scheme that a login serves, the token's pointer in the answer, and the prefix before it",
    ),
}
EXTENSIONS = frozenset(_EXTENSIONS)


def faults(source: Source) -> Iterator[str]:
    """Yield what is wrong with a document as it stands, a sentence each with file, line and remedy."""
    structural = list(_structural(source))
    yield from structural
    yield from _extensions(source, source.data, "")
    if not structural:
        yield from _semantic(source)


@lru_cache(maxsize=1)
def _openapi() -> jsonschema_rs.Validator:
    from openapi_spec_validator.schemas import schema_v30

    return jsonschema_rs.Draft4Validator(dict(schema_v30), offline=True)


def _structural(source: Source) -> Iterator[str]:
    """Hold a document to OpenAPI's own schema."""
    for document, standing_in in ((source.data, ""), (_unrouted(source), "/paths/~1/get")):
        for error in _misspelt_first(_openapi().iter_errors(document)):
            for found, said in _causes(error):
                where = "/x-unrouted" + found.removeprefix(standing_in) if standing_in else found
                yield f"{source.at(where)}: not valid OpenAPI 3.0{f' at #{where}' if where else ''}: {said}"


def _unrouted(source: Source) -> Any:
    """Return the answers for an unknown route as a document, in which they stand in for an operation."""
    node = source.data.get("x-unrouted", {"responses": {"default": {"description": ""}}})
    return {"openapi": "3.0.3", "info": {"title": "", "version": ""}, "paths": {"/": {"get": node}}}


def _semantic(source: Source) -> Iterator[str]:
    """Have OpenAPI's validator look for what a schema cannot say, such as a parameter that is declared twice."""
    from openapi_spec_validator import OpenAPIV30SpecValidator

    try:
        for error in OpenAPIV30SpecValidator(source.data).iter_errors():
            pointer = pointer_to(*getattr(error, "absolute_path", ()))
            yield f"{source.at(pointer)}: not valid OpenAPI 3.0: {brief(getattr(error, 'message', error))}; correct it"
    except Exception as error:  # noqa: BLE001 - the validator itself stumbles over some documents
        yield f"{source.label}:1: not valid OpenAPI 3.0: {type(error).__name__}: {brief(error)}"


def _causes(error: jsonschema_rs.ValidationError) -> Iterator[tuple[str, str]]:
    """Return where an error is and what it says; of alternatives none of which fits, that of the one meant."""
    alternatives = getattr(error.kind, "context", None)
    if alternatives:
        meant = min(alternatives, key=lambda alternative: _distance(error, alternative))
        for cause in _misspelt_first(meant):
            yield from _causes(cause)
        return
    at = pointer_to(*error.instance_path)
    kind = type(error.kind).__name__
    if kind == "Required":
        yield at, f"{getattr(error.kind, 'property', '?')!r} is missing; add it"
    elif kind == "AdditionalProperties":
        for name in getattr(error.kind, "unexpected", ()):
            yield pointer_to(name, base=at), f"{name!r} is unknown; correct its spelling, or remove it"
    elif kind == "Enum":
        yield at, f"{error.instance!r} is not one of {', '.join(map(str, getattr(error.kind, 'options', ())))}"
    else:
        yield at, f"{brief(error.message)}; correct it"


def _misspelt_first(errors: Iterable[jsonschema_rs.ValidationError]) -> list[jsonschema_rs.ValidationError]:
    """Put unknown members first: a misspelt one is also missing, and where it stands is what helps."""
    return sorted(errors, key=lambda error: type(error.kind).__name__ != "AdditionalProperties")


def _distance(error: jsonschema_rs.ValidationError, alternative: list[jsonschema_rs.ValidationError]) -> Any:
    """Say how far an alternative is from what was meant: a reference that is none is furthest."""
    here = len(error.instance_path)
    own = [cause for cause in alternative if len(cause.instance_path) == here]
    reference = any(getattr(cause.kind, "property", None) == "$ref" for cause in own)
    tokens = [cause.instance_path[here] for cause in alternative if len(cause.instance_path) == here + 1]
    return reference, any(token in _SAID_BY_PLACE for token in tokens), len(alternative)


def _extensions(source: Source, node: Any, pointer: str) -> Iterator[str]:
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _extensions(source, item, f"{pointer}/{number}")
    elif isinstance(node, dict):
        names_only = pointer.rsplit("/", 1)[-1] in ("properties", "examples", "headers")
        for key, value in node.items():
            at = pointer_to(key, base=pointer)
            if key.startswith("x-") and not names_only:
                yield from _extension(source, key, value, at)
            if key not in _OPAQUE or names_only:
                yield from _extensions(source, value, at)


def _extension(source: Source, key: str, value: Any, at: str) -> Iterator[str]:
    known = _EXTENSIONS.get(key)
    if known is None:
        yield f"{source.at(at)}: unknown extension {key!r}; there are {', '.join(sorted(EXTENSIONS))}"
    elif not known[0](value):
        yield f"{source.at(at)}: {key} is {brief(repr(value))}; it must be {known[1]}"

"""The samples and descriptions of a contract: an example fits its schema, a property says what it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.contract.contract import Contract
from understudy.contract.operation import Operation
from understudy.contract.wording import sentence
from understudy.source import Source, pointer_to

_LISTED = ("allOf", "anyOf", "oneOf")
_NESTED = ("items", "not", "additionalProperties", "x-embedded-schema")
_OPAQUE = frozenset({"example", "examples", "value", "default", "enum"})


def request_examples(contract: Contract, operation: Operation) -> Iterator[str]:
    """Yield the named examples of an operation's body and parameters that break their schemas."""
    source = contract.source
    owners = [parameter.pointer for parameter in operation.inputs.parameters]
    if "requestBody" in operation.node:
        at, body = source.resolve(pointer_to("paths", operation.path, operation.method, "requestBody", base="#"))
        owners += [pointer_to("content", media, base=at) for media in body["content"]]
    for owner in owners:
        node = source.find(owner)
        for name in node.get("examples", {}) if "schema" in node else ():
            where, example = source.resolve(pointer_to("examples", name, base=owner))
            for violation in contract.violations(f"{owner}/schema", example.get("value"), "request"):
                yield f"{source.at(where)}: the example {name!r} breaks its schema: {sentence(violation)}"


def broken_samples(contract: Contract) -> Iterator[str]:
    """Yield each ``example`` of a schema, or of what has one, that breaks it."""
    source = contract.source
    for owner, node in _owners(source):
        if "example" in node:
            yield from _broken(contract, f"{owner}/schema", node["example"], f"{owner}/example")
    for pointer, schema in _schemas(source):
        if "example" in schema:
            yield from _broken(contract, pointer, schema["example"], f"{pointer}/example")


def _broken(contract: Contract, schema: str, value: Any, at: str) -> Iterator[str]:
    """Hold a sample to its schema; one that is right in either direction will do."""
    found = contract.violations(schema, value, "request")
    if found and contract.violations(schema, value, "response"):
        said = sentence(found[0])
        yield f"{contract.source.at(at)}: the example at {at} breaks its schema: {said}; correct one of the two"


def bare_properties(contract: Contract) -> Iterator[str]:
    """Yield each property that nothing describes."""
    source = contract.source
    for pointer, schema in _schemas(source):
        for name, part in schema.get("properties", {}).items():
            if not _described(source, part):
                at = pointer_to("properties", name, base=pointer)
                yield f"{source.at(at)}: the property {name!r} has no description; say what it is"


def _described(source: Source, node: Any) -> bool:
    """Say whether a schema has a description, its own or that of what it refers to or builds on."""
    if str(node.get("description", "")).strip():
        return True
    _, resolved = source.resolve_inside(node)
    parts = [*node.get("allOf", []), *([] if resolved is node else [resolved])]
    return any(_described(source, part) for part in parts)


def _owners(source: Source) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield parameters, headers and contents: whatever has a ``schema``."""
    waiting: list[tuple[str, Any]] = [("#", source.data)]
    while waiting:
        pointer, node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get("schema"), dict) and not pointer.endswith("/properties"):
                yield pointer, node
            waiting += [(pointer_to(key, base=pointer), node[key]) for key in node if key not in _OPAQUE]
        elif isinstance(node, list):
            waiting += [(f"{pointer}/{number}", item) for number, item in enumerate(node)]


def _schemas(source: Source) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every schema of the document once, where it stands."""
    named = source.data.get("components", {}).get("schemas", {})
    waiting = [(pointer_to("components", "schemas", name, base="#"), named[name]) for name in named]
    waiting += [(f"{owner}/schema", node["schema"]) for owner, node in _owners(source)]
    while waiting:
        pointer, schema = waiting.pop()
        if not isinstance(schema, dict) or "$ref" in schema:
            continue
        yield pointer, schema
        waiting += [(f"{pointer}/{keyword}", schema[keyword]) for keyword in _NESTED if keyword in schema]
        for keyword in _LISTED:
            waiting += [(f"{pointer}/{keyword}/{n}", part) for n, part in enumerate(schema.get(keyword, []))]
        properties = schema.get("properties", {})
        waiting += [(pointer_to("properties", name, base=pointer), properties[name]) for name in properties]

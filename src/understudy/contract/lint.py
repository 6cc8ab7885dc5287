"""What a contract may not have, beyond what stops the start: checked by ``understudy check``."""

from collections.abc import Iterator
from typing import Any

from understudy.contract.contract import Contract
from understudy.contract.explain import sentence
from understudy.source import Source, pointer_to

EXTENSIONS = frozenset(
    {
        "x-provenance",
        "x-refusal",
        "x-refusals",
        "x-unrouted",
        "x-body-first",
        "x-other-content-types",
        "x-message",
        "x-embedded-schema",
        "x-varies",
        "x-translations",
        "x-answer",
    }
)
PROVENANCES = ("documented", "observed", "inferred")
_OPAQUE = ("example", "value", "default", "enum", "x-translations")


def lint(contract: Contract) -> Iterator[str]:
    """Yield each problem of a contract as a sentence with file and line."""
    source = contract.source
    yield from _openapi(source)
    yield from _extensions(source, source.data, "")
    for operation in contract.operations.values():
        pointer = pointer_to("paths", operation.path, operation.method, base="#")
        yield from _provenance(source, operation.node, pointer)
        yield from _unanswered(source, operation.node, pointer)
        yield from _request_examples(contract, operation.node, pointer)
        yield from _parameter_examples(contract, operation.inputs.parameters)


def _openapi(source: Source) -> Iterator[str]:
    from openapi_spec_validator import OpenAPIV30SpecValidator

    for error in OpenAPIV30SpecValidator(source.data).iter_errors():
        pointer = pointer_to(*getattr(error, "absolute_path", ()))
        yield f"{source.at(pointer)}: not valid OpenAPI 3.0: {getattr(error, 'message', error)}"


def _extensions(source: Source, node: Any, pointer: str) -> Iterator[str]:
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _extensions(source, item, f"{pointer}/{number}")
    elif isinstance(node, dict):
        names_only = pointer.rsplit("/", 1)[-1] in ("properties", "examples", "headers")
        for key, value in node.items():
            at = pointer_to(key, base=pointer)
            if key.startswith("x-") and key not in EXTENSIONS and not names_only:
                yield f"{source.at(at)}: unknown extension {key!r}; there are {', '.join(sorted(EXTENSIONS))}"
            if key not in _OPAQUE or names_only:
                yield from _extensions(source, value, at)


def _provenance(source: Source, node: Any, pointer: str) -> Iterator[str]:
    said = node.get("x-provenance")
    if not isinstance(said, dict) or said.get("kind") not in PROVENANCES or not said.get("source"):
        yield (
            f"{source.at(pointer)}: {node['operationId']} needs x-provenance: "
            f"{{kind: {'|'.join(PROVENANCES)}, source: …}}"
        )


def _unanswered(source: Source, node: Any, pointer: str) -> Iterator[str]:
    for status in node["responses"]:
        at, response = source.resolve(pointer_to("responses", status, base=pointer))
        named = any(media.get("examples") for media in response.get("content", {}).values())
        if not named and "x-answer" not in response:
            yield f"{source.at(at)}: answer {status} of {node['operationId']} has no name; give it named examples"


def _request_examples(contract: Contract, node: Any, pointer: str) -> Iterator[str]:
    source = contract.source
    if "requestBody" not in node:
        return
    at, body = source.resolve(f"{pointer}/requestBody")
    for media, content in body["content"].items():
        place = pointer_to("content", media, base=at)
        if "schema" not in content:
            continue
        schema_at, _ = source.resolve(f"{place}/schema")
        for name in content.get("examples", {}):
            where, example = source.resolve(pointer_to("examples", name, base=place))
            yield from _breaks(contract, schema_at, example.get("value"), where, name)


def _parameter_examples(contract: Contract, parameters: Any) -> Iterator[str]:
    for parameter in parameters:
        schema_at = f"{parameter.pointer}/schema"
        if "example" in parameter.node:
            at = f"{parameter.pointer}/example"
            yield from _breaks(contract, schema_at, parameter.node["example"], at, parameter.name)
        for name, example in parameter.node.get("examples", {}).items():
            at = pointer_to("examples", name, base=parameter.pointer)
            yield from _breaks(contract, schema_at, example.get("value"), at, name)


def _breaks(contract: Contract, schema_at: str, value: Any, at: str, name: str) -> Iterator[str]:
    for violation in contract.violations(schema_at, value, "request"):
        yield f"{contract.source.at(at)}: the example {name!r} breaks its schema: {sentence(violation)}"

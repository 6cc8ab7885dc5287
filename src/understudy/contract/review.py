"""What a contract may not have, beyond what stops the start: checked by ``understudy check``."""

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.contract.contract import Contract
from understudy.contract.lint import faults
from understudy.contract.operation import Operation
from understudy.contract.samples import bare_properties, broken_samples, request_examples
from understudy.source import Source, SourceError, pointer_to

PROVENANCES = ("documented", "observed", "inferred")


def review(contract: Contract, *, own: bool = False) -> Iterator[str]:
    """Yield each problem of a contract as a sentence with file and line.

    ``own`` is for the contract of our own API, whose promises need no source.

    What is not valid OpenAPI is all that is said of it: the rest reads the document as what it should be.
    """
    found = list(faults(contract.source))
    yield from found
    if found:
        return
    for operation in contract.operations.values():
        if not own:
            yield from _provenance(contract.source, operation)
        yield from _responses(contract, operation)
        yield from request_examples(contract, operation)
    yield from broken_samples(contract)
    yield from bare_properties(contract)


def _provenance(source: Source, operation: Operation) -> Iterator[str]:
    said = operation.node.get("x-provenance")
    if not isinstance(said, dict) or said.get("kind") not in PROVENANCES or not said.get("source"):
        yield (
            f"{source.at(operation_pointer(operation))}: {operation.id} needs x-provenance: "
            f"{{kind: {'|'.join(PROVENANCES)}, source: …}}"
        )


def _responses(contract: Contract, operation: Operation) -> Iterator[str]:
    source = contract.source
    for status in operation.node["responses"]:
        if status.startswith("x-"):
            continue
        at, response = source.resolve(pointer_to("responses", status, base=operation_pointer(operation)))
        named = any(media.get("examples") for media in response.get("content", {}).values())
        if not named and "x-answer" not in response:
            yield f"{source.at(at)}: answer {status} of {operation.id} has no name; give it named examples"
        for name in response.get("links", {}):
            where, link = source.resolve(pointer_to("links", name, base=at))
            yield from (f"{source.at(where)}: the link {name!r} {said}" for said in _link(contract, operation, link))


def _link(contract: Contract, origin: Operation, link: Mapping[str, Any]) -> Iterator[str]:
    """Say what a link leads to, or takes from, that does not exist."""
    target = contract.operations.get(link.get("operationId", ""))
    if "operationRef" in link:
        try:
            contract.source.find(link["operationRef"])
        except SourceError:
            yield f"leads to {link['operationRef']!r}, where nothing stands; correct it"
    elif target is None:
        known = ", ".join(contract.operations)
        yield f"leads to the operation {link.get('operationId')!r}, which does not exist; there are {known}"
    for name, value in link.get("parameters", {}).items():
        if target is not None and name not in _parameter_names(target):
            known = ", ".join(sorted(_parameter_names(target))) or "none"
            yield f"fills in {name!r}, which {target.id} has no parameter for; its parameters: {known}"
        taken = str(value).removeprefix("$request.")
        if str(value).startswith(("$request.path.", "$request.query.", "$request.header.")) and (
            taken not in _parameter_names(origin)
        ):
            yield f"takes {value!r}, but {origin.id} has no such parameter; correct it"


def _parameter_names(operation: Operation) -> set[str]:
    """Return a link's two ways of naming an operation's parameters: ``id`` and ``path.id``."""
    parameters = operation.inputs.parameters
    return {parameter.name for parameter in parameters} | {
        f"{parameter.place}.{parameter.name}" for parameter in parameters
    }


def operation_pointer(operation: Operation) -> str:
    """Return where an operation stands in its contract."""
    return pointer_to("paths", operation.path, operation.method, base="#")

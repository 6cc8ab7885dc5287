"""Where the links of an answer lead."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemathesis import Case, Response

_FIRST = "/0"


def destinations(case: Case[Any], response: Response) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield operations and the parameters for them; a link to the first of a list leads to each of the list."""
    contract = case.operation.schema.raw_schema
    declared = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    for reference in _resolved(contract, declared).get("links", {}).values():
        link = _resolved(contract, reference)
        if "operationId" in link:  # Schemathesis adds links of its own, which have none
            for parameters in _each(link.get("parameters", {}), case, response):
                yield link["operationId"], parameters


def _resolved(contract: Any, node: Any) -> Any:
    if "$ref" not in node:
        return node
    for step in node["$ref"].removeprefix("#/").split("/"):
        contract = contract[step]
    return contract


def _each(parameters: Mapping[str, str], case: Case[Any], response: Response) -> Iterator[dict[str, str]]:
    many = any(_FIRST in expression for expression in parameters.values())
    for number in range(100 if many else 1):
        try:
            yield {name: str(_value(text, case, response, number)) for name, text in parameters.items()}
        except LookupError:
            return


def _value(expression: str, case: Case[Any], response: Response, number: int) -> Any:
    source, _, pointer = expression.partition("#")
    if source.startswith("$request.path."):
        return case.path_parameters[source.removeprefix("$request.path.")]
    if source != "$response.body":
        raise LookupError(f"{expression}: not needed by any contract so far")
    value = response.json()
    for step in pointer.replace(_FIRST, f"/{number}", 1).split("/")[1:]:
        value = value[int(step) if isinstance(value, list) else step]
    return value

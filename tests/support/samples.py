"""A call of any operation that its contract takes: made of the contract's own examples."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from understudy.contract.contract import Contract
from understudy.contract.operation import Operation
from understudy.source import pointer_to


def sample_request(client: httpx.Client, contract: Contract, operation: Operation) -> httpx.Request:
    """Return a request that keeps to the contract, with credentials that need not be known."""
    path = contract.base_paths[0] + operation.path
    query: dict[str, str] = {}
    headers = {
        scheme["name"]: "bearer any"
        for scheme in contract.source.data["components"].get("securitySchemes", {}).values()
        if scheme.get("in") == "header"
    }
    for parameter in operation.inputs.parameters:
        if not parameter.required:
            continue
        value = str(_example(contract, parameter.pointer, parameter.node))
        if parameter.place == "path":
            path = path.replace("{" + parameter.node["name"] + "}", quote(value, safe=""))
        else:
            (query if parameter.place == "query" else headers)[parameter.node["name"]] = value
    body = _body(contract, operation)
    return client.build_request(operation.method.upper(), path, params=query, headers=headers, json=body)


def _body(contract: Contract, operation: Operation) -> Any:
    if "requestBody" not in operation.node:
        return None
    at = pointer_to("paths", operation.path, operation.method, "requestBody", base="#")
    place, body = contract.source.resolve(at)
    return _example(
        contract, pointer_to("content", "application/json", base=place), body["content"]["application/json"]
    )


def _example(contract: Contract, pointer: str, node: Mapping[str, Any]) -> Any:
    if "examples" in node:
        first = pointer_to("examples", next(iter(node["examples"])), base=pointer)
        return contract.source.resolve(first)[1]["value"]
    return node["example"] if "example" in node else contract.source.resolve_inside(node["schema"])[1]["example"]

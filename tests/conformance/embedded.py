"""Strings that hold a JSON document: Schemathesis learns from ``x-embedded-schema`` how to write them."""

import json
from collections.abc import Iterator
from typing import Any

import schemathesis
from hypothesis.strategies import SearchStrategy


def teach(contract: dict[str, Any]) -> None:
    """Give each string that has an embedded schema a format, whose values are documents of that schema."""
    for number, (string, embedded) in enumerate(list(_strings(contract))):
        string["format"] = f"embedded-{number}"
        schemathesis.openapi.format(string["format"], _documents(embedded, contract["components"]))


def _strings(node: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Find such strings, and take the embedded schema off them."""
    if isinstance(node, dict):
        if node.get("type") == "string" and "x-embedded-schema" in node:
            yield node, node.pop("x-embedded-schema")
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _strings(child)


def _documents(schema: Any, components: dict[str, Any]) -> SearchStrategy[str]:
    """Let Schemathesis make bodies of that schema, as if an operation wanted them."""
    operation = {
        "operationId": "embedded",
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "Never asked for."}},
    }
    contract = schemathesis.openapi.from_dict(
        {
            "openapi": "3.0.3",
            "info": {"title": "Embedded", "version": "1"},
            "paths": {"/": {"post": operation}},
            "components": components,
        }
    )
    return contract["/"]["POST"].as_strategy().map(lambda case: json.dumps(case.body))

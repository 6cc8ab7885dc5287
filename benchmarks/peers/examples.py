"""A contract whose examples are what Understudy answered: for the peers that answer with examples."""

import json
from pathlib import Path
from typing import Any

import yaml

EXAMPLE = "answer"


def with_answers(contract: Path, answers: dict[str, Any]) -> str:
    """Return a contract in which each of these operations has its answer as the one example of its status."""
    document: dict[str, Any] = yaml.safe_load(contract.read_text(encoding="utf-8"))
    for path in document["paths"].values():
        for operation in path.values():
            answer = answers.get(operation["operationId"]) if "operationId" in operation else None
            if answer is not None:
                media = operation["responses"][str(answer["status"])]["content"]["application/json"]
                media["examples"] = {EXAMPLE: {"value": answer["body"]}}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def answering(environment: dict[str, Any]) -> dict[str, Any]:
    """Return what Mockoon made of such a contract, with the answers as what its routes answer, without white space.

    By itself it answers with what it makes up from the schema, and has the examples as alternatives.
    """
    for route in environment["routes"]:
        if any(response["label"] == EXAMPLE for response in route["responses"]):
            for response in route["responses"]:
                response["default"] = response["label"] == EXAMPLE
                if response["default"]:
                    response["body"] = json.dumps(json.loads(response["body"]), separators=(",", ":"))
    return environment

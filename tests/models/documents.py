"""What a contract says of an operation's answers, read without the engine."""

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

OPENAPI = Path(__file__).parents[2] / "openapi"
METHODS = ("get", "put", "post", "patch", "delete")


class Written(NamedTuple):
    """A named answer, as the contract shows it."""

    status: int
    value: Any
    varies: tuple[str, ...] | None
    """The members that are computed; None where the whole body is."""
    translations: dict[str, Any]
    """By language, the members that differ in it."""


class Promised(NamedTuple):
    """An operation."""

    method: str
    path: str
    answers: dict[str, Written]


@lru_cache
def operations(vendor: str) -> dict[str, Promised]:
    """Return a contract's operations by id."""
    document = yaml.load((OPENAPI / f"{vendor}.yaml").read_text("utf-8"), yaml.CSafeLoader)
    base = "" if "://" in document["servers"][0]["url"] else document["servers"][0]["url"]
    if vendor == "ivalt":
        base = "/admin/public/api"
    return {
        operation["operationId"]: Promised(method.upper(), base + path, _answers(document, operation))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def _answers(document: Any, operation: Any) -> dict[str, Written]:
    found: dict[str, Written] = {}
    for status, node in operation["responses"].items():
        response = _followed(document, node)
        if "x-answer" in response:
            found[response["x-answer"]] = Written(int(status), None, (), {})
        for media in response.get("content", {}).values():
            for name, example in media["examples"].items():
                found[name] = _written(int(status), _followed(document, example))
    return found


def _written(status: int, example: Any) -> Written:
    varies = example.get("x-varies", ())
    every = None if varies == "all" else tuple(varies)
    return Written(status, example["value"], every, example.get("x-translations", {}))


def _followed(document: Any, node: Any) -> Any:
    while "$ref" in node:
        place = node["$ref"].removeprefix("#/").split("/")
        node = document
        for step in place:
            node = node[step]
    return node

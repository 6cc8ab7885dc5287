"""What an operation can answer: by status, each named example as the reader would see it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from understudy.contract.operation import Operation
from understudy.reference.fields import Field, Tree
from understudy.reference.provenance import Provenance, provenance_of
from understudy.source import Source

_PHRASES: Mapping[str, str] = {
    "200": "OK",
    "201": "Created",
    "202": "Accepted",
    "204": "No content",
    "400": "Bad request",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "Not found",
    "405": "Method not allowed",
    "409": "Conflict",
    "413": "Content too large",
    "415": "Unsupported media type",
    "422": "Unprocessable content",
    "429": "Too many requests",
    "500": "Internal server error",
    "503": "Unavailable",
}


@dataclass(frozen=True, slots=True)
class Example:
    """One named answer."""

    name: str
    summary: str
    description: str
    media: str
    value: Any
    has_body: bool
    varies: tuple[str, ...]
    """Members that are computed; ``*`` for the whole body."""
    provenance: Provenance | None
    """Its own, or that of its response."""
    source: str
    """``file:line``."""


@dataclass(frozen=True, slots=True)
class Header:
    """One header of an answer."""

    name: str
    description: str
    type: str


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that is answered with one status."""

    code: str
    phrase: str
    description: str
    provenance: Provenance | None
    headers: tuple[Header, ...]
    examples: tuple[Example, ...]
    fields: Field | None
    """The body of a success, as a tree."""


def statuses_of(source: Source, operation: Operation) -> tuple[Status, ...]:
    """Return every status of an operation, lowest first."""
    responses = operation.node["responses"]
    return tuple(_status(source, code, responses[code]) for code in sorted(responses))


def _status(source: Source, code: str, node: Any) -> Status:
    _, response = source.resolve_inside(node)
    content = response.get("content", {})
    schema = next((media["schema"] for media in content.values() if "schema" in media), None)
    return Status(
        code=code,
        phrase=_PHRASES.get(code, ""),
        description=str(response.get("description", "")).strip(),
        provenance=provenance_of(node, response),
        headers=tuple(_headers(source, response)),
        examples=tuple(_examples(source, response)),
        fields=Tree(source).grow(schema, path=f"answer{code}") if schema and code.startswith("2") else None,
    )


def _headers(source: Source, response: Mapping[str, Any]) -> Iterator[Header]:
    for name, node in response.get("headers", {}).items():
        _, header = source.resolve_inside(node)
        _, schema = source.resolve_inside(header.get("schema", {}))
        yield Header(name, str(header.get("description", "")), str(schema.get("type", "")))


def _examples(source: Source, response: Mapping[str, Any]) -> Iterator[Example]:
    if not response.get("content") and "x-answer" in response:
        name = response["x-answer"]
        yield Example(name, "", "", "", None, False, (), provenance_of(response), "")
    for media, content in response.get("content", {}).items():
        for name, node in content.get("examples", {}).items():
            at, example = source.resolve_inside(node)
            yield _example(source, name, media, example, provenance_of(example, response), at)


def _example(
    source: Source, name: str, media: str, node: Mapping[str, Any], provenance: Provenance | None, at: str
) -> Example:
    varies = node.get("x-varies", ())
    return Example(
        name=name,
        summary=str(node.get("summary", "")),
        description=str(node.get("description", "")),
        media=media,
        value=node.get("value"),
        has_body=True,
        varies=("*",) if varies == "all" else tuple(varies),
        provenance=provenance,
        source=source.at(at) if at else "",
    )

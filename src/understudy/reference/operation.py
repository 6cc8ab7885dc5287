"""One operation as its reference has it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from understudy.contract.contract import Contract
from understudy.contract.operation import Operation
from understudy.contract.parameters import Parameter
from understudy.reference.answers import Status, statuses_of
from understudy.reference.fields import Field, Tree
from understudy.reference.made import made
from understudy.reference.provenance import Provenance, provenance_of
from understudy.reference.rules import Rule, rules_of
from understudy.source import pointer_to

_WHOLE_BODY: Mapping[str, str] = {
    "missing_body": "a body is required",
    "malformed_body": "a body that cannot be read",
    "unsupported_media_type": "a body of another content type",
    "body_too_large": "a body larger than 1 MB",
}


@dataclass(frozen=True, slots=True)
class Input:
    """One parameter."""

    name: str
    place: str
    required: bool
    description: str
    field: Field
    style: str
    explode: bool
    provenance: Provenance | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One named example of a request's body."""

    name: str
    summary: str
    value: Any


@dataclass(frozen=True, slots=True)
class Body:
    """The request body, as one content type has it."""

    media: str
    fields: Field
    samples: tuple[Sample, ...]
    made: Any
    """A body made from the schema alone."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Everything that the contract says about one operation."""

    id: str
    method: str
    path: str
    """With the base path, as it is called."""
    tag: str
    summary: str
    description: str
    deprecated: bool
    provenance: Provenance | None
    source: str
    """``file:line``."""
    inputs: tuple[Input, ...]
    body_required: bool
    body_description: str
    bodies: tuple[Body, ...]
    refusals: tuple[Rule, ...]
    """What concerns the request as a whole."""
    statuses: tuple[Status, ...]
    schemes: tuple[tuple[str, ...], ...]
    """Security schemes: alternatives, each of schemes that are needed together."""

    def status_of(self, answer: str) -> str:
        """Return the status of a named answer; nothing for one that is not declared."""
        return next((s.code for s in self.statuses for e in s.examples if e.name == answer), "")


def promise_of(contract: Contract, operation: Operation) -> Promise:
    """Return one operation's reference."""
    return _Reading(contract, operation).promise()


class _Reading:
    """Reads one operation."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._contract, self._operation, self._source = contract, operation, contract.source
        self._node = operation.node
        self._wanted = {**contract.source.data.get("x-refusals", {}), **operation.node.get("x-refusals", {})}

    def promise(self) -> Promise:
        node, operation = self._node, self._operation
        _, body = self._source.resolve_inside(node.get("requestBody", {}))
        return Promise(
            id=operation.id,
            method=operation.method.upper(),
            path=self._contract.base_paths[0] + operation.path,
            tag=next(iter(node.get("tags", ())), ""),
            summary=str(node.get("summary", "")) or operation.id,
            description=str(node.get("description", "")).strip(),
            deprecated=node.get("deprecated") is True,
            provenance=provenance_of(node),
            source=self._source.at(pointer_to("paths", operation.path, operation.method)),
            inputs=tuple(map(self._input, operation.inputs.parameters)),
            body_required=body.get("required") is True,
            body_description=str(body.get("description", "")),
            bodies=tuple(self._bodies(body)),
            refusals=tuple(self._refusals(body)),
            statuses=statuses_of(self._source, operation),
            schemes=tuple(tuple(scheme for scheme, _ in schemes) for schemes in operation.inputs.security.alternatives),
        )

    def _input(self, parameter: Parameter) -> Input:
        node = parameter.node
        field = Tree(self._source).grow(node["schema"], parameter.name, parameter.name, required=parameter.required)
        style = str(node.get("style", "form" if parameter.place in ("query", "cookie") else "simple"))
        return Input(
            name=parameter.name,
            place=parameter.place,
            required=parameter.required,
            description=str(node.get("description", "")).strip() or field.description,
            field=replace(field, rules=tuple(self._rules(parameter))),
            style=style,
            explode=bool(node.get("explode", style == "form")),
            provenance=provenance_of(node, parameter.schema),
        )

    def _rules(self, parameter: Parameter) -> Iterator[Rule]:
        """Yield the rules that a parameter can break: what is sent is a text always, and in a path always there."""
        if parameter.can_fail:
            required = parameter.required and parameter.place != "path"
            otherwise = self._wanted.get("invalid_parameter")
            for rule in rules_of(parameter.schema, parameter.node, required=required, otherwise=otherwise):
                if rule.keyword != "type" or parameter.schema["type"] != "string":
                    yield rule

    def _bodies(self, body: Mapping[str, Any]) -> Iterator[Body]:
        for media, content in body.get("content", {}).items():
            tree = Tree(self._source, otherwise=self._wanted.get("invalid_body"))
            samples = []
            for name, node in content.get("examples", {}).items():
                _, example = self._source.resolve_inside(node)
                samples.append(Sample(name, str(example.get("summary", "")), example.get("value")))
            schema = content.get("schema", {})
            yield Body(media, tree.grow(schema), tuple(samples), made(self._source, schema))

    def _refusals(self, body: Mapping[str, Any]) -> Iterator[Rule]:
        declared = self._operation.answers.by_name
        if self._operation.inputs.unauthenticated is not None:
            answer = self._operation.inputs.unauthenticated.name
            yield Rule("security", "credentials are required, and must be known", None, answer)
        for kind, words in _WHOLE_BODY.items() if body else ():
            answer = self._wanted.get(kind, "")
            if answer in declared and (kind != "missing_body" or body.get("required")):
                yield Rule(kind, words, None, answer)

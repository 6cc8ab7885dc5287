"""A contract: one hand-written OpenAPI document, compiled for one provider."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from understudy.contract.answers import Answers, NamedAnswer, Shared
from understudy.contract.diagnosis import diagnosed
from understudy.contract.explain import Explainer
from understudy.contract.inputs import STRICT_QUERY, Inputs
from understudy.contract.operation import Operation
from understudy.contract.refusals import Refusals
from understudy.contract.schema import Direction, Schemas
from understudy.contract.secrets import Secrets
from understudy.contract.security import Security
from understudy.contract.wording import sentence
from understudy.kernel.provider import Handler, Player
from understudy.kernel.violation import Violation
from understudy.source import Source, SourceError, pointer_to

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
TEMPLATE = re.compile(r"\{([^{}]+)\}")
"""A template in a path: ``{name}``."""
_UNROUTED = ("route_not_found", "method_not_allowed")


class Contract:
    """What one vendor promises, compiled: its operations, and its words for what is none of them."""

    def __init__(self, source: Source, provider: Player) -> None:
        self.source = source
        self.provider = provider
        self.name = provider.name
        self._require_version()
        with diagnosed(source, "#", "the contract"):
            self._compile_all()

    def _compile_all(self) -> None:
        source, provider = self.source, self.provider
        source.check_references()
        self.info: Mapping[str, Any] = dict(source.data.get("info", {}))
        self.base_paths = _base_paths(source)
        self.secrets = Secrets.of(source)
        self._schemas = Schemas(source)
        self._explainer = Explainer(source, self._schemas, self.secrets)
        self._shared_answers: Shared = {}
        self._handlers = {handler.__name__: handler for handler in provider.handlers}
        self.operations: dict[str, Operation] = {}
        for pointer, path, method in self._promised():
            self._add(pointer, path, method)
        self._refuse_idle_handlers()
        with diagnosed(source, "#/x-unrouted", "x-unrouted"):
            self.unrouted = self._compile_unrouted()

    @classmethod
    def load(cls, path: Path, provider: Player) -> "Contract":
        """Read and compile a contract. Raises SourceError with file, line and remedy."""
        return cls(Source.read(path), provider)

    @property
    def title(self) -> str:
        """The API's name."""
        return str(self.info.get("title", self.name))

    @cached_property
    def hash(self) -> str:
        """A short hash of all that the contract says: equal contracts have equal hashes."""
        written = orjson.dumps(self.source.data, option=orjson.OPT_SORT_KEYS)
        return blake2b(written, digest_size=8).hexdigest()

    def territory(self) -> tuple[str, ...]:
        """Return the path prefixes in which an unknown route is answered in this vendor's words."""
        prefixes: list[str] = []
        for base in self.base_paths:
            if base:
                prefixes.append(base)
            else:
                prefixes += ["/" + path.split("/")[1] for path in self.source.data["paths"]]
        return tuple(dict.fromkeys(prefixes))

    def routes(self) -> dict[str, Any]:
        """Return the contract's routes as a document of their own, for a router to read."""
        paths: dict[str, Any] = {}
        for operation in self.operations.values():
            parameters = [parameter.node for parameter in operation.inputs.parameters if parameter.place == "path"]
            paths.setdefault(operation.path, {})[operation.method] = {
                "operationId": operation.id,
                "parameters": [
                    {"name": node["name"], "in": "path", "required": True, "schema": {"type": "string"}}
                    for node in parameters
                ],
                "responses": {"default": {"description": "see the contract"}},
            }
        return {"openapi": "3.0.3", "info": {"title": self.title, "version": "1"}, "paths": paths}

    def violations(self, pointer: str, value: Any, direction: Direction) -> tuple[Violation, ...]:
        """Return how a value breaks the schema at a pointer into the contract."""
        validator = self._schemas.validator(pointer, direction)
        return () if validator.is_valid(value) else self._explainer.explain(validator, value, "body")

    def resource_errors(self, schema: str, record: Any) -> tuple[str, ...]:
        """Return what is wrong with a record that should satisfy a component schema, a sentence each."""
        return tuple(map(sentence, self.violations(f"#/components/schemas/{schema}", record, "response")))

    def _require_version(self) -> None:
        version = str(self.source.data.get("openapi", "")) if isinstance(self.source.data, dict) else ""
        if not version.startswith("3.0."):
            raise SourceError(
                f"{self.source.label}:1: openapi is {version or 'missing'!r}; a contract is OpenAPI 3.0.x"
            )

    def _promised(self) -> Iterator[tuple[str, str, str]]:
        for path, item in self.source.data.get("paths", {}).items():
            for method in item:
                if method in METHODS:
                    yield pointer_to("paths", path, method, base="#"), path, method

    def _add(self, pointer: str, path: str, method: str) -> None:
        node = self.source.find(pointer)
        id = node.get("operationId")
        if not id:
            raise SourceError(
                f"{self.source.at(pointer)}: {method.upper()} {path} has no operationId; name its handler"
            )
        if id in self.operations:
            raise SourceError(f"{self.source.at(pointer)}: a second operation is called {id!r}")
        handler = self._handlers.get(id)
        if handler is None:
            raise SourceError(
                f"{self.source.at(pointer)}: {method.upper()} {path} is promised, but {self.name} has no "
                f"handler {id!r}; write one and list it in its PROVIDER"
            )
        if not path.startswith("/"):
            raise SourceError(f"{self.source.at(pointer)}: the path {path!r} must begin with a slash")
        with diagnosed(self.source, pointer, f"the operation {id}"):
            self.operations[id] = self._compile(pointer, path, method, node, handler)

    def _compile(self, pointer: str, path: str, method: str, node: Mapping[str, Any], handler: Handler) -> Operation:
        self._require_path_parameters(pointer, path)
        self._require_media_types(pointer, node)
        root = self.source.data
        answers = self._answers(f"{pointer}/responses")
        wanted = {**root.get("x-refusals", {}), **node.get("x-refusals", {})}
        requirement = node.get("security", root.get("security", []))
        inputs = Inputs(
            source=self.source,
            schemas=self._schemas,
            explainer=self._explainer,
            pointer=pointer,
            parameters=self._parameters(pointer, path),
            security=Security(self.source, requirement, pointer),
            refusals=Refusals(self.source, pointer, answers, wanted),
            body_first=root.get("x-body-first", False),
            strict_query=root.get(STRICT_QUERY, False),
            other_content_types=root.get("x-other-content-types", "refuse"),
        )
        return Operation(
            provider=self.name,
            id=node["operationId"],
            method=method,
            path=path,
            node=node,
            inputs=inputs,
            answers=answers,
            dialect=self.provider.dialect,
            authenticate=self.provider.authenticate,
            handler=handler,
        )

    def _answers(self, pointer: str) -> Answers:
        return Answers(
            self.source, self._schemas, self._explainer, self.provider.dialect, pointer, self._shared_answers
        )

    def _parameters(self, pointer: str, path: str) -> list[str]:
        """Return pointers to an operation's parameters; its own override those of its path."""
        found: dict[tuple[str, str], str] = {}
        for owner in (pointer_to("paths", path, base="#"), pointer):
            for number, _ in enumerate(self.source.find(owner).get("parameters", [])):
                at, node = self.source.resolve(f"{owner}/parameters/{number}")
                found[node["in"], node["name"]] = at
        return list(found.values())

    def _require_path_parameters(self, pointer: str, path: str) -> None:
        nodes = [self.source.find(at) for at in self._parameters(pointer, path)]
        declared = {node["name"] for node in nodes if node["in"] == "path"}
        templated = set(TEMPLATE.findall(path))
        for name in declared ^ templated:
            missing = "declared" if name in templated else "in the path"
            raise SourceError(f"{self.source.at(pointer)}: path parameter {name!r} of {path} is not {missing}")

    def _require_media_types(self, pointer: str, node: Mapping[str, Any]) -> None:
        if "requestBody" in node:
            at, body = self.source.resolve(f"{pointer}/requestBody")
            if not body["content"]:
                raise SourceError(f"{self.source.at(at)}: the body has no media type; name what may be sent")

    def _refuse_idle_handlers(self) -> None:
        idle = self._handlers.keys() - self.operations.keys()
        if idle:
            raise SourceError(
                f"{self.source.label}:1: the handler {min(idle)!r} of {self.name} plays no operation of the contract; "
                "promise it there, or remove it"
            )

    def _compile_unrouted(self) -> dict[str, NamedAnswer]:
        if "x-unrouted" not in self.source.data:
            raise SourceError(f"{self.source.label}:1: x-unrouted is missing: it has the answers for an unknown route")
        answers = self._answers("#/x-unrouted/responses")
        refusals = Refusals(self.source, "#/x-unrouted", answers, self.source.data.get("x-refusals", {}))
        return {kind: refusals.of(kind) for kind in _UNROUTED}


def _base_paths(source: Source) -> tuple[str, ...]:
    """Return the path of each server, without a trailing slash."""
    servers = source.data.get("servers") or [{"url": "/"}]
    return tuple(dict.fromkeys(urlsplit(server["url"]).path.rstrip("/") for server in servers))

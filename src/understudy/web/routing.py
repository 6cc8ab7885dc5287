"""Routing: Connexion reads the contracts' routes, an index finds the one that is meant.

Stock Connexion tries its routes one after the other; here the cost of finding one does not depend
on how many there are. A literal segment goes before a template, as OpenAPI demands.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from connexion.middleware.abstract import ROUTING_CONTEXT, AbstractRoutingAPI, SpecMiddleware
from connexion.operations import AbstractOperation
from connexion.resolver import Resolver
from connexion.spec import OpenAPISpecification, Specification

from understudy.contract.contract import TEMPLATE
from understudy.journal import Exchange
from understudy.sandbox import Sandbox
from understudy.web.exchange import KEY, Receive, Scope, Send
from understudy.web.stage import ContractStage

_REMEMBERED = 1024
_MEMORABLE = 200


class Target(NamedTuple):
    """What a route leads to."""

    context: dict[str, Any]
    """What Connexion's routed stages look for in the scope."""
    names: tuple[str, ...]


class _Node:
    """One segment of a path, and what may follow it."""

    __slots__ = ("anything", "literals", "parts", "targets")

    def __init__(self) -> None:
        self.anything: _Node | None = None  # the child whose template is a whole segment
        self.literals: dict[str, _Node] = {}
        self.parts: dict[str, tuple[re.Pattern[str], _Node]] = {}  # children whose template is a part of a segment
        self.targets: dict[str, Target] = {}


class RouteIndex:
    """Routes by segment."""

    def __init__(self) -> None:
        self._root = _Node()
        self._met: dict[str, tuple[dict[str, Target], list[str]] | None] = {}

    def add(self, path: str, method: str, target: Target) -> None:
        """Add one route, such as ``/users/{id}``."""
        node = self._root
        for segment in path.split("/")[1:]:
            node = _child(node, segment)
        node.targets[method] = target

    def find(self, path: str, segments: list[str] | None = None) -> tuple[dict[str, Target], list[str]] | None:
        """Return the targets of a path by method, and the values of its template; None for an unknown path.

        ``segments`` are given for a path of which a segment holds a slash of its own.
        """
        if segments is not None:
            return self._find(segments)
        if path in self._met:
            return self._met[path]
        found = self._find(path.split("/"))
        if len(path) <= _MEMORABLE:
            if len(self._met) >= _REMEMBERED:
                self._met.clear()
            self._met[path] = found
        return found

    def _find(self, segments: list[str]) -> tuple[dict[str, Target], list[str]] | None:
        node, values = self._root, []
        for segment in segments[1:]:
            child = node.literals.get(segment)
            if child is None:
                child = node.anything
                if child is None or not segment or node.parts:
                    break
                values.append(segment)
            node = child
        else:
            if node.targets:
                return node.targets, values
        # Rare: several templates fit this place, or the literal way was a dead end.
        return next(_search(self._root, segments, 1, []), None)


def _child(node: _Node, segment: str) -> _Node:
    if "{" not in segment:
        return node.literals.setdefault(segment, _Node())
    shape = TEMPLATE.sub("{}", segment)
    if shape == "{}":
        node.anything = node.anything or _Node()
        return node.anything
    if shape not in node.parts:
        literals = [re.escape(literal) for literal in shape.split("{}")]
        node.parts[shape] = (re.compile("(.+?)".join(literals) + r"\Z", re.DOTALL), _Node())
    return node.parts[shape][1]


def _search(
    node: _Node, segments: list[str], at: int, values: list[str]
) -> Iterator[tuple[dict[str, Target], list[str]]]:
    if at == len(segments):
        if node.targets:
            yield node.targets, values
        return
    segment = segments[at]
    literal = node.literals.get(segment)
    if literal is not None:
        yield from _search(literal, segments, at + 1, values)
    if not segment:
        return
    for pattern, child in node.parts.values():
        if found := pattern.match(segment):
            yield from _search(child, segments, at + 1, [*values, *found.groups()])
    if node.anything is not None:
        yield from _search(node.anything, segments, at + 1, [*values, segment])


class Routes(OpenAPISpecification):
    """A contract's routes, as Connexion reads them. They come from a contract that was checked, not from a file."""

    @classmethod
    def _validate_spec(cls, spec: Any) -> None:
        """Take them as they are."""


class IndexedAPI(AbstractRoutingAPI[str]):
    """One contract under one base path: Connexion walks its operations, the index takes them in."""

    def __init__(self, specification: Specification, *, index: RouteIndex, **options: Any) -> None:
        self._index = index
        super().__init__(specification, **options)

    def make_operation(self, operation: AbstractOperation) -> str:
        """Return what the routed stages know the operation by."""
        id: str = operation.operation_id
        return id

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        return path, path

    def _add_operation_internal(self, method: str, path: str, operation: str, name: str | None = None) -> None:
        context = {"api_base_path": self.base_path, "operation_id": operation}
        target = Target(context, tuple(TEMPLATE.findall(path)))
        self._index.add(f"{self.base_path}{path}", method.upper(), target)


class Routing(SpecMiddleware):
    """Finds the operation that a request means and notes it in the scope, as Connexion's own stage does."""

    def __init__(self, app: ContractStage) -> None:
        self.app = app
        self._index = RouteIndex()
        self._met: dict[tuple[str, bytes], tuple[dict[str, Any], dict[str, str]]] = {}

    def add_api(
        self, specification: Specification, *, base_path: str, resolver: Resolver | None = None, **_: Any
    ) -> None:
        """Take in the routes of one contract under one base path."""
        IndexedAPI(specification, index=self._index, base_path=base_path, resolver=resolver)

    def at_once(self, scope: Scope, exchange: Exchange, sandbox: Sandbox, body: bytes) -> bool:
        """Have a request that is whole answered without waiting for anything; say whether that could be."""
        raw_path = scope["raw_path"]
        met = self._met.get((exchange.method, raw_path)) or self._meet(exchange.method, scope["path"], raw_path)
        return met is not None and self.app.at_once(*met, exchange, sandbox, body)

    def _meet(self, method: str, path: str, raw_path: bytes) -> tuple[dict[str, Any], dict[str, str]] | None:
        """Return the context and the path's values that a request leads to, None where it leads nowhere."""
        found = self._index.find(path, segments_of(raw_path))
        target = None if found is None else _of_method(found[0], method)
        if found is None or target is None:
            return None
        met = target.context, dict(zip(target.names, found[1], strict=True))
        if len(raw_path) <= _MEMORABLE:
            if len(self._met) >= _REMEMBERED:
                self._met.clear()
            self._met[method, raw_path] = met
        return met

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note what the path and method lead to: an operation, or the methods that would."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        context: dict[str, Any] = {}
        found = self._index.find(scope["path"], segments_of(scope.get("raw_path", b"")))
        if found is not None:
            targets, values = found
            target = _of_method(targets, scope["method"])
            if target is None:
                scope[KEY].allowed = _allowed(targets)
            else:
                context = target.context
                scope["path_params"] = dict(zip(target.names, values, strict=True))
        scope.setdefault("extensions", {})[ROUTING_CONTEXT] = context
        await self.app(scope, receive, send)


def segments_of(raw_path: bytes) -> list[str] | None:
    """Return the decoded segments of a path in which a slash is encoded; None, mostly, where none is."""
    if b"%2" not in raw_path or b"%2f" not in raw_path.lower():
        return None
    raw = raw_path.partition(b"?")[0].decode("latin-1")
    segments = [unquote(segment) for segment in raw.split("/")]
    return segments[:-1] if len(segments) > 2 and not segments[-1] else segments


def _of_method(targets: dict[str, Target], method: str) -> Target | None:
    return targets.get(method) or (targets.get("GET") if method == "HEAD" else None)


def _allowed(targets: dict[str, Target]) -> tuple[str, ...]:
    implied = {"HEAD"} if "GET" in targets else set()
    return tuple(sorted({*targets, *implied, "OPTIONS"}))

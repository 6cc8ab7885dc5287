"""A vendor with any number of operations, one schema of which holds itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Thread
from typing import Any

import orjson
import uvicorn

from tests.toy.parts.toy import ToyState, seed
from understudy.contract.contract import Contract
from understudy.fixtures import Fixture
from understudy.kernel.exchange import Answer, Call
from understudy.kernel.provider import Handler, Provider, Visitor
from understudy.parts import Part
from understudy.sandboxes import Sandboxes, Worlds
from understudy.source import Source
from understudy.web.app import build_app
from understudy.web.edge import Edge
from understudy.web.server import listen, url_of

_TAGS = 20
_TREE = {
    "type": "object",
    "description": "A tree.",
    "properties": {
        "name": {"type": "string", "description": "What it is called.", "example": "Oak"},
        "branches": {"type": "array", "description": "Trees.", "items": {"$ref": "#/components/schemas/Tree"}},
    },
}
_ERROR = {"application/json": {"schema": {"type": "object"}, "examples": {"wrong": {"value": {"error": "wrong"}}}}}


@lru_cache
def many_part(count: int, base: str = "/many") -> Part:
    """Return a part of this many operations below a base path."""
    document = _document(count) | {"servers": [{"url": base}]}
    source = Source.parse(orjson.dumps(document), "openapi/many.yaml")
    provider = Provider("many", tuple(map(_handler, range(count))), ToyState, seed, _let_in)
    fixture = Fixture("many", Source.parse(b"worlds: {documented: {}}", "fixtures/many.yaml"))
    return Part(Contract(source, provider), provider, fixture)


def many_edge(count: int, base: str = "/many") -> Edge:
    """Return an app that plays this many operations."""
    part = many_part(count, base)
    return build_app([part], Sandboxes(Worlds([part])))


@contextmanager
def edge_served(edge: Edge) -> Iterator[str]:
    """Serve an app from a thread; give the URL."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(edge, log_level="critical", lifespan="off"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield url_of(listener)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def many_served(count: int) -> Iterator[str]:
    """Serve this many operations from a thread; give the URL."""
    with edge_served(many_edge(count)) as url:
        yield url


def _let_in(_: Any, __: Visitor) -> object:
    return True


def _handler(number: int) -> Handler:
    def handler(state: Any, call: Call) -> tuple[Answer, Any]:
        return Answer("planted", {"name": call.path["place"]}), state

    handler.__name__ = f"plant_{number}"
    return handler


def _document(count: int) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": {"title": "Many", "version": "1", "description": "An API with many operations."},
        "tags": [{"name": f"Forest {n}"} for n in range(_TAGS)],
        "x-refusals": dict.fromkeys(
            ("malformed_body", "missing_body", "invalid_body", "unsupported_media_type", "body_too_large"), "wrong"
        )
        | {"route_not_found": "wrong", "method_not_allowed": "wrong"},
        "x-unrouted": {"responses": {"404": {"description": "No.", "content": _ERROR}}},
        "paths": {f"/forests/{n}/trees/{{place}}": {"put": _operation(n)} for n in range(count)},
        "components": {"schemas": {"Tree": _TREE}},
    }


def _operation(number: int) -> dict[str, Any]:
    tree = {"schema": {"$ref": "#/components/schemas/Tree"}}
    planted = {**tree, "examples": {"planted": {"x-varies": "all", "value": {"name": "Oak"}}}}
    return {
        "operationId": f"plant_{number}",
        "tags": [f"Forest {number % _TAGS}"],
        "summary": f"Plant a tree of kind {number} where nobody has planted one before",
        "parameters": [{"name": "place", "in": "path", "required": True, "schema": {"type": "string"}, "example": "a"}],
        "requestBody": {"content": {"application/json": tree}},
        "responses": {
            "200": {"description": "Planted.", "content": {"application/json": planted}},
            "400": {"description": "Wrong.", "content": _ERROR},
        },
    }

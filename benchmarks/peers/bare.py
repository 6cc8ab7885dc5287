"""Bare Starlette routes: no contract, no security, no validation, no state. Only the answers are the same."""

import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.peers.prepared import Prepared, prepared


def reading(path: str, answer: Prepared) -> Route:
    """Return a route that answers."""

    async def read(request: Request) -> JSONResponse:
        return JSONResponse(answer.body, answer.status)

    return Route(path, read)


def writing(path: str, answer: Prepared) -> Route:
    """Return a route that reads the JSON body and answers."""

    async def write(request: Request) -> JSONResponse:
        await request.json()
        return JSONResponse(answer.body, answer.status)

    return Route(path, write, methods=[answer.method])


def templated(path: str) -> str:
    """Return a path, with what stands before it, and with the id in it as a parameter."""
    parts = (os.environ["BENCHMARK_BASE"] + path).partition("?")[0].split("/")
    return "/".join("{id}" if len(part) == len("54b53d3aeba6db5c35000002") else part for part in parts)


app = Starlette(
    routes=[
        (reading if answer.method == "GET" else writing)(templated(answer.path), answer)
        for answer in prepared().values()
    ]
)

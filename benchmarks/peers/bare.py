"""Bare Starlette routes: no contract, no security, no validation, no state. Only the answers are the same."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.peers.prepared import prepared

ANSWERS = prepared()


async def read_organisation(request: Request) -> JSONResponse:
    return JSONResponse(ANSWERS["read"])


async def update_organisation(request: Request) -> JSONResponse:
    await request.json()
    return JSONResponse(ANSWERS["update"])


async def list_organisations(request: Request) -> JSONResponse:
    return JSONResponse(ANSWERS["list"])


app = Starlette(
    routes=[
        Route("/admin/organisations", list_organisations),
        Route("/admin/organisations/{id}", read_organisation),
        Route("/admin/organisations/{id}", update_organisation, methods=["PUT"]),
    ]
)

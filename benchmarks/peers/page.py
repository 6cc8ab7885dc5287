"""A bare Starlette page: the bytes of a file that the environment names."""

import os
from functools import lru_cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

VARIABLE = "BENCHMARK_PAGE"


@lru_cache
def content() -> bytes:
    """Return the file's bytes, read once."""
    return Path(os.environ[VARIABLE]).read_bytes()


async def page(request: Request) -> HTMLResponse:
    """Return the page."""
    return HTMLResponse(content())


app = Starlette(routes=[Route("/", page)])

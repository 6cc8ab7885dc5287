"""Swagger UI, for those who prefer it: its own files, started by a script of ours."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from understudy.reference.api import Api, api_of
from understudy.web.pages.headers import COMMON
from understudy.web.pages.visit import Visit

_FILES = {"swagger-ui.css": "text/css; charset=utf-8", "swagger-ui-bundle.js": "text/javascript; charset=utf-8"}


def swagger(visit: Visit) -> Response:
    """Answer with Swagger UI over an API's contract, credentials filled in, in the reader's sandbox."""
    part = visit.house.parts.get(visit.request.path_params["provider"])
    if part is None:
        return visit.page("missing.html", 404)
    api = api_of(part)
    return visit.page("swagger.html", api=api, here=api.name, setup=_setup(visit, api))


async def asset(request: Request) -> Response:
    """Answer with one of Swagger UI's own files."""
    name = request.path_params["name"]
    if name not in _FILES:
        return PlainTextResponse("there is no such file", 404, dict(COMMON))
    headers = {**COMMON, "cache-control": "public, max-age=86400"}
    return Response(_read(name), 200, headers, _FILES[name])


@lru_cache
def _read(name: str) -> bytes:
    from swagger_ui_bundle import swagger_ui_path

    return (Path(swagger_ui_path) / name).read_bytes()


def _setup(visit: Visit, api: Api) -> dict[str, Any]:
    known = api.access.credentials
    filled: dict[str, str] = {}
    for credential in known:
        for scheme, value in credential.items():
            filled.setdefault(scheme, value)
    login = api.access.login
    return {
        "url": f"{visit.to('/docs/' + api.name)}/openapi.json",
        "sandbox": "" if visit.reader.prefix else visit.reader.name,
        "credentials": filled,
        "login": login and {
            "scheme": login.scheme,
            "path": visit.base + api.base_path + api.contract.operations[login.operation].path,
            "body": login.body(login.accounts[0]),
            "token": login.token,
            "send": login.template,
        },
    }  # fmt: skip

"""The pages as one ASGI application."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from understudy.control.room import House
from understudy.sharing.replicas import Replicas
from understudy.web.exchange import ASGIApp
from understudy.web.failing import failure
from understudy.web.pages import console, docs, start, swagger
from understudy.web.pages.assets import Assets
from understudy.web.pages.environment import build_environment
from understudy.web.pages.headers import COMMON
from understudy.web.pages.reader import NoSuchName
from understudy.web.pages.visit import Visit
from understudy.web.sharing import refresh

View = Callable[[Visit], Response]
_FOREVER = "public, max-age=31536000, immutable"


def build_pages(house: House) -> ASGIApp:
    """Return the application behind ``/``, ``/docs``, ``/console`` and ``/assets``."""
    assets = Assets()
    environment = build_environment(assets)

    def _page(path: str, view: View) -> Route:
        async def endpoint(request: Request) -> Response:
            visit = Visit(request, house, environment, assets)
            if isinstance(house.sandboxes, Replicas):
                await refresh(house.sandboxes, visit.reader.name)
                visit.about(visit.reader)
            return view(visit)

        return Route(path, endpoint, methods=["GET"])

    async def _asset(request: Request) -> Response:
        return _sent(assets, request)

    async def _missing(request: Request, _: Exception) -> Response:
        return Visit(request, house, environment, assets).page("missing.html", 404)

    routes = [
        _page("/", start.start),
        _page("/docs", start.start),
        _page("/docs/{provider}", docs.overview),
        _page("/docs/{provider}/openapi.json", docs.openapi_json),
        _page("/docs/{provider}/openapi.yaml", docs.openapi_yaml),
        _page("/docs/{provider}/swagger", swagger.swagger),
        _page("/docs/{provider}/{operation}", docs.operation),
        _page("/console", console.console),
        Route("/assets/swagger/{name}", swagger.asset, methods=["GET"]),
        Route("/assets/{name}", _asset, methods=["GET"]),
    ]
    app: ASGIApp = Starlette(
        routes=routes, exception_handlers={404: _missing, NoSuchName: _no_such_name, Exception: _failed}
    )
    return app


def _sent(assets: Assets, request: Request) -> Response:
    found = assets.find(request.path_params["name"])
    if found is None:
        return PlainTextResponse("there is no such file", 404, dict(COMMON))
    named = request.query_params.get("v") == assets.version
    caching = _FOREVER if named else "no-cache"
    return Response(found.content, 200, {**COMMON, "cache-control": caching}, found.type)


async def _failed(_: Request, __: Exception) -> Response:
    """Say no more than that something failed; Starlette raises it on, for the log."""
    reply = failure()
    head = {name.decode(): value.decode() for name, value in reply.headers}
    return Response(reply.body, reply.status, {**COMMON, **head})


async def _no_such_name(_: Request, error: Exception) -> Response:
    text = f"no sandbox can be called {str(error)[:70]!r}: a name is 1 to 64 letters, digits, '.', '_' or '-'"
    return PlainTextResponse(text, 400, dict(COMMON))

"""The reference: an API's overview, one of its operations, and its contract as a document."""

from typing import Any

from starlette.responses import PlainTextResponse, Response

from understudy.reference.api import Api, api_of
from understudy.reference.document import as_yaml, document
from understudy.reference.filled import Filled, fill
from understudy.reference.operation import Promise
from understudy.reference.rehearsal import Rehearsal
from understudy.web.pages.answers import json_answer
from understudy.web.pages.visit import Visit

_OPEN = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
"""A contract is for everybody: other tools may read it from their own pages."""


def overview(visit: Visit) -> Response:
    """Answer with what an API is, and its operations."""
    api = _asked(visit)
    if api is None:
        return visit.page("missing.html", 404)
    template = "overview_main.html" if visit.is_fragment else "overview.html"
    return visit.page(template, api=api, here=api.name, current="")


def operation(visit: Visit) -> Response:
    """Answer with everything about one operation, and a form to try it."""
    api = _asked(visit)
    promise = api.promise(visit.request.path_params["operation"]) if api else None
    if api is None or promise is None:
        return visit.page("missing.html", 404)
    part = visit.house.parts[api.name]
    filled = fill(Rehearsal(part, visit.sandbox), api.contract.operations[promise.id])
    template = "operation_main.html" if visit.is_fragment else "operation.html"
    return visit.page(
        template, api=api, here=api.name, promise=promise, filled=filled, current=promise.id,
        credential=api.access.credential(promise.schemes), script=_for_script(api, promise, filled, visit),
    )  # fmt: skip


def openapi_json(visit: Visit) -> Response:
    """Answer with the contract, this server's address in it."""
    api = _asked(visit)
    if api is None:
        return visit.answer(PlainTextResponse("no such provider", 404))
    return visit.answer(json_answer(document(api.contract, visit.base)), _OPEN)


def openapi_yaml(visit: Visit) -> Response:
    """Answer likewise, in YAML."""
    api = _asked(visit)
    if api is None:
        return visit.answer(PlainTextResponse("no such provider", 404))
    text = as_yaml(document(api.contract, visit.base))
    return visit.answer(Response(text, media_type="application/yaml"), _OPEN)


def _asked(visit: Visit) -> Api | None:
    part = visit.house.parts.get(visit.request.path_params["provider"])
    return None if part is None else api_of(part)


def _for_script(api: Api, promise: Promise, filled: Filled, visit: Visit) -> dict[str, Any]:
    """Return what the form's script has to know and cannot read off the form."""
    return {
        "provider": api.name,
        "operation": promise.id,
        "method": promise.method,
        "path": promise.path,
        "base": visit.base,
        "sandbox": "" if visit.reader.prefix else visit.reader.name,
        "inputs": [
            {"name": i.name, "in": i.place, "type": i.field.type, "style": i.style, "explode": i.explode}
            for i in promise.inputs
        ],
        "bodies": [
            {"media": b.media, "samples": {s.name: s.value for s in b.samples}, "made": b.made} for b in promise.bodies
        ],
        "filled": filled.attempt.body,
        "login": _login(api, visit),
    }


def _login(api: Api, visit: Visit) -> dict[str, Any] | None:
    login = api.access.login
    if login is None:
        return None
    operation = api.contract.operations[login.operation]
    return {
        "scheme": login.scheme,
        "method": operation.method.upper(),
        "path": api.base_path + operation.path,
        "token": login.token,
        "send": login.template,
        "accounts": [login.body(account) for account in login.accounts],
    }

"""The start page: what is played here, how one gets in, and where to begin."""

from typing import Any

from starlette.responses import Response
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from understudy.control.sandboxes import sandbox_data
from understudy.kernel.clock import iso
from understudy.reference.api import Api, api_of
from understudy.reference.first_calls import FirstCall, first_calls
from understudy.reference.rehearsal import Rehearsal
from understudy.web.pages.answers import json_answer
from understudy.web.pages.visit import Visit


def start(visit: Visit) -> Response:
    """Answer with the start page, or with the same as data."""
    calls = {
        name: first_calls(Rehearsal(part, visit.sandbox), visit.base, "" if visit.reader.prefix else visit.reader.name)
        for name, part in visit.house.parts.items()
    }
    if _wants_data(visit):
        return visit.answer(json_answer(_data(visit, calls)))
    return visit.page(
        "start.html", calls=calls, world=visit.sandbox.world, worlds=visit.house.sandboxes.worlds.names(),
        now=iso(visit.sandbox.now()),
    )  # fmt: skip


def _wants_data(visit: Visit) -> bool:
    accept = parse_accept_header(visit.request.headers.get("accept", ""), MIMEAccept)
    return accept.best_match(["text/html", "application/json"], "text/html") == "application/json"


def _data(visit: Visit, calls: dict[str, tuple[FirstCall, ...]]) -> dict[str, Any]:
    """Return what the start page shows."""
    sandboxes = visit.house.sandboxes
    return {
        "apis": [_api(visit, api_of(part), calls[part.name]) for part in visit.house.parts.values()],
        "sandbox": sandbox_data(visit.sandbox),
        "worlds": list(sandboxes.worlds.names()),
        "world": sandboxes.world.name,
        "seed": sandboxes.world.seed,
        "links": {"console": visit.base + "/console", "control": visit.base + "/__admin/health"},
    }


def _api(visit: Visit, api: Api, calls: tuple[FirstCall, ...]) -> dict[str, Any]:
    login = api.access.login
    docs = f"{visit.base}/docs/{api.name}"
    return {
        "provider": api.name,
        "title": api.title,
        "version": api.version,
        "description": api.summary,
        "baseUrl": visit.base + api.base_path,
        "credentials": [
            {api.access.schemes[id].name: api.access.schemes[id].header(value) for id, value in known.items()}
            for known in api.access.credentials
        ],
        "logins": [dict(account) for account in login.accounts] if login else [],
        "operations": api.count,
        "provenance": {share.kind: share.amount for share in api.shares},
        "answers": {share.kind: share.amount for share in api.answer_shares},
        "firstCalls": [call._asdict() for call in calls],
        "docs": docs,
        "openapi": f"{docs}/openapi.json",
    }

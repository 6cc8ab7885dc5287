"""The console: what happens in a sandbox, what is in it, and the means to change both."""

from itertools import islice

from starlette.responses import Response

from understudy.reference.first_calls import first_calls
from understudy.reference.rehearsal import Rehearsal
from understudy.sandboxes import DEFAULT
from understudy.web.pages.reader import own_of, watched_by
from understudy.web.pages.visit import Visit

_REFUSED: dict[str, tuple[int, dict[str, str]]] = {"off": (404, {}), "out": (401, {"www-authenticate": "Bearer"})}
_OFFERED = 200
"""Sandboxes that the page offers to watch before its script asks for them."""


def console(visit: Visit) -> Response:
    """Answer with the console of a sandbox: ``default``, unless the address names another. It asks who comes."""
    if visit.admin in _REFUSED:
        return visit.page("locked.html", *_REFUSED[visit.admin], here="console")
    visit.about(watched_by(visit.request))
    sandboxes = visit.house.sandboxes
    offered = [sandbox.name for sandbox in islice(sandboxes, _OFFERED)]
    return visit.page(
        "console.html",
        here="console",
        own=own_of(visit.request),
        offered=list(dict.fromkeys([*offered, visit.reader.name])),
        first=_first_call(visit),
        world=visit.sandbox.world,
        server=sandboxes.world,
        worlds=sandboxes.worlds.names(),
    )


def _first_call(visit: Visit) -> str:
    """Return a call to begin with in this sandbox, of an API that asks for no login where there is one."""
    named = "" if visit.reader.prefix or visit.reader.name == DEFAULT else visit.reader.name
    for part in sorted(visit.house.parts.values(), key=lambda part: bool(part.fixture.logins)):
        for call in first_calls(Rehearsal(part, visit.sandbox), visit.base, named):
            return call.command
    return f"curl {visit.base}/anything"

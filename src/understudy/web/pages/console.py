"""The console: what happens in a sandbox, what is in it, and the means to change both."""

from itertools import islice

from starlette.responses import Response

from understudy.web.pages.reader import own_of, watched_by
from understudy.web.pages.visit import Visit

_OFFERED = 200
"""Sandboxes that the page offers to watch before its script asks for them."""


def console(visit: Visit) -> Response:
    """Answer with the console of a sandbox: ``default``, unless the address names another."""
    visit.about(watched_by(visit.request))
    sandboxes = visit.house.sandboxes
    offered = [sandbox.name for sandbox in islice(sandboxes, _OFFERED)]
    return visit.page(
        "console.html",
        here="console",
        own=own_of(visit.request),
        offered=list(dict.fromkeys([*offered, visit.reader.name])),
        world=visit.sandbox.world,
        server=sandboxes.world,
        worlds=sandboxes.worlds.names(),
    )

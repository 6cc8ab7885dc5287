"""Whose page it is: every reader has a sandbox of their own, named by a cookie, until they follow a shared link."""

import re
import secrets
from typing import NamedTuple

from starlette.requests import Request

from understudy.sandbox import Sandbox
from understudy.sandboxes import DEFAULT, Sandboxes, is_name
from understudy.web.exchange import PREFIX, SANDBOX

COOKIE = "understudy-reader"
_YEAR = 365 * 24 * 3600
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?\Z|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?\Z")


class NoSuchName(Exception):
    """A shared link that names a sandbox which nobody could have."""


class Reader(NamedTuple):
    """The sandbox that a page is about."""

    name: str
    prefix: str
    """``/~NAME`` where the page's address names it, else nothing."""
    remember: bool
    """Whether the cookie does not say so yet."""

    def sandbox(self, sandboxes: Sandboxes) -> Sandbox:
        """Return the reader's sandbox. Looking makes none: one that nobody has used yet is like a fresh one."""
        return sandboxes.get(self.name) if self.name in sandboxes else Sandbox(sandboxes.world, name=self.name)

    def cookie(self) -> str:
        """Return what the browser should remember."""
        return f"{COOKIE}={self.name}; Path=/; Max-Age={_YEAR}; SameSite=Strict"


def reader_of(request: Request) -> Reader:
    """Say whose sandbox a page is about: by address, by link, by cookie; a new one otherwise. Raises NoSuchName."""
    prefix = request.scope.get(PREFIX, "")
    addressed: Sandbox = request.scope[SANDBOX]
    if prefix or addressed.name != DEFAULT:
        return Reader(addressed.name, prefix, remember=False)
    within = request.query_params.get("fragment", "")
    if is_name(within):  # asked for by a page that is open: it stays in its sandbox, whatever other tabs have done
        return Reader(within, "", remember=False)
    known = request.cookies.get(COOKIE, "")
    shared = request.query_params.get("sandbox")
    if shared is not None:
        if not is_name(shared):
            raise NoSuchName(shared)
        return Reader(shared, "", remember=shared != known)
    if is_name(known):
        return Reader(known, "", remember=False)
    return Reader(f"reader-{secrets.token_hex(4)}", "", remember=True)


def watched_by(request: Request) -> Reader:
    """Say which sandbox a page for onlookers is about: by address or link, else ``default``. Raises NoSuchName.

    Looking at a sandbox does not make it the reader's: their own stays theirs.
    """
    prefix = request.scope.get(PREFIX, "")
    addressed: Sandbox = request.scope[SANDBOX]
    linked = request.query_params.get("sandbox")
    name = addressed.name if prefix or addressed.name != DEFAULT or linked is None else linked
    if not is_name(name):
        raise NoSuchName(name)
    return Reader(name, prefix, remember=False)


def own_of(request: Request) -> str | None:
    """Return the sandbox that is the reader's own; None for whoever has none yet."""
    known = request.cookies.get(COOKIE, "")
    return known if is_name(known) else None


def origin_of(request: Request) -> str:
    """Return ``scheme://host`` as the browser sees it; nothing where the Host header is none."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if _HOST.match(host) else ""

"""Errors of our own, never a vendor's: ``application/problem+json`` (RFC 9457)."""

from http import HTTPStatus
from typing import Any

import orjson

from understudy.contract.request import Reply
from understudy.kernel.violation import Violation

_TITLES = {
    400: "Bad request",
    404: "Not found",
    405: "Method not allowed",
    413: "Content too large",
    429: "Too many requests",
    500: "The mock broke its contract",
    503: "Unavailable",
    507: "Too much is kept",
}


def problem(status: int, detail: str, *, violations: tuple[Violation, ...] = (), **members: Any) -> Reply:
    """Return a reply that says what went wrong, with further members as given."""
    body = {
        "type": "about:blank",
        "title": _TITLES.get(status) or _phrase(status),
        "status": status,
        "detail": detail,
        **members,
    }
    text = orjson.dumps(body)
    head = [(b"content-type", b"application/problem+json"), (b"content-length", b"%d" % len(text))]
    return Reply(status, head, text, None, violations)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase.capitalize()
    except ValueError:
        return "Error"

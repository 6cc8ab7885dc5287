"""Answers on demand: ``Prefer: example=NAME`` and ``Prefer: code=404``."""

import re
from typing import NamedTuple

from understudy.contract.parameters import query_fields
from understudy.contract.request import Request

_PREFERENCE = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=\s*(?:\"([^\"]*)\"|([^,;\s]*))")

FORCING = ("__example", "__code")
"""Query parameters that ask for an answer."""


class Wish(NamedTuple):
    """What answer a client asked for, by name or by status."""

    example: str | None
    code: str | None

    def __str__(self) -> str:
        return f"example={self.example}" if self.example is not None else f"code={self.code}"


def wish(request: Request) -> Wish | None:
    """Return what the request asks for by ``Prefer``, or by ``__example`` and ``__code`` in the query; mostly None."""
    prefer = request.headers.get(b"prefer")
    if prefer is None and b"__" not in request.query:
        return None
    asked: dict[str, str] = {}
    if b"__" in request.query:
        fields = query_fields(request.query)
        asked = {name[2:]: fields[name][-1] for name in FORCING if name in fields}
    asked |= preferences(prefer or b"")
    if "example" not in asked and "code" not in asked:
        return None
    return Wish(asked.get("example"), None if "example" in asked else asked["code"])


def preferences(prefer: bytes) -> dict[str, str]:
    """Return what a header ``Prefer`` (RFC 7240) asks for: values by lower-case name."""
    return {name.lower(): quoted or plain for name, quoted, plain in _PREFERENCE.findall(prefer.decode("latin-1"))}

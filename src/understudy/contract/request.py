"""A request as it came in, and the reply that goes out: bytes and plain values, no web server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from understudy.kernel.violation import Violation
from understudy.limits import Limits

_DEFAULTS = Limits()
HeaderList = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Request:
    """One HTTP request, unparsed."""

    method: str
    path: str
    query: bytes = b""
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    """By lower-case name; a header that came twice is joined by ``, `` as RFC 9110 says."""
    body: bytes = b""
    path_values: Mapping[str, str] = field(default_factory=dict)
    too_large: bool = False
    """The body was larger than the limit, and is not here."""
    limits: Limits = _DEFAULTS
    """How its body may be made."""


class Reply(NamedTuple):
    """One HTTP answer, ready to send, with what the log and the journal say about it."""

    status: int
    headers: HeaderList
    """Complete, content-length included; shared between replies, so never changed in place."""
    body: bytes
    name: str | None = None
    """The answer's name in the contract; None for an answer of our own."""
    violations: tuple[Violation, ...] = ()
    forced: bool = False

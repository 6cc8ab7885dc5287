"""A request as a store may keep it: without the passwords that were sent, wherever they stand in it.

The credentials of a call stay in its headers, where a test may look for them, but for passwords in the way of RFC 7617.
"""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from understudy.contract.covering import blotted, distinctive, words_of
from understudy.contract.secrets import Secrets
from understudy.contract.strict_json import Unreadable, read_json
from understudy.contract.wording import MASK
from understudy.journal import Exchange

_BASIC = (b"authorization", b"proxy-authorization")


class Covered(NamedTuple):
    """What is kept of a request that a client may have put a password into."""

    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes | None

    @classmethod
    def of(cls, exchange: Exchange, secrets: Secrets) -> "Covered":
        """Cover what is secret in the body and in the query, and the same wherever else it stands."""
        headers = list(exchange.headers.items())
        packed = [secret for name, value in headers if _is_basic(name, value) for secret in words_of(name, value)]
        body, sent = _covered_body(exchange.body or b"", secrets, packed)
        within = distinctive(sent)
        query = exchange.query
        if query:
            query = _bytes(secrets.cover_query(_text(query), within))
        if packed or within:
            headers = [(name, _covered_header(name, value, within)) for name, value in headers]
        path = blotted(exchange.path, within)
        return cls(path, query, headers, None if exchange.body is None else body)


def _covered_body(body: bytes, secrets: Secrets, also: Sequence[str]) -> tuple[bytes, list[str]]:
    """Return a body with secret members covered, as it was sent where there is none; and what was secret in it."""
    if not body or not (also or secrets.may_be_in(body)):
        return body, [*also]
    try:
        value = read_json(body)
    except Unreadable:
        return _bytes(secrets.cover_text(_text(body), distinctive(also))), [*also]
    known = [*also, *secrets.values(value)]
    covered = secrets.cover(value, frozenset(known), distinctive(known))
    return body if covered == value else orjson.dumps(covered), known


def _is_basic(name: bytes, value: bytes) -> bool:
    return name in _BASIC and value[:6].lower() == b"basic "


def _covered_header(name: bytes, value: bytes, within: Sequence[str]) -> bytes:
    if _is_basic(name, value):
        return f"Basic {MASK}".encode()
    return _bytes(blotted(_text(value), within))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")

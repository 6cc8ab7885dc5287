"""A request as a store may keep it: without the passwords that were sent, wherever its contract has them.

The credentials of a call stay in its headers, where a test may look for them, but for passwords in the way of RFC 7617.
"""

import orjson

from understudy.contract.secrets import Secrets
from understudy.contract.strict_json import Unreadable, read_json
from understudy.contract.wording import MASK


def covered_body(body: bytes, secrets: Secrets) -> bytes:
    """Return a body with secret members covered; as it was sent, where there is none."""
    if not body or not secrets.may_be_in(body):
        return body
    try:
        value = read_json(body)
    except Unreadable:
        return secrets.cover_text(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    covered = secrets.cover(value, frozenset(secrets.values(value)))
    return body if covered == value else orjson.dumps(covered)


def covered_query(query: bytes, secrets: Secrets) -> bytes:
    """Return a query with the values of secret parameters covered."""
    if not query:
        return query
    sent = query.decode("utf-8", "surrogateescape")
    return secrets.cover_query(sent).encode("utf-8", "surrogateescape")


def covered_header(name: bytes, value: bytes) -> bytes:
    """Return the value of a header without a password."""
    if name in _BASIC and value[:6].lower() == b"basic ":
        return b"Basic " + _MASK
    return value


_BASIC = (b"authorization", b"proxy-authorization")
_MASK = MASK.encode()

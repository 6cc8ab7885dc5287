"""JSON as it is meant: no key twice, no number that would come out as another, no bottomless nesting.

orjson reads such documents without a word: of two equal keys it keeps the last, and a whole number
beyond 64 bits becomes a float. A stand-in that swallowed them would hide a client's mistake.
"""

import json
import re
from itertools import accumulate
from typing import Any

import orjson

MAX_DEPTH = 100
_LOWEST, _HIGHEST = -(2**63), 2**64 - 1
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_LEVEL = bytes(byte for byte in range(256) if byte not in b"[{]}")
"""What neither opens nor closes a level."""
_LONG_NUMBER = re.compile(rb"[0-9]{19}")


class Unreadable(Exception):
    """A body that is no document of its content type; the message says where and why."""


def read_json(raw: bytes, depth: int = MAX_DEPTH) -> Any:
    """Read a JSON document, nested so deep at most. Raises Unreadable for anything else."""
    if len(raw) > depth and raw.count(b"[") + raw.count(b"{") > depth and _is_too_deep(raw, depth):
        raise Unreadable(f"the document is nested deeper than {depth} levels")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Unreadable(str(error)) from None
    if _is_suspect(raw, value):
        json.loads(raw, object_pairs_hook=_refuse_repeated, parse_int=_refuse_huge)
    return value


def _is_suspect(raw: bytes, value: Any) -> bool:
    """Say whether a slow look is worth it: a repeated key is gone from the value, and so are its quotes."""
    written = orjson.dumps(value)
    if written == raw:
        return False
    if b"\\u00" in raw or _LONG_NUMBER.search(raw):
        return True
    return raw.count(b'"') != written.count(b'"')


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise Unreadable(f"the key {key[:100]!r} stands twice in one object")
        members[key] = value
    return members


def _refuse_huge(text: str) -> int:
    if len(text) > 21 or not _LOWEST <= int(text) <= _HIGHEST:
        raise Unreadable(f"the number {text[:40]} does not fit into 64 bits")
    return int(text)


def _is_too_deep(raw: bytes, depth: int) -> bool:
    steps = _STRING.sub(b"", raw).translate(_STEPS, _LEVEL)
    return max(accumulate(memoryview(steps).cast("b")), default=0) > depth

"""Violations as a header of the answer."""

import re
from typing import Any

import orjson

from understudy.contract.wording import as_data
from understudy.kernel.violation import Violation

_BYTES = 4096
_OTHERS = re.compile("[^ -~]")


def violations_header(violations: tuple[Violation, ...]) -> bytes:
    """Write violations as one line of ASCII JSON of at most 4 kB: as many as fit, and their full count."""
    shown: list[Any] = []
    written = b""
    for violation in violations:
        attempt = _ascii({"count": len(violations), "violations": [*shown, as_data(violation)]})
        if len(attempt) > _BYTES:
            break
        shown.append(as_data(violation))
        written = attempt
    return written or _ascii({"count": len(violations), "violations": []})


def _ascii(data: Any) -> bytes:
    text = orjson.dumps(data, default=str).decode()
    return _OTHERS.sub(lambda found: _escape(found[0]), text).encode()


def _escape(letter: str) -> str:
    units = letter.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))

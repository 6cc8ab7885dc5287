"""Violations as a header of the answer."""

import re
from collections.abc import Sequence
from typing import Any

import orjson

from understudy.contract.covering import blotted
from understudy.contract.wording import as_data
from understudy.kernel.violation import Violation

_BYTES = 4096
_NOT_PLAIN = re.compile(r"[^ -~]")


def violations_header(violations: tuple[Violation, ...], within: Sequence[str] = ()) -> bytes:
    """Write violations as one line of ASCII JSON of at most 4 kB: as many as fit, and their full count.

    ``within`` are secrets, which are covered.
    """
    head = b'{"count":%d,"violations":[' % len(violations)
    shown: list[bytes] = []
    size = len(head) + 1
    for violation in violations:
        written = _ascii(as_data(violation), within)
        size += len(written) + 1
        if size > _BYTES:
            break
        shown.append(written)
    return b"%b%b]}" % (head, b",".join(shown))


def _ascii(data: Any, within: Sequence[str]) -> bytes:
    written = orjson.dumps(data, default=str)
    if within:
        written = blotted(written.decode(), within).encode()
    return (
        written if written.isascii() and b"\x7f" not in written else _NOT_PLAIN.sub(_escape, written.decode()).encode()
    )


def _escape(letter: re.Match[str]) -> str:
    units = letter[0].encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))

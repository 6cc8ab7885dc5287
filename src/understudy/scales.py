"""How much memory a record takes, told from its JSON: five times as fast as looking at each value."""

import orjson

from understudy.kernel.freeze import FrozenDict
from understudy.kernel.load import Scales, weight

_VALUE, _MAPPING, _WIDEST = 60, 200, 4
"""Bytes beside its text that a value takes, and a mapping; bytes of memory that one of UTF-8 can come to."""


def weigh(record: FrozenDict) -> int:
    """Return about how many bytes a record takes."""
    try:
        text = orjson.dumps(record)
    except TypeError:  # whole numbers beyond 64 bits, and half of a surrogate pair
        return weight(record)
    size = len(text) if text.isascii() else _WIDEST * len(text)
    return size + _VALUE * (text.count(b",") + text.count(b"[")) + _MAPPING * text.count(b"{")


def use() -> None:
    """Weigh every record so from now on."""
    Scales.weigh = staticmethod(weigh)

"""Regular expressions whose matching may take quadratic time: they step back, and may begin anywhere."""

import re
from functools import lru_cache

_BACK = re.compile(r"\(\?(?:[=!>(]|<[=!])|\\[1-9KGkg]")
"""What only an engine that steps back can do: look-around, back-references, atomic and conditional groups."""
_SKIPPED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)

WANDERS = (
    "looks around or back, and may begin anywhere: for a long text that takes minutes; begin it with ^, one ^ for all "
    "of its alternatives"
)


@lru_cache(maxsize=256)
def wanders(pattern: str) -> bool:
    """Say whether a pattern looks around or back and is not held to the beginning of the text by a leading ``^``."""
    return _BACK.search(_SKIPPED.sub(_back_reference, pattern)) is not None and not _is_held(pattern)


def _back_reference(found: re.Match[str]) -> str:
    return found[0] if _BACK.fullmatch(found[0]) else "_"


def _is_held(pattern: str) -> bool:
    """Say whether everything comes after one ``^``: there is no alternative beside what begins with it."""
    if not pattern.startswith("^"):
        return False
    depth = 0
    for letter in _SKIPPED.sub("_", pattern):
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            return False
    return True

"""Secret texts: which are known again, and masked wherever they stand."""

import re
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from understudy.contract.wording import MASK

_MEMORABLE = 8
"""Letters that a secret value needs to be covered wherever else it stands: shorter ones are also words."""
_SOUGHT = 20
"""Secrets of one exchange that are looked for inside of other texts."""


_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]*(?:\.[\w-]*)?")
"""A JSON Web Token (RFC 7519), whole or cut short."""


def folded(name: str) -> str:
    """Return a name as it is compared: ``accessToken``, ``Access-Token`` and ``access_token`` are one."""
    return name.lower().replace("_", "").replace("-", "")


def without_tokens(text: str) -> str:
    """Return text with JSON Web Tokens masked, whoever gave them out: their form tells what they are."""
    return _TOKEN.sub(MASK, text) if ".eyJ" in text else text


def memorable(values: Iterable[Any]) -> Iterator[str]:
    """Yield the texts that cannot be taken for a common word."""
    return (value for value in values if isinstance(value, str) and len(value) >= _MEMORABLE)


def distinctive(known: Iterable[str]) -> tuple[str, ...]:
    """Return the secrets that are no words, and so are looked for inside of other texts: the longest first."""
    marked = {secret for secret in known if not secret.isalpha()}
    return tuple(sorted(marked, key=len, reverse=True)[:_SOUGHT])


def blotted(text: str, within: Iterable[str]) -> str:
    """Return text with these secrets masked wherever they stand in it."""
    for secret in within:
        if secret in text:
            text = text.replace(secret, MASK)
    return text


def words_of(key: bytes, value: bytes) -> frozenset[str]:
    """Return the secrets in a header."""
    return frozenset(memorable(words(key.decode("latin-1"), value.decode("latin-1"))))


@lru_cache(maxsize=1024)
def sought(given: frozenset[str], headers: tuple[tuple[bytes, bytes], ...]) -> tuple[str, ...]:
    """Return what is looked for in the line of a request: a server's own secrets, and those in these headers.

    Callers bring the same again and again: it is found once.
    """
    return (*given, *distinctive(secret for key, value in headers for secret in words_of(key, value)))


def words(name: str, text: str) -> Iterator[str]:
    """Yield what is secret in a header: all of it, what comes after ``Bearer``, and what is packed up in it."""
    yield text
    if name == "cookie":
        yield from (crumb.partition("=")[2].strip() for crumb in text.split(";"))
        return
    for word in text.split()[1:]:
        yield word
        if text[:6].lower() == "basic ":
            yield from _unpacked(word)


def _unpacked(word: str) -> Iterator[str]:
    try:
        pair = b64decode(word, validate=True).decode()
    except (NoBase64, UnicodeDecodeError):
        return
    yield pair
    yield pair.partition(":")[2]

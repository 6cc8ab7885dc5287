"""The strict reading of what was sent: RFC 9112 without its leniencies, but for those that are named here.

What a server plays has to be a request by this reading, at its place in the order: else somebody in front of it, who
reads by the book, and the server disagree about where a request ends, and one can be smuggled past the other.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

_LINE = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) +"
    rb"(\*|/[\x21-\x7e]*|[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+) +(HTTP|RTSP|ICE)/(1\.[01])\Z"
)
"""More than one space is a leniency of RFC 9112, 3. RTSP and ICE are taken for HTTP: nobody forwards them."""
_HEADER = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*"
    rb"((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*\Z"
)
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?\Z")
_DIGITS = re.compile(rb"[0-9]{1,20}\Z")

End = Literal["whole", "partial", "broken", "closed"]
"""After the last request: nothing; one that is not whole; what is none; what nobody reads, as the connection ends."""


class _Broken(Exception):
    """What comes is no HTTP."""


class _Partial(Exception):
    """The end has not come."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    raw: bytes

    @property
    def path(self) -> str:
        """The path as a journal tells it: without the prefix that names a sandbox, and the slash at the end."""
        target = self.target.split(b"#", 1)[0].split(b"?", 1)[0]
        if b"://" in target:
            target = b"/" + target.split(b"://", 1)[1].partition(b"/")[2]
        path = unquote(target.decode("latin-1"))
        if path.startswith("/~"):
            path = "/" + path[2:].partition("/")[2]
        return path[:-1] if len(path) > 1 and path.endswith("/") else path

    def values(self, name: bytes) -> list[bytes]:
        """Return the values of a header."""
        return [value for own, value in self.headers if own == name]


@dataclass(frozen=True, slots=True)
class Reading:
    """The requests that were sent whole, in their order, and what comes after them."""

    requests: tuple[Asked, ...]
    end: End
    rest: bytes = b""
    """What comes after them."""


def read(data: bytes) -> Reading:
    """Read what was sent over one connection."""
    requests: list[Asked] = []
    at = 0
    while True:
        at += len(data[at:]) - len(data[at:].lstrip(b"\r\n"))
        if at == len(data):
            return Reading(tuple(requests), "whole")
        try:
            asked, at = _request(data, at)
        except _Broken:
            return Reading(tuple(requests), "broken", data[at:])
        except _Partial:
            return Reading(tuple(requests), "partial", data[at:])
        requests.append(asked)
        if _ends(asked):
            return Reading(tuple(requests), "closed", data[at:])


def _request(data: bytes, start: int) -> tuple[Asked, int]:
    first, at = _line(data, start)
    found = _LINE.match(first)
    if found is None:
        raise _Broken
    headers, at = _fields(data, at)
    version = found[4]
    body, end = _body(data, at, headers, version)
    return Asked(found[1], found[2], (*headers, (b":version", version)), body, data[start:end]), end


def _line(data: bytes, at: int) -> tuple[bytes, int]:
    end = data.find(b"\n", at)
    if end < 0:
        raise _Partial
    if data[end - 1 : end] != b"\r" or b"\r" in data[at : end - 1]:
        raise _Broken
    return data[at : end - 1], end + 1


def _fields(data: bytes, at: int) -> tuple[list[tuple[bytes, bytes]], int]:
    fields: list[tuple[bytes, bytes]] = []
    while True:
        line, at = _line(data, at)
        if not line:
            return fields, at
        found = _HEADER.match(line)
        if found is None:
            raise _Broken
        fields.append((found[1].lower(), found[2]))


def _body(data: bytes, at: int, headers: list[tuple[bytes, bytes]], version: bytes) -> tuple[bytes, int]:
    lengths = [value for name, value in headers if name == b"content-length"]
    codings = [value for name, value in headers if name == b"transfer-encoding"]
    if codings:
        if lengths or len(codings) > 1 or codings[0].lower() != b"chunked" or version != b"1.1":
            raise _Broken
        return _chunks(data, at)
    if not lengths:
        return b"", at
    if len(lengths) > 1 or not _DIGITS.match(lengths[0]) or int(lengths[0]) >= 2**64:
        raise _Broken
    end = at + int(lengths[0])
    if end > len(data):
        raise _Partial
    return data[at:end], end


def _chunks(data: bytes, at: int) -> tuple[bytes, int]:
    body = b""
    while True:
        line, at = _line(data, at)
        found = _CHUNK.match(line)
        if found is None:
            raise _Broken
        size = int(found[1], 16)
        if size == 0:
            return body, _fields(data, at)[1]
        if at + size + 2 > len(data):
            raise _Broken if len(data) > at + size and data[at + size : at + size + 1] != b"\r" else _Partial
        if data[at + size : at + size + 2] != b"\r\n":
            raise _Broken
        body += data[at : at + size]
        at += size + 2


def _ends(asked: Asked) -> bool:
    """Say whether the connection ends with the answer: with one to HTTP/1.0 always, whatever its client would like."""
    said = b",".join(asked.values(b"connection")).lower()
    words = {word.strip() for word in said.split(b",")}
    return asked.method == b"CONNECT" or b"close" in words or asked.values(b":version") == [b"1.0"]

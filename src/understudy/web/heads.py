"""What comes again and again in the heads of requests and answers: worked out once, by its bytes."""

import re
from urllib.parse import unquote

from httptools import parse_url

from understudy.web.edge import EXCHANGE

_REMEMBERED = 4096
_MEMORABLE = 100
_BAD_NAME = re.compile(rb'[\x00-\x1f\x7f()<>@,;:\[\]={} \t\\"]')
_BAD_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class _Lines(dict[tuple[bytes, bytes], bytes]):
    """Header lines as they are sent, by header: most come again and again, and are looked at once."""

    def __missing__(self, header: tuple[bytes, bytes]) -> bytes:
        name, value = header
        if name == EXCHANGE:
            return b"understudy-exchange: %s\r\n" % value  # no two have the same
        if _BAD_NAME.search(name) or _BAD_VALUE.search(value):
            raise ValueError(f"no header can be {header!r}")
        line = b"%s: %s\r\n" % header
        if len(line) <= _MEMORABLE:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[header] = line
        return line


class _Headers(dict[tuple[bytes, bytes], tuple[bytes, bytes]]):
    """Headers as an application gets them, by header: a journal that has the same again and again holds it once.

    Raises ValueError, which ends the reading, for a body that is coded otherwise than in chunks: nothing here could
    read it, and where it ends is a matter of opinion.
    """

    def __missing__(self, header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        name, value = header
        known = name.lower(), value
        if known[0] == b"transfer-encoding" and value.strip(b" \t").lower() != b"chunked":
            raise ValueError(value)
        if len(name) + len(value) <= _MEMORABLE:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[header] = known
        return known


class _Targets(dict[bytes, tuple[str, bytes, bytes]]):
    """Path, raw path and query of a request's target."""

    def __missing__(self, target: bytes) -> tuple[str, bytes, bytes]:
        url = parse_url(target)
        path = url.path.decode("ascii")
        parts = unquote(path) if "%" in path else path, url.path, url.query or b""
        if len(target) <= _MEMORABLE:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[target] = parts
        return parts


LINES = _Lines()
HEADERS = _Headers()
TARGETS = _Targets()

"""What is sent over one connection: made up, by a chance that a seed decides."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.fuzz.corpus import HOST, JIVELY, chunked, corpus, with_header
from tests.fuzz.mutation import cuts, worse

_SMUGGLED = b"GET /hello?smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
_DELETE = b"DELETE " + JIVELY + b" HTTP/1.1\r\n" + HOST + b"admin-auth: 12345\r\n\r\n"
_LENGTHS = (
    b"content-length: %d", b"Content-Length: %d", b"content-length : %d", b"content-length:\t%d ",
    b"content-length: +%d", b"content-length: 0%d",
    b"content-length: %d, 5", b"content-length: 0x%x", b"content-length: %d\r\ncontent-length: 0",
    b"content-length: 0\r\ncontent-length: %d",
    b"content-length: %d\r\ncontent-length: %d", b"content-length\x00: %d", b"x: y\r\n content-length: %d",
    b"content_length: %d",
    b"content-length: %d.0", b"content-length: \xb2%d", b"content-length: 1_%d", b"x: y\rcontent-length: %d",
    b"x: y\ncontent-length: %d",
)  # fmt: skip
_CODINGS = (
    b"transfer-encoding: chunked", b"Transfer-Encoding: Chunked", b"transfer-encoding : chunked",
    b"transfer-encoding: xchunked",
    b"transfer-encoding: chunked, identity", b"transfer-encoding: identity, chunked",
    b"transfer-encoding: gzip, chunked",
    b"transfer-encoding:\tchunked", b"transfer-encoding: chunked\r\ntransfer-encoding: identity",
    b"transfer-encoding: \x0bchunked",
    b"transfer-encoding: cow\r\ntransfer-encoding: chunked", b"transfer-encoding:\r\n chunked",
    b'transfer-encoding: "chunked"',
    b"x: y\rtransfer-encoding: chunked", b"transfer-encoding: chunked;q=1", b"transfer-encoding:",
    b"te: chunked", b"transfer_encoding: chunked",
)  # fmt: skip
_SIZES = (
    b"%x",
    b"%X",
    b"0%x",
    b"0x%x",
    b"+%x",
    b"%x ",
    b" %x",
    b"%x;a=b",
    b'%x;a="b"',
    b"%x;\n",
    b"%d",
    b"-%x",
    b"%x\r",
    b"fffffffffffffff%x",
    b"%x;" + b"a" * 5000,
)
_BREAKS = (b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\r\r\n", b"", b"\x00\r\n")


@dataclass(frozen=True, slots=True)
class Session:
    """What is sent over one connection, in which pieces."""

    kind: str
    pieces: tuple[bytes, ...]
    pause: float = 0.0
    """Seconds between the pieces."""
    ending: str = "reads"
    """``reads`` every answer; ``half``: says at once that nothing more comes, and reads; ``gone``: leaves at once."""

    @property
    def data(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)

    def __repr__(self) -> str:
        return f"{self.kind}, {self.ending}, {self.pause} s between the pieces {list(self.pieces)!r}"


def session(seed: int) -> Session:
    """Make up what is sent."""
    chance = Random(seed)  # noqa: S311 - the same each time
    kind, make = chance.choice(_KINDS)
    pieces = cuts(make(chance), chance)
    slow = chance.random() < 0.03 and len(pieces) < 20
    ending = chance.choices(("reads", "half", "gone"), (85, 10, 5))[0]
    return Session(kind, tuple(pieces), chance.choice((0.001, 0.02)) if slow else 0.0, ending)


def _valid(chance: Random) -> bytes:
    requests = chance.choices(corpus(), k=chance.choice((1, 1, 2, 3, 5, 40)))
    return b"".join(
        chunked(request) if b"content-length: " in request.lower() and chance.random() < 0.3 else request
        for request in requests
    )


def _worse(chance: Random) -> bytes:
    before = b"".join(chance.choices(corpus(), k=chance.choice((0, 0, 1, 2))))
    after = b"".join(chance.choices(corpus(), k=chance.choice((0, 0, 1))))
    return before + worse(chance.choice(corpus()), chance, corpus()) + after


def _worse_body(chance: Random) -> bytes:
    """Keep the framing right, so that what is wrong gets as far as it can."""
    head, _, body = chance.choice([request for request in corpus() if not request.endswith(b"\r\n\r\n")]).partition(
        b"\r\n\r\n"
    )
    body = worse(body, chance, corpus())
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-length", b"transfer-enc"))]
    request = b"\r\n".join([*kept, b"content-length: %d" % len(body)]) + b"\r\n\r\n" + body
    return chunked(request, chance.choice((1, 3, 1000))) if chance.random() < 0.3 else request


def _smuggling(chance: Random) -> bytes:
    """Give two accounts of where a body ends, a request in it."""
    inner = chance.choice(
        (
            _SMUGGLED,
            _DELETE,
            b"0\r\n\r\n" + _SMUGGLED,
            b"5\r\nabcde\r\n0\r\n\r\n" + _SMUGGLED,
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(_SMUGGLED), _SMUGGLED),
        )
    )
    length = chance.choice(_LENGTHS)
    number = chance.choice((len(inner), 0, 1, 5, len(inner) + 5))
    lines = [length.replace(b"%d", b"%d" % number).replace(b"%x", b"%x" % number), chance.choice(_CODINGS)]
    chance.shuffle(lines)
    if chance.random() < 0.3:
        lines.pop()
    lines.insert(
        0,
        chance.choice(
            (b"connection: keep-alive", b"connection: upgrade\r\nupgrade: h2c", b"expect: 100-continue", b"x: y")
        ),
    )
    first = chance.choice(
        (
            b"PUT " + JIVELY,
            b"GET /hello",
            b"POST /__admin/reset",
            b"HEAD /hello",
            b"OPTIONS *",
            b"CONNECT a:80",
            b"GET /nowhere",
        )
    )
    version = chance.choice((b"1.1", b"1.1", b"1.1", b"1.0"))
    head = first + b" HTTP/%s\r\n" % version + HOST + b"admin-auth: 12345\r\n" + b"\r\n".join(lines) + b"\r\n\r\n"
    return head + inner + b"".join(chance.choices(corpus(), k=chance.choice((0, 1))))


def _chunks(chance: Random) -> bytes:
    """Send chunks whose sizes, ends and trailers are odd."""
    parts = [chance.choice((b"{}", b'{"owner_name":', b'"x"}', _SMUGGLED, b"")) for _ in range(chance.randint(1, 3))]
    body = b""
    for part in [*parts, b""]:
        size = chance.choice(_SIZES) if chance.random() < 0.3 else b"%x"
        number = len(part) if chance.random() < 0.85 else chance.choice((0, 1, len(part) + 2))
        written = size.replace(b"%x", b"%x" % number).replace(b"%X", b"%X" % number).replace(b"%d", b"%d" % number)
        body += (
            written + chance.choice(_BREAKS) + part + (chance.choice(_BREAKS) if part or chance.random() < 0.5 else b"")
        )
    trailer = chance.choice(
        (b"", b"x: y\r\n", b"content-length: 5\r\n", b"transfer-encoding: chunked\r\n", b"x\r\n", b"admin-auth: 1\r\n")
    )
    put = b"PUT " + JIVELY + b" HTTP/1.1\r\n" + HOST + b"admin-auth: 12345\r\ntransfer-encoding: chunked\r\n\r\n"
    return put + body + trailer + b"\r\n" + chance.choice((b"", _SMUGGLED))


def _noise(chance: Random) -> bytes:
    return chance.choice((b"", b"GET ", b"\x16\x03\x01", b"GET / HTTP/1.1\r\n")) + chance.randbytes(
        chance.choice((1, 10, 100, 5000))
    )


def _huge(chance: Random) -> bytes:
    request = chance.choice(corpus())
    size = chance.choice((1000, 8000, 66_000, 300_000))
    line, rest = request.split(b" ", 2)[0], request.split(b" ", 2)[2]
    return chance.choice(
        (
            with_header(request, b"x: " + b"a" * size),
            with_header(request, b"\r\n".join(b"x%d: y" % number for number in range(size // 10))),
            with_header(request, b"cookie: " + b"a=b; " * (size // 5)),
            line + b" /" + b"a" * size + b" " + rest,
            line + b" /hello?" + b"a=1&" * (size // 4) + b" " + rest,
            line + b"/a" * (size // 2),
            with_header(
                b"PUT " + JIVELY + b" HTTP/1.1\r\n" + HOST + b"\r\n",
                b"content-length: %d" % (10 ** chance.randint(6, 22)),
            )
            + b"{}",
            b"PUT "
            + JIVELY
            + b" HTTP/1.1\r\n"
            + HOST
            + b"admin-auth: 12345\r\ncontent-length: %d\r\n\r\n" % size
            + b"[" * size,
            b"\r\n" * (size // 2) + request,
        )
    )


_KINDS: tuple[tuple[str, Callable[[Random], bytes]], ...] = (
    ("valid requests", _valid),
    ("requests made worse", _worse),
    ("requests made worse", _worse),
    ("requests made worse", _worse),
    ("bodies made worse", _worse_body),
    ("two lengths", _smuggling),
    ("two lengths", _smuggling),
    ("odd chunks", _chunks),
    ("noise", _noise),
    ("too much", _huge),
)  # fmt: skip

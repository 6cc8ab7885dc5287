"""Bytes made worse, by a chance that a seed decides."""

from random import Random

_NASTY = (
    b"\x00", b"\xff", b"\x7f", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b"\t", b":", b",", b";", b"%", b"%00",
    b"%zz", b"%ff%fe",
    b"..", b"/", b"//", b"/../", b"~", b"/~a/", b"?", b"#", b"&", b"=", b"{", b"[", b'"', b"\\", b"\\u0000",
    b"\\ud800",
    b"\xc3", b"\xc3\x28", b"\xf0\x9f\x8e\xad", b"\xed\xa0\x80", b"\x1b[31m", b"<script>", b"${jndi:x}", b"{{7*7}}",
    b"0", b"-1", b"1e999", b"NaN", b"18446744073709551616", b"9" * 400, b"0x10", b"null", b"true",
    b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"GET ", b"POST ", b"HEAD ", b"CONNECT ",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n",
    b"Connection: upgrade\r\nUpgrade: h2c\r\n",
    b"Expect: 100-continue\r\n", b"Understudy-Sandbox: a/b\r\n", b"Prefer: code=500\r\n", b"Host: a@b\r\n",
    b"Cookie: a=b\r\n",
    b"GET /hello?smuggled HTTP/1.1\r\nhost: localhost\r\n\r\n", b"0\r\n\r\n",
)  # fmt: skip


def worse(data: bytes, chance: Random, others: tuple[bytes, ...] = (), *, most: int = 4) -> bytes:
    """Change bytes in one to ``most`` places; ``others`` are what parts are taken from."""
    for _ in range(chance.randint(1, most)):
        data = chance.choice(_WAYS)(data, chance, others)
    return data[: 1024 * 1024]


def cuts(data: bytes, chance: Random) -> list[bytes]:
    """Cut data as a TCP stream may come: whole, byte by byte, or in a few pieces."""
    way = chance.random()
    if way < 0.4 or len(data) < 2:
        return [data]
    if way < 0.5 and len(data) < 2000:
        return [data[at : at + 1] for at in range(len(data))]
    places = sorted(chance.sample(range(1, len(data)), min(len(data) - 1, chance.randint(1, 8))))
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


def _flip(data: bytes, chance: Random, _: tuple[bytes, ...]) -> bytes:
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def _put(data: bytes, chance: Random, _: tuple[bytes, ...]) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(_NASTY) + data[at:]


def _replace(data: bytes, chance: Random, _: tuple[bytes, ...]) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(_NASTY) + data[at + chance.randint(1, 6) :]


def _cut(data: bytes, chance: Random, _: tuple[bytes, ...]) -> bytes:
    start = chance.randint(0, len(data))
    return data[:start] + data[start + chance.choice((1, 2, 5, 20, 200)) :]


def _end(data: bytes, chance: Random, _: tuple[bytes, ...]) -> bytes:
    return data[: chance.randint(0, len(data))]


def _double(data: bytes, chance: Random, _: tuple[bytes, ...]) -> bytes:
    start = chance.randint(0, len(data))
    part = data[start : start + chance.choice((1, 5, 30, 300))]
    return data[:start] + part * chance.choice((2, 2, 3, 50)) + data[start + len(part) :]


def _double_line(data: bytes, chance: Random, _: tuple[bytes, ...]) -> bytes:
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    lines.insert(chance.randint(0, len(lines)), lines[at])
    return b"\n".join(lines)


def _drop_line(data: bytes, chance: Random, _: tuple[bytes, ...]) -> bytes:
    lines = data.split(b"\n")
    del lines[chance.randrange(len(lines))]
    return b"\n".join(lines)


def _splice(data: bytes, chance: Random, others: tuple[bytes, ...]) -> bytes:
    other = chance.choice(others) if others else data
    return data[: chance.randint(0, len(data))] + other[chance.randint(0, len(other)) :]


def _number(data: bytes, chance: Random, _: tuple[bytes, ...]) -> bytes:
    digits = [at for at, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    if not digits:
        return data
    at = chance.choice(digits)
    other = chance.choice((b"0", b"9", b"-1", b"00", b"1.5", b"99999999999", b"18446744073709551615", b"1e400"))
    return data[:at] + other + data[at + 1 :]


_WAYS = (_flip, _flip, _put, _put, _replace, _cut, _end, _double, _double_line, _drop_line, _splice, _number)

"""Real requests, as bytes: to every operation of every contract, the control API's too, and to the pages."""

import json
from functools import cache

import httpx

from tests.support.inprocess import parts_of
from tests.support.samples import sample_request
from understudy.control.play import load_control

HOST = b"host: localhost\r\n"
CREDENTIALS = b"admin-auth: 12345\r\n"
JIVELY = b"/admin/organisations/54b53d3aeba6db5c35000002"
ENDLESS = b"/__admin/events"
"""What an answer to does not end by itself."""
_SEEN = json.dumps({"method": "GET", "path": "/hello", "headers": {"a": "b"}, "body": '{"a": 1}'}).encode()
_PAGES = (b"/", b"/docs", b"/docs/tyk", b"/docs/tyk/openapi.yaml", b"/docs/tyk/openapi.json", b"/console", b"/assets/x")


@cache
def corpus() -> tuple[bytes, ...]:
    """Return them, always in the same order."""
    return (*_of_contracts(), *_by_hand())


def with_header(request: bytes, line: bytes) -> bytes:
    """Return a request with one more header, the first."""
    first, rest = request.split(b"\r\n", 1)
    return first + b"\r\n" + line + b"\r\n" + rest


def chunked(request: bytes, size: int = 7) -> bytes:
    """Return a request whose body comes in chunks."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return b"\r\n".join([*lines, b"transfer-encoding: chunked"]) + b"\r\n\r\n" + chunks + b"0\r\n\r\n"


def _of_contracts() -> list[bytes]:
    contracts = [*(part.contract for part in parts_of()), load_control()]
    with httpx.Client(base_url="http://localhost", headers={"accept": "*/*", "user-agent": "fuzz"}) as client:
        requests = [
            sample_request(client, contract, operation)
            for contract in contracts
            for operation in contract.operations.values()
        ]
    return [written for request in requests if ENDLESS not in (written := _written(request))]


def _written(request: httpx.Request) -> bytes:
    kept = [
        (name, value) for name, value in request.headers.raw if name.lower() not in (b"connection", b"accept-encoding")
    ]
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%s: %s" % header for header in kept]
    written = b"\r\n".join(lines) + b"\r\n\r\n" + request.read()
    return written.replace(b'"crowded"', b'"empty"  ')  # a crowded world takes seconds to make


def _by_hand() -> list[bytes]:
    get = b"GET %s HTTP/1.1\r\n" + HOST + CREDENTIALS + b"\r\n"
    put = (
        b"PUT "
        + JIVELY
        + b" HTTP/1.1\r\n"
        + HOST
        + CREDENTIALS
        + b"content-length: 27\r\n\r\n"
        + b'{"owner_name": "In pieces"}'
    )
    form = b"a=1&b[]=2&c%5B0%5D=%C3%A9"
    requests = [get % page for page in _PAGES]
    requests += [
        (get % path).replace(b"GET", method, 1)
        for path in (JIVELY, b"/hello", b"/nowhere")
        for method in (b"HEAD", b"OPTIONS", b"GET", b"TRACE", b"PROPFIND")
    ]
    requests += [
        get % (JIVELY + b"?__code=404"),
        get % (b"/~fuzz" + JIVELY + b"/"),
        get % b"/admin/organisations?p=-1&x=%F0%9F%8E%AD&y=%zz&&=&a=%00",
        get % b"http://localhost/hello",
        with_header(get % JIVELY, b"Prefer: example=organisation_not_found, wait=0.01"),
        with_header(get % JIVELY, b'prefer: code="404"; a=b'),
        with_header(get % JIVELY, b"Understudy-Sandbox: fuzz"),
        with_header(get % JIVELY, b"baggage: a=b, understudy-sandbox=fuzz;c=d"),
        with_header(get % JIVELY, b"origin: http://elsewhere.example"),
        with_header(get % JIVELY, b"accept-language: de, en;q=0.5"),
        with_header(get % JIVELY, b"connection: upgrade\r\nupgrade: h2c"),
        with_header(get % JIVELY, b"connection: close"),
        with_header(put, b"expect: 100-continue"),
        (get % JIVELY).replace(b"HTTP/1.1", b"HTTP/1.0"),
        with_header((get % JIVELY).replace(b"HTTP/1.1", b"HTTP/1.0"), b"connection: keep-alive"),
        put,
        chunked(put),
        with_header(put, b"content-type: application/json; charset=utf-16"),
        with_header(put, b"content-encoding: gzip"),
        _post(b"/admin/organisations", b"application/x-www-form-urlencoded", form),
        _post(b"/__admin/check", b"application/json", _SEEN),
        _post(b"/__admin/requests/find", b"application/json", b'{"body":{"jsonPath":"$..a","matches":"(a+)+$"}}'),
        _post(
            b"/__admin/faults", b"application/json", b'{"match":{"provider":"tyk"},"times":2,"answer":{"status":404}}'
        ),
    ]
    return requests


def _post(path: bytes, media: bytes, body: bytes) -> bytes:
    head = b"POST %s HTTP/1.1\r\n" % path + HOST + CREDENTIALS
    return head + b"content-type: %s\r\ncontent-length: %d\r\n\r\n" % (media, len(body)) + body

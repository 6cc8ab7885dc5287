"""What keeps strangers out: the name that was asked, the page on whose behalf, the token."""

import asyncio
import ipaddress
import json
import re
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.corpus import corpus
from tests.fuzz.strict_http import Asked, read
from tests.fuzz.target import Target, made_worse
from tests.support.inprocess import call, edge_of
from understudy.control.gate import Gate
from understudy.journal import Exchange
from understudy.sandboxes import DEFAULT
from understudy.web.heads import TARGETS as SPLIT
from understudy.web.hosts import Hosts

_TOKEN = "a-token-that-nobody-guesses"
_OURS = Hosts(["mock.example.org", ".below.example.org", "10.1.2.3"])
_NAMES = st.sampled_from(
    [b"localhost", b"LOCALHOST", b"a.localhost", b"localhost.", b"localhost.evil.example", b"evil.example",
    b"127.0.0.1", b"127.1", b"127.255.255.254", b"0x7f.1", b"127.0.0.1.evil.example", b"2130706433", b"0.0.0.0",
    b"[::1]", b"[::ffff:127.0.0.1]", b"[::2]", b"::1", b"[::1", b"[0:0:0:0:0:0:0:1]", b"[fe80::1%25lo]",
    b"mock.example.org", b"xmock.example.org", b"below.example.org", b"a.below.example.org", b"abelow.example.org",
    b"10.1.2.3", b"010.1.2.3", b"user@localhost", b"localhost/evil", b"localhost,evil.example", b"localhost#", b""]
)  # fmt: skip
_HOSTS = st.builds(
    lambda name, port: name + port,
    _NAMES,
    st.sampled_from([b"", b":80", b":", b":x", b":99999", b":8080:80", b"@evil.example", b" ", b"\n", b":80\xb2"]),
)


def _host(host: bytes) -> None:
    """Answer to our own names, whatever case, port or last dot they have, and to no other."""
    refused = _OURS.refusal(host)
    assert (refused is None) == _is_ours(host), host
    if refused is not None:
        assert 421 == refused.status
        assert json.loads(refused.body)["detail"]


def _is_ours(host: bytes) -> bool:
    """Read a host plainly: its name, and at most five digits after a colon."""
    text = host.decode("latin-1")
    name, _, port = text.rpartition(":") if re.search(r":[0-9]*\Z", text, re.ASCII) else (text, "", "1")
    if not 1 <= len(port) <= 5:
        return False
    if name.startswith("["):
        return name.endswith("]") and re.fullmatch(r"[0-9A-Fa-f:.]+", name[1:-1]) is not None and _loops(name[1:-1])
    if re.fullmatch(r"\w[\w.-]{0,252}", name, re.ASCII) is None:
        return False
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if labels[-1] == "localhost" or name in ("mock.example.org", "10.1.2.3"):
        return True
    return labels[-3:] == ["below", "example", "org"] or _loops(name)


def _loops(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


_EDGE, _SANDBOX = edge_of("tyk", "koneksi", gate=Gate(_TOKEN))
_LOOP = asyncio.new_event_loop()
_CONDITION = _SANDBOX.condition()
_CONTROLS = [
    asked
    for request in corpus()
    for asked in read(request).requests
    if asked.target.startswith(b"/__admin/") and asked.method != b"GET"
]
_BEFORE = st.sampled_from([b"", b"", b"", b"/", b"/~default", b"/~a/~b", b"/.", b"/x/..", b"/%2e", b"/hello/..", b"//"])
_WORDS = st.sampled_from([b"/__admin", b"/__admin", b"/__ADMIN", b"/_%5fadmin", b"/%5F%5fadmin", b"/__admin/",
b"/__admin/.", b"/__admin%2f", b"/__admin;a=b", b"/__admin%00", b"/__admin?a=", b"/__admin\xc2\xa0"])  # fmt: skip
_STRANGERS: dict[bytes, list[bytes]] = {
    b"host": [b"localhost", b"evil.example", b"127.0.0.1:80", b"localhost.evil.example"],
    b"origin": [b"http://evil.example", b"null", b"http://localhost", b"http://localhost@evil.example", b"localhost"],
    b"sec-fetch-site": [b"cross-site", b"same-site", b"same-origin", b"none", b"None", b"same-origin, cross-site"],
    b"sec-fetch-mode": [b"navigate", b"no-cors"],
    b"sec-fetch-dest": [b"document", b"image"],
    b"authorization": [b"Bearer " + _TOKEN.encode(), b"bearer  " + _TOKEN.encode(), b"Bearer", b"Bearer  ",
    b"Basic " + _TOKEN.encode(), _TOKEN.encode(), b"Bearer a, Bearer " + _TOKEN.encode(), b"Bearer " + b"a" * 27],
    b"cookie": [b"understudy-admin=1.a", b"understudy-admin=99999999999.", b"understudy-admin", b"=; ;,",
    b"understudy-admin=" + _TOKEN.encode(), b"understudy-admin=\xb2.a", b"__Host-understudy-admin=1.a"],
    b"x-forwarded-host": [b"localhost"],
    b"x-http-method-override": [b"DELETE"],
}  # fmt: skip
_HEADERS = st.fixed_dictionaries(
    {b"host": st.just(b"localhost") | st.sampled_from(_STRANGERS[b"host"])},
    optional={name: st.sampled_from(values) | made_worse(st.sampled_from(values)) for name, values in
    _STRANGERS.items() if name != b"host"},
)  # fmt: skip


def _door(made: tuple[Asked, bytes, bytes, dict[bytes, bytes]]) -> None:
    """Play nothing of the control API for a stranger, by whichever path; play it for whoever has the token."""
    asked, before, word, headers = made
    target = before + word + asked.target.removeprefix(b"/__admin")
    if not re.fullmatch(rb"/[\x21-\x7e]*", target) or target.startswith(b"//"):
        return
    path, raw_path, query = SPLIT[target]
    kept = [header for header in asked.headers if header[0] in (b"content-type", b"content-length")]
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": asked.method.decode(),
        "scheme": "http", "path": path, "raw_path": raw_path, "query_string": query,
        "headers": [*kept, *headers.items()], "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    _begin()
    was = _mark()
    status, _, body = _LOOP.run_until_complete(call(_EDGE, scope, asked.body))
    plain = word == b"/__admin" and before in (b"", b"/~default")
    if not _may(headers):
        assert was == _mark(), (status, body)
        assert status in (401, 403, 421) or not plain, (status, body)
    elif plain:
        assert status not in (401, 403, 421), (status, body)


def _may(headers: dict[bytes, bytes]) -> bool:
    """Say whether a request may ask the control API, by a plain reading of its headers."""
    words = headers.get(b"authorization", b"").split()
    token = len(words) == 2 and words[0].lower() == b"bearer" and words[1] == _TOKEN.encode()
    own = headers.get(b"sec-fetch-site", b"none") in (b"none", b"same-origin")
    if b"origin" in headers:
        own = own and headers[b"origin"].split(b"://", 1)[1:] == [headers[b"host"]]
    return token and own and headers[b"host"] in (b"localhost", b"127.0.0.1:80")


def _begin() -> None:
    """Have what there was in the beginning, and one exchange."""
    for sandbox in _EDGE.sandboxes:
        if sandbox.name != DEFAULT:
            _EDGE.sandboxes.drop(sandbox.name)
    sandbox = _EDGE.sandboxes.get(DEFAULT)
    sandbox.assume(_CONDITION)
    sandbox.journal.clear()
    sandbox.journal.record(Exchange("GET", "/first", b"", {}, 0.0, id=1))


def _mark() -> tuple[Any, ...]:
    """Return what only the control API changes here: what is no path of it is nobody's."""
    sandbox = _EDGE.sandboxes.get(DEFAULT)
    return sandbox, sandbox.condition(), next(iter(sandbox.journal))


TARGETS = (
    Target("host", made_worse(_HOSTS), _host),
    Target("door", st.tuples(st.sampled_from(_CONTROLS), _BEFORE, _WORDS, _HEADERS), _door),
)

"""What reads which sandbox is meant, and which host was asked."""

import re
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.target import Target, made_worse
from tests.support.inprocess import worlds_of
from understudy.contract.request import Reply
from understudy.sandboxes import DEFAULT, Sandboxes
from understudy.web.address import addressed
from understudy.web.exchange import is_control
from understudy.web.heads import TARGETS as READ

_SANDBOXES = Sandboxes(worlds_of(["koneksi"]), "empty", limit=20)
_NAMES = st.sampled_from(
    ["a", "fuzz", "default", "", ".", "..", "a/b", "%2e%2e", "a b", "é", "a" * 64, "a" * 65, "a\x00", "~", "a\n"]
) | st.text(max_size=8)
_PATHS = st.sampled_from(["/", "/hello", "/~", "/__admin", "/__admin/x", "/__adminx", "//", "/~a/~b/x", "", "/%7Ea/b"])
_BAGGAGE = st.builds(
    "{}understudy-sandbox={}{}".format,
    st.sampled_from(["", "a=b,", "a=b;c=d , ", "x", " "]),
    _NAMES,
    st.sampled_from(["", ";p=1", ",a=b", ",understudy-sandbox=other"]),
).map(lambda text: text.encode("utf-8", "surrogatepass"))
_HEADERS = st.fixed_dictionaries(
    {},
    optional={
        b"understudy-sandbox": _NAMES.map(lambda name: name.encode("utf-8", "surrogatepass")),
        b"baggage": made_worse(_BAGGAGE | st.binary(max_size=30)),
    },
)
_TAKEN = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def _address(made: tuple[bool, str, str, dict[bytes, bytes]]) -> None:
    """Find the sandbox that is named, in whichever way; refuse two names, and what is none."""
    prefixed, name, path, headers = made
    scope: dict[str, Any] = {"path": f"/~{name}{path}" if prefixed else path, "raw_path": b""}
    asked = scope["path"]
    named = asked[2:].partition("/")[0] if asked.startswith("/~") else None
    said = headers[b"understudy-sandbox"].decode("latin-1") if b"understudy-sandbox" in headers else None
    found = addressed(scope, headers, _SANDBOXES)
    known = [sandbox.name for sandbox in _SANDBOXES]
    for one in known:
        assert _TAKEN.fullmatch(one)
        if one != DEFAULT:
            _SANDBOXES.drop(one)
    if isinstance(found, Reply):
        assert 400 == found.status
        assert named is not None or said is not None or b"baggage" in headers
        return
    assert named in (None, found.name)
    assert said in (None, found.name)
    assert (
        found.name == DEFAULT
        or named
        or said
        or found.name.encode() in headers[b"baggage"]
        or b"%" in headers[b"baggage"]
    )
    assert scope["path"] == (asked if named is None else "/" + asked[2:].partition("/")[2])
    assert found.name in known or is_control(scope["path"])


def _target(raw: bytes) -> None:
    """Split a request's target as a plain reading does, or refuse it as no URL."""
    target = b"/" + raw
    if not re.fullmatch(rb"[\x21-\x7e]*", target) or len(target) > 60_000 or target.startswith(b"//"):
        return
    path, raw_path, query = READ[target]
    before = target.split(b"#")[0]
    wanted, _, rest = before.partition(b"?")
    assert (raw_path, query) == (wanted, rest)
    assert "%" in wanted.decode() or path == wanted.decode()


TARGETS = (
    Target("address", st.tuples(st.booleans(), _NAMES, _PATHS, _HEADERS), _address),
    Target(
        "url",
        made_worse(
            st.sampled_from([b"a/b?c=d&e#f", b"%2e%2e/a", b"~a/b", b"a?b?c", b"a#b?c", b";a=b", b"@a:b"])
            | st.binary(max_size=20)
        ),
        _target,
    ),
)

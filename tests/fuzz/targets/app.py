"""The whole mock, behind what reads HTTP: requests as an application gets them, to every operation."""

import asyncio
from typing import Any

import orjson
from hypothesis import strategies as st

from tests.fuzz.corpus import corpus
from tests.fuzz.strict_http import Asked, read
from tests.fuzz.target import TEXTS, VALUES, Target, made_worse
from tests.support.inprocess import call, edge_of
from understudy.web.heads import TARGETS as SPLIT

_SLOW = (b"wait", b"delay", b"crowded", b"/__admin/events", b"/__admin/faults")
"""What may take as long as it asks for."""
_EDGE, _SANDBOX = edge_of(any_credentials=True, limit=50)
_LOOP = asyncio.new_event_loop()
_REQUESTS = [asked for request in corpus() for asked in read(request).requests]
_HEADERS = st.tuples(
    st.sampled_from([b"prefer", b"understudy-sandbox", b"baggage", b"content-type", b"accept",
    b"accept-language", b"host", b"origin", b"cookie", b"authorization", b"admin-auth", b"last-event-id",
    b"content-encoding", b"x-auth-token"]),
    st.sampled_from([b"", b"\xff", b"*/*;q=x", b"code=500", b"example=x", b"a=b", b"bearer ", b"bearer a.b.c",
    b"text/plain", b"application/json;charset=\xff", b"de-DE;q=2,*", b"null"]) | st.binary(max_size=12),
)  # fmt: skip


@st.composite
def _requests(draw: st.DrawFn) -> tuple[dict[str, Any], bytes]:
    asked: Asked = draw(st.sampled_from(_REQUESTS))
    target = draw(st.just(asked.target) | made_worse(st.just(asked.target)))
    headers = [header for header in asked.headers if not header[0].startswith(b":")]
    headers += draw(st.lists(_HEADERS, max_size=2))
    method = draw(
        st.just(asked.method) | st.sampled_from([b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"HEAD"])
    )
    path, raw_path, query = _split(target)
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method.decode(),
        "scheme": "http", "path": path, "raw_path": raw_path,
        "query_string": query, "headers": headers, "server": ("localhost", 80), "client": ("127.0.0.1", 1),
        "root_path": "",
    }  # fmt: skip
    return scope, draw(_bodies(asked.body))


def _split(target: bytes) -> tuple[str, bytes, bytes]:
    plain = bytes(byte for byte in target if 0x20 < byte < 0x7F)
    try:
        return SPLIT[plain if plain.startswith(b"/") else b"/" + plain]
    except Exception:  # noqa: BLE001 - what is no URL does not get as far as here
        return "/", b"/", b""


def _bodies(body: bytes) -> st.SearchStrategy[bytes]:
    bodies = st.just(body) | made_worse(st.just(body)) | VALUES.map(orjson.dumps)
    if not body.startswith(b"{"):
        return bodies
    members = orjson.loads(body)
    if not members:
        return bodies
    values = VALUES | TEXTS
    changed = st.tuples(st.sampled_from(sorted(members)), values).map(lambda pair: orjson.dumps(members | dict([pair])))
    return (
        bodies
        | changed
        | st.sampled_from(sorted(members)).map(
            lambda gone: orjson.dumps({name: value for name, value in members.items() if name != gone})
        )
    )


def _answer(made: tuple[dict[str, Any], bytes]) -> None:
    """Answer with what the contracts declare, at once and in the plain way alike; leave no trace of a refusal."""
    scope, body = made
    if any(
        word in part.lower()
        for word in _SLOW
        for part in (scope["raw_path"], scope["query_string"], body, *map(b": ".join, scope["headers"]))
    ):
        return
    if _SANDBOX.name != "default" or len(_EDGE.sandboxes) > 40:
        _tidy()
    before = _SANDBOX.states
    at_once = _at_once(scope, body) if scope["method"] in ("GET", "HEAD") else None
    status, headers, content = _LOOP.run_until_complete(call(_EDGE, dict(scope), body))
    told = dict(headers)
    if at_once is not None:
        assert (status, _lasting(headers), content) == (at_once[0], _lasting(at_once[1]), at_once[2])
    assert (
        status < 500 or b"understudy-answer" in told or b"understudy-fault" in told or b"preference-applied" in told
    ), content
    if b"understudy-exchange" in told:
        assert scope["method"] != "HEAD" or not content
    media = told.get(b"content-type", b"")
    if content and b"json" in media.split(b";")[0]:
        orjson.loads(content)
    if content:
        assert int(told.get(b"content-length", len(content))) == len(content)
    if status >= 400 and not scope["path"].startswith("/__admin"):
        assert before is _SANDBOX.states or before == _SANDBOX.states


def _at_once(scope: dict[str, Any], body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
    """Answer in the short way, and let the next exchange have the same number."""
    counted = {sandbox.name: sandbox.exchanges for sandbox in _EDGE.sandboxes}
    answer = _EDGE.at_once(dict(scope), body)
    for sandbox in _EDGE.sandboxes:
        sandbox.exchanges = counted.get(sandbox.name, 0)
    return answer


def _lasting(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers that are the same a moment later."""
    return [(name, value) for name, value in headers if name != b"date"]


def _tidy() -> None:
    for sandbox in _EDGE.sandboxes:
        if sandbox.name != "default":
            _EDGE.sandboxes.drop(sandbox.name)


TARGETS = (Target("request", _requests(), _answer),)

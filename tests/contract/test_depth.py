"""How deep a JSON document may be nested: told without reading it, in time that grows with its size only."""

import re

import pytest

from tests.support.callers import ORGANISATION, TYK
from tests.support.inprocess import parts_of
from tests.support.leaping import LeapingClient
from understudy.contract.strict_json import MAX_DEPTH, Unreadable, read_json
from understudy.limits import Limits
from understudy.sandboxes import Sandboxes, Worlds
from understudy.web.app import build_app


def nested(depth: int, inner: str = "1") -> bytes:
    """Return a document of so many levels, alternately lists and objects."""
    pairs = [("[", "]") if level % 2 else ('{"a": ', "}") for level in range(depth)]
    return ("".join(pair[0] for pair in pairs) + inner + "".join(pair[1] for pair in reversed(pairs))).encode()


TOO_DEEP = rf"the document is nested deeper than {MAX_DEPTH} levels"


@pytest.mark.parametrize("raw", [nested(MAX_DEPTH + 1), b"[" * 10**6, nested(60, nested(41).decode()), b'{"":' * 10**5])
def test_a_level_too_many_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable, match=TOO_DEEP):
        read_json(raw)


@pytest.mark.parametrize(
    "inner",
    [
        "1",
        '"[[[["',
        r'"\"[[[["',
        r'"\\", "[[[["',
        r'"\\\"[[["',
        '"\u5b5b{[{"',
        ", ".join(['{"b": "}"}'] * 200),
        ", ".join(["[]"] * 200),
    ],
)
def test_what_stands_in_a_text_or_beside_another_is_no_level(inner: str) -> None:
    assert read_json(nested(MAX_DEPTH - 3, f"[{inner}]"))


@pytest.mark.parametrize("raw", [b'"' + b"[" * 200, b"[" * 50 + b'"' + b"[" * 60, b'"\\' + b"[" * 200])
def test_a_text_that_does_not_end_is_no_document(raw: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_json(raw)
    assert not re.search("deeper", str(refused.value))


@pytest.mark.parametrize(("depth", "status"), [(3, 200), (4, 403)])
def test_a_server_may_allow_less(depth: int, status: int) -> None:
    parts = parts_of("tyk")
    app = build_app(parts, Sandboxes(Worlds(parts)), Limits(max_depth=3))
    with LeapingClient(app) as client:
        answer = client.put(ORGANISATION, headers=TYK, content=b'{"owner_name": "Deep", "x": %s}' % nested(depth - 1))
    assert status == answer.status_code, answer.text
    assert ("nested deeper than 3 levels" in answer.headers.get("understudy-violations", "")) == (status == 403)

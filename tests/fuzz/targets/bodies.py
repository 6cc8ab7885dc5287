"""What reads bodies."""

import json
from typing import Any
from urllib.parse import parse_qsl

from hypothesis import strategies as st

from tests.fuzz.target import VALUES, Target, made_worse
from understudy.contract.media import decoder
from understudy.contract.schema import Schemas
from understudy.contract.strict_json import MAX_DEPTH, Unreadable, read_json
from understudy.limits import Limits
from understudy.source import Source

_NESTED = st.integers(0, 2 * MAX_DEPTH).flatmap(
    lambda depth: st.sampled_from([b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth, b"[" * depth])
)
_NUMBERS = st.from_regex(rb"-?[0-9]{1,25}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)
_ODD = st.sampled_from(
    [
        b'"\\ud800"', b'"\\udc00\\ud800"', b'{"a":1,"\\u0061":2}', b'{"\\u0000":1}', b"[1,]", b"NaN",
        b"Infinity", b"-0", b"1e999", b"01", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00",
        b'"\x7f"', b'"\t"', b"{'a':1}", b"[1 2]", b"/**/1", b"nul", b'"\xed\xa0\x80"', b'{"a":{"b":1,"b":1}}',
        b" 1 ", b"", b"\x0b1",
    ]
)  # fmt: skip
DOCUMENTS = VALUES.flatmap(
    lambda value: st.sampled_from(
        [json.dumps(value).encode(), json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")]
    )
)
_SCHEMA = {
    "type": "object",
    "properties": {
        "n": {"type": "integer"},
        "x": {"type": "number"},
        "b": {"type": "boolean"},
        "ids": {"type": "array", "items": {"type": "integer"}},
    },
}
_SOURCE = Source("form", {}, 1)
_LIMITS = Limits()
_FORM = decoder(_SOURCE, "", "application/x-www-form-urlencoded", _SCHEMA)
_TEXT = decoder(_SOURCE, "", "text/plain", {})
_FIELDS = st.lists(
    st.tuples(
        st.sampled_from(
            [b"n", b"x", b"b", b"ids", b"ids[]", b"ids[0]", b"a%5B%5D", b"[]", b"", b"a+b", b"%C3%A9", b"%ff"]
        ),
        st.sampled_from(
            [b"1", b"-0", b"007", b"1.5e3", b"1e999", b"true", b"True", b"", b"%C3%A9", b"%", b"a=b", b"%zz"]
        ),
    )
).map(lambda pairs: b"&".join(b"=".join(pair) for pair in pairs))


def _json(raw: bytes) -> None:
    """Take a document exactly if it is JSON by the book, says nothing twice and no number comes out as another."""
    wanted = _by_the_book(raw)
    try:
        value = read_json(raw)
    except Unreadable as error:
        assert str(error)
        assert wanted is _REFUSED, f"refused, though it is {wanted!r}"
        return
    assert wanted is not _REFUSED, f"read as {value!r}"
    assert json.dumps(value) == json.dumps(wanted), f"read as {value!r}, and is {wanted!r}"


_REFUSED: Any = object()


def _by_the_book(raw: bytes) -> Any:
    """Return what the standard library makes of a document, _REFUSED for one that is not to be taken."""
    try:
        text = raw.decode()
        if text.startswith("\ufeff"):
            return _REFUSED
        value = json.loads(
            text, object_pairs_hook=_once, parse_int=_in_64_bits, parse_float=_finite, parse_constant=_none
        )
        json.dumps(value, ensure_ascii=False).encode()  # halves of a pair are no text
    except (ValueError, RecursionError):
        return _REFUSED
    return value if _depth(value) <= MAX_DEPTH else _REFUSED


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def _in_64_bits(text: str) -> int:
    if not -(2**63) <= int(text) < 2**64:
        raise ValueError
    return int(text)


def _finite(text: str) -> float:
    if float(text) in (float("inf"), -float("inf")):
        raise ValueError
    return float(text)


def _none(_: str) -> Any:
    raise ValueError


def _depth(value: Any) -> int:
    parts = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if parts is None else 1 + max(map(_depth, parts), default=0)


def _form(raw: bytes) -> None:
    """Take a form by its fields: each is there, and those of a type are of it or stay text."""
    try:
        form = _FORM(raw, _LIMITS)
    except Unreadable as error:
        assert str(error)
        return
    names = [name for name, _ in parse_qsl(raw.decode(), keep_blank_values=True)]
    assert len(form) <= len(names)
    assert all(isinstance(value, str | int | float | bool | list) for value in form.values())
    assert not isinstance(form.get("n"), float | bool)
    assert isinstance(form.get("ids", []), list)
    json.dumps(form, allow_nan=False)


def _text(raw: bytes) -> None:
    try:
        assert raw == _TEXT(raw, _LIMITS).encode()
    except Unreadable:
        assert raw != raw.decode("utf-8", "replace").encode()


_EMBEDDED = {"type": "string", "x-embedded-schema": {"type": "array", "items": {"type": "integer"}, "maxItems": 3}}
_SCHEMAS = Schemas(Source("embedded", {"string": _EMBEDDED}, 1))  # its validators live no longer than it does
_NUMBERS_INSIDE = _SCHEMAS.validator("#/string", "request")
_LISTS: Any = st.lists(st.integers(-5, 5) | st.sampled_from([2**64 - 1, 2**64, None, True, "1", [], {}]), max_size=4)


def _embedded(text: str) -> None:
    """Take a string exactly if the JSON in it is JSON by the book, and keeps to the schema."""
    raw = text.encode("utf-8", "surrogatepass")
    value = _by_the_book(raw)
    fits = isinstance(value, list) and len(value) <= 3 and {int} >= {type(item) for item in value}
    assert _NUMBERS_INSIDE.is_valid(text) == fits, text


TARGETS = (
    Target("json", made_worse(DOCUMENTS | _NESTED | _NUMBERS | _ODD | st.binary(max_size=40)), _json),
    Target(
        "embedded",
        made_worse(_LISTS.map(lambda value: json.dumps(value).encode()) | _NESTED | _ODD).map(
            lambda raw: raw.decode("utf-8", "replace")
        ),
        _embedded,
    ),
    Target("form", made_worse(_FIELDS | st.binary(max_size=40)), _form),
    Target("text", made_worse(st.text().map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary()), _text),
)

"""What reads parameters, beside a plain reading of them."""

import math
import re
from typing import Any
from urllib.parse import unquote_to_bytes

from hypothesis import strategies as st

from tests.fuzz.target import Target, made_worse
from tests.support.toy import toy_part
from understudy.contract.forced import preferences
from understudy.contract.parameters import ABSENT, Parameter, coerce, query_fields
from understudy.control.play import load_control
from understudy.kernel.violation import Violation

_WORDS = [
    "1",
    "-1",
    "0",
    "007",
    "1.5",
    "1e3",
    "1e999",
    "-0",
    "9" * 50,
    "true",
    "True",
    "red",
    "red,blue",
    "a|b",
    "2024-02-30",
    "",
    " 1",
    "٣",
    "{id}",
    "null",
]
_VALUES = st.sampled_from(_WORDS) | st.text(max_size=12)
_QUERIES = st.lists(
    st.tuples(
        st.sampled_from(
            ["colours", "ids", "tags", "filter[size]", "filter[", "limit", "since", "exact", "ratio", "", "%"]
        ),
        _VALUES,
    )
).map(lambda pairs: "&".join("=".join(pair) for pair in pairs).encode("utf-8", "surrogatepass"))


def _parameters() -> list[Parameter]:
    contracts = [toy_part().contract, load_control()]
    return [
        one
        for contract in contracts
        for operation in contract.operations.values()
        for one in operation.inputs.parameters
    ]


_PARAMETERS = _parameters()


def _parameter(made: tuple[Parameter, list[str]]) -> None:
    """Read what was sent as a value that fits the rule, or say what is wrong with it, with rule and place."""
    parameter, raw = made
    found: list[Violation] = []
    value = parameter.read(raw, found)
    if not raw:
        assert bool(found) == parameter.required
        assert value == parameter.default
        return
    assert all(violation.source and violation.message and violation.rule.startswith("#") for violation in found)
    kinds: dict[str, tuple[type, ...]] = {
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "array": (list,),
        "object": (dict,),
    }
    kind = parameter.schema.get("type")
    if not found and kind in kinds:
        assert type(value) in kinds[kind], value
    assert value is not ABSENT


def _coerced(text: str) -> None:
    """Take a text for a number exactly if JSON would, up to 40 digits."""
    whole = re.fullmatch(r"-?(0|[1-9][0-9]*)", text, re.ASCII) is not None and len(text.lstrip("-")) <= 40
    assert coerce(text, {"type": "integer"}) == (int(text) if whole else text)
    number = coerce(text, {"type": "number"})
    if isinstance(number, str):
        assert number == text
    else:
        assert math.isfinite(number)
        assert float(text) == float(number)
    assert coerce(text, {"type": "boolean"}) == {"true": True, "false": False}.get(text, text)


def _query(raw: bytes) -> None:
    """Split a query as a plain reading does."""
    wanted: dict[str, list[str]] = {}
    for field in raw.split(b"&")[:1000]:
        if field:
            name, _, value = field.partition(b"=")
            wanted.setdefault(_plain(name), []).append(_plain(value))
    assert query_fields(raw) == wanted


def _plain(raw: bytes) -> str:
    text = raw.replace(b"+", b" ").decode("latin-1")
    return re.sub("(?:%[0-9A-Fa-f]{2})+", lambda found: unquote_to_bytes(found[0]).decode("utf-8", "replace"), text)


def _prefer(raw: bytes) -> None:
    asked = preferences(raw)
    assert all(re.fullmatch("[a-z0-9_-]+", name) for name in asked)
    assert {str} >= {type(value) for value in asked.values()}


def _said(made: list[tuple[str, str]]) -> None:
    """Read back what was written as RFC 7240 has it."""
    wanted = {name.lower(): value for name, value in made}
    written = ", ".join(f'{name}="{value}"' for name, value in made)
    assert preferences(written.encode("latin-1")) == wanted


_PREFERENCES: Any = made_worse(
    st.sampled_from([b"example=a", b'code="404"; wait=1, handling=lenient', b"wait=", b'a="', b"==", b"x = y"])
    | st.binary(max_size=30)
)
_NAMES = st.sampled_from(["example", "Code", "wait", "x-y_z"])
_LATIN = st.text(st.characters(max_codepoint=255, blacklist_characters='"'), max_size=10)
TARGETS = (
    Target("parameter", st.tuples(st.sampled_from(_PARAMETERS), st.lists(_VALUES, max_size=3)), _parameter),
    Target(
        "number",
        _VALUES | st.from_regex(r"-?[0-9]{1,45}(\.[0-9]{1,45})?([eE][+-]?[0-9]{1,4})?\n?", fullmatch=True),
        _coerced,
    ),
    Target("query", made_worse(_QUERIES | st.binary(max_size=40)), _query),
    Target("prefer", _PREFERENCES, _prefer),
    Target("preference", st.lists(st.tuples(_NAMES, _LATIN), max_size=3), _said),
)

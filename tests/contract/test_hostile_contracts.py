"""Whatever becomes of a contract's text: it is loaded, or refused with a SourceError, soon."""

from typing import Any

import orjson
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.toy import HERE
from tests.toy.parts.toy import PROVIDER
from understudy.contract.contract import Contract
from understudy.fixtures import Fixture
from understudy.options import from_file
from understudy.source import Source, SourceError

CONTRACT = (HERE / "openapi/toy.yaml").read_bytes()
FIXTURE = (HERE / "fixtures/toy.yaml").read_bytes()
SNIPPETS = [
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"&a ", b"*a", b"!!set ", b"!x ", b"<<: ", b"- ", b"? ", b": ", b"{", b"}",
    b"[", b"]", b"'", b'"', b"#", b"\n", b"\t", b"\n---\n", b"|", b">", b"%", b"null", b"true", b"[]", b"{}", b"0",
    b"9" * 30, b"$ref: ", b"'#/'", b"'#/components'", b"x-refusals", b"~", b"/", b"[" * 200, b"{{ 7 * 7 }}",
    b"-1", b"1e999",
]  # fmt: skip
LONG = settings(deadline=None, suppress_health_check=list(HealthCheck))
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            [], {}, [[]], {"$ref": "#/components/schemas/Extra"}, {"$ref": 5}, {"$ref": "#/"}, {"$ref": "#"}, "[0-9+",
            "(a+)+$", ["x"], {"x": {}}, {"type": []}, {"type": {}}, "object", 1e308, "#/paths", {"name": [], "in": {}},
        ]
    ),
)  # fmt: skip


def changed_text(whole: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, cut, new in changes:
        at = int(where * len(whole))
        whole = whole[:at] + new + whole[at + cut :]
    return whole


CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(st.sampled_from(SNIPPETS), st.binary(max_size=4))),
    min_size=1,
    max_size=4,
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to everything in a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for key, item in inner for place in places(item, (*way, key)))]


TREE = yaml.safe_load(CONTRACT)
PLACES = places(TREE)[1:]


def with_changed(way: tuple[Any, ...], new: Any) -> Any:
    """Return the contract with something else at one place, or without it where that is ``...``."""
    tree = orjson.loads(orjson.dumps(TREE, option=orjson.OPT_NON_STR_KEYS))
    node: Any = tree
    for key in way[:-1]:
        node = node[key if isinstance(key, int) and isinstance(node, list) else str(key)]
    last = way[-1] if isinstance(node, list) else str(way[-1])
    if new is ...:
        del node[last]
    else:
        node[last] = new
    return tree


def require_one_sentence(error: SourceError) -> None:
    assert "\n" not in str(error)


def load(raw: bytes) -> None:
    """Load a contract as the start does, and make all of it that is made later."""
    try:
        contract = Contract(Source.parse(raw, "openapi/toy.yaml"), PROVIDER)
    except SourceError as error:
        require_one_sentence(error)
        return
    contract.routes()
    contract.territory()
    assert contract.hash


def test_what_was_found_once_is_refused() -> None:
    text = CONTRACT.decode()
    start, end = text.index("\ninfo:"), text.index("\nservers:")
    with pytest.raises(SourceError, match=r"^openapi/toy\.yaml:\d+: "):
        Contract(Source.parse((text[:start] + "\ninfo: null" + text[end:]).encode(), "openapi/toy.yaml"), PROVIDER)


@LONG
@given(CHANGES)
def test_a_contract_whose_text_is_damaged_is_loaded_or_refused(changes: list[tuple[float, int, bytes]]) -> None:
    load(changed_text(CONTRACT, changes))


@LONG
@given(st.sampled_from(PLACES), st.one_of(st.just(...), ODD))
def test_a_contract_with_anything_anywhere_is_loaded_or_refused(way: tuple[Any, ...], new: Any) -> None:
    load(yaml.safe_dump(with_changed(way, new), allow_unicode=True).encode("utf-8", "backslashreplace"))


@LONG
@given(st.binary())
def test_bytes_of_any_kind_are_read_or_refused(raw: bytes) -> None:
    load(raw)


@LONG
@given(CHANGES)
def test_a_fixture_whose_text_is_damaged_is_loaded_or_refused(changes: list[tuple[float, int, bytes]]) -> None:
    try:
        Fixture("toy", Source.parse(changed_text(FIXTURE, changes), "fixtures/toy.yaml"))
    except SourceError as error:
        require_one_sentence(error)


@LONG
@given(st.dictionaries(st.sampled_from(["port", "host", "journal", "watch", "provider", "x"]), ODD))
def test_settings_of_any_kind_are_taken_or_refused(said: dict[str, Any]) -> None:
    raw = yaml.safe_dump(said, allow_unicode=True).encode("utf-8", "backslashreplace")
    try:
        from_file(Source.parse(raw, "understudy.yaml"))
    except SourceError as error:
        require_one_sentence(error)


ELSEWHERE = [
    "http://localhost/x.yaml", "https://localhost/x.yaml#/a", "file:///etc/passwd", "file://localhost/etc/passwd",
    "../../../etc/passwd", "/etc/passwd", "/etc/passwd#/", "..%2f..%2fetc%2fpasswd", "%2e%2e/fixtures/toy.yaml#/worlds",
    "toy.yaml#/components/schemas/Extra", "./toy.yaml#/components/schemas/Extra", "//localhost/x", "data:,{}", "#Extra",
    "", "\\\\localhost\\share", "jar:file:///x", "urn:x",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_reference_leads_to_a_place_in_its_own_file_only(target: str) -> None:
    text = CONTRACT.decode().replace('"#/components/schemas/Extra"', orjson.dumps(target).decode(), 1)
    with pytest.raises(SourceError, match=r"^openapi/toy\.yaml:\d+: \$ref .* leads out of this file"):
        Contract(Source.parse(text.encode(), "openapi/toy.yaml"), PROVIDER)


def test_a_reference_that_is_written_percent_encoded_is_taken_as_it_stands() -> None:
    text = CONTRACT.decode().replace('"#/components/schemas/Extra"', '"#/components/schemas/%45xtra"', 1)
    with pytest.raises(SourceError, match="leads nowhere"):
        Contract(Source.parse(text.encode(), "openapi/toy.yaml"), PROVIDER)

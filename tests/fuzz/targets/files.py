"""What reads contracts and fixtures: a file either plays, or is refused in a sentence that says where."""

import re
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.target import Target, made_worse
from tests.support.toy import HERE
from tests.toy.parts import toy
from understudy.contract.contract import Contract
from understudy.contract.names import undeclared_names
from understudy.contract.review import review
from understudy.fixtures import Fixture
from understudy.parts import Part
from understudy.source import Source, SourceError

_CONTRACT = (HERE / "openapi/toy.yaml").read_bytes()
_FIXTURE = (HERE / "fixtures/toy.yaml").read_bytes()
_PLAYED = Contract(Source.parse(_CONTRACT, "openapi/toy.yaml"), toy.PROVIDER)
_WORDS = [b"5", b"null", b"[]", b"{}", b"'x'", b"true", b"{a: &a [*a]}", b"$ref: '#/'",
b"!!python/object:os.system x", b"&a", b"*a", b"? a", b"- ", b"<<: *a", b"1e999", b"0x10", b"---", b"%YAML 9.9",
b"\xff", b"\x00", b"!!binary aa", b"!!timestamp x", b"!!int x", b"!!set {a}", b"~", b"-9223372036854775809",
b"!!float .", b"! x", b"!<x> y", b"[[[[", b"2001-01-01"]  # fmt: skip
_PLACES = re.compile(rb"(?<=: )[^\n{\[]+|(?<=[:,] )[A-Za-z0-9\"/#]+")


def _edited(text: bytes) -> st.SearchStrategy[bytes]:
    """Return a file in which a few values are others, so that what is wrong gets past YAML."""
    spans = [found.span() for found in _PLACES.finditer(text)]

    def edit(edits: list[tuple[tuple[int, int], bytes]]) -> bytes:
        data = text
        for (start, end), word in sorted(edits, reverse=True):
            data = data[:start] + word + data[end:]
        return data

    words = st.sampled_from(_WORDS) | st.sampled_from(spans).map(lambda span: text[span[0] : span[1]])
    return st.lists(st.tuples(st.sampled_from(spans), words), max_size=2, unique_by=lambda edit: edit[0]).map(edit)


def _source(raw: bytes) -> None:
    """Read YAML, and know the line of everything in it."""
    try:
        source = Source.parse(raw, "made up")
    except SourceError as error:
        _see(str(error))
        return
    lines = sum(map(raw.count, (b"\n", b"\r", b"\xe2\x80", b"\xc2\x85"))) + 1
    assert 1 <= source.line("/a/0/b") <= lines + 1  # an empty document stands after its mark
    _see_keys(source.data)


def _contract(raw: bytes) -> None:
    try:
        contract = Contract(Source.parse(raw, "made up"), toy.PROVIDER)
        problems = [*review(contract), *undeclared_names(contract)]
    except SourceError as error:
        problems = [str(error)]
    for problem in problems:
        _see(problem)


def _fixture(raw: bytes) -> None:
    try:
        fixture = Fixture("toy", Source.parse(raw, "made up"))
        fixture.require_schemes(["ApiKey", "ClientId", "ClientSecret"])
        part = Part(_PLAYED, toy.PROVIDER, fixture)
        for world in fixture.worlds:
            if re.search(rb"cast: *[0-9]{4}", raw) is None:  # that many would only take long
                part.state(world, 1)
    except SourceError as error:
        _see(str(error))


def _see(problem: str) -> None:
    assert re.match(r"made up\b|\S+\.py:\d+: ", problem), problem
    assert "\n" not in problem, problem
    assert len(problem) < 2000, problem


def _see_keys(value: Any) -> None:
    if isinstance(value, dict):
        assert all(isinstance(key, str) for key in value)
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _see_keys(item)


_YAML = st.sampled_from([*_WORDS, _FIXTURE, _CONTRACT[:1500]]) | st.binary(max_size=60)
TARGETS = (
    Target("source", made_worse(_YAML), _source),
    Target("contract", _edited(_CONTRACT) | made_worse(st.just(_CONTRACT)), _contract),
    Target("fixture", made_worse(_edited(_FIXTURE)), _fixture),
)

"""A contract that cannot be played stops the start, with file, line and remedy."""

from pathlib import Path

import pytest

from tests.support.toy import HERE
from tests.toy.parts.toy import PROVIDER
from understudy.contract.contract import Contract
from understudy.source import Source, SourceError

TEXT = (HERE / "openapi/toy.yaml").read_text()


def load(text: str) -> Contract:
    return Contract(Source.parse(text.encode(), "openapi/toy.yaml"), PROVIDER)


def line_of(text: str, fragment: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if fragment in line)


BROKEN = [
    ("operationId: list_things", "operationId: list_everything", "has no handler 'list_everything'", "    get:"),
    ("      operationId: list_things\n", "", "has no operationId", "    get:"),
    ("operationId: delete_thing", "operationId: read_thing", "a second operation is called 'read_thing'", None),
    ("invalid_body: bad_body", "invalid_body: no_such_answer", "which this operation does not declare", None),
    ("  invalid_body: bad_body\n", "", "x-refusals says nothing about 'invalid_body'", None),
    ("x-refusal: thing_not_found", "x-refusal: nobody_home", "leads to 'nobody_home'", None),
    ("{error: too large}", "{error: 5}", "the example 'too_large' breaks its schema", None),
    (
        "x-varies: [details], value: {error: bad body, details: []}",
        "x-varies: [detail], value: {error: bad body}",
        "x-varies names 'detail'",
        None,
    ),
    ("x-translations: {hi: {kind: फ़ाइल}}", "x-translations: {hi: {name: 5}}", "the example 'file_read' breaks", None),
    ('$ref: "#/components/schemas/Extra"', '$ref: "#/components/schemas/Extras"', "leads nowhere", None),
    ('$ref: "#/components/schemas/Extra"', '$ref: "http://localhost/x.yaml"', "leads out of this file", None),
    ('$ref: "#/components/schemas/Extra"', '$ref: "other.yaml#/x"', "leads out of this file", None),
    ("openapi: 3.0.3", "openapi: 3.1.0", "a contract is OpenAPI 3.0.x", None),
    ("openapi: 3.0.3", "swagger: '2.0'", "openapi is 'missing'", None),
    ("application/x-www-form-urlencoded: {schema", "multipart/form-data: {schema", "are not supported", None),
    ("x-other-content-types: empty", "x-other-content-types: perhaps", "is refuse, json or empty", None),
    ("x-other-content-types: empty", "x-max-body: 0", "x-max-body is how many bytes", None),
    ("x-other-content-types: empty", "x-max-body: much", "x-max-body is how many bytes", None),
    ("  - {ApiKey: []}\n", "  - {ApiKeys: []}\n", "security scheme 'ApiKeys' is not in components", None),
    ("x-unrouted:", "x-provenance:", "x-unrouted is missing", None),
    ("  route_not_found: no_route\n", "", "x-refusals says nothing about 'route_not_found'", None),
    ('        "204": {', '        "2XX": {', "status '2XX' is not a number", None),
    ("examples: {bad_media: {", "examples: {too_large: {", "names are unique within an operation", None),
    ("schema: {type: integer, minimum: 1, maximum: 50, default: 10}", "content: {}", "has no schema", None),
]


NO_OPENAPI = [
    ("count: {type: integer", "count: {type: int", "'int' is not one of array, boolean, integer", "        count:"),
    ('pattern: "^[0-9]+$"', 'pattern: "^[0-9+$"', 'is not a "regex"', "name: thing-id"),
    ("in: header, name: X-Key", "in: header, nmae: X-Key", "'nmae' is unknown; correct its", "    ApiKey: {type"),
    ("{name: exact, in: query", "{in: query", "'name' is missing; add it", "- {in: query"),
    ('"404": {$ref: "#/components/responses/NotFound"}', '"404":', 'null is not of type "object"', '        "404":\n'),
    ("x-varies: [name]", "x-varies: 5", "x-varies is 5; it must be a list of member names", "examples: {file_read"),
    ("{url: /toy}", "{description: here}", "'url' is missing; add it", "  - {description: here}"),
    ("x-refusals:", "x-refusals: []\nx-message:", "x-refusals is []; it must be a mapping", "x-refusals: []"),
    ("  /form:", "  form:", "the path 'form' must begin with a slash", "    post:\n      operationId: submit_form"),
    ("x-unrouted:\n  responses:", "x-unrouted:\n  response:", "'response' is unknown; correct its", "  response:\n"),
]


@pytest.mark.parametrize(("old", "new", "complaint", "at"), NO_OPENAPI, ids=[case[2] for case in NO_OPENAPI])
def test_what_is_no_openapi_is_refused_in_one_sentence_at_its_line(
    old: str, new: str, complaint: str, at: str | None
) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(SourceError) as caught:
        load(text)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("openapi/toy.yaml:")
    if at is not None:
        line = text[: text.index(at)].count("\n") + 1
        assert str(caught.value).startswith(f"openapi/toy.yaml:{line}: ")


@pytest.mark.parametrize(("old", "new", "complaint", "at"), BROKEN, ids=[case[2] for case in BROKEN])
def test_a_broken_contract_is_refused_with_file_and_line(old: str, new: str, complaint: str, at: str | None) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(SourceError) as caught:
        load(text)
    assert complaint in str(caught.value)
    assert str(caught.value).startswith("openapi/toy.yaml:")
    if at is not None:
        assert str(caught.value).startswith(f"openapi/toy.yaml:{line_of(text, at)}:")


def test_a_handler_without_an_operation_is_refused() -> None:
    start = TEXT.index("  /files/{name}.json:")
    end = TEXT.index("  /form:")
    with pytest.raises(SourceError, match="the handler 'read_file' of toy plays no operation"):
        load(TEXT[:start] + TEXT[end:])


def test_a_reference_in_a_circle_is_refused() -> None:
    text = TEXT.replace("    Extra:\n", '    Loop: {$ref: "#/components/schemas/Loop"}\n    Extra:\n')
    text = text.replace('$ref: "#/components/schemas/Extra"', '$ref: "#/components/schemas/Loop"')
    with pytest.raises(SourceError, match="leads in a circle"):
        load(text)


def test_a_contract_is_data_and_no_template() -> None:
    text = TEXT.replace("description: A small API", "description: '{{ 7 * 7 }} {% raw %} A small API", 1)
    text = text.replace("what the four big ones do not.", "what the four big ones do not.'", 1)
    assert "{{ 7 * 7 }} {% raw %}" in load(text).info["description"]


YAML = [
    (b"a: [", "not valid YAML"),
    (b"a: 1\na: 2", "x.yaml:2: the key 'a' stands twice"),
    (b"a: 1\n'a': 2", "x.yaml:2: the key 'a' stands twice"),
    (b"1e1: 1\n10.0: 2", "x.yaml:2: the key '10.0' stands twice"),
    (b"a: !!int x", "x.yaml:1: 'x' is no whole number"),
    (b"", "the file is empty"),
    (b"a: \xff", "not valid YAML|not UTF-8"),
    (b"? [a]\n: 1", "x.yaml:1: a key must be a plain word"),
    (b"a: !!python/object/apply:os.system [ls]", "the tag .!!python/object/apply:os.system"),
    (b"a: &a [*a]", "nested more than 100 deep"),
    (b"a: " + b"[" * 200 + b"]" * 200, "nested more than 100 deep"),
    (
        b"\n".join([b"a0: &a0 [x, x]", *[b"a%d: &a%d [*a%d, *a%d]" % (n, n, n - 1, n - 1) for n in range(1, 40)]]),
        "more than 400000",
    ),
    (b"#" * (9 * 1024 * 1024), "larger than"),
]


@pytest.mark.parametrize(("raw", "complaint"), YAML)
def test_a_file_that_is_no_plain_yaml_is_refused_in_one_sentence(raw: bytes, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint) as caught:
        Source.parse(raw, "x.yaml")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        Source.read(tmp_path / "none.yaml")


def test_plain_words_stay_what_they_look_like() -> None:
    data = Source.parse(b"a: on\nb: 2024-01-01\nc: 010\nd: 1:30\n200: yes\ne: null\nf: -5\ng: 1.5e3\nh: true", "x").data
    assert {
        "a": "on", "b": "2024-01-01", "c": "010", "d": "1:30", "200": "yes", "e": None, "f": -5, "g": 1500.0, "h": True,
    } == data  # fmt: skip


def test_every_place_has_its_line_and_an_unknown_one_that_of_its_nearest_ancestor() -> None:
    source = Source.parse(b"a: &it\n  b/c:\n    - x\n    - {d: 1}\nagain: *it\n", "x.yaml")
    lines = {"": 1, "/a": 1, "/a/b~1c": 2, "/a/b~1c/0": 3, "/a/b~1c/1": 4, "/a/b~1c/1/d": 4, "/again": 5}
    assert lines == {pointer: source.line(pointer) for pointer in lines}
    assert [2, 2, 2, 4] == [source.line(f"/again/b~1c{odd}") for odd in ("/01", "/-1", "/2", "/1/e")]


def test_what_yaml_has_beyond_json_is_read_by_its_own_rules() -> None:
    data = Source.parse(b"a: !!int '0x1F'\nb: !!str 5\nc: !!seq [x]\nd: !!float 1\n!!int '07': e", "x").data
    assert {"a": 31, "b": "5", "c": ["x"], "d": 1.0, "7": "e"} == data


@pytest.mark.parametrize(
    "value",
    [
        "!!set {x, y}",
        "!!omap [a: 1]",
        "!!binary aGk=",
        "!!timestamp 2001-01-01",
        "!!timestamp x",
        "!!bool x",
        "!!int ''",
        "!!float .inf",
        "1e999",
    ],
)
def test_what_json_has_not_is_refused(value: str) -> None:
    with pytest.raises(SourceError, match=r"^x:2: "):
        Source.parse(f"a: 1\nb: {value}\n".encode(), "x")


def test_a_body_without_a_media_type_is_refused() -> None:
    start = TEXT.index('          application/json: {schema: {$ref: "#/components/schemas/Form"}}')
    end = TEXT.index("      responses:", start)
    with pytest.raises(SourceError, match=r"^openapi/toy\.yaml:\d+: the body has no media type"):
        load(TEXT[:start].rstrip() + " {}\n" + TEXT[end:])

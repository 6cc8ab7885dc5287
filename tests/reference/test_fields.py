"""A schema as a tree of fields."""

from collections.abc import Callable, Iterator
from typing import Any

from understudy.reference.fields import ABSENT, Field

Grown = Callable[..., Field]


def everything(field: Field) -> Iterator[Field]:
    yield field
    for child in field.children:
        yield from everything(child)


def test_a_member_says_what_it_is(grown: Grown) -> None:
    name = {
        "type": "string",
        "format": "email",
        "minLength": 3,
        "maxLength": 9,
        "pattern": "^a",
        "enum": ["a@b", "a@c"],
        "default": "a@b",
        "example": "a@c",
        "readOnly": True,
        "nullable": True,
        "description": "Where to write to.",
        "x-provenance": {"kind": "observed", "source": "seen"},
    }
    root = grown({"Root": {"type": "object", "required": ["name"], "properties": {"name": name}}})
    (field,) = root.children
    assert ("name", "name", "string or null", "email") == (field.name, field.path, field.type, field.format)
    assert (True, True, False) == (field.required, field.read_only, field.write_only)
    assert ("3 to 9 characters", "matches ^a") == field.constraints
    assert (("a@b", "a@c"), "a@b", "a@c") == (field.enum, field.default, field.example)
    assert ("observed", "seen") == field.provenance
    assert "Where to write to." == field.description


def test_null_is_an_example_and_nothing_is_none(grown: Grown) -> None:
    root = grown({"Root": {"properties": {"a": {"nullable": True, "example": None}, "b": {}}}})
    a, b = root.children
    assert (None, ABSENT) == (a.example, b.example)
    assert ("any or null", "any") == (a.type, b.type)


def test_numbers_say_their_bounds(grown: Grown) -> None:
    schema = {"type": "integer", "minimum": 1, "maximum": 9, "exclusiveMaximum": True, "multipleOf": 2}
    assert ("≥ 1", "< 9", "a multiple of 2") == grown({"Root": schema}).constraints


def test_a_schema_that_holds_itself_ends_where_it_begins_anew(grown: Grown) -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Root"}, "name": {"type": "string"}}}
    root = grown({"Root": node})
    again, name = root.children
    assert ("Root", ()) == (again.again, again.children)
    assert None is name.again


def test_two_schemas_that_hold_each_other_end(grown: Grown) -> None:
    a = {"type": "array", "items": {"$ref": "#/components/schemas/B"}}
    b = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Root"}}}
    found = [field.again for field in everything(grown({"Root": a, "B": b})) if field.again]
    assert ["Root"] == found


def test_a_schema_that_branches_without_end_is_cut(grown: Grown) -> None:
    schemas: dict[str, Any] = {}
    for level in range(9):
        members = {f"m{n}": {"$ref": f"#/components/schemas/L{level + 1}"} for n in range(6)}
        schemas["Root" if level == 0 else f"L{level}"] = {"type": "object", "properties": members}
    schemas["L9"] = {"type": "string"}
    fields = list(everything(grown(schemas)))
    assert len(fields) < 5000
    assert any(field.again == "…" for field in fields)


def test_all_of_is_one_object_and_its_demands_add_up(grown: Grown) -> None:
    base = {"required": ["id"], "properties": {"id": {"type": "string"}}}
    schema = {
        "allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["name"]}],
        "properties": {"name": {"type": "string"}},
    }
    root = grown({"Root": schema, "Base": base})
    assert {"id": True, "name": True} == {child.name: child.required for child in root.children}
    assert "object" == root.type


def test_alternatives_are_shown_and_demands_alone_are_words(grown: Grown) -> None:
    root = grown({"Root": {"oneOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]}})
    assert ("integer or array of string", "alternatives") == (root.type, root.inside)
    assert ["integer", "array of string"] == [child.type for child in root.children]
    root = grown({"Root": {"type": "object", "anyOf": [{"required": ["id"]}, {"required": ["email", "name"]}]}})
    assert ("at least one of: id, email and name",) == root.constraints
    assert () == root.children


def test_a_document_in_a_string_and_other_members_are_followed(grown: Grown) -> None:
    schema = {"type": "string", "x-embedded-schema": {"type": "array", "items": {"type": "integer"}}}
    root = grown({"Root": schema})
    assert ("document", "array of integer") == (root.inside, root.children[0].type)
    root = grown({"Root": {"type": "object", "additionalProperties": {"type": "boolean"}}})
    assert ("*", "boolean") == (root.children[0].name, root.children[0].type)


def test_rules_have_the_vendors_words_and_the_answer_they_lead_to(grown: Grown) -> None:
    email = {
        "type": "string",
        "format": "email",
        "x-message": {"required": "We need it.", "format": "That is no address."},
        "x-refusal": {"format": "email_wrong"},
    }
    schema = {"type": "object", "required": ["email"], "properties": {"email": email}}
    (field,) = grown({"Root": schema}, otherwise="invalid").children
    assert [
        ("required", "is required", "We need it.", "invalid"),
        ("type", "must be a string", None, "invalid"),
        ("format", "must be a valid email", "That is no address.", "email_wrong"),
    ] == list(field.rules)


def test_what_a_rule_says_is_what_the_engine_says(grown: Grown) -> None:
    """The reference promises the words of a violation; the engine uses the same ones."""
    from understudy.contract.wording import told

    schema = {"type": "integer", "minimum": 3}
    demands = [rule.demand for rule in grown({"Root": schema}).rules]
    assert [told("type", "integer", ""), told("minimum", 3, "")] == demands

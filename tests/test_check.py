"""``understudy check``: what it finds, and that it finds nothing in what we ship."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.toy import HERE, PLACES, toy_part
from tests.toy.parts import toy
from understudy.check import check_all
from understudy.cli import main
from understudy.contract.contract import Contract
from understudy.contract.names import undeclared_names
from understudy.kernel.cast import Cast
from understudy.kernel.exchange import Refusal
from understudy.kernel.provider import Visitor
from understudy.parts import Places, load_parts
from understudy.source import SourceError


def test_what_we_ship_has_nothing_to_mend() -> None:
    assert [] == list(check_all())


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A copy of the toy's files, to be broken."""
    shutil.copytree(HERE / "openapi", tmp_path / "openapi")
    shutil.copytree(HERE / "fixtures", tmp_path / "fixtures")
    return Places(tmp_path / "openapi", tmp_path / "fixtures", PLACES.package)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


CONTRACT = [
    ("servers:", "x-surprise: 1\nservers:", "unknown extension 'x-surprise'"),
    ("x-refusal: {minLength", "x-refuse: {minLength", "unknown extension 'x-refuse'"),
    ("title: Toy", "titel: Toy", "not valid OpenAPI 3.0"),
    ("x-answer: thing_deleted", "x-provenance: {}", "has no name"),
    (
        "{type: integer, minimum: 1, maximum: 50, default: 10}",
        "{type: integer, default: 1}, example: ten",
        "the example",
    ),
    ("delete_thing", "delete_thing\n      x-unknown: 1", "unknown extension 'x-unknown'"),
    ("{thing_not_found: {", "{thing_missing: {", "thing_not_found"),
    ("operationId: read_file", "operationId: file_read", "has no handler"),
    ("openapi: 3.0.3", "openapi: [", "not valid YAML"),
    ("name: {type: string, minLength: 1,", "name: {type: string, minLength: 1, example: 5,", "must be a string"),
    ("note: {type: string, nullable: true, description: A remark.}", "note: {type: string}", "has no description"),
    ("    Extra:\n", "    Extra:\n      example: [{m: 1}]\n", "breaks its schema"),
    ("schema: {type: string, format: uuid}}", "schema: {type: string, format: uuid}, example: 5}", "breaks its schema"),
]


@pytest.mark.parametrize(("old", "new", "complaint"), CONTRACT)
def test_what_is_wrong_with_a_contract_is_found(places: Places, old: str, new: str, complaint: str) -> None:
    change(places.openapi / "toy.yaml", old, new)
    found = list(check_all(places=places))
    assert any(complaint in problem for problem in found), found
    assert all("toy.yaml" in problem or "parts/toy" in problem for problem in found)


FIXTURE = [
    ("colour: red", "color: red", "unknown key 'color'"),
    ("colour: red", "colour: mauve", "must be one of"),
    ("cast: 2", "cast: many", "cast is how many"),
    ("things:", "thinks:", "unknown collection 'thinks'"),
    ("worlds:", "words:", "unknown key 'words'"),
    ("personas:", "people:", "unknown key 'people'"),
    ("ApiKey: open", "ApiKeys: open", "credentials name 'ApiKeys'"),
    ("empty: {}", "empty: {like: nowhere}", "no other world is called 'nowhere'"),
    ("empty: {}", "empty: {like: empty}", "no other world is called 'empty'"),
    ("empty: {}", "empty: [1]", "a world maps collections"),
    ("{ApiKey: open-sesame}", "ApiKey", "toy.yaml:2: each of credentials maps names to texts"),
    ("{ApiKey: open-sesame}", "{ApiKey: 12345}", "toy.yaml:2: ApiKey is a number, and must be a text: write it in"),
    ("credentials:", "logins: {a: b}\ncredentials:", "toy.yaml:1: logins is a list"),
    ("cast: 2", "cast: true", "cast is how many"),
    ('{id: "1", name: First, colour: red}', "{id: 1, colour: red}", "toy.yaml:8: 'id' is a number, and must be a text"),
    ("colour: red", "colour: mauve", "toy.yaml:8: things 1 breaks the schema Thing: body /colour: must be one of"),
]


def test_two_records_with_one_id_are_found_at_the_line_of_the_second(places: Places) -> None:
    twin = '        - {id: "1", name: Second, colour: blue}\n      cast: 2'
    change(places.fixtures / "toy.yaml", "      cast: 2", twin)
    expected = "fixtures/toy.yaml:9: this persona cannot be played: two records of one table have the same id"
    (found,) = check_all(places=places)
    assert expected == found.split(";")[0]


@pytest.mark.parametrize("error", [TypeError("no"), KeyError("no"), AttributeError("no"), IndexError("no")])
def test_what_a_seed_stumbles_over_is_said_with_the_line_of_the_world(error: Exception) -> None:
    def stumble(cast: Cast) -> toy.ToyState:
        raise error

    part = toy_part()
    part = replace(part, provider=replace(part.provider, seed=stumble))
    with pytest.raises(SourceError) as caught:
        part.state("documented", 1)
    expected = f"fixtures/toy.yaml:5: world 'documented' cannot be played: {type(error).__name__}: {error}"
    assert expected == str(caught.value).split(";")[0]


LINKS = [
    ("operationId: nowhere", "leads to the operation 'nowhere', which does not exist"),
    ("operationRef: '#/paths/~1nowhere/get'", "leads to '#/paths/~1nowhere/get', where nothing stands"),
    ('operationId: read_thing, parameters: {id: "1"}', "fills in 'id', which read_thing has no parameter for"),
    (
        "operationId: read_thing, parameters: {thing-id: $request.path.thing-id}",
        "takes '$request.path.thing-id', but create_thing has no such parameter",
    ),
    ("operationId: read_thing, parameters: {path.thing-id: '$response.body#/id'}", None),
]


@pytest.mark.parametrize(("link", "complaint"), LINKS)
def test_a_link_leads_to_what_there_is(places: Places, link: str, complaint: str | None) -> None:
    change(
        places.openapi / "toy.yaml",
        "          description: Made.\n",
        f"          description: Made.\n          links: {{next: {{{link}}}}}\n",
    )
    found = list(check_all(places=places))
    assert (0 if complaint is None else 1) == len(found)
    assert all(f"the link 'next' {complaint}" in problem for problem in found)


def test_a_refusal_that_authenticate_gives_is_declared_wherever_credentials_are_asked_for() -> None:
    part = toy_part()
    problems = list(undeclared_names(Contract(part.contract.source, replace(part.provider, authenticate=refusing))))
    (found,) = problems
    guarded = "list_things, create_thing, read_thing, delete_thing"
    assert f"authenticate can refuse with 'no_such_answer'; declare it in {guarded}" in found
    assert re.match(r"\S+test_check\.py:\d+: ", found)


def refusing(state: toy.ToyState, visitor: Visitor) -> None:
    raise Refusal("no_such_answer")


def test_an_unknown_provider_is_refused_and_not_counted_as_a_problem() -> None:
    with pytest.raises(SourceError, match="no provider is called 'nope'; there are elevate, ivalt, koneksi, tyk"):
        list(check_all(["nope"]))
    result = CliRunner().invoke(main, ["check", "--provider", "nope"])
    assert (2, True) == (result.exit_code, "no provider is called 'nope'" in result.output)


def test_serve_and_check_say_the_same_of_a_broken_contract(places: Places) -> None:
    change(places.openapi / "toy.yaml", "count: {type: integer", "count: {type: int")
    with pytest.raises(SourceError) as caught:
        load_parts((), places)
    assert [str(caught.value)] == list(check_all(places=places))


@pytest.mark.parametrize(("old", "new", "complaint"), FIXTURE)
def test_what_is_wrong_with_a_fixture_is_found(places: Places, old: str, new: str, complaint: str) -> None:
    change(places.fixtures / "toy.yaml", old, new)
    found = list(check_all(places=places))
    assert any(complaint in problem for problem in found), found


def test_an_answer_that_a_handler_gives_and_the_contract_does_not_declare_is_found(places: Places) -> None:
    change(places.openapi / "toy.yaml", "things_listed: {", "things_shown: {")
    (found,) = [problem for problem in check_all(places=places) if "things_listed" in problem]
    assert "list_things can give 'things_listed', which its operation does not declare" in found
    assert "parts/toy.py:" in found or "toy/__init__.py:" in found


def test_a_contract_without_a_provider_is_found(places: Places) -> None:
    shutil.copy(places.openapi / "toy.yaml", places.openapi / "acme.yaml")
    assert any("there is no provider 'acme'" in problem for problem in check_all(places=places))

"""``understudy check``: what it finds, and that it finds nothing in what we ship."""

import shutil
from pathlib import Path

import pytest

from tests.support.toy import HERE, PLACES
from understudy.check import check_all
from understudy.parts import Places


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
]


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

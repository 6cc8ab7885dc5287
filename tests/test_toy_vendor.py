"""A fifth vendor adds files under its own name and edits no existing line."""

from pathlib import Path

from tests.support.toy import PLACES, toy_client, toy_part
from understudy.catalogue import rows
from understudy.check import check_all
from understudy.parts import Places

ROOT = Path(__file__).parents[1]


def test_the_toy_is_found_by_its_names_alone() -> None:
    assert ("toy",) == PLACES.names()
    assert ("toy",) == PLACES.contracts()
    assert [] == list(check_all(places=PLACES))


def test_the_toy_plays_with_all_of_the_engine() -> None:
    with toy_client() as toy:
        created = toy.post("/toy/things", json={"name": "A", "colour": "red", "secret": "s"})
        assert 200 == toy.get(created.headers["location"]).status_code
    assert {"list_things", "create_thing"} < {row.operation for row in rows([toy_part()])}


def test_no_file_outside_its_own_knows_a_vendor() -> None:
    """What holds for the toy holds for the four: their names stand in files of their own only."""
    vendors = Places.default().names()
    assert {"elevate", "ivalt", "koneksi", "tyk"} <= set(vendors)
    source = ROOT / "src/understudy"
    wrong = []
    for file in sorted(source.rglob("*.py")):
        name = str(file.relative_to(source))
        if name.startswith("providers/") and name.count("/") > 1:
            continue
        text = file.read_text().lower()
        wrong += [f"{name}: {vendor}" for vendor in vendors if vendor in text and name not in ("options.py", "cli.py")]
    assert [] == wrong

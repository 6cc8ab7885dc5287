"""SECURITY.md names tests that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "SECURITY.md").read_text())))


def test_it_names_tests() -> None:
    assert len(NAMED) > 10


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_what_it_names_is_there(file: str, test: str) -> None:
    text = (ROOT / file).read_text()
    assert "def test_" in text
    assert not test or f"\ndef {test}(" in text

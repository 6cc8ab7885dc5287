"""The limits on what comes over the wire: their values, and the page that lists them."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from understudy.cli import main
from understudy.limits import Limits, limits_of
from understudy.options import SERVE

NAMES = [field.name for field in fields(Limits)]
PAGE = Path(__file__).parents[1] / "docs/limits.md"


def flag(name: str) -> str:
    return "--" + name.replace("_", "-")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["-1", "0", "9" * 20])
def test_a_value_that_makes_no_sense_is_refused_with_one_message(name: str, value: str) -> None:
    run = CliRunner().invoke(main, ["serve", "--port", "0", "--provider", "tyk", flag(name), value])
    assert 2 == run.exit_code
    assert re.fullmatch(rf"understudy: {flag(name)} {value}: give a number from \d+ to \d+\n", run.output)


def test_the_options_have_the_limits_defaults() -> None:
    assert Limits() == limits_of({option.parameter: option.default for option in SERVE})


def test_the_page_has_a_row_for_each_limit_with_its_default() -> None:
    rows = re.findall(r"^\| `(--[a-z-]+)` \| ([\d,]+)", PAGE.read_text(), re.MULTILINE)
    wanted = [(flag(name), f"{getattr(Limits(), name):,}") for name in NAMES]
    assert wanted == [row for row in rows if row in wanted]

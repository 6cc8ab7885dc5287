"""The report tells every figure, and can be written without some of the parts."""

import re
import xml.etree.ElementTree as ET

import pytest

from benchmarks import chart
from benchmarks.paths import PICTURES, RESULTS
from benchmarks.report import SPEED, pictures, render
from tests.benchmarks import made_up

SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: str) -> ET.Element:
    """Read a picture that we drew ourselves."""
    return ET.fromstring(picture)  # noqa: S314


def test_ratios_come_first_and_what_misses_is_marked() -> None:
    text = render({"throughput": made_up.throughput(faster=9.0)})
    assert text.index("**9.00 ×** (8.10–9.90) ✗ |") < text.index("| GET of one record | Understudy | 9,000 |")
    assert "| Mockoon CLI | **9.00 ×** (8.10–9.90) ✗" in text
    assert "cannot" in text


def test_every_part_has_its_place_and_none_is_needed() -> None:
    everything = made_up.everything()
    text = render(everything)
    for heading in ("## Start", "## Memory", "## What does not grow", "## Where the microseconds go"):
        assert heading in text
        assert heading not in render({})
    assert "|---|---|---:|---:|\n| routing | finds it | 1.50 | 2.00 |" in text
    assert "| read one | 10.0 (1.00 ×) | 10.5 (1.05 ×) | 11.0 (1.10 ×) | ≤ 1.5 × |" in text
    for part in everything:
        assert render({**everything, part: None})


def test_tables_have_as_many_cells_in_every_row() -> None:
    table = 0
    for line in render(made_up.everything()).splitlines():
        cells = line.count("|") if line.startswith("|") else 0
        assert not (table and cells) or table == cells, line
        table = cells


def test_a_curve_above_its_goal_is_marked_where_it_is() -> None:
    text = render({"curves": made_up.curves(grown=15.1, ready=3.2)})
    assert "10.5 (1.05 ×) | 15.1 (1.51 ×) ✗ | ≤ 1.5 × |" in text
    assert "| ready | 0.5 (1.00 ×) | 3.20 (6.40 ×) ✗ | 100,000: ≤ 3 s |" in text


def test_the_pictures_that_the_report_shows_are_drawn() -> None:
    everything = made_up.everything()
    shown = set(re.findall(r"\(pictures/([^)]+)\)", render(everything)))
    assert {SPEED, "records.svg", "world.svg"} == shown == set(pictures(everything))


def test_the_pictures_that_the_committed_report_shows_are_there() -> None:
    shown = re.findall(r"\(pictures/([^)]+)\)", RESULTS.read_text())
    assert SPEED in shown
    assert [] == [name for name in shown if not (PICTURES / name).is_file()]


def test_a_bar_is_as_long_as_its_figure_and_the_longest_of_its_column_is_full() -> None:
    picture = chart.bars("Speed <1>", ["read", "list"], {"us": [50.0, 10.0], "them": [100.0, None]}, "us")
    drawn = parsed(picture)
    bars = [(bar.get("class"), float(bar.get("width", 0))) for bar in drawn.iter(f"{SVG}rect")]
    full = max(width for _, width in bars)
    assert [("ours", full / 2), ("ours", full), ("peer", full)] == bars
    assert "Speed <1>" == drawn.findtext(f"{SVG}title")
    assert "cannot" in [text.text for text in drawn.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("value", "text"), [(0.0341, "0.034"), (1.0, "1.00"), (12.04, "12.0"), (99.94, "99.9"), (369495.3, "369,495")]
)
def test_a_figure_has_no_more_digits_than_say_something(value: float, text: str) -> None:
    assert text == chart.told(value)


@pytest.mark.parametrize("most", [12.0, 5000.0], ids=["linear", "logarithmic"])
def test_a_curve_rises_to_the_right_where_costs_grow(most: float) -> None:
    line = chart.Line("read", [(0, 10.0), (100, 11.0), (10_000, most)])
    drawn = parsed(chart.curves("A request", "records", "µs", [line]))
    points = [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in drawn.iter(f"{SVG}circle")]
    assert sorted(points) == points
    assert sorted((y for _, y in points), reverse=True) == [y for _, y in points]
    assert len(set(points)) == 3
    assert all(34 <= y <= 224 for _, y in points)


def test_pictures_hold_no_script_and_know_a_dark_ground() -> None:
    for picture in pictures(made_up.everything()).values():
        assert "<script" not in picture
        assert "prefers-color-scheme:dark" in picture

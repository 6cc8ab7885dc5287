"""Where the microseconds go: the table names every stage, and each was really passed."""

import pytest

from benchmarks import profile


def test_the_table_has_every_stage_with_a_figure_for_a_get_and_a_put(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "_CALLS", 50)
    rows = {row.stage.partition(":")[0]: row[1:] for row in profile.rows(rounds=1)}
    stages = "server addressing edge routing sandbox security inputs handler answer engine journal coverage"
    assert [*stages.split(), "rest", "whole", "uvicorn"] == list(rows)
    for measured in ("server", "security", "inputs", "handler", "whole", "uvicorn"):
        assert min(rows[measured]) > 0
    summed = [
        sum(figures[which] for name, figures in rows.items() if name not in ("whole", "uvicorn")) for which in (0, 1)
    ]
    assert pytest.approx(rows["whole"]) == summed

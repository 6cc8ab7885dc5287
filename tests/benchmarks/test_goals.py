"""Goals are data, and the exit code says whether they are reached."""

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks import __main__ as program
from benchmarks import circumstances
from benchmarks.contenders import BARE, FIELDS, PRISM, STOCK
from benchmarks.goals import BY_PEER, JUDGES, Verdict, ratio, spread
from benchmarks.work import TYK
from tests.benchmarks import made_up


def missed(part: str, figures: dict[str, Any]) -> list[str]:
    return [verdict.what for verdict in JUDGES[part](figures) if not verdict.reached]


@pytest.mark.parametrize("part", JUDGES)
def test_every_part_can_reach_its_goals(part: str) -> None:
    assert [] == missed(part, made_up.everything()[part])
    assert list(JUDGES[part](made_up.everything()[part]))


def test_a_peer_that_is_too_near_is_told_for_each_work() -> None:
    found = missed("throughput", made_up.throughput(faster=9.0))
    assert all("against" in what for what in found)
    assert "Tyk Dashboard Admin, GET of one record, against Prism" in found
    assert "Tyk Dashboard Admin, list of 50, against stock Connexion" in found
    assert "Tyk Dashboard Admin, GET of one record, against stock Connexion" not in found
    assert not [what for what in found if "bare" in what or "backend" in what]


def test_a_list_may_have_a_goal_of_its_own() -> None:
    assert 8.0 == BY_PEER[STOCK.title].goal(TYK.work("read"))
    assert 20.0 == BY_PEER[STOCK.title].goal(TYK.work("list"))
    assert 1.5 == BY_PEER[BARE.title].goal(TYK.work("list"))


def test_the_slowest_answers_are_held_to_those_of_the_best() -> None:
    found = missed("throughput", made_up.throughput(p99=2.1))
    assert len(found) == sum(len(field.works()) for field in FIELDS)
    assert all(what.endswith("p99 against the best") for what in found)


def test_ratios_are_of_medians_and_their_spread_is_of_rounds() -> None:
    figures = made_up.throughput(faster=2.0)["samples"]["tyk"]
    ours = FIELDS[0].ours
    assert 2.0 == ratio(figures, TYK.work("read"), ours, PRISM)
    assert (1.8, 2.2) == spread(figures, TYK.work("read"), ours, PRISM)


@pytest.mark.parametrize(
    ("part", "figures", "what"),
    [
        ("startup", lambda: made_up.startup(0.9), "start to the first answer"),
        ("memory", lambda: made_up.memory(idle=121.0), "memory idle"),
        ("memory", lambda: made_up.memory(after=97.0), "memory after"),
        ("curves", lambda: made_up.curves(grown=15.1), "read one, over records in a table up to 1,000,000"),
        ("curves", lambda: made_up.curves(ready=3.1), "ready, 100,000 members"),
    ],
)
def test_one_goal_missed_is_one_line(part: str, figures: Callable[[], dict[str, Any]], what: str) -> None:
    (found,) = missed(part, figures())
    assert found.startswith(what)


def test_a_limit_at_a_size_that_was_not_measured_is_not_judged() -> None:
    figures = made_up.curves()
    figures["curves"][1]["lines"][0]["points"].pop()
    assert len(list(JUDGES["curves"](figures))) == len(list(JUDGES["curves"](made_up.curves()))) - 1


def test_a_verdict_is_told_with_its_goal() -> None:
    assert "pass  a: 2.00 × (goal: ≥ 2 ×)" == str(Verdict("a", 2.0, 2.0, at_least=True))
    assert "MISS  a: 2.01 s (goal: ≤ 2 s)" == str(Verdict("a", 2.01, 2.0, unit="s"))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """Let the program keep and write what it does in a folder of its own."""
    monkeypatch.setattr(circumstances, "FIGURES", tmp_path / "figures")
    monkeypatch.setattr(program, "PICTURES", tmp_path / "pictures")
    monkeypatch.setattr(program, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(program, "ROOT", tmp_path)
    return tmp_path


def test_the_exit_code_is_about_the_parts_that_were_asked_for(
    written: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    circumstances.keep("memory", made_up.memory())
    monkeypatch.setitem(program.PARTS, "startup", lambda _: made_up.startup(5.0))
    assert 1 == program.main(["startup"])
    assert "MISS" in capsys.readouterr().out
    monkeypatch.setitem(program.PARTS, "startup", lambda _: made_up.startup(0.1))
    assert 0 == program.main(["startup"])
    assert "| Understudy | 80 |" in (written / "RESULTS.md").read_text()
    circumstances.keep("memory", made_up.memory(after=200.0))
    assert 1 == program.main(["report"])


def test_a_machine_on_which_nothing_can_be_measured_is_told_in_a_sentence(
    written: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: Any) -> dict[str, Any]:
        raise circumstances.Unsuitable("wrk is missing")

    monkeypatch.setitem(program.PARTS, "startup", refuse)
    assert 2 == program.main(["startup"])
    assert "benchmark: wrk is missing\n" == capsys.readouterr().err

"""Tables that grew out of one another share what joined, and none sees what came after it."""

import pytest

from understudy.kernel import growth
from understudy.kernel.table import Table


def _person(id: int, team: str) -> dict[str, object]:
    return {"id": id, "team": team}


def _ids(table: Table, team: str | None = None) -> list[object]:
    return [person["id"] for person in (table if team is None else table.where("team", team))]


@pytest.fixture
def table() -> Table:
    return Table.of([_person(0, "red")], indexes={"team": lambda person: person["team"]})


def test_an_older_table_does_not_see_what_joined_later(table: Table) -> None:
    older = table.put(_person(1, "blue"))
    newer = older.put(_person(2, "green"))
    assert ([0, 1], [0, 1, 2]) == (_ids(older), _ids(newer))
    assert older.get(2) is None
    assert 2 not in older
    assert ([], [2]) == (_ids(older, "green"), _ids(newer, "green"))
    assert ({1}, {1, 2}) == (older.touched(), newer.touched())
    assert {("team", "blue")} == older.regrouped()


def test_two_that_grow_out_of_one_do_not_see_one_another(table: Table) -> None:
    common = table.put(_person(1, "blue"))
    one, other = common.put(_person(2, "green")), common.put(_person(3, "green"))
    one, other = one.put(_person(4, "blue")), other.put(_person(4, "red"))
    assert [0, 1, 2, 4] == _ids(one)
    assert [0, 1, 3, 4] == _ids(other)
    assert ([2], [3]) == (_ids(one, "green"), _ids(other, "green"))
    assert ([1, 4], [1]) == (_ids(one, "blue"), _ids(other, "blue"))
    assert ({1, 2, 4}, {1, 3, 4}) == (one.touched(), other.touched())


def test_who_left_may_come_again(table: Table) -> None:
    left = table.put(_person(1, "blue")).put(_person(2, "blue")).drop(1)
    again = left.put(_person(1, "green"))
    assert ([0, 2], [0, 2, 1]) == (_ids(left), _ids(again))
    assert ([2], [1]) == (_ids(again, "blue"), _ids(again, "green"))


def test_what_was_dropped_is_not_kept_for_good(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "_WORTH_IT", 4)
    whole = table
    for id in range(1, 6):
        whole = whole.put(_person(id, f"team {id % 4}"))
    less = whole.drop(1).drop(2).drop(3)
    more = less.put(_person(6, "team 4"))
    assert ([0, 1, 2, 3, 4, 5], [0, 4, 5], [0, 4, 5, 6]) == (_ids(whole), _ids(less), _ids(more))
    assert ([1, 5], [5]) == (_ids(whole, "team 1"), _ids(more, "team 1"))
    assert whole.touched() == less.touched()


@pytest.mark.parametrize("step", ["join", "name", "file"])
def test_a_put_that_is_broken_off_on_its_way_leaves_no_trace(
    table: Table, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """As where the recursion comes to its limit there, or the watchdog ends the call."""
    before = table.put(_person(1, "blue"))

    def broken(*_: object) -> None:
        raise RecursionError

    with monkeypatch.context() as patched:
        patched.setattr(growth.Growth, step, broken)
        with pytest.raises(RecursionError):
            before.put(_person(2, "green"))
    after = before.put(_person(3, "red"))
    assert ([0, 1], [0, 1, 3]) == (_ids(before), _ids(after))
    assert after.get(2) is None
    assert ([0, 3], []) == (_ids(after, "red"), _ids(after, "green"))
    assert [0, 1, 3, 2] == _ids(after.put(_person(2, "green")))

"""Changes: what made one condition out of another, as JSON, and the way back."""

import orjson
from hypothesis import given, settings

from tests.sharing.conditions import (
    NEW_YEAR,
    Act,
    begin_again,
    calls,
    learn,
    new_sandbox,
    play,
    put,
    reset,
    restore,
    seal,
    shown,
    snapshot,
    told,
    worlds,
)
from understudy.sandbox import Condition
from understudy.sharing.change import whole
from understudy.sharing.entry import dumped

BLUE = {"id": 77, "colour": "blue", "size": 1}


@settings(max_examples=300, deadline=None)
@given(calls)
def test_a_mirror_that_hears_of_every_change_is_the_same_after_each(taken: list[list[Act]]) -> None:
    box = new_sandbox()
    mirror = box.condition()
    for call in taken:
        before, after = play(box, call)
        mirror = learn(mirror, told(before, after))
        seal(after)
        assert shown(after) == shown(mirror)


@settings(max_examples=150, deadline=None)
@given(calls, calls)
def test_a_mirror_goes_on_as_its_original(taken: list[list[Act]], later: list[list[Act]]) -> None:
    box, other = new_sandbox(), new_sandbox()
    mirror = other.condition()
    for call in taken:
        before, after = play(box, call)
        mirror = learn(mirror, told(before, after))
        seal(after)
    other.assume(mirror)
    for call in later:
        assert shown(play(box, call)[1]) == shown(play(other, call)[1])


@settings(max_examples=150, deadline=None)
@given(calls, calls)
def test_the_whole_of_a_condition_makes_it_out_of_the_beginning(taken: list[list[Act]], later: list[list[Act]]) -> None:
    box, other = new_sandbox(), new_sandbox()
    beginning = other.condition()
    for call in taken:
        seal(play(box, call)[1])
    data = dumped(whole(box.condition(), worlds))
    other.assume(learn(beginning, _read(data)))
    assert shown(box.condition()) == shown(other.condition())
    for call in later:
        assert shown(play(box, call)[1]) == shown(play(other, call)[1])


def test_nothing_is_told_where_nothing_differs() -> None:
    box = new_sandbox()
    before, after = play(box, [])
    assert {} == told(before, after)


def test_what_was_put_is_told_and_nothing_else() -> None:
    assert {"states": {"toy": {"changes": {"more": [BLUE]}}}} == _told([put("toy", "more", BLUE)])


def test_a_snapshot_of_the_present_is_told_without_its_records() -> None:
    change = _told([put("toy", "more", BLUE)], [snapshot("a")])
    assert {"snapshots": {"a": {"taken": NEW_YEAR.isoformat(), "world": ["plain", 1]}}} == change


def test_a_restore_names_its_snapshot() -> None:
    change = _told([put("toy", "more", BLUE), snapshot("a")], [put("toy", "more", {**BLUE, "id": 78})], [restore("a")])
    assert {"states": {"toy": {"snapshot": "a"}}} == change


def test_a_reset_tells_no_record() -> None:
    assert {"states": {"toy": {"begins": True}}} == _told([put("toy", "more", BLUE)], [begin_again])


def test_another_world_is_told_by_name_and_seed() -> None:
    assert {"world": ["odd", 2]} == _told([put("toy", "more", BLUE)], [reset("odd", 2)])


def _told(*taken: list[Act]) -> object:
    """Return what is told of the last of these calls."""
    box = new_sandbox()
    pairs: list[tuple[Condition, Condition]] = []
    for call in taken:
        pairs.append(play(box, call))
        change = told(*pairs[-1])
        seal(pairs[-1][1])
    return change


def _read(data: bytes) -> dict[str, object]:

    read: dict[str, object] = orjson.loads(data)
    return read

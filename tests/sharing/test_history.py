"""Histories: the conditions of a sandbox by version."""

import pytest

from tests.sharing.conditions import Act, new_sandbox, play, put, seal, shown, snapshot, told, worlds
from understudy.sandbox import Condition
from understudy.sharing import history
from understudy.sharing.change import whole
from understudy.sharing.entry import dumped
from understudy.sharing.history import History
from understudy.stores.store import Missed


class Original:
    """A sandbox with the conditions and the changes that it went through."""

    def __init__(self) -> None:
        self.box = new_sandbox()
        self.conditions = [self.box.condition()]
        self.changes: list[tuple[int, bytes]] = []

    def go(self, *taken: Act) -> None:
        before, after = play(self.box, [*taken])
        self.changes.append((len(self.conditions), dumped(told(before, after))))
        seal(after)
        self.conditions.append(after)


@pytest.fixture
def original() -> Original:
    """One that has gone through ten versions."""
    made = Original()
    for number in range(10):
        made.go(put("toy", "more", {"id": number, "colour": None, "size": 1}), snapshot(f"s{number % 3}"))
    return made


def new_history() -> History:
    return History(new_sandbox().condition(), worlds)


def same(one: Condition, other: Condition | None) -> bool:
    return other is not None and shown(one) == shown(other)


def test_it_goes_from_version_to_version(original: Original) -> None:
    learnt = new_history()
    learnt.learn(Missed(changes=tuple(original.changes)))
    assert 10 == learnt.version
    assert all(same(condition, learnt.at(version)) for version, condition in enumerate(original.conditions))
    assert same(original.conditions[-1], learnt.condition)
    assert learnt.at(11) is None


def test_what_it_has_seen_it_does_not_take_in_again(original: Original) -> None:
    learnt = new_history()
    learnt.learn(Missed(changes=tuple(original.changes[:6])))
    learnt.learn(Missed(changes=tuple(original.changes[2:])))
    assert same(original.conditions[-1], learnt.condition)
    learnt.learn(Missed(changes=tuple(original.changes[2:5])))
    assert 10 == learnt.version


def test_it_waits_for_what_is_between(original: Original) -> None:
    learnt = new_history()
    learnt.learn(Missed(changes=tuple(original.changes[5:])))
    assert 0 == learnt.version


def test_it_begins_with_a_checkpoint_that_is_later_than_what_it_has(original: Original) -> None:
    data = dumped(whole(original.conditions[7], worlds))
    learnt = new_history()
    learnt.learn(Missed((7, data), tuple(original.changes[7:])))
    assert 10 == learnt.version
    assert same(original.conditions[-1], learnt.condition)
    assert learnt.at(6) is None
    assert same(original.conditions[7], learnt.at(7))
    learnt.learn(Missed((7, data)))
    assert 10 == learnt.version


def test_it_begins_again_from_nothing(original: Original) -> None:
    learnt = new_history()
    learnt.learn(Missed(changes=tuple(original.changes)))
    learnt.begin_again()
    assert 0 == learnt.version
    assert same(original.conditions[0], learnt.condition)
    assert learnt.at(1) is None
    learnt.learn(Missed(changes=tuple(original.changes)))
    assert same(original.conditions[-1], learnt.condition)


def test_it_remembers_no_more_than_it_must(monkeypatch: pytest.MonkeyPatch, original: Original) -> None:
    monkeypatch.setattr(history, "KEPT", 2)
    learnt = new_history()
    learnt.learn(Missed(changes=tuple(original.changes)))
    assert [5, 6, 7, 8, 9, 10] == [version for version in range(11) if learnt.at(version) is not None]
    for condition in original.conditions:
        learnt.add(condition)
    assert 21 == learnt.version
    assert learnt.at(10) is None

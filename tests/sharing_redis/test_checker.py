"""The checker of histories must reject what cannot be, and nothing else."""

import pytest

from tests.sharing_redis.checker import NEVER, Observed, Read, Write, complaints

CREATED = Write(1, "a", "v0", 0, 1)
FINE = [("a", "v0")]


def seen(*operations: Write | Read, creations: tuple[Write, ...] = (CREATED,)) -> Observed:
    changes = [one for one in operations if isinstance(one, Write)]
    reads = [one for one in operations if isinstance(one, Read)]
    return Observed(list(creations), changes, reads)


def write(value: str, start: float, end: float) -> Write:
    return Write(1, "a", value, start, end)


def read(value: str, start: float, end: float) -> Read:
    return Read(2, "a", value, start, end)


@pytest.mark.parametrize(
    ("history", "final"),
    [
        (seen(), "v0"),
        (seen(read("v0", 2, 3)), "v0"),
        (seen(write("v1", 2, 5), read("v0", 3, 4)), "v1"),
        (seen(write("v1", 2, 5), read("v1", 3, 4)), "v1"),
        (seen(write("v1", 2, 5), write("v2", 2, 5)), "v1"),
        (seen(write("v1", 2, 9), write("v2", 2, 9), read("v1", 3, 4), read("v2", 5, 6)), "v2"),
        (seen(write("v1", 2, NEVER)), "v0"),
        (seen(write("v1", 2, NEVER)), "v1"),
        (seen(write("v1", 2, NEVER), read("v0", 8, 9)), "v1"),
    ],
)
def test_what_one_server_could_have_answered_is_fine(history: Observed, final: str) -> None:
    assert [] == complaints(history, [("a", final)])


@pytest.mark.parametrize(
    ("history", "final", "complaint"),
    [
        (seen(write("v1", 2, 3)), "v0", "'v0' was seen before and after 'v1'"),
        (seen(write("v1", 2, 3), read("v0", 4, 5)), "v1", "'v0' and 'v1' were each seen"),
        (seen(write("v1", 2, 9), read("v1", 3, 4), read("v0", 5, 6)), "v1", "'v0' and 'v1' were each seen"),
        (seen(write("v1", 2, NEVER), read("v1", 3, 4), read("v0", 5, 6)), "v1", "'v0' and 'v1' were each seen"),
        (seen(read("v1", 2, 3), write("v1", 4, 5)), "v1", "read before it was written"),
        (seen(read("v7", 2, 3)), "v0", "'v7' was read, and was written 0 times"),
        (seen(write("v1", 2, 3), write("v1", 4, 5)), "v1", "was written 2 times"),
        (seen(write("v1", 2, 3), write("v2", 4, 5)), "v1", "'v1' was seen before and after 'v2'"),
        (seen(write("v1", 2, 3), read("v1", 6, 7), write("v2", 4, 5), read("v2", 8, 9)), "v1", "were each seen"),
    ],
)
def test_what_it_could_not_have_answered_is_told(history: Observed, final: str, complaint: str) -> None:
    assert any(complaint in told for told in complaints(history, [("a", final)]))


def test_a_creation_that_is_lost_or_doubled_is_told() -> None:
    assert ["a was acknowledged, and is not there"] == complaints(seen(), [])
    assert "one id is listed twice" in complaints(seen(), FINE * 2)
    assert ["nobody made 'v0' under that id"] == complaints(seen(), [*FINE, ("b", "v0")])
    twice = seen(creations=(CREATED, Write(2, "a", "v9", 4, 5)))
    assert "two creations were given one id" in complaints(twice, FINE)


def test_a_creation_without_an_answer_may_be_there_once() -> None:
    history = seen(creations=(CREATED, Write(2, "", "v9", 2, NEVER)))
    assert [] == complaints(history, FINE)
    assert [] == complaints(history, [*FINE, ("b", "v9")])
    assert ["one creation was made twice"] == complaints(history, [*FINE, ("b", "v9"), ("c", "v9")])


def test_a_list_in_another_order_than_things_were_made_is_told() -> None:
    later = Write(2, "b", "v9", 2, 3)
    history = seen(creations=(CREATED, later))
    assert [] == complaints(history, [("a", "v0"), ("b", "v9")])
    assert ["b stands before one that was there already when it was asked for"] == complaints(
        history, [("b", "v9"), ("a", "v0")]
    )


def test_a_list_that_lacks_what_was_there_is_told() -> None:
    history = seen()
    history.listed = [(0.5, frozenset()), (2, frozenset({"a"}))]
    assert [] == complaints(history, FINE)
    history.listed.append((2, frozenset()))
    assert ["a list lacks a, which was acknowledged before"] == complaints(history, FINE)


def test_a_number_given_twice_is_told() -> None:
    history = seen()
    history.exchanges = [1, 2, 2]
    assert ["two exchanges were given one number"] == complaints(history, FINE)

"""Mirrored journals: what the store has, as far as somebody looked."""

import pytest

from understudy.journal import Exchange
from understudy.sharing.mirrored import MirroredJournal


def exchange(id: int) -> Exchange:
    return Exchange("GET", "/", b"", {}, 0.0, id=id)


@pytest.fixture
def journal() -> MirroredJournal:
    """One that has seen five exchanges, the last three of which it keeps."""
    made = MirroredJournal(3)
    for number in range(1, 6):
        made.absorb(exchange(number), number)
    return made


def seen(journal: MirroredJournal) -> list[int]:
    return [exchange.sequence for exchange in journal]


def test_it_keeps_the_last_and_says_how_many_are_lost(journal: MirroredJournal) -> None:
    assert ([3, 4, 5], 2, 5) == (seen(journal), journal.lost, journal.sequence)


def test_an_exchange_that_ends_here_comes_by_way_of_the_store(journal: MirroredJournal) -> None:
    journal.record(exchange(6))
    assert [3, 4, 5] == seen(journal)


def test_clearing_it_is_a_wish_that_is_taken_once(journal: MirroredJournal) -> None:
    assert not journal.take_wish()
    journal.clear()
    assert [] == seen(journal)
    assert journal.take_wish()
    assert not journal.take_wish()


def test_what_the_store_cleared_is_gone_and_not_lost(journal: MirroredJournal) -> None:
    journal.clear_up_to(4)
    assert ([5], 0) == (seen(journal), journal.lost)
    journal.absorb(exchange(6), 6)
    journal.absorb(exchange(7), 7)
    journal.absorb(exchange(8), 8)
    assert ([6, 7, 8], 1) == (seen(journal), journal.lost)


def test_what_was_cleared_before_it_was_seen_is_not_waited_for() -> None:
    journal = MirroredJournal(3)
    journal.clear_up_to(7)
    assert (7, 0) == (journal.sequence, journal.lost)


def test_a_wish_that_did_not_come_true_is_forgotten_and_all_is_looked_at_again(journal: MirroredJournal) -> None:
    journal.clear()
    journal.forget()
    assert not journal.take_wish()
    assert 0 == journal.sequence
    for number in range(3, 6):
        journal.absorb(exchange(number), number)
    assert ([3, 4, 5], 2) == (seen(journal), journal.lost)


def test_another_life_begins_with_nothing(journal: MirroredJournal) -> None:
    journal.clear_up_to(5)
    journal.begin()
    assert ([], 0, 0) == (seen(journal), journal.sequence, journal.lost)
    journal.absorb(exchange(1), 1)
    assert [1] == seen(journal)


def test_who_watches_is_told_and_has_it_followed(journal: MirroredJournal) -> None:
    begun, told = [], []
    journal.begin_watching = lambda: begun.append(True)
    end = journal.watch(lambda one: told.append(one and one.sequence))
    journal.absorb(exchange(6), 6)
    end()
    journal.absorb(exchange(7), 7)
    assert ([True], [6]) == (begun, told)

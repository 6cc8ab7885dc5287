"""The journal: bounded in number and in bytes, the oldest go first."""

from typing import Any

import pytest

from understudy.contract.request import Reply
from understudy.journal import Exchange, Journal, Shelf


def exchange(id: int = 1, body: bytes = b"", answer: bytes = b"") -> Exchange:
    return Exchange("GET", "/x", b"", {}, 0.0, id=id, body=body, reply=Reply(200, [], answer))


def ids(journal: Journal) -> list[int]:
    return [one.id for one in journal]


def recorded(journal: Journal, count: int, **options: Any) -> Journal:
    for id in range(1, count + 1):
        journal.record(exchange(id, **options))
    return journal


def test_the_last_ones_are_kept_and_those_that_fell_out_counted() -> None:
    journal = recorded(Journal(3), 5)
    assert [3, 4, 5] == ids(journal)
    assert [5, 4, 3] == [one.id for one in journal.newest()]
    assert (3, 2, 5) == (len(journal), journal.lost, journal.sequence)


def test_one_that_is_kept_is_found_by_its_id() -> None:
    journal = recorded(Journal(3), 5)
    found = journal.find(4)
    assert found is not None
    assert 4 == found.id
    assert journal.find(2) is None
    assert journal.find(6) is None


@pytest.mark.parametrize("options", [{"body": bytes(100_000)}, {"answer": bytes(100_000)}])
def test_the_bytes_of_requests_and_answers_are_bounded(options: dict[str, bytes]) -> None:
    journal = recorded(Journal(1000, bytes=1_000_000), 50, **options)
    assert [42, 43, 44, 45, 46, 47, 48, 49, 50] == ids(journal)
    assert 41 == journal.lost


@pytest.mark.parametrize(
    "large",
    [
        Exchange("GET", "/x", bytes(900_000), {}, 0.0),
        Exchange("GET", "/" + "x" * 900_000, b"", {}, 0.0),
        Exchange("GET", "/x", b"", {b"x": bytes(900_000)}, 0.0),
        Exchange("GET", "/x", b"", {bytes(900_000): b""}, 0.0),
    ],
)
def test_whatever_else_a_client_can_make_large_counts_too(large: Exchange) -> None:
    journal = recorded(Journal(1000, bytes=1_000_000), 100)
    journal.record(large)
    assert large in list(journal)
    assert len(journal) < 100


def test_a_single_exchange_larger_than_the_bound_is_kept_until_the_next() -> None:
    journal = Journal(10, bytes=1000)
    journal.record(exchange(1, body=bytes(5000)))
    assert [1] == ids(journal)
    journal.record(exchange(2))
    assert [2] == ids(journal)


def test_what_fell_out_or_was_cleared_takes_no_room() -> None:
    shelf = Shelf(2, bytes=100_000)
    for size in (4000, 5000, 3000):
        shelf.put(exchange(body=bytes(size)))
    assert sum(one.size for one in shelf.held) == shelf.size
    assert 8000 < shelf.size < 12_000
    shelf.take()
    assert 3000 < shelf.size < 5000
    shelf.clear()
    assert (0, 0, 0) == (shelf.size, len(shelf.held), shelf.lost)


def test_a_cleared_journal_has_lost_nothing_but_counts_on() -> None:
    journal = recorded(Journal(3), 5)
    journal.clear()
    assert (0, 0, 5) == (len(journal), journal.lost, journal.sequence)
    journal.record(exchange(6))
    assert [6] == [one.sequence for one in journal]


def test_a_journal_that_is_off_keeps_nothing_and_still_tells_its_watchers() -> None:
    journal = Journal(0)
    told: list[Exchange | None] = []
    journal.watch(told.append)
    recorded(journal, 2)
    assert (0, 0, 0) == (journal.limit, len(journal), journal.lost)
    assert [1, 2] == [one.id for one in told if one]
    assert all(one.recorded for one in told if one)


def test_a_watcher_is_told_until_it_ends_or_the_journal_is_closed() -> None:
    journal = Journal(10)
    first: list[Exchange | None] = []
    second: list[Exchange | None] = []
    end = journal.watch(first.append)
    journal.watch(second.append)
    recorded(journal, 1)
    end()
    recorded(journal, 1)
    journal.close()
    recorded(journal, 1)
    assert 1 == len(first)
    assert [False, False, True] == [one is None for one in second]
    assert () == journal.watchers


def test_what_came_after_a_sequence() -> None:
    journal = recorded(Journal(3), 5)
    assert [5] == [one.sequence for one in journal.after(4)]
    assert [3, 4, 5] == [one.sequence for one in journal.after(0)]
    assert [] == journal.after(5)


@pytest.mark.parametrize(
    ("operation", "status", "unmatched"),
    [(None, 404, True), (None, 405, True), (None, 204, False), ("read", 404, False), ("read", 200, False)],
)
def test_unmatched_is_what_no_operation_is_for(operation: str | None, status: int, *, unmatched: bool) -> None:
    """A preflight (204) is answered, though by no operation."""
    assert unmatched == Exchange("GET", "/", b"", {}, 0.0, operation=operation, reply=Reply(status, [], b"")).unmatched


def test_when_a_request_came_in_is_told_by_real_time() -> None:
    one = Exchange("GET", "/", b"", {}, started=100.0, ended=100.25, recorded=1_700_000_000.0)
    assert 1_699_999_999.75 == one.received

"""Entries: an exchange as bytes, and the way back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.contract.request import Reply
from understudy.journal import Exchange
from understudy.kernel.violation import Violation
from understudy.sharing.entry import entry_bytes, read_entry

FIELDS = {*Exchange.__annotations__, "method", "path", "query", "headers", "started"}
NOT_TOLD = {"id", "sequence", "states", "after", "world", "effect", "place", "started", "ended", "size"}
"""What the store says itself, what versions stand for, and what nobody asks for afterwards."""

texts = st.text(max_size=8)
odd = st.binary(max_size=12)
header_lists = st.lists(st.tuples(odd, odd), max_size=3)
sent = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
violations = st.builds(
    Violation, texts, texts, texts, texts, texts, texts, sent, st.booleans(), *[st.none() | texts] * 3
)
replies = st.builds(
    Reply,
    st.integers(100, 599),
    header_lists,
    odd,
    st.none() | texts,
    st.lists(violations, max_size=2).map(tuple),
    st.booleans(),
)
moments = st.integers(0, 10**15).map(lambda micros: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros))
exchanges = st.builds(
    Exchange,
    texts,
    texts,
    odd,
    st.dictionaries(odd, odd, max_size=3),
    st.just(0.0),
    body=st.none() | odd,
    now=st.none() | moments,
    provider=st.none() | texts,
    operation=st.none() | texts,
    allowed=st.lists(texts, max_size=2).map(tuple),
    reply=st.none() | replies,
    failure=st.none() | texts,
    lost=st.booleans(),
    fault=st.none() | texts,
    ended=st.floats(0.001, 10**6),
)


@settings(max_examples=300, deadline=None)
@given(exchanges, st.integers(0, 2**40), st.booleans(), st.floats(0, 2**32))
def test_all_that_a_journal_shows_comes_back(
    exchange: Exchange,
    before: int,
    changed: bool,  # noqa: FBT001 - drawn by Hypothesis
    recorded: float,
) -> None:
    kept = read_entry(entry_bytes(exchange, before=before, changed=changed, recorded=recorded), "box")
    again = kept.exchange
    for name in FIELDS - NOT_TOLD - {"sandbox", "recorded"}:
        assert getattr(exchange, name) == getattr(again, name), name
    assert (before, changed) == (kept.before, kept.changed)
    assert ("box", recorded, exchange.duration) == (again.sandbox, again.recorded, again.duration)
    assert exchange.unmatched == again.unmatched


def test_what_is_not_told_is_no_more_than_this() -> None:
    assert NOT_TOLD <= FIELDS

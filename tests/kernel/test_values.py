"""Mint, clock and freezing."""

import copy
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.kernel.clock import Clock, iso
from understudy.kernel.freeze import FrozenDict, freeze, thaw
from understudy.kernel.mint import Mint

json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(json)
def test_thawing_undoes_freezing(value: object) -> None:
    assert value == thaw(freeze(value))


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (b"x", "no bytes"),
        ({1}, "no set"),
        (datetime(2026, 1, 1, tzinfo=UTC), "no datetime"),
        (float("nan"), "nan is no number"),
        (float("-inf"), "-inf is no number"),
        (2**64, "at most 64 bits"),
        (-(2**63) - 1, "at most 64 bits"),
        ("a\ud800", "half a character"),
        ({1: 2}, "the name of a member is a text, not 1"),
    ],
)
def test_what_no_json_can_hold_is_refused_wherever_it_stands(value: object, complaint: str) -> None:
    for whole in (value, {"a": value}, {"a": [{"b": value}]}):
        with pytest.raises((ValueError, TypeError), match=f"a record holds JSON: .*{complaint}"):
            freeze(whole)


def test_a_frozen_record_survives_pickling_and_copying() -> None:
    record = freeze({"a": [{"b": 1}]})
    assert record == pickle.loads(pickle.dumps(record))  # noqa: S301 - our own bytes
    assert isinstance(pickle.loads(pickle.dumps(record)), FrozenDict)  # noqa: S301
    assert record is copy.deepcopy(record)
    assert record is copy.copy(record)


def test_freezing_again_changes_nothing() -> None:
    record = freeze({"a": 1})
    assert record is freeze(record)


def test_a_minted_value_depends_on_seed_provider_purpose_and_number_alone() -> None:
    mint = Mint(1, "tyk")
    first = mint.hex("users.id", 3, 24)
    mint.uuid("users.id", 4)
    mint.text("other", 3, 10, "ab")
    assert first == Mint(1, "tyk").hex("users.id", 3, 24)
    others = {
        Mint(2, "tyk").hex("users.id", 3, 24),
        Mint(1, "ivalt").hex("users.id", 3, 24),
        mint.hex("users.key", 3, 24),
        mint.hex("users.id", 4, 24),
    }
    assert 4 == len(others - {first})


@given(st.integers(0, 10**6), st.integers(-50, 50), st.integers(0, 1000))
def test_a_minted_number_lies_between_its_bounds(nth: int, low: int, span: int) -> None:
    assert low <= Mint(1, "x").number("n", nth, low, low + span) <= low + span


def test_minted_texts_have_the_asked_shape() -> None:
    mint = Mint(7, "x")
    assert 33 == len(mint.hex("h", 0, 33))
    assert set(mint.text("t", 0, 64, "abc")) <= set("abc")
    assert "4" == mint.uuid("u", 0)[14]


def test_a_clock_runs_with_an_offset_or_stands_still() -> None:
    real = datetime(2026, 1, 1, tzinfo=UTC)
    assert real == Clock().read(real)
    assert real + timedelta(days=1) == Clock(offset=timedelta(days=1)).read(real)
    moment = datetime(2030, 5, 5, tzinfo=UTC)
    assert moment == Clock(frozen=moment).read(real)


def test_moments_are_written_with_milliseconds_and_z() -> None:
    assert "2026-01-01T00:00:00.012Z" == iso(datetime(2026, 1, 1, 0, 0, 0, 12_999, tzinfo=UTC))
    assert "0001-02-03T00:00:00.000Z" == iso(datetime(1, 2, 3, tzinfo=UTC))

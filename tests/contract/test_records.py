"""Lists of records: written once each, and forgotten when nobody has them any more."""

import sys

import jsonschema_rs
import orjson

from understudy.contract.records import Records, trimmed
from understudy.kernel.freeze import FrozenDict, freeze


def _records() -> Records:
    return Records("items", jsonschema_rs.Draft4Validator({"type": "object"}))


def _some(count: int, first: int = 0) -> list[FrozenDict]:
    return [freeze({"id": number}) for number in range(first, first + count)]


def test_a_record_is_written_once_as_long_as_somebody_has_it() -> None:
    known, kept = _records(), _some(1000)
    written = known.written(kept)
    for turn in range(1, 20):
        known.written(_some(1000, turn * 1000))
    again = known.written(kept)
    assert written is not None
    assert again is not None
    assert all(one is other for one, other in zip(written, again, strict=True))
    assert orjson.dumps(again) == orjson.dumps(kept)


def test_records_that_nobody_has_any_more_are_forgotten() -> None:
    known = _records()
    for turn in range(40):
        known.written(_some(1000, turn * 1000))
    assert len(known._known) <= 4096


def test_more_records_than_are_remembered_are_written_all_the_same() -> None:
    known, kept = _records(), _some(20_000)
    for _ in range(2):
        assert orjson.dumps(kept) == orjson.dumps(known.written(kept))
    assert len(known._known) <= 16_384


def test_more_records_than_the_schema_allows_are_left_to_whoever_says_what_is_wrong() -> None:
    known = Records("items", jsonschema_rs.Draft4Validator({"type": "object"}), most=3)
    assert known.written(_some(3)) is not None
    assert known.written(_some(4)) is None


def test_json_that_is_kept_takes_no_more_memory_than_it_needs() -> None:
    raw = trimmed(orjson.dumps({"a": 1}))
    assert b'{"a":1}' == raw
    assert sys.getsizeof(raw) == sys.getsizeof(b'{"a":1}')

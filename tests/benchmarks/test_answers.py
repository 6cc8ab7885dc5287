"""Only a right answer is timed."""

from typing import Any

import pytest

from benchmarks.answers import listed, objection
from benchmarks.load import Failed, sample_of
from benchmarks.work import KONEKSI, SUBJECTS, TYK, fresh_number
from understudy.parts import load_parts

RECORDED: dict[str, Any] = {
    "read_organisation": {"status": 200, "body": {"id": "1", "apis": [1, 2]}},
    "create_organisation": {"status": 200, "body": {"Status": "OK", "Meta": "54b5"}},
    "create_member": {
        "status": 201,
        "body": {"data": {"id": "a", "email": "a@b.c", "created_at": "x", "updated_at": "x", "role": "user"}},
    },
}


def test_the_recorded_answer_is_right() -> None:
    assert objection(TYK.work("read"), 200, {"apis": [1, 2], "id": "1"}, RECORDED) is None


@pytest.mark.parametrize(
    ("status", "answer"),
    [(201, {"id": "1", "apis": [1, 2]}), (200, {"id": "1", "apis": [2, 1]}), (200, {}), (200, None), (404, {})],
)
def test_another_status_or_body_is_wrong(status: int, answer: Any) -> None:
    assert objection(TYK.work("read"), status, answer, RECORDED)


def test_what_varies_may_be_another_but_must_be_there() -> None:
    create = TYK.work("create")
    assert objection(create, 200, {"Status": "OK", "Meta": "another"}, RECORDED) is None
    assert objection(create, 200, {"Status": "OK"}, RECORDED)
    assert objection(create, 200, {"Status": "OK", "Meta": None}, RECORDED)
    assert objection(create, 200, {"Status": "no", "Meta": "another"}, RECORDED)


def test_what_varies_may_stand_deeper() -> None:
    create = KONEKSI.work("create")
    data = {"id": "b", "email": "b@b.c", "created_at": "y", "updated_at": "y", "role": "user"}
    assert objection(create, 201, {"data": data}, RECORDED) is None
    assert objection(create, 201, {"data": {**data, "role": "admin"}}, RECORDED)
    assert objection(create, 201, {"data": None}, RECORDED)


def test_what_should_be_refused_must_be() -> None:
    refused = TYK.work("refused")
    assert objection(refused, 422, None, RECORDED) is None
    assert objection(refused, 200, None, RECORDED)
    assert objection(refused, 500, None, RECORDED)


def test_the_records_of_a_list_are_found_in_its_envelope() -> None:
    assert [1] == listed({"organisations": [1], "pages": 0})
    assert [2] == listed({"status": "success", "data": [2], "meta": {}})
    assert [] == listed({"a": [1], "b": [2]})


def test_every_work_is_an_operation_of_its_contract() -> None:
    for subject in SUBJECTS:
        (part,) = load_parts([subject.contract])
        for work in subject.works:
            assert work.method.lower() == part.contract.operations[work.operation].method


def test_numbers_of_two_runs_do_not_meet() -> None:
    first, second = fresh_number(), fresh_number()
    assert second - first >= 1_000_000
    assert second == int(float(second))  # the load tool counts in floating-point numbers


def seen(**other: int) -> dict[str, Any]:
    return {"requests": 1000, "microseconds": 500_000, "refused": 0, "failed": 0, "p50": 900, "p99": 2500} | other


def test_a_run_is_told_in_requests_a_second_and_milliseconds() -> None:
    assert (2000.0, 0.9, 2.5, 1000) == sample_of(seen(), TYK.work("read"))
    assert 2000.0 == sample_of(seen(refused=1000), TYK.work("refused")).per_second


@pytest.mark.parametrize(
    ("work", "other"),
    [("read", {"refused": 1}), ("read", {"failed": 1}), ("read", {"requests": 0}), ("refused", {"refused": 999})],
)
def test_a_run_with_an_answer_that_is_not_as_it_should_be_counts_for_nothing(work: str, other: dict[str, int]) -> None:
    with pytest.raises(Failed):
        sample_of(seen(**other), TYK.work(work))

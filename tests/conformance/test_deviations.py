"""The list of deviations is held to the contracts."""

from tests.conformance.callers import CONTROL
from tests.conformance.deviations import DEVIATIONS
from tests.support.inprocess import parts_of
from understudy.control.play import load_control


def test_every_deviation_is_an_answer_that_its_contract_promises() -> None:
    """A deviation that outlives its answer would hide a failure."""
    contracts = {part.name: part.contract for part in parts_of()} | {CONTROL: load_control()}
    promised = {
        (provider, id, answer)
        for provider, contract in contracts.items()
        for id, operation in contract.operations.items()
        for answer in operation.answers.by_name
    }
    assert {(each.provider, each.operation, each.answer) for each in DEVIATIONS} <= promised


def test_no_deviation_stands_twice() -> None:
    """One reason for each."""
    keys = [(each.provider, each.operation, each.answer, each.check) for each in DEVIATIONS]
    assert sorted(set(keys)) == sorted(keys)

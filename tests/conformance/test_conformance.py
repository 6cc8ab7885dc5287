"""Schemathesis, all of its checks and all of its phases, against servers over sockets.

Each run has a server of its own, so that it starts from the documented world: what one phase deletes, the next one can
still ask for. ``--examples`` says how many requests an operation gets in the fuzzing phase, and how many scenarios the
stateful phase plays.
"""

from itertools import count
from pathlib import Path

import pytest

from tests.conformance.callers import CALLERS, CONTROL, Caller
from tests.conformance.run import ENDLESS, run
from tests.conformance.tally import Tally
from tests.support.inprocess import parts_of
from understudy.contract.operation import Operation
from understudy.control.play import load_control

_MEASURED = 1
"""The seed with which it was measured which operations, and what share of requests, are done."""
_each_caller = pytest.mark.parametrize("caller", CALLERS, ids=str)


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """How many."""
    number: int = request.config.getoption("--examples")
    return number


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """Where the made-up requests begin."""
    number: int = request.config.getoption("--seed")
    return number


@_each_caller
def test_the_documented_examples_get_declared_answers(caller: Caller, tmp_path: Path) -> None:
    """The examples of the contracts' parameters and bodies are sent as they stand."""
    assert run(caller, "examples", tmp_path).exchanges


@_each_caller
def test_every_edge_of_every_schema_gets_a_declared_answer(caller: Caller, tmp_path: Path) -> None:
    """Each keyword is met and broken at its edges, required things are left out, undeclared methods are tried."""
    assert _asked_less(caller, run(caller, "coverage", tmp_path), 1) == []


@_each_caller
def test_made_up_requests_get_declared_answers(caller: Caller, examples: int, seed: int, tmp_path: Path) -> None:
    """Made-up requests reach the handlers: none of the operations that a caller may use is only ever refused.

    Of the requests that keep to the contract, with 25 and with 2,000 examples an operation, 69 and 66 % get a 2xx from
    iVALT, 78 and 59 % from Koneksi, 78 and 63 % from Tyk, and from ELEVATE 58 and 55 % as system administrator, 47 and
    46 % as organisation administrator, 39 and 39 % as mentee. The others meet what is not there, is taken or is not
    allowed.
    """
    tally = run(caller, "fuzzing", tmp_path, examples=examples, seed=seed)
    assert _asked_less(caller, tally, examples) == []
    never = {id for id in _operations(caller) if not tally.done(id)}
    assert caller.refused == never if seed == _MEASURED else caller.refused <= never
    assert _mark(caller.fuzzing, seed) <= tally.share_done()


@_each_caller
def test_chains_of_requests_get_declared_answers(caller: Caller, examples: int, seed: int, tmp_path: Path) -> None:
    """Requests are chained by the contracts' links.

    Of those that keep to the contract, in 25 and in 2,000 scenarios, 59 and 55 % get a 2xx from iVALT, 42 and 44 % from
    Koneksi, 82 and 77 % from Tyk, and from ELEVATE, where nothing can be created, 31 to 37 and 28 to 29 %.

    Schemathesis ends a run early and silently when the same steps lead elsewhere, as they do in a world that changes;
    so it is run with one seed after the other until there were enough scenarios.
    """
    tally = Tally.none()
    seeds = count(seed)
    while tally.scenarios < examples:
        tally += run(caller, "stateful", tmp_path, examples=examples, seed=next(seeds))
    assert _mark(caller.stateful, seed) <= tally.share_done()


def _mark(share: float, seed: int) -> float:
    """Return the share of requests that has to be done: half of it where chance may have it otherwise."""
    return share if seed == _MEASURED else share / 2


def _operations(caller: Caller) -> dict[str, Operation]:
    if caller.provider == CONTROL:
        operations = load_control().operations
        return {id: operations[id] for id in operations if id not in ENDLESS}
    (part,) = parts_of(caller.provider)
    return part.contract.operations


def _asked_less(caller: Caller, tally: Tally, wanted: int) -> list[str]:
    """Return the operations that were not asked as often as wanted; to ask one that takes no input once is enough."""
    return [
        f"{id}: {tally.asked(id)}"
        for id, operation in _operations(caller).items()
        if tally.asked(id) < (wanted if _takes_input(operation) else 1)
    ]


def _takes_input(operation: Operation) -> bool:
    return "{" in operation.path or not operation.node.keys().isdisjoint({"parameters", "requestBody"})

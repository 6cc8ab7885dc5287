"""Running a machine as long as ``pytest --models`` says."""

import sys
import time
from collections import Counter
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.models.documents import operations

USUAL = 12
"""Examples in ``make test``: always the same ones."""
LONG = 500
"""As many examples meet every named answer that can be met."""
STEPS = 40


class Machine(RuleBasedStateMachine):
    """What is told of every machine."""

    vendor: ClassVar[str]
    """Whose contract is held against a model."""
    met: ClassVar[Counter[tuple[str, str]]]
    """How often each named answer came."""
    steps: ClassVar[Counter[str]]
    out_of_reach: ClassVar[set[str]] = set()
    """Answers that these requests never lead to."""

    @classmethod
    def end(cls) -> None:
        """Close what the examples shared."""


def see_through(machine: type[Machine], config: pytest.Config) -> None:
    """Run a machine, and tell what it met; a long one must have met every named answer."""
    examples = config.getoption("--models")
    machine.met, machine.steps = Counter(), Counter()
    began = time.perf_counter()
    long = examples > USUAL
    try:
        _run(machine, examples, derandomize=not long)
    finally:
        machine.end()
    seconds = time.perf_counter() - began
    named = {(id, answer) for id, promised in operations(machine.vendor).items() for answer in promised.answers}
    left = sorted(f"{id}: {answer}" for id, answer in named - set(machine.met) if answer not in machine.out_of_reach)
    steps = ", ".join(f"{number} {what}" for what, number in machine.steps.items())
    print(f"{machine.vendor}: {examples} examples, {steps}, {seconds:.0f} s", file=sys.stderr)  # noqa: T201 - a long run is read
    assert not (examples >= LONG and left), f"never met: {', '.join(left)}"


def _run(machine: type[Machine], examples: int, *, derandomize: bool) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=derandomize,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


def rules_of(machine: type[Machine]) -> set[str]:
    """Return the names of a machine's rules."""
    return {found.function.__name__ for found in machine.setup_state().rules}

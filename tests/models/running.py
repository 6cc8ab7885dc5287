"""Running a machine as long as ``pytest --models`` says."""

import sys
import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.models.documents import operations
from tests.models.machine import VendorMachine

USUAL = 12
"""Examples in ``make test``: always the same ones."""
STEPS = 40


def see_through(machine: type[VendorMachine], config: pytest.Config) -> None:
    """Run a machine, and tell what it met; a run that is long must have met every named answer."""
    examples = config.getoption("--models")
    machine.met, machine.steps = Counter(), Counter()
    began = time.perf_counter()
    long = examples > USUAL
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=not long,
            suppress_health_check=list(HealthCheck),
        ),
    )
    seconds = time.perf_counter() - began
    named = {(id, answer) for id, promised in operations(machine.vendor).items() for answer in promised.answers}
    left = sorted(f"{id}: {answer}" for id, answer in named - set(machine.met) if answer not in machine.out_of_reach)
    steps = ", ".join(f"{number} {what}" for what, number in machine.steps.items())
    print(f"{machine.vendor}: {examples} examples, {steps}, {seconds:.0f} s", file=sys.stderr)  # noqa: T201 - a long run is read
    assert not (long and left), f"never met: {', '.join(left)}"


def rules_of(machine: type[VendorMachine]) -> set[str]:
    """Return the names of a machine's rules."""
    return {found.function.__name__ for found in machine.setup_state().rules}

"""Values that are made up, in whatever reads one from outside: each target says what must hold.

A finding tells its seed: ``make fuzz ARGS="--seed=N -k NAME"`` plays it again.
"""

import pytest

from tests.fuzz.target import Target, explore
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_what_is_made_up_is_read_or_refused(target: Target, seconds: float, seed: int) -> None:
    tried = explore(target, seed, seconds / 4)
    print(f"{target}: {tried} values from seed {seed}")

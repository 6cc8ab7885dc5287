"""A target: what is made up, and what must hold of it. Hypothesis, or whoever follows coverage, makes it up."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import worse

_ROUND = 100
"""Examples that one seed makes up."""


@dataclass(frozen=True, slots=True)
class Target:
    """What reads something from outside."""

    name: str
    made: st.SearchStrategy[Any]
    check: Callable[[Any], None]
    """Raises for what must not be."""

    def __str__(self) -> str:
        return self.name

    def test(self, seen: Callable[[], None] = lambda: None) -> Any:
        """Return the target as a test of Hypothesis; ``seen`` is called with each example."""

        def test(value: Any) -> None:
            seen()
            try:
                self.check(value)
            except Exception as finding:
                finding.add_note(f"made up: {value!r}")
                raise

        return settings(
            max_examples=_ROUND,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )(given(self.made)(test))


def explore(target: Target, seed: int, seconds: float) -> int:
    """Try a target with one seed after the other; return how many examples there were. Raises what it finds."""
    tried = 0

    def count() -> None:
        nonlocal tried
        tried += 1

    end = time.monotonic() + seconds
    while True:
        try:
            hypothesis.seed(seed)(target.test(count))()
        except BaseException as finding:
            finding.add_note(f'make fuzz ARGS="--seed={seed} -k {target.name}" plays it again')
            raise
        seed += 1
        if time.monotonic() >= end:
            return tried


def made_worse(made: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Return what is made up, as it is or with a few bytes changed."""
    chances = st.randoms(use_true_random=False)
    return made | st.builds(_worse, made, chances)


def _worse(data: bytes, chance: Random) -> bytes:
    return worse(data, chance, (data,))


TEXTS = st.text(max_size=30)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", ""]) | TEXTS, inner, max_size=4)
    ),
    max_leaves=12,
)
"""JSON values, as a body can bring them."""
FITTING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([0.5, 1.0, "", "a", "b", "ab"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=8,
)
"""JSON values that are often alike."""

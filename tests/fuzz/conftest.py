"""How long, and from where."""

import pytest


@pytest.fixture
def seconds(request: pytest.FixtureRequest) -> float:
    """How long a test goes on."""
    number: float = request.config.getoption("--fuzz-seconds")
    return number


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The first of the seeds that it goes through."""
    number: int = request.config.getoption("--seed")
    return number

"""Servers for the samples: all four parts in the documented world, as ``make serve`` starts them."""

from collections.abc import Iterator

import pytest

from tests.support.served import Served, served


@pytest.fixture
def server() -> Iterator[Served]:
    """A server of the test's own, for samples that change something."""
    with served() as mock:
        yield mock


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Served]:
    """A server for the samples of one page that change nothing."""
    with served() as mock:
        yield mock

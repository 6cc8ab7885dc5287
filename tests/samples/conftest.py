"""Servers for the samples: all four parts in the documented world, as ``make serve`` starts them."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.served import Served, served


@pytest.fixture(scope="session")
def running() -> Iterator[Served]:
    """The server that ``server`` resets."""
    with served() as mock:
        yield mock


@pytest.fixture
def server(running: Served) -> Served:
    """A server as if it had just been started, for samples that change something."""
    httpx.post(f"{running.url}/__admin/reset", trust_env=False).raise_for_status()
    return running


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Served]:
    """A server for the samples that change nothing."""
    with served() as mock:
        yield mock

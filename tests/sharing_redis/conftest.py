"""A Redis for each file, and one for each test that breaks it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.redis import RedisServer, redis_server


@pytest.fixture(scope="session")
def program(request: pytest.FixtureRequest) -> str:
    """Which server is started: ``--redis-server`` names another, such as Valkey's."""
    path: str = request.config.getoption("--redis-server")
    return path


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory, program: str) -> Iterator[RedisServer]:
    """A Redis that the tests of one file share."""
    with redis_server(tmp_path_factory.mktemp("redis"), program=program) as server:
        yield server


@pytest.fixture
def lasting(tmp_path: Path, program: str) -> Iterator[RedisServer]:
    """A Redis that keeps what it has across restarts, for one test."""
    with redis_server(tmp_path, "--appendonly", "yes", program=program) as server:
        yield server

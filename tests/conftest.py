"""Fixtures for every test."""

import os
from collections.abc import Generator, Iterator

import httpx
import pytest

from tests.support.inprocess import InProcess, edge_of, parts_of
from tests.support.reached import Reached
from tests.support.redis import PROGRAM
from tests.support.stores import KINDS, STORES, Stores
from understudy.journal import Exchange


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let ``make conformance``, ``make fuzz`` and ``make load`` ask for more, and any test play over another store."""
    parser.addoption("--examples", type=int, default=25, help="made-up requests an operation in tests/conformance")
    parser.addoption("--requests", type=int, default=5000, help="requests in tests/load and tests/sharing_redis")
    parser.addoption("--fuzz-seconds", type=float, default=4.0, help="seconds for the wire, and for four targets")
    parser.addoption("--seed", type=int, default=1, help="where tests/fuzz and tests/conformance begin")
    parser.addoption("--redis-server", default=PROGRAM, help="the program that tests/sharing_redis starts as Redis")
    parser.addoption("--models", type=int, default=12, help="examples of each machine in tests/models")
    parser.addoption("--store", choices=KINDS, default="memory", help="where mocks in process keep their sandboxes")


def pytest_configure(config: pytest.Config) -> None:
    """Let connections to a store be left to a loop that ended with its test."""
    if config.getoption("--store") == "redis":
        for ignored in ("ignore:unclosed:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"):
            config.addinivalue_line("filterwarnings", ignored)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With ``CI=true`` a test that is skipped has failed: what it needs is to be installed."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and item.config.getoption("--store") == "memory":
        report.outcome, report.longrepr = "failed", f"skipped with CI=true: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """The stores that ``--store`` names, for whoever makes a mock in process."""
    with STORES.of(request.config.getoption("--store"), tmp_path_factory.mktemp("stores")):
        yield STORES


@pytest.fixture
def embedded(request: pytest.FixtureRequest) -> None:
    """Skip what looks at a sandbox in memory behind the back of whoever keeps it."""
    if request.config.getoption("--store") != "memory":
        pytest.skip("about the sandbox in memory")


@pytest.fixture(scope="module")
def reached() -> Reached:
    """What the tests of one file have met."""
    return Reached()


@pytest.fixture
def mock(request: pytest.FixtureRequest, reached: Reached) -> Iterator[httpx.Client]:
    """A client in process: a fresh documented world, seed 1, the clock at New Year 2026.

    In ``tests/providers/test_NAME*.py`` it plays that provider alone, elsewhere all of them.
    """
    package, _, module = request.module.__name__.rpartition(".test_")
    names = [module.split("_")[0]] if package == "tests.providers" else [part.name for part in parts_of()]
    edge, _ = edge_of(*names)
    asked: list[Exchange] = []
    edge.listeners.append(asked.append)

    def meet(response: httpx.Response) -> None:
        if asked:  # what is asked of the mock itself is no exchange
            exchange = asked.pop()
            reached.meet(f"{exchange.provider}.{exchange.operation or ''}", response)

    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", event_hooks={"response": [meet]}) as http:
        yield http

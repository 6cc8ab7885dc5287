"""A client of the toy vendor, and a server that plays Tyk over a real socket."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.callers import TYK
from tests.support.served import Served, served
from tests.support.toy import toy_client


@pytest.fixture
def toy() -> Iterator[httpx.Client]:
    """A client of a fresh toy that holds a key."""
    with toy_client() as client:
        yield client


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--provider", "tyk") as running:
        yield running
        assert not [line for line in running.lines if "Traceback" in line or "Error" in line]


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers=TYK) as http:
        http.post("/__admin/reset")
        yield http

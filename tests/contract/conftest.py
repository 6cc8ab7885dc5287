"""A client of the toy vendor."""

from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from tests.support.toy import toy_client

THING = {"name": "A", "colour": "red", "secret": "s"}


@pytest.fixture
def toy() -> Iterator[httpx.Client]:
    """A client of a fresh toy that holds a key."""
    with toy_client() as client:
        yield client


def violations(response: httpx.Response) -> list[dict[str, Any]]:
    """Return what the header Understudy-Violations lists."""
    told: dict[str, Any] = orjson.loads(response.headers["understudy-violations"])
    assert told["count"] >= len(told["violations"])
    return list(told["violations"])


def pointers(response: httpx.Response) -> list[str]:
    """Return ``in pointer`` of each violation."""
    return [f"{violation['in']} {violation['pointer']}" for violation in violations(response)]

"""A client of the toy vendor."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.toy import toy_client


@pytest.fixture
def toy() -> Iterator[httpx.Client]:
    """A client of a fresh toy that holds a key."""
    with toy_client() as client:
        yield client

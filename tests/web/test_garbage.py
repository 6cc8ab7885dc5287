"""What holds itself is freed when nothing is asked."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from contextlib import suppress

import pytest

from understudy.web.garbage import tidy


class Ring:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def old() -> Iterator[weakref.ref[Ring]]:
    """A ring that nobody holds, and that the collector does not come to by itself."""
    gc.disable()
    yield weakref.ref(Ring())
    gc.enable()


def _tidied(counts: Iterator[int]) -> None:
    async def run() -> None:
        with suppress(TimeoutError, RuntimeError):
            await asyncio.wait_for(tidy(lambda: next(counts), quiet=0.001), 0.2)

    asyncio.run(run())


def test_it_is_freed_once_no_more_requests_come(old: weakref.ref[Ring]) -> None:
    _tidied(iter([0, 5, 5]))
    assert old() is None


def test_it_waits_while_requests_come(old: weakref.ref[Ring]) -> None:
    _tidied(iter([0, 5, 6, 7]))
    assert old() is not None


def test_where_no_request_came_there_is_nothing_to_look_for(old: weakref.ref[Ring]) -> None:
    _tidied(iter([0, 0, 0]))
    assert old() is not None

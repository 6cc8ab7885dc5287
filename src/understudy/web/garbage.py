"""Garbage: nearly all is freed as soon as nobody holds it; what holds itself is looked for where it costs little.

A state that grows is made of small parts that live long. To go through them again and again, as the
collector would by itself, costs a request that creates a third of its time, and holds up others.
"""

import asyncio
import gc
from collections.abc import Callable
from time import perf_counter

_YOUNG = 10_000
"""Objects more than there were, until the young ones are gone through."""
_TIMES = 200
"""Times that the young ones are gone through, until the others are although requests come all the time."""
_QUIET = 1.0
"""Seconds without a request, until all are gone through."""
_SHARE = 0.01
"""Of the time may go into that."""


def settle() -> None:
    """Let what stands now stand for good, and collect what comes from now on."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _TIMES, 1)
    gc.enable()


async def tidy(requests: Callable[[], int], quiet: float = _QUIET) -> None:
    """Go through all that came since the start when no request comes for a while; ``requests`` says how many came."""
    seen = tidied = requests()
    due = 0.0
    while True:
        await asyncio.sleep(quiet)
        count = requests()
        if seen == count != tidied and perf_counter() >= due:
            began = perf_counter()
            gc.collect()
            tidied, due = count, perf_counter() + (perf_counter() - began) / _SHARE
        seen = count

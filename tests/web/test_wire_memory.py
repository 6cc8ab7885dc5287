"""A client that tries to fill the memory through the wire: as many connections as there may be, each as full as it may.

What they try is many times what the limits add up to; the server stays within that, goes on, and closes them.
"""

import re
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.support.callers import ORGANISATION, TYK
from tests.support.served import Served, served
from tests.web.test_protocol import GET, HEAD, PUT, connection
from understudy.limits import Limits

MB = 1024 * 1024
CONNECTIONS = 100
LIMITS = Limits(
    max_connections=CONNECTIONS, max_body=8 * MB, max_bodies=16 * MB, max_unsent=16 * MB,
    request_timeout=20,
)  # fmt: skip
READ = 256_000
"""What one look at a connection brings at most."""
PIPELINED = 400_000
"""What a piece of 2 KB can become that is full of requests: 60 that wait for their turn, each with a scope."""
EACH = READ + 2 * LIMITS.max_head + PIPELINED
STREAMS = 10
"""One in four of the event streams that there may be may be of one sandbox."""
STREAM = 4 * MB
"""What waits for a slow listener at most."""
SPARE = 16 * MB
"""For what the allocator keeps."""
MOST = CONNECTIONS * EACH + LIMITS.max_bodies + LIMITS.max_unsent + STREAMS * STREAM + SPARE


@pytest.fixture
def server() -> Iterator[Served]:
    chosen = ("max_connections", "max_body", "max_bodies", "max_unsent", "request_timeout")
    options = [f"--{name.replace('_', '-')}={getattr(LIMITS, name)}" for name in chosen]
    options.append(f"--max-watchers={4 * STREAMS}")
    with served("--provider", "tyk", "--journal", "0", "--log-level", "error", *options) as running:
        yield running
        assert not [line for line in running.lines if "Traceback" in line or "Error" in line]


def memory(server: Served, what: str) -> int:
    """Return how many bytes a server has in memory: now (``VmRSS``), or at most since its start (``VmHWM``)."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(rf"^{what}:\s+(\d+) kB", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


def pour(opened: list[socket.socket], data: bytes) -> int:
    """Send to each what it takes, until none has taken any more for a second; return how much that was."""
    left = {one: memoryview(data) for one in opened}
    since, total = time.monotonic(), 0
    for one in opened:
        one.setblocking(False)
    while left and time.monotonic() - since < 1:
        for one in select.select([], [*left], [], 0.1)[1]:
            try:
                sent = one.send(left[one][:READ])
            except OSError:
                del left[one]
                continue
            since, total = time.monotonic(), total + sent
            left[one] = left[one][sent:]
            if not left[one]:
                del left[one]
    return total


WAITS = GET.replace(b"host:", b"prefer: wait=6\r\nhost:", 1)
TINY = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
HEADS = b"".join(b"x-%d: %s\r\n" % (nth, b"a" * 300) for nth in range(195))
ATTEMPTS: dict[str, bytes] = {
    "heads": GET[:-2] + HEADS,
    "a long header": GET[:-2] + b"x: " + b"a" * 8 * MB,
    "bodies": PUT + b"content-length: %d\r\n\r\n" % (8 * MB) + b" " * (8 * MB - 1),
    "chunks": PUT + b"transfer-encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 200_000,
    "bodies of the control API": b"PUT /__admin/snapshots/a/import HTTP/1.1\r\n" + HEAD
    + b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % (8 * MB) + b" " * (8 * MB - 1),
    "bodies of delayed requests": PUT + b"prefer: wait=600\r\ncontent-length: %d\r\n\r\n" % (7 * MB) + b" " * 7 * MB,
    "requests that wait for one another": WAITS + TINY * 200_000,
    "answers that nobody reads": GET * 80_000,
    "pages that nobody reads": b"GET /docs/tyk/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n" * 1000,
    "event streams": b"GET /__admin/events HTTP/1.1\r\nhost: localhost\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("data", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_the_memory_stays_within_what_the_limits_add_up_to(server: Served, data: bytes) -> None:
    httpx.get(server.url + "/docs/tyk/openapi.json")
    httpx.get(server.url + ORGANISATION, headers=TYK)
    before = memory(server, "VmRSS")
    with ExitStack() as stack:
        opened = [stack.enter_context(connection(server)) for _ in range(CONNECTIONS)]
        tried = pour(opened, data)
        grown = memory(server, "VmHWM") - before
    assert grown < MOST, f"{tried / MB:.0f} MB were sent, {grown / MB:.1f} MB grew"
    assert until(lambda: 200 == httpx.get(server.url + ORGANISATION, headers=TYK).status_code)


def until(true: Callable[[], bool]) -> bool:
    for _ in range(100):
        if true():
            return True
        time.sleep(0.1)
    return False

"""What counting the coverage costs: ``python -m benchmarks.coverage``, in process, on and off in turn."""

import asyncio
from collections.abc import Sequence
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.work import TYK
from understudy.production import Playbill, Production

_READ = TYK.work("read")
_REQUESTS = 5000
_ROUNDS = 12
_SAME = b'{"owner_name":"Jively","cname":"jive.ly","cname_enabled":true}'


async def _send(_: Any) -> None:
    pass


async def _microseconds(app: Any, method: str, bodies: Sequence[bytes]) -> float:
    """Return what a request takes."""
    headers = [(b"host", b"localhost")] + [(name.encode(), value.encode()) for name, value in TYK.credential.items()]
    waiting = iter(bodies)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": next(waiting), "more_body": False}

    started = perf_counter()
    for _ in bodies:
        scope = {"type": "http", "method": method, "path": _READ.path, "query_string": b"", "headers": headers}
        await app(scope, receive, _send)
    return (perf_counter() - started) / len(bodies) * 1e6


def _bodies(kind: str) -> list[bytes]:
    """Return bodies, each an object of its own, as they come from a socket."""
    if kind == "all different":
        return [b'{"owner_name":"J%d","cname":"jive.ly","cname_enabled":true}' % number for number in range(_REQUESTS)]
    return [bytes(bytearray(_SAME)) for _ in range(_REQUESTS)]


def measure(method: str, kind: str) -> tuple[float, float]:
    """Return microseconds a request, without and with coverage."""
    app = Production(Playbill(providers=("tyk",))).app
    listeners = list(app.listeners)
    taken: dict[bool, list[float]] = {False: [], True: []}
    for number in range(_ROUNDS):
        for counted in (False, True) if number % 2 else (True, False):
            app.listeners = listeners if counted else []
            taken[counted].append(asyncio.run(_microseconds(app, method, _bodies(kind))))
    return median(taken[False]), median(taken[True])


if __name__ == "__main__":
    for method, kind in (("GET", "all the same"), ("PUT", "all the same"), ("PUT", "all different")):
        off, on = measure(method, kind)
        print(f"{method}, bodies {kind}: {off:.2f} µs without, {on:.2f} with, {on - off:+.2f}")

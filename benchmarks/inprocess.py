"""What a request costs in CPU time, in process: through the whole application, from the edge on, without a socket."""

import asyncio
import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import process_time
from typing import Any, NamedTuple

from understudy.web.edge import Edge


class Request(NamedTuple):
    """One request; ``body`` is made anew each time, as it would come from a socket."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    body: Callable[[], bytes] | None = None


class Refused(Exception):
    """A request that is not answered with a success: its cost would be that of something else."""


async def _answers(edge: Edge, requests: Iterable[tuple[dict[str, Any], bytes]], statuses: list[int]) -> None:
    """Ask as the server's protocol does: at once where that is possible, or else through the stages."""
    body = b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if "status" in message:
            statuses.append(message["status"])

    for scope, body in requests:
        answer = edge.at_once(scope, body)
        if answer is None:
            await edge(scope, receive, send)
        else:
            statuses.append(answer[0])


def microseconds(
    edge: Edge, requests: Sequence[Request], *, rounds: int = 5, before: Callable[[], object] | None = None
) -> float:
    """Return the CPU time of a request, by the quickest round; ``before`` is called ahead of each, untimed."""
    best = float("inf")
    with asyncio.Runner() as runner:
        for _ in range(rounds + 1):  # the first one warms up, and may be the best: then so be it
            if before is not None:
                before()
            ready = [(_scope(request), request.body() if request.body else b"") for request in requests]
            statuses: list[int] = []
            gc.collect()
            gc.disable()
            started = process_time()
            runner.run(_answers(edge, ready, statuses))
            best = min(best, process_time() - started)
            gc.enable()
            _see_that_all_succeed(requests, statuses)
    return best / len(requests) * 1e6


class Case(NamedTuple):
    """What is measured in turn with others."""

    edge: Edge
    requests: Sequence[Request]
    before: Callable[[], object] | None = None


def alternately(cases: Sequence[Case], *, turns: int = 4, rounds: int = 2) -> list[float]:
    """Return what each case costs, all of them measured in turn: whatever else the machine does meets each alike."""
    best = [float("inf")] * len(cases)
    gc.collect()
    gc.freeze()  # as the server does: what stands is not looked at again and again
    for _ in range(turns):
        for at, case in enumerate(cases):
            best[at] = min(best[at], microseconds(case.edge, case.requests, rounds=rounds, before=case.before))
    gc.unfreeze()
    return best


def _scope(request: Request) -> dict[str, Any]:
    sent = {"host": "localhost", **request.headers}
    headers = [(name.lower().encode(), value.encode()) for name, value in sent.items()]
    if request.body is not None:
        headers.append((b"content-type", b"application/json"))
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "root_path": "",
        "headers": headers,
    }


def _see_that_all_succeed(requests: Sequence[Request], statuses: Sequence[int]) -> None:
    for request, status in zip(requests, statuses, strict=True):
        if not 200 <= status < 300:
            raise Refused(f"{request.method} {request.path} was answered with {status}")

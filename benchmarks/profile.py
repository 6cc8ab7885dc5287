"""Where the microseconds go: ``python -m benchmarks.profile [--rounds N]``, in process, by CPU time.

A stage costs what a request takes with it, less what it takes without it, or what it takes called by
itself. All are measured in turn in each round, and the lowest of the rounds counts. Sockets and the
kernel are not in it: the transport here takes the bytes and forgets them.
"""

import argparse
import asyncio
from collections.abc import Callable, Mapping
from time import process_time
from typing import Any, NamedTuple, cast

import uvloop
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from benchmarks.work import TYK, Work
from understudy.contract.operation import Operation
from understudy.contract.request import Reply, Request
from understudy.journal import Exchange
from understudy.kernel.exchange import Call
from understudy.kernel.provider import Moment
from understudy.limits import Limits
from understudy.production import Playbill, Production
from understudy.sandbox import Sandbox
from understudy.web.address import addressed
from understudy.web.edge import Edge, Stages
from understudy.web.exchange import headers_of
from understudy.web.intake import Intake
from understudy.web.protocol import Protocol
from understudy.web.routing import Routing
from understudy.web.stage import ContractStage, StagedOperation
from understudy.web.traffic import Traffic

_CALLS = 2000
_ROUNDS = 15
_PORT = b"host: 127.0.0.1:4010\r\n"
_IN_A_LOOP = "uvicorn"
"""What is called once for all requests: its tasks need a loop that runs."""
_Act = Callable[[], object]


class Row(NamedTuple):
    """One line of the table: what a stage costs a GET and a PUT of one record, in microseconds."""

    stage: str
    """With what it does."""
    read: float
    update: float


class _Transport:
    """Takes what is written."""

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def get_extra_info(self, _: str) -> None:
        return None


class _Timers:
    """A loop that has no more to do than to be asked for the time."""

    def time(self) -> float:
        return 0.0

    def call_later(self, *_: Any) -> object:
        return self


class _Answered:
    """Stands for every stage behind the protocol."""

    limits = Limits()

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def at_once(self, _: Any, __: bytes) -> Any:
        return self._answer


class _Played:
    """Stands for the stages behind the edge."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def at_once(self, _: Any, exchange: Exchange, sandbox: Sandbox, body: bytes) -> bool:
        exchange.reply = self._reply
        exchange.id = 1
        return True


class _Routed:
    """Stands for the stages behind the routing."""

    def at_once(self, *_: Any) -> bool:
        return True


class _Unkept:
    """Stands for the journal."""

    def record(self, _: Exchange) -> None:
        pass


class _Subject:
    """One request, and everything that it passes."""

    def __init__(self, work: Work) -> None:
        self.edge: Edge = Production(Playbill(providers=("tyk",))).app
        self.routing = cast("Routing", self.edge.app)
        self.sandbox = self.edge.sandboxes.get("default")
        self.body = (work.written() or "").encode()
        head = [(name.encode(), value.encode()) for name, value in TYK.headers(work).items()]
        if self.body:
            head += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(self.body))]
        lines = _PORT + b"".join(b"%s: %s\r\n" % header for header in head)
        self.raw = b"%s %s HTTP/1.1\r\n%s\r\n%s" % (work.method.encode(), work.path.encode(), lines, self.body)
        self.scope: dict[str, Any] = {
            "method": work.method,
            "path": work.path,
            "raw_path": work.path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1:4010"), *head],
        }
        answer = self.edge.at_once(self.scope, self.body)
        if answer is None or answer[0] != 200:
            raise RuntimeError(f"{work.title} is not answered at once: {answer}")
        self.answer = answer
        self.exchange = next(self.sandbox.journal.newest())
        self.operation = self._operation(work.method)

    def _operation(self, method: str) -> Operation:
        found = self.routing._index.find(self.scope["path"])
        if found is None:
            raise RuntimeError("the request has no route")
        targets, values = found
        target = targets[method]
        self.path_values: Mapping[str, str] = dict(zip(target.names, values, strict=True))
        place = target.context["api_base_path"], target.context["operation_id"]
        return cast("StagedOperation", self.routing.app._staged[place])._operation


def rows(rounds: int = _ROUNDS) -> list[Row]:
    """Measure a GET and a PUT, and return the table."""
    read, update = (_stages(_lowest(_acts(_Subject(work)), rounds)) for work in map(TYK.work, ("read", "update")))
    return [Row(f"{stage}: {what}", read[stage], update[stage]) for stage, what in _WHAT.items()]


_WHAT = {
    "server": "parser, protocol and one write: the floor of this server",
    "addressing": "the sandbox that is meant",
    "edge": "headers by name, the exchange, the head of the answer with `Date`",
    "routing": "the operation that is meant, from the routes that Connexion read",
    "sandbox": "number, time and states of the exchange; the next state kept",
    "security": "who calls",
    "inputs": "parameters and body, parsed and held to the contract",
    "handler": "what the vendor would do",
    "answer": "held to the contract and written, where it was not before",
    "engine": "what holds these four together",
    "journal": "the exchange kept",
    "coverage": "and counted",
    "rest": "what comes with fresh bytes only: their hashes, and memory taken and given back",
    "whole": "all of these, measured as one",
    "uvicorn": "for comparison: an ASGI application that sends the same bytes and does nothing else, by a task",
}


def _acts(subject: _Subject) -> dict[str, _Act]:
    """Return what is timed, by name."""
    edge, sandbox, operation, exchange = subject.edge, subject.sandbox, subject.operation, subject.exchange
    scope, body, mint, setting = subject.scope, subject.body, sandbox.world.mints["tyk"], sandbox.world.settings["tyk"]
    headers = headers_of(scope["headers"])
    request = Request(scope["method"], scope["path"], b"", headers, body, subject.path_values)
    state, moment = sandbox.states()["tyk"], Moment(1, sandbox.now(), mint)
    inputs = operation.inputs.read(request)
    principal = operation._let_in(request, state, moment, setting.keyring)
    call = Call(operation.id, *inputs, principal, moment.now, mint)
    answer, _ = operation._handler(state, call)
    named = operation.answers.by_name[answer.name]
    routing = Routing(cast("ContractStage", _Routed()))
    routing._index = subject.routing._index
    quiet, unkept, alone = (Edge(subject.routing, edge.sandboxes) for _ in range(3))
    alone.app = cast("Stages", _Played(exchange.reply or Reply(500, [], b"")))
    kept = sandbox.journal

    def without_journal(edge: Edge) -> _Act:
        def act() -> None:
            sandbox.journal = cast("Any", _Unkept())
            edge.at_once(scope, body)
            sandbox.journal = kept

        return act

    def swap() -> None:
        sandbox.journal = cast("Any", _Unkept())
        sandbox.journal = kept

    return {
        "whole": _connected(edge, subject.raw),
        "server": _connected(_Answered(subject.answer), subject.raw),
        "edge, all": lambda: edge.at_once(scope, body),
        "edge, not counted": lambda: quiet.at_once(scope, body),
        "edge, not kept": without_journal(unkept),
        "edge, alone": without_journal(alone),
        "swap": swap,
        "addressing": lambda: addressed(scope, headers, edge.sandboxes),
        "routing": lambda: routing.at_once(scope, exchange, sandbox, body),
        "played": lambda: sandbox.play(operation, request, exchange),
        "performed": lambda: operation.perform(request, state, moment, setting),
        "security": lambda: operation._let_in(request, state, moment, setting.keyring),
        "inputs": lambda: operation.inputs.read(request),
        "handler": lambda: operation._handler(state, call),
        "answer": lambda: named.reply(answer.content, moment, headers=answer.headers),
        "uvicorn": _stock(subject),
    }


def _stages(measured: Mapping[str, float]) -> dict[str, float]:
    """Return what each stage costs."""
    parts = ("security", "inputs", "handler", "answer")
    alone = measured["edge, alone"] - measured["swap"]
    stages = {
        **{name: measured[name] for name in ("whole", "server", "addressing", "routing", "uvicorn", *parts)},
        "edge": alone - measured["addressing"],
        "sandbox": measured["played"] - measured["performed"],
        "engine": measured["performed"] - sum(measured[part] for part in parts),
        "journal": measured["edge, not counted"] - (measured["edge, not kept"] - measured["swap"]),
        "coverage": measured["edge, all"] - measured["edge, not counted"],
    }
    known = sum(cost for name, cost in stages.items() if name not in ("whole", "uvicorn"))
    return {**stages, "rest": stages["whole"] - known}


def _lowest(acts: Mapping[str, _Act], rounds: int) -> dict[str, float]:
    """Return the CPU time of each act, in microseconds: the lowest of the rounds."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            started = process_time()
            for _ in range(1 if name == _IN_A_LOOP else _CALLS):
                act()
            taken[name].append((process_time() - started) / _CALLS * 1e6)
    return {name: min(times) for name, times in taken.items()}


def _config(app: object) -> Config:
    options: dict[str, Any] = {"lifespan": "off", "ws": "none", "access_log": False, "log_config": None}
    return Config(cast("Any", app), interface="asgi3", **options)


def _connected(edge: object, raw: bytes) -> _Act:
    """Return what sends a request to a protocol before an edge."""
    config = _config(Intake(cast("Any", edge)))
    protocol = Protocol(config, Traffic(Limits()), {}, cast("Any", _Timers()))
    protocol.connection_made(cast("asyncio.Transport", _Transport()))
    return lambda: protocol.data_received(raw)


def _stock(subject: _Subject) -> _Act:
    """Return what sends a request to uvicorn's own protocol, before an application that only answers."""
    status, head, body = subject.answer

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})

    loop = uvloop.new_event_loop()
    protocol = HttpToolsProtocol(_config(app), ServerState(), {}, loop)
    protocol.connection_made(cast("asyncio.Transport", _Transport()))

    async def requests() -> None:
        for _ in range(_CALLS):
            protocol.data_received(subject.raw)
            await asyncio.sleep(0)

    return lambda: loop.run_until_complete(requests())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description="Where do the microseconds go?")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help=f"how often each is measured (default {_ROUNDS})")
    print("| stage | GET, µs | PUT, µs |\n|---|---:|---:|")
    for row in rows(parser.parse_args().rounds):
        print(f"| {row.stage} | {row.read:.1f} | {row.update:.1f} |")


if __name__ == "__main__":
    main()

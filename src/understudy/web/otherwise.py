"""What answers a request that no operation does: OPTIONS, a wrong method, an unknown route."""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import partial

from understudy.contract.answers import NamedAnswer
from understudy.contract.contract import Contract
from understudy.contract.failures import failure_of
from understudy.contract.problem import problem
from understudy.contract.request import Reply
from understudy.journal import Exchange
from understudy.sandbox import Sandbox
from understudy.watchdog import UNWATCHED
from understudy.web.exchange import KEY, SANDBOX, Receive, Scope, Send, has_body, is_control
from understudy.web.sharing import share
from understudy.web.stage import read_body

_PREFLIGHT_SECONDS = b"600"
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})


class Otherwise:
    """The last stage. Speaks in the words of the vendor on whose ground the path lies."""

    def __init__(self, contracts: Sequence[Contract], max_body: int) -> None:
        self._max_body = max_body
        grounds = [(prefix, contract) for contract in contracts for prefix in contract.territory()]
        self._grounds = sorted(grounds, key=lambda ground: len(ground[0]), reverse=True)
        self._apis = {contract.name: list(contract.territory()) for contract in contracts}
        self._paths = sorted(
            {
                base + op.path
                for contract in contracts
                for base in contract.base_paths
                for op in contract.operations.values()
            }
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the reply in the exchange."""
        if scope["type"] != "http":
            return
        exchange: Exchange = scope[KEY]
        if exchange.method not in _BODILESS or has_body(exchange.headers):
            exchange.body = await read_body(await receive(), receive, self._max_body)
        sandbox = scope[SANDBOX]
        if is_control(exchange.path):
            self._answer(exchange, sandbox)
        elif sandbox.replica is None:
            self._take(exchange, sandbox)
        else:
            await share(exchange, sandbox.replica.run(exchange, partial(self._take, exchange, sandbox), exact=True))

    def _take(self, exchange: Exchange, sandbox: Sandbox) -> None:
        """Have a sandbox take in a request that none of its operations plays."""
        sandbox.take(exchange)
        self._answer(exchange, sandbox)
        if sandbox.faults.members:
            sandbox.strike(exchange)

    def _answer(self, exchange: Exchange, sandbox: Sandbox) -> None:
        if exchange.allowed and exchange.method == "OPTIONS":
            exchange.reply = _options(exchange.allowed, exchange.headers)
        elif exchange.allowed:
            exchange.reply = self._wrong_method(exchange, sandbox)
        else:
            exchange.reply = self._unknown_route(exchange, sandbox)

    def _wrong_method(self, exchange: Exchange, sandbox: Sandbox) -> Reply:
        reply = self._vendor(exchange, sandbox, "method_not_allowed") or problem(
            405, f"{exchange.method} is not allowed here"
        )
        return reply._replace(headers=[*reply.headers, (b"allow", ", ".join(exchange.allowed).encode())])

    def _unknown_route(self, exchange: Exchange, sandbox: Sandbox) -> Reply:
        vendors = self._vendor(exchange, sandbox, "route_not_found")
        if vendors is not None:
            return vendors
        near = get_close_matches(exchange.path, self._paths, 3, 0.5)
        return problem(404, f"no API here has the path {exchange.path[:200]}", did_you_mean=near, apis=self._apis)

    def _vendor(self, exchange: Exchange, sandbox: Sandbox, kind: str) -> Reply | None:
        for prefix, contract in self._grounds:
            if exchange.path == prefix or exchange.path.startswith(prefix + "/"):
                exchange.provider = contract.name
                return _said(contract.unrouted[kind], exchange, sandbox, contract.name)
        return None


def _said(answer: NamedAnswer, exchange: Exchange, sandbox: Sandbox, name: str) -> Reply:
    """Return an answer in the vendor's words; 500 of our own where the vendor's dialect fails."""
    setting = sandbox.world.settings.get(name)
    watchdog = UNWATCHED if setting is None else setting.watchdog
    try:
        with watchdog.over():
            return answer.reply(None, sandbox.moment(name, exchange))
    except BaseException as error:  # noqa: BLE001 - a dialect may raise anything
        failure = failure_of(error, "the dialect", watchdog.limit)
        exchange.failure = failure.log
        return problem(500, failure.detail, provider=name)


def _options(allowed: Sequence[str], headers: dict[bytes, bytes]) -> Reply:
    methods = ", ".join(allowed).encode()
    sent = [(b"allow", methods)]
    if b"access-control-request-method" in headers:
        wanted = headers.get(b"access-control-request-headers", b"*")
        sent += [
            (b"access-control-allow-methods", methods),
            (b"access-control-allow-headers", wanted),
            (b"access-control-max-age", _PREFLIGHT_SECONDS),
            (b"vary", b"access-control-request-headers"),
        ]
        if headers.get(b"access-control-request-private-network") == b"true":
            sent.append((b"access-control-allow-private-network", b"true"))
    return Reply(204, sent, b"")

"""The contract stage: Connexion hands over each operation that it routes to, we play it."""

from collections.abc import Mapping
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT, RoutedAPI, RoutedMiddleware

from understudy.contract.operation import Operation
from understudy.contract.request import Request
from understudy.journal import Exchange
from understudy.limits import Limits
from understudy.sandbox import Sandbox
from understudy.web.exchange import KEPT, KEY, SANDBOX, ASGIApp, Message, Receive, Scope, Send, has_body
from understudy.web.sharing import share

DRAIN = 64
"""A body over the limit is read and dropped up to this many times the limit: its sender shall hear the answer."""


class ClientGone(Exception):
    """The client hung up before its request was whole."""


class StagedOperation:
    """One operation of a vendor as an ASGI application."""

    def __init__(self, operation: Operation, limits: Limits) -> None:
        self._operation = operation
        self._limits = limits
        self._limit = _max_body(operation, limits)

    def at_once(self, exchange: Exchange, sandbox: Sandbox, path_values: Mapping[str, str], body: bytes) -> bool:
        """Play the operation for a request that is whole; say whether that could be."""
        if len(body) > self._limit:
            return False
        operation = self._operation
        exchange.provider, exchange.operation, exchange.body = operation.provider, operation.id, body
        request = Request(
            exchange.method, exchange.path, exchange.query, exchange.headers, body, path_values, limits=self._limits
        )
        sandbox.play(operation, request, exchange)
        return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, play the operation in the sandbox, which notes the reply in the exchange."""
        exchange = scope[KEY]
        operation = self._operation
        exchange.provider, exchange.operation = operation.provider, operation.id
        request = await received(scope, receive, operation, self._limits)
        sandbox = scope[SANDBOX]
        if sandbox.replica is None:
            sandbox.play(operation, request, exchange)
        else:
            await share(exchange, sandbox.replica.play(operation, request, exchange))


async def received(scope: Scope, receive: Receive, operation: Operation, limits: Limits) -> Request:
    """Return the whole request for an operation; its body is noted in the exchange. Raises ClientGone."""
    exchange = scope[KEY]
    body: bytes | None = b""
    if operation.inputs.body is not None or has_body(exchange.headers):
        max_body = scope[KEPT] = _max_body(operation, limits)
        if b"expect" in exchange.headers and _announced(exchange.headers) > max_body:
            body = None  # who asks whether to send it hears that it is too large
        else:
            message = await receive()
            body = message.get("body")
            if body is None or message.get("more_body") or len(body) > max_body:
                body = await read_body(message, receive, max_body)
        exchange.body = body
    return Request(
        exchange.method,
        exchange.path,
        exchange.query,
        exchange.headers,
        body or b"",
        scope.get("path_params", {}),
        body is None,
        limits,
    )


def _announced(headers: Mapping[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


def _max_body(operation: Operation, limits: Limits) -> int:
    declared = operation.inputs.body
    return (declared.limit if declared is not None else None) or limits.max_body


class StageAPI(RoutedAPI[ASGIApp]):
    """The operations of one contract, staged."""

    def __init__(
        self,
        *arguments: Any,
        staged: Mapping[str, ASGIApp],
        **options: Any,
    ) -> None:
        wanted = ("next_app", "base_path", "resolver", "uri_parser_class")
        super().__init__(*arguments, **{name: options[name] for name in wanted if name in options})
        self._ready = staged
        self.add_paths()

    def make_operation(self, operation: Any) -> ASGIApp:
        """Return our own application for one of Connexion's operations."""
        return self._ready[operation.operation_id]


class ContractStage(RoutedMiddleware[StageAPI]):
    """Plays the operation that the routing stage found."""

    api_cls = StageAPI

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self._staged: dict[tuple[str, str], ASGIApp] = {}

    def add_api(self, specification: Any, **options: Any) -> StageAPI:
        """Take in the operations of one contract under one base path."""
        api: StageAPI = super().add_api(specification, **options)
        self._staged.update({(api.base_path, id): operation for id, operation in api.operations.items()})
        return api

    def at_once(
        self,
        context: Mapping[str, Any],
        path_values: Mapping[str, str],
        exchange: Exchange,
        sandbox: Sandbox,
        body: bytes,
    ) -> bool:
        """Play the operation that routing found for a request that is whole; say whether that could be."""
        operation = self._staged.get((context["api_base_path"], context["operation_id"]))
        return isinstance(operation, StagedOperation) and operation.at_once(exchange, sandbox, path_values, body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look the operation up once: stock Connexion goes through the APIs of a base path."""
        found = scope.get("extensions", {}).get(ROUTING_CONTEXT)
        operation = self._staged.get((found["api_base_path"], found["operation_id"])) if found else None
        await (self.app if operation is None else operation)(scope, receive, send)


async def read_body(message: Message, receive: Receive, limit: int) -> bytes | None:
    """Return the body that begins with ``message``; None for one larger than ``limit`` bytes. Raises ClientGone."""
    if message["type"] == "http.disconnect":
        raise ClientGone
    body: bytes = message.get("body", b"")
    chunks, size = [body], len(body)
    while message.get("more_body", False) and size <= limit * DRAIN:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
    return b"".join(chunks) if size <= limit else None

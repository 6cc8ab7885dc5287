"""The control API as an ASGI application, an operation at a time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from understudy.contract.operation import Operation, Outcome, Setting
from understudy.contract.request import Reply, Request
from understudy.control.room import House, Room
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Keyring, Moment
from understudy.limits import Limits
from understudy.sandbox import Sandbox
from understudy.web.address import made
from understudy.web.exchange import KEY, SANDBOX, STREAMED, Receive, Scope, Send
from understudy.web.origins import GUARDED
from understudy.web.sharing import UNSHARED, ask, excuse
from understudy.web.stage import received

_SETTING = Setting(Keyring())
_MINT = Mint(0, "control")


class ControlOperation:
    """One operation of the control API."""

    def __init__(self, operation: Operation, house: House, limits: Limits) -> None:
        self._operation = operation
        self._house = house
        self._limits = limits
        self._about_one = any(parameter.name == "Understudy-Sandbox" for parameter in operation.inputs.parameters)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, play the operation in its room, note the reply in the exchange."""
        exchange, sandbox = scope[KEY], scope[SANDBOX]
        request = await received(scope, receive, self._operation, self._limits)
        exchange.provider, exchange.operation = self._operation.provider, self._operation.id
        if self._about_one:
            found = made(sandbox.name, self._house.sandboxes)
            if isinstance(found, Reply):
                exchange.reply = found
                return
            sandbox = scope[SANDBOX] = found
        try:
            outcome = await self._played(request, sandbox)
        except UNSHARED as error:
            exchange.reply = excuse(error)
            return
        exchange.reply, exchange.failure = outcome.reply, outcome.failure
        stream = getattr(outcome.state, "stream", None)
        if stream is not None:
            head = [header for header in outcome.reply.headers if header[0] != b"content-length"]
            exchange.reply = outcome.reply._replace(headers=head)
            if exchange.method != "HEAD":
                await _stream(exchange.reply, sandbox, stream, scope, receive, send)

    async def _played(self, request: Request, sandbox: Sandbox) -> Outcome:
        """Play the operation in its room, and again once its work is done if it has any."""
        outcome = await self._play(request, Room(self._house, sandbox))
        work = getattr(outcome.state, "work", None)
        if work is None:
            return outcome
        result = await asyncio.get_running_loop().run_in_executor(None, work)
        return await self._play(request, Room(self._house, sandbox, worked=True, result=result))

    async def _play(self, request: Request, room: Room) -> Outcome:
        def act() -> Outcome:
            return self._operation.perform(request, room, Moment(0, room.sandbox.now(), _MINT), _SETTING)

        about = room.sandbox if self._about_one else None
        outcome: Outcome = await ask(self._house, about, self._operation, request, act)
        return outcome


async def _stream(
    reply: Reply, sandbox: Sandbox, stream: AsyncGenerator[bytes, None], scope: Scope, receive: Receive, send: Send
) -> None:
    """Send a stream piece by piece until it ends, or the client goes."""
    scope[STREAMED] = True
    sending = asyncio.ensure_future(_send_all(reply, sandbox, stream, send))
    gone = asyncio.ensure_future(_hung_up(receive))
    try:
        await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        sending.cancel()
        await asyncio.wait((sending, gone))
    if not sending.cancelled():
        sending.result()  # what went wrong in it shall not be lost


async def _send_all(reply: Reply, sandbox: Sandbox, stream: AsyncGenerator[bytes, None], send: Send) -> None:
    await send(
        {"type": "http.response.start", "status": reply.status, "headers": [*reply.headers, sandbox.label, *GUARDED]}
    )
    async with aclosing(stream):
        async for piece in stream:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

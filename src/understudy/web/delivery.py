"""How an answer goes out: at once, later, in pieces, or not at all."""

import asyncio
import re

from understudy.contract.forced import preferences
from understudy.contract.request import HeaderList
from understudy.faults.delay import LONGEST
from understudy.faults.effects import Drip, Strike
from understudy.journal import Exchange
from understudy.web.exchange import Receive, Scope, Send
from understudy.web.stage import ClientGone
from understudy.web.wire import break_connection

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?\Z", re.ASCII)
_AT_ONCE = Strike()


def wished_wait(exchange: Exchange) -> str | None:
    """Return the seconds that a client asks to wait with ``Prefer: wait=…``; None for what cannot be done."""
    wait = preferences(exchange.headers.get(b"prefer", b"")).get("wait", "")
    return wait if _SECONDS.match(wait) and float(wait) <= LONGEST else None


async def deliver(exchange: Exchange, head: HeaderList, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the reply of an exchange as the fault that struck it and the client's own wish have it.

    Raises WireFault where a connection should break and there is none.
    """
    strike: Strike = exchange.effect or _AT_ONCE
    wait = wished_wait(exchange)
    exchange.lost = True  # until the last byte is sent
    await hold(receive, strike.delay + float(wait or 0))
    if strike.wire is not None:
        await break_connection(scope, send, strike.wire, exchange.id)
        return
    if exchange.reply is None:
        raise RuntimeError("there is no reply to deliver")
    if wait is not None:
        head.append((b"preference-applied", f"wait={wait}".encode()))
    await send({"type": "http.response.start", "status": exchange.reply.status, "headers": head})
    await _send_body(b"" if exchange.method == "HEAD" else exchange.reply.body, strike.drip, receive, send)
    exchange.lost = False


async def _send_body(body: bytes, drip: Drip | None, receive: Receive, send: Send) -> None:
    if drip is not None and body:
        for number in range(drip.chunks):
            await hold(receive, drip.seconds / drip.chunks)
            start, end = (len(body) * count // drip.chunks for count in (number, number + 1))
            await send({"type": "http.response.body", "body": body[start:end], "more_body": end < len(body)})
        return
    await send({"type": "http.response.body", "body": body})


async def hold(receive: Receive, seconds: float) -> None:
    """Wait, and serve others meanwhile. Raises ClientGone as soon as the client hangs up."""
    if seconds <= 0:
        return
    gone = asyncio.ensure_future(_hung_up(receive))
    try:
        await asyncio.wait((gone,), timeout=seconds)
        if gone.done():
            gone.result()
            raise ClientGone
    finally:
        gone.cancel()


async def _hung_up(receive: Receive) -> None:
    """Return when the client has hung up."""
    message = await receive()
    ended = False
    while message["type"] != "http.disconnect":
        if ended:
            # A client in process that repeats its request for ever does not hang up.
            await asyncio.get_running_loop().create_future()
        ended = not message.get("more_body", False)
        message = await receive()

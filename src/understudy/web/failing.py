"""What is answered where the server itself fails: a problem of our own; where and how is the log's to tell."""

import sys
import traceback

from understudy.contract.problem import problem
from understudy.contract.request import Reply
from understudy.journal import Exchange
from understudy.web.exchange import ASGIApp, Message, Overloaded, Receive, Scope, Send


def failure() -> Reply:
    """Return the answer to a request at which the server failed."""
    return problem(500, "the mock failed; its log says why", title="The mock failed")


def note_failure(exchange: Exchange) -> None:
    """Note in an exchange what went wrong: for the client that something did, for the log all of it.

    Raises Overloaded on, which is no failure.
    """
    error = sys.exception()
    if isinstance(error, Overloaded):
        raise error
    exchange.reply, exchange.failure = failure(), traceback.format_exc()


async def shows(app: ASGIApp, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> bool:
    """Let a page answer by itself; say whether an answer has begun. A page that fails is noted in the exchange."""
    begun = False

    async def sending(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        await app(scope, receive, sending)
    except Exception:  # noqa: BLE001 - whatever a page does wrong is answered, not raised
        note_failure(exchange)
    return begun

"""Handlers that look through a whole journal: where that is long, they do so beside the others' requests."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from understudy.control.room import Handler, Room
from understudy.kernel.exchange import Answer, Call, Refusal

LONG = 256 * 1024
"""Bytes of a journal that is looked through at once."""


def unhurried(blank: Callable[[Room], Answer]) -> Callable[[Handler], Handler]:
    """Have a handler that only reads the journal do so in a thread, where it is long.

    ``blank`` makes an answer that the contract allows, and nobody gets.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def unhurriedly(room: Room, call: Call) -> tuple[Answer, Any]:
            if room.worked:
                return _told(room.result), room
            if room.sandbox.journal.size <= LONG:
                return handler(room, call)
            return blank(room), room.beside(partial(_outcome, handler, room, call))

        return unhurriedly

    return decorate


def _outcome(handler: Handler, room: Room, call: Call) -> Answer | Refusal:
    try:
        return handler(room, call)[0]
    except Refusal as refusal:
        return refusal


def _told(outcome: Answer | Refusal) -> Answer:
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome

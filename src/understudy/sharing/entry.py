"""An exchange as bytes, and the way back: all that a journal shows of it, but for the states."""

import json
from dataclasses import asdict
from typing import Any, NamedTuple

import orjson

from understudy.contract.request import Reply
from understudy.contract.secrets import Secrets
from understudy.journal import Exchange
from understudy.kernel.violation import Violation
from understudy.sharing.covering import Covered
from understudy.sharing.values import moment_data, read_moment

_NOTHING = Secrets()


class Kept(NamedTuple):
    """An exchange that was read, and the versions of its sandbox around it."""

    exchange: Exchange
    before: int
    changed: bool
    """Whether it made the next version."""


def entry_bytes(
    exchange: Exchange, *, before: int, changed: bool, recorded: float, secrets: Secrets = _NOTHING
) -> bytes:
    """Write an exchange that has been played. ``recorded`` is the real time, in seconds since 1970.

    What is secret in the request's body and query is covered: a store is no place for a password.
    """
    sent = Covered.of(exchange, secrets)
    return dumped(
        {
            "method": exchange.method,
            "path": sent.path,
            "query": _text(sent.query),
            "headers": [[_text(name), _text(value)] for name, value in sent.headers],
            "body": None if sent.body is None else _text(sent.body),
            "now": None if exchange.now is None else moment_data(exchange.now),
            "provider": exchange.provider,
            "operation": exchange.operation,
            "allowed": exchange.allowed,
            "reply": None if exchange.reply is None else _reply_data(exchange.reply),
            "failure": exchange.failure,
            "lost": exchange.lost,
            "fault": exchange.fault,
            "duration": exchange.duration,
            "recorded": recorded,
            "before": before,
            "changed": changed,
        }
    )


def dumped(data: Any) -> bytes:
    """Write JSON; whole numbers beyond 64 bits, which only violations tell of, the slow way."""
    try:
        return orjson.dumps(data)
    except orjson.JSONEncodeError:
        return json.dumps(data).encode()


def read_entry(data: bytes, sandbox: str) -> Kept:
    """Read what ``entry_bytes`` wrote. Id, sequence and states are not in it."""
    told = orjson.loads(data)
    if told["reply"] is not None and told["reply"]["violations"]:
        told = json.loads(data)  # where orjson would take whole numbers beyond 64 bits for broken ones
    headers = {_bytes(name): _bytes(value) for name, value in told["headers"]}
    exchange = Exchange(told["method"], told["path"], _bytes(told["query"]), headers, 0.0)
    exchange.body = None if told["body"] is None else _bytes(told["body"])
    exchange.now = None if told["now"] is None else read_moment(told["now"])
    exchange.provider, exchange.operation = told["provider"], told["operation"]
    exchange.allowed = tuple(told["allowed"])
    exchange.reply = None if told["reply"] is None else _read_reply(told["reply"])
    exchange.failure, exchange.lost, exchange.fault = told["failure"], told["lost"], told["fault"]
    exchange.ended, exchange.recorded, exchange.sandbox = told["duration"], told["recorded"], sandbox
    return Kept(exchange, told["before"], told["changed"])


def _reply_data(reply: Reply) -> dict[str, Any]:
    return {
        "status": reply.status,
        "headers": [[_text(name), _text(value)] for name, value in reply.headers],
        "body": _text(reply.body),
        "name": reply.name,
        "violations": [asdict(violation) for violation in reply.violations],
        "forced": reply.forced,
    }


def _read_reply(told: dict[str, Any]) -> Reply:
    return Reply(
        told["status"],
        [(_bytes(name), _bytes(value)) for name, value in told["headers"]],
        _bytes(told["body"]),
        told["name"],
        tuple(Violation(**violation) for violation in told["violations"]),
        told["forced"],
    )


def _text(raw: bytes) -> str:
    """Return bytes as text of as many characters: JSON has no bytes, and most are ASCII."""
    return raw.decode("latin-1")


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")

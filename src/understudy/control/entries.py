"""Exchanges as data: decoded when somebody looks, and with what is secret covered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from understudy.contract.media import is_json, media_type
from understudy.contract.parameters import query_fields
from understudy.contract.request import HeaderList, Reply
from understudy.contract.secrets import Secrets, memorable
from understudy.contract.strict_json import Unreadable, read_json
from understudy.contract.wording import MASK, as_data
from understudy.differences import world_differences
from understudy.journal import Exchange
from understudy.kernel.clock import iso
from understudy.matchers import ABSENT
from understudy.matching import body_value
from understudy.source import tokens


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts of an exchange that may hold secrets, without them; a body is ABSENT where there was none."""

    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    answer_headers: dict[str, str]
    answer: Any
    covers_body: bool
    """Whether there was a secret in the body."""
    covers_answer: bool
    known: frozenset[str]
    """The secret values that came up, which are covered wherever else they stand."""

    @classmethod
    def of(cls, exchange: Exchange, secrets: Secrets) -> "Shown":
        """Decode an exchange and cover its secrets."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in exchange.headers.items()}
        answer_headers = _answer_headers(exchange)
        query, body, answer = query_fields(exchange.query), body_value(exchange), answer_value(exchange.reply)
        known = frozenset(_known(secrets, [headers, answer_headers], query, [body, answer]))
        covered, covered_answer = secrets.cover(body, known), secrets.cover(answer, known)
        return cls(
            {
                name: [MASK if secrets.hides_field(name) or text in known else text for text in texts]
                for name, texts in query.items()
            },
            _covered_headers(headers, secrets, known),
            covered,
            _covered_headers(answer_headers, secrets, known),
            covered_answer,
            covered != body,
            covered_answer != answer,
            known,
        )


def entry_of(exchange: Exchange, secrets: Secrets) -> dict[str, Any]:
    """Return what the API says of an exchange, beside what it changed."""
    shown, reply = Shown.of(exchange, secrets), exchange.reply
    received = datetime.fromtimestamp(exchange.received, UTC)
    return {
        "id": exchange.id,
        "time": iso(exchange.now or received),
        "receivedAt": iso(received),
        "sandbox": exchange.sandbox,
        "provider": exchange.provider,
        "operationId": exchange.operation,
        "method": exchange.method,
        "path": exchange.path,
        "query": shown.query,
        "headers": shown.headers,
        "body": None if shown.body is ABSENT else shown.body,
        "status": None if reply is None else reply.status,
        "answer": None if reply is None else reply.name,
        "forced": reply is not None and reply.forced,
        "fault": exchange.fault,
        "lost": exchange.lost,
        "unmatched": exchange.unmatched,
        "duration": round(exchange.duration, 6),
        "violations": secrets.cover([as_data(found) for found in reply.violations], shown.known) if reply else [],
        "response": {
            "headers": shown.answer_headers,
            "body": None if shown.answer is ABSENT else shown.answer,
        },
    }


def entry_with_diff(exchange: Exchange, secrets: Secrets) -> dict[str, Any]:
    """Return what the API says of an exchange, and what it changed in the state of its provider."""
    known = Shown.of(exchange, secrets).known
    return {**entry_of(exchange, secrets), "diff": list(_changes(exchange, secrets, known))}


def answer_value(reply: Reply | None) -> Any:
    """Return the body of an answer: JSON as a value, else text; ABSENT where there is none."""
    if reply is None or not reply.body:
        return ABSENT
    if is_json(media_type(content_type(reply.headers))):
        try:
            return read_json(reply.body)
        except Unreadable:
            pass
    return reply.body.decode("utf-8", "replace")


def content_type(headers: HeaderList) -> str:
    """Return the content type that an answer was sent with, ``""`` for none."""
    return next((value.decode("latin-1") for name, value in headers if name == b"content-type"), "")


def _answer_headers(exchange: Exchange) -> dict[str, str]:
    """Return the headers of the answer and what the edge adds to them, but for CORS and the violations."""
    headers: dict[str, str] = {}
    for name, value in exchange.reply.headers if exchange.reply else ():
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    headers["understudy-sandbox"] = exchange.sandbox
    headers["understudy-exchange"] = str(exchange.id)
    if exchange.fault is not None:
        headers["understudy-fault"] = exchange.fault
    return headers


def _covered_headers(headers: dict[str, str], secrets: Secrets, known: frozenset[str]) -> dict[str, str]:
    return {name: MASK if name in secrets.headers or text in known else text for name, text in headers.items()}


def _known(
    secrets: Secrets, headers: list[dict[str, str]], query: dict[str, list[str]], bodies: list[Any]
) -> Iterator[str]:
    for head in headers:
        sent = [text for name, text in head.items() if name in secrets.headers]
        yield from memorable(sent)
        yield from memorable(word for text in sent for word in text.split()[1:])  # without Bearer
    for name in filter(secrets.hides_field, query):
        yield from memorable(query[name])
    for body in bodies:
        yield from secrets.values(body)


def _changes(exchange: Exchange, secrets: Secrets, known: frozenset[str]) -> Iterator[dict[str, Any]]:
    was, became = exchange.before, exchange.after
    if exchange.provider is None or was is None or became is None:
        return
    before, after = {exchange.provider: was}, {exchange.provider: became}
    for change in world_differences(before, after):
        covered = {**change, "patch": [_covered(step, secrets, known) for step in change["patch"]]}
        if "before" in change:
            covered["before"] = secrets.cover(change["before"], known)
        yield covered


def _covered(step: dict[str, Any], secrets: Secrets, known: frozenset[str]) -> dict[str, Any]:
    if "value" not in step:
        return step
    hidden = any(map(secrets.hides, tokens(step["path"])))
    return {**step, "value": MASK if hidden else secrets.cover(step["value"], known)}

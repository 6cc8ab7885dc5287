"""Exchanges as data: decoded when somebody looks, and with what is secret covered."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from understudy.contract.covering import distinctive, memorable
from understudy.contract.media import is_json, media_type
from understudy.contract.parameters import query_fields
from understudy.contract.request import HeaderList, Reply
from understudy.contract.secrets import Secrets
from understudy.contract.strict_json import Unreadable, read_json
from understudy.contract.wording import MASK, as_data
from understudy.differences import world_differences
from understudy.journal import Exchange
from understudy.kernel.clock import iso
from understudy.kernel.violation import Violation
from understudy.matchers import ABSENT
from understudy.matching import body_value
from understudy.source import tokens


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts of an exchange that may hold secrets, without them; a body is ABSENT where there was none."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    answer_headers: dict[str, str]
    answer: Any
    covers_body: bool
    """Whether there was a secret in the body."""
    covers_answer: bool
    covers_query: bool
    known: frozenset[str]
    """The secret values that came up, which are covered wherever else they stand."""
    within: tuple[str, ...]
    """Those of them that are covered inside of other texts, too."""

    @classmethod
    def of(cls, exchange: Exchange, secrets: Secrets) -> "Shown":
        """Decode an exchange and cover its secrets."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in exchange.headers.items()}
        answer_headers = _answer_headers(exchange)
        query, body, answer = query_fields(exchange.query), body_value(exchange), answer_value(exchange.reply)
        known = frozenset(_known(secrets, [headers, answer_headers], query, [body, answer]))
        within = distinctive(known)
        covered, covered_answer = secrets.cover(body, known, within), secrets.cover(answer, known, within)
        covered_query = {
            secrets.cover_text(name, within): [MASK] * len(texts)
            if secrets.hides_field(name)
            else secrets.cover(texts, known, within)
            for name, texts in query.items()
        }
        return cls(
            secrets.cover_text(exchange.path, within),
            covered_query,
            _covered_headers(headers, secrets, known, within),
            covered,
            _covered_headers(answer_headers, secrets, known, within),
            covered_answer,
            covered != body,
            covered_answer != answer,
            covered_query != query,
            known,
            within,
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
        "path": shown.path,
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
        "violations": covered_violations(reply.violations, secrets, shown) if reply else [],
        "response": {
            "headers": shown.answer_headers,
            "body": None if shown.answer is ABSENT else shown.answer,
        },
    }


def entry_with_diff(exchange: Exchange, secrets: Secrets) -> dict[str, Any]:
    """Return what the API says of an exchange, and what it changed in the state of its provider."""
    shown = Shown.of(exchange, secrets)
    return {**entry_of(exchange, secrets), "diff": list(_changes(exchange, secrets, shown))}


def covered_violations(violations: Iterable[Violation], secrets: Secrets, shown: Shown) -> list[dict[str, Any]]:
    """Return violations as data, without the secrets of their exchange."""
    covered: list[dict[str, Any]] = secrets.cover([as_data(found) for found in violations], shown.known, shown.within)
    return covered


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


def _covered_headers(
    headers: dict[str, str], secrets: Secrets, known: frozenset[str], within: tuple[str, ...]
) -> dict[str, str]:
    return {
        name: MASK if name in secrets.headers else secrets.cover(text, known, within) for name, text in headers.items()
    }


def _known(
    secrets: Secrets, headers: list[dict[str, str]], query: dict[str, list[str]], bodies: list[Any]
) -> Iterator[str]:
    for head in headers:
        yield from secrets.sent_in(head.items())
    for name in filter(secrets.hides_field, query):
        yield from memorable(query[name])
    for body in bodies:
        yield from secrets.values(body)


def _changes(exchange: Exchange, secrets: Secrets, shown: Shown) -> Iterator[dict[str, Any]]:
    was, became = exchange.before, exchange.after
    if exchange.provider is None or was is None or became is None:
        return
    before, after = {exchange.provider: was}, {exchange.provider: became}
    for change in world_differences(before, after):
        yield covered_change(change, secrets, shown.known, shown.within)


def covered_change(
    change: dict[str, Any], secrets: Secrets, known: Collection[str] = (), within: Sequence[str] = ()
) -> dict[str, Any]:
    """Return how a record differs, without what is secret of it."""
    covered = {**change, "patch": [_covered(step, secrets, known, within) for step in change["patch"]]}
    if "before" in change:
        covered["before"] = secrets.cover(change["before"], known, within)
    return covered


def _covered(step: dict[str, Any], secrets: Secrets, known: Collection[str], within: Sequence[str]) -> dict[str, Any]:
    if "value" not in step:
        return step
    hidden = any(map(secrets.hides, tokens(step["path"])))
    return {**step, "value": MASK if hidden else secrets.cover(step["value"], known, within)}

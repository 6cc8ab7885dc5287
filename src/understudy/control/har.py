"""Exchanges as an HTTP Archive (HAR 1.2), as browsers' developer tools open it."""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from understudy import __version__
from understudy.contract.secrets import Secrets
from understudy.contract.wording import MASK
from understudy.control.entries import Shown, content_type
from understudy.journal import Exchange
from understudy.kernel.clock import iso
from understudy.sandboxes import DEFAULT

_UNKNOWN = -1
_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}\Z")
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_SAFE_IN_PATH = "/:@!$&'()*+,;=~"


def har_of(exchanges: Iterable[Exchange], secrets: Secrets) -> dict[str, Any]:
    """Return exchanges as a HAR document, in their order."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "Understudy", "version": __version__},
            "pages": [],
            "entries": [_entry(exchange, Shown.of(exchange, secrets)) for exchange in exchanges],
        }
    }


def _entry(exchange: Exchange, shown: Shown) -> dict[str, Any]:
    took = round(exchange.duration * 1000, 3)
    return {
        "startedDateTime": iso(datetime.fromtimestamp(exchange.received, UTC)),
        "time": took,
        "request": _request(exchange, shown),
        "response": _response(exchange, shown),
        "cache": {},
        "timings": {"blocked": _UNKNOWN, "dns": _UNKNOWN, "connect": _UNKNOWN, "send": 0, "wait": took, "receive": 0},
        "_understudy": {
            "id": exchange.id,
            "sandbox": exchange.sandbox,
            "provider": exchange.provider,
            "operationId": exchange.operation,
            "answer": exchange.reply.name if exchange.reply else None,
        },
    }


def _request(exchange: Exchange, shown: Shown) -> dict[str, Any]:
    request = {
        "method": exchange.method,
        "url": _url(exchange, shown),
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(exchange, shown),
        "headers": _pairs(shown.headers),
        "queryString": [{"name": name, "value": value} for name, values in shown.query.items() for value in values],
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN if exchange.body is None else len(exchange.body),
    }
    if exchange.body:
        text = _text(exchange.body.decode("utf-8", "replace"), shown.body, covered=shown.covers_body)
        request["postData"] = {"mimeType": shown.headers.get("content-type", ""), "text": text}
    return request


def _response(exchange: Exchange, shown: Shown) -> dict[str, Any]:
    reply = exchange.reply
    body = b"" if reply is None else reply.body
    status = 0 if reply is None else reply.status
    content: dict[str, Any] = {"size": len(body), "mimeType": content_type(reply.headers) if reply else ""}
    if body:
        content |= _content(body, shown)
    return {
        "status": status,
        "statusText": _PHRASES.get(status, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(shown.answer_headers),
        "content": content,
        "redirectURL": shown.answer_headers.get("location", ""),
        "headersSize": _UNKNOWN,
        "bodySize": len(body),
    }


def _content(body: bytes, shown: Shown) -> dict[str, str]:
    """Return a body as text, or in base64 where it is none."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"text": b64encode(body).decode(), "encoding": "base64"}
    return {"text": _text(text, shown.answer, covered=shown.covers_answer)}


def _text(sent: str, value: Any, *, covered: bool) -> str:
    """Return a body as it was sent, or written again where a secret in it is covered."""
    if not covered:
        return sent
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _url(exchange: Exchange, shown: Shown) -> str:
    host = shown.headers.get("host", "")
    if not _HOST.match(host):
        host = "localhost"
    by_header = {"understudy-sandbox", "baggage"} & shown.headers.keys()
    prefix = "" if exchange.sandbox == DEFAULT or by_header else f"/~{exchange.sandbox}"
    path = quote(shown.path, safe=_SAFE_IN_PATH, errors="replace")
    return f"http://{host}{prefix}{path}{_query(exchange, shown)}"


def _query(exchange: Exchange, shown: Shown) -> str:
    if not exchange.query:
        return ""
    if shown.covers_query:
        return "?" + urlencode(shown.query, doseq=True)
    return "?" + quote(exchange.query, safe="%/:@!$&'()*+,;=~?")


def _cookies(exchange: Exchange, shown: Shown) -> list[dict[str, str]]:
    jar = exchange.headers.get(b"cookie", b"").decode("latin-1")
    pairs = [part.strip().partition("=") for part in jar.split(";") if "=" in part]
    covered = shown.headers.get("cookie") == MASK
    return [{"name": name, "value": MASK if covered else value} for name, _, value in pairs]


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]

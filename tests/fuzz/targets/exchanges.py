"""What writes down what was asked: the log, the journal's store, HAR, and the header with violations."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import orjson
from hypothesis import strategies as st

from tests.fuzz.target import TEXTS, VALUES, Target
from understudy.contract.request import Reply
from understudy.contract.secrets import Secrets
from understudy.contract.wording import clip
from understudy.control.har import har_of
from understudy.journal import Exchange
from understudy.kernel.violation import Violation
from understudy.log_line import line_of
from understudy.sharing.entry import entry_bytes, read_entry
from understudy.web.violations import violations_header

_WORDS = (
    st.sampled_from(["", "a", "\x1b[31m", "a\r\nb", "\u2028", "\x00", "é", "🎭", "\ufffd", "a" * 400, "\x7f", "\u202e"])
    | TEXTS
)
_RAW = st.binary(max_size=20) | _WORDS.map(lambda text: text.encode("utf-8", "replace"))
_HEADERS = st.dictionaries(
    st.sampled_from([b"host", b"cookie", b"content-type", b"authorization", b"baggage", b"x"]) | _RAW, _RAW, max_size=4
)
_VIOLATIONS = st.lists(
    st.builds(
        Violation,
        place=st.sampled_from(["body", "query", "header"]),
        pointer=_WORDS,
        rule=st.just("#/a"),
        keyword=st.just("type"),
        message=_WORDS,
        source=st.just("a.yaml:1"),
        sent=VALUES.map(clip),
        missing=st.booleans(),
        hint=st.none() | _WORDS,
    ),
    max_size=5,
)
_BODIES = st.none() | _RAW | VALUES.map(lambda value: json.dumps(value).encode())


@st.composite
def _exchanges(draw: st.DrawFn) -> Exchange:
    method = draw(st.sampled_from(["GET", "POST", "M-SEARCH"]))
    exchange = Exchange(method, "/" + draw(_WORDS), draw(_RAW), draw(_HEADERS), 0.0)
    exchange.body, exchange.id, exchange.ended = draw(_BODIES), draw(st.integers(1, 9)), 0.5
    exchange.sandbox = draw(st.sampled_from(["default", "a.b"]))
    if draw(st.booleans()):
        headers = [(b"content-type", draw(_RAW)), (b"location", draw(_RAW))]
        violations = tuple(draw(_VIOLATIONS))
        exchange.reply = Reply(
            draw(st.sampled_from([200, 404, 599])), headers, draw(_BODIES) or b"", "name", violations
        )
    return exchange


def _log(exchange: Exchange) -> None:
    """Write one line, and one for each violation, whatever is in them."""
    written = line_of(exchange, Secrets).text(lambda text, _: text)
    violations = exchange.reply.violations if exchange.reply else ()
    assert 1 + len(violations) == written.count("\n")
    assert all(line.isprintable() for line in written.split("\n"))
    assert 1 + len(violations) == len(written.splitlines())


def _store(exchange: Exchange) -> None:
    """Read back from a store what was written there."""
    kept = read_entry(entry_bytes(exchange, before=3, changed=True, recorded=1.5), exchange.sandbox)
    assert (3, True) == (kept.before, kept.changed)
    for name in ("method", "path", "query", "headers", "body", "sandbox", "lost", "fault", "failure"):
        assert getattr(exchange, name) == getattr(kept.exchange, name), name
    one, other = exchange.reply, kept.exchange.reply
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one[:4] == other[:4]
        sent, kept_sent = [[violation.sent for violation in reply.violations] for reply in (one, other)]
        assert sent == kept_sent, (sent, kept_sent)


def _har(exchange: Exchange) -> None:
    """Write what browsers open: JSON, with URLs that are some."""
    document = json.loads(orjson.dumps(har_of([exchange], Secrets())))
    (entry,) = document["log"]["entries"]
    url = entry["request"]["url"]
    assert re.fullmatch(r"[\x21-\x7e]+", url), url
    assert "http" == urlsplit(url).scheme
    assert entry["response"]["status"] == (exchange.reply.status if exchange.reply else 0)


def _header(violations: list[Violation]) -> None:
    """Write one header line of JSON, of printable ASCII."""
    written = violations_header(tuple(violations))
    assert re.fullmatch(rb"[\x20-\x7e]*", written)
    assert len(written) <= 4096
    told: dict[str, Any] = json.loads(written)
    assert len(violations) == told["count"] >= len(told["violations"])


TARGETS = (
    Target("log", _exchanges(), _log),
    Target("store", _exchanges(), _store),
    Target("har", _exchanges(), _har),
    Target("violations", _VIOLATIONS, _header),
)

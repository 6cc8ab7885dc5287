"""JSON as HTML: indented, each kind of token in a span of its own."""

import re
from typing import Any

import orjson
from markupsafe import Markup, escape

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b')


def coloured(value: Any) -> Markup:
    """Write a value as coloured JSON."""
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    out: list[str] = []
    end = 0
    for found in _TOKEN.finditer(text):
        out.append(str(escape(text[end : found.start()])))
        out.append(_span(found))
        end = found.end()
    out.append(str(escape(text[end:])))
    return Markup("".join(out))  # noqa: S704 - every piece was escaped


def _span(found: re.Match[str]) -> str:
    string, colon, number, word = found.groups()
    if string is not None and colon is not None:
        return f'<b class="k">{escape(string)}</b>{escape(colon)}'
    if string is not None:
        return f'<i class="s">{escape(string)}</i>'
    return f'<i class="n">{escape(number)}</i>' if number is not None else f'<i class="w">{escape(word)}</i>'

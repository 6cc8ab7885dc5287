"""Content types: how the bytes of a body become a value."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from understudy.contract.parameters import coerce
from understudy.contract.strict_json import Unreadable, read_json
from understudy.limits import Limits
from understudy.source import Source, SourceError

_INDEXED = re.compile(r"(.+)\[[0-9]*\]\Z", re.DOTALL)
"""``ids[]`` and ``ids[0]``, as clients write the items of a list."""
_FORM = "application/x-www-form-urlencoded"

Decoder = Callable[[bytes, Limits], Any]
"""Reads bytes, which are within limits."""


def media_type(content_type: str) -> str:
    """Return the bare media type of a Content-Type header, in lower case."""
    return content_type.split(";", 1)[0].strip().lower()


def is_json(media: str) -> bool:
    """Say whether a media type is JSON."""
    return media == "application/json" or media.endswith("+json")


def decoder(source: Source, pointer: str, media: str, schema: Mapping[str, Any]) -> Decoder:
    """Return the function that reads bodies of one media type.

    Raises SourceError for a media type that we cannot read.
    """
    if is_json(media):
        return _read_json
    if media == _FORM:
        return lambda raw, limits: _read_form(source, raw, schema, limits)
    if media.startswith("text/"):
        return _read_text
    raise SourceError(f"{source.at(pointer)}: request bodies of {media!r} are not supported; use JSON, a form or text")


def _read_json(raw: bytes, limits: Limits) -> Any:
    return read_json(raw, limits.max_depth)


def _read_text(raw: bytes, _: Limits) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 text (byte {error.start})") from None


def _read_form(source: Source, raw: bytes, schema: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    if raw.count(b"&") >= limits.max_fields:
        raise Unreadable(f"the form has more than {limits.max_fields} fields")
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", encoding="utf-8")
    except (UnicodeDecodeError, ValueError) as error:
        raise Unreadable(f"not a form: {error}") from None
    properties = schema.get("properties", {})
    form: dict[str, Any] = {}
    for name, value in pairs:
        indexed = _INDEXED.match(name)
        listed = indexed is not None
        key = indexed[1] if indexed else name
        _, part = source.resolve_inside(properties.get(key, {}))
        if listed or part.get("type") == "array":
            items = form.get(key)
            if type(items) is not list:
                items = form[key] = []
            items.append(coerce(value, source.resolve_inside(part.get("items", {}))[1]))
        else:
            form[key] = coerce(value, part)
    return form

"""Content types: how the bytes of a body become a value."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from understudy.contract.parameters import coerce
from understudy.source import Source, SourceError

MAX_DEPTH = 100
_MAX_FIELDS = 1000
_FORM = "application/x-www-form-urlencoded"

Decoder = Callable[[bytes], Any]


class Unreadable(Exception):
    """A body that is no document of its content type; the message says where and why."""


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
        return read_json
    if media == _FORM:
        return lambda raw: _read_form(source, raw, schema)
    if media.startswith("text/"):
        return _read_text
    raise SourceError(f"{source.at(pointer)}: request bodies of {media!r} are not supported; use JSON, a form or text")


def read_json(raw: bytes) -> Any:
    """Read JSON. Raises Unreadable for anything else, and for a document too deep to be meant."""
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _too_deep(raw):
        raise Unreadable(f"the document is nested deeper than {MAX_DEPTH} levels")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Unreadable(str(error)) from None


def _too_deep(raw: bytes) -> bool:
    depth, quoted, escaped = 0, False, False
    for byte in raw:
        if escaped:
            escaped = False
        elif quoted:
            escaped = byte == 0x5C
            quoted = byte != 0x22
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif byte in b"]}":
            depth -= 1
    return False


def _read_text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 text (byte {error.start})") from None


def _read_form(source: Source, raw: bytes, schema: Mapping[str, Any]) -> dict[str, Any]:
    try:
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, errors="strict", encoding="utf-8", max_num_fields=_MAX_FIELDS
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise Unreadable(f"not a form: {error}") from None
    properties = schema.get("properties", {})
    form: dict[str, Any] = {}
    for name, value in pairs:
        listed = name.endswith("[]")
        key = name[:-2] if listed else name
        _, part = source.resolve_inside(properties.get(key, {}))
        if listed or (part.get("type") == "array" and key in form):
            form[key] = [*_as_list(form.get(key)), coerce(value, source.resolve_inside(part.get("items", {}))[1])]
        elif part.get("type") == "array":
            form[key] = [coerce(value, source.resolve_inside(part.get("items", {}))[1])]
        else:
            form[key] = coerce(value, part)
    return form


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

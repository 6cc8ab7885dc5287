"""The request body of one operation: found, read and held to its schema."""

from typing import Any, NamedTuple

import jsonschema_rs

from understudy.contract.answers import NamedAnswer
from understudy.contract.explain import Explainer
from understudy.contract.media import Decoder, decoder, media_type
from understudy.contract.refusals import Refusals, Refused
from understudy.contract.request import Request
from understudy.contract.schema import Schemas
from understudy.contract.strict_json import Unreadable
from understudy.kernel.violation import Violation
from understudy.source import Source, SourceError, pointer_to

_ALWAYS = ("malformed_body", "invalid_body", "body_too_large")
_OTHERS = ("refuse", "json", "empty")


class _Media(NamedTuple):
    decode: Decoder
    validator: jsonschema_rs.Validator | None


class Parsed(NamedTuple):
    """A body as a value, and the validator of its content type."""

    value: Any
    validator: jsonschema_rs.Validator | None = None


class RequestBody:
    """What the contract says about one operation's body, compiled."""

    def __init__(
        self,
        source: Source,
        schemas: Schemas,
        explainer: Explainer,
        refusals: Refusals,
        pointer: str,
        others: str,
    ) -> None:
        self._source, self._explainer, self._refusals = source, explainer, refusals
        self._at, node = source.resolve(pointer)
        self._required: bool = node.get("required", False)
        self._others: str = node.get("x-other-content-types", others)
        if self._others not in _OTHERS:
            raise SourceError(f"{source.at(self._at)}: x-other-content-types is refuse, json or empty")
        self.limit: int | None = node.get("x-max-body")
        """Bytes that this body may have; None where it is as the server has it."""
        if self.limit is not None and (type(self.limit) is not int or self.limit < 1):
            raise SourceError(f"{source.at(self._at)}: x-max-body is how many bytes the body may have, 1 or more")
        self._media = {media_type(media): self._compile(schemas, media, node) for media in node["content"]}
        self._by_header = {media.encode(): read for media, read in self._media.items()}
        self._first = next(iter(self._media.values()))
        self._kinds: dict[str, NamedAnswer] = {kind: refusals.of(kind) for kind in self._possible()}

    @property
    def looks_at_type(self) -> bool:
        """Whether a body that is taken may be read in several ways, by its content type, or not at all."""
        return len(self._media) > 1 or self._others == "empty"

    def read(self, request: Request) -> Parsed | None:
        """Return the body as a value, unchecked; None where there is none. Raises Refused for an unreadable one."""
        if request.too_large:
            raise Refused(self._kinds["body_too_large"], (self._whole("size", "is larger than the limit"),))
        if not request.body:
            return None
        media = self._media_of(request)
        if media is None:
            return None
        try:
            return Parsed(media.decode(request.body, request.limits), media.validator)
        except Unreadable as error:
            found = self._whole("json", f"cannot be read: {error}", str(error))
            raise Refused(self._kinds["malformed_body"], (found,)) from None

    def check(self, parsed: Parsed | None) -> Any:
        """Return the value of a body that fits the contract, None for an optional one that is not there.

        Raises Refused with every violation.
        """
        if parsed is None:
            if self._required:
                raise Refused(
                    self._kinds["missing_body"], (self._whole("required", "is required, and nothing was sent"),)
                )
            return None
        value, validator = parsed
        if validator is None or validator.is_valid(value):
            return value
        found = self._explainer.explain(validator, value, "body")
        raise Refused((self._refusals.own(found) if found else None) or self._kinds["invalid_body"], found)

    def _compile(self, schemas: Schemas, media: str, node: dict[str, Any]) -> _Media:
        place = pointer_to("content", media, base=self._at)
        if "schema" not in node["content"][media]:
            return _Media(decoder(self._source, place, media_type(media), {}), None)
        at, schema = self._source.resolve(f"{place}/schema")
        return _Media(decoder(self._source, place, media_type(media), schema), schemas.validator(at, "request"))

    def _possible(self) -> tuple[str, ...]:
        kinds = [*_ALWAYS]
        if self._required:
            kinds.append("missing_body")
        if self._others == "refuse":
            kinds.append("unsupported_media_type")
        return tuple(kinds)

    def _media_of(self, request: Request) -> _Media | None:
        """Return how to read the body, None where it counts as empty. Raises Refused for an unlisted content type."""
        content_type = request.headers.get(b"content-type")
        if content_type is None:
            return self._first
        known = self._by_header.get(content_type) or self._media.get(media_type(content_type.decode("latin-1")))
        if known is not None and b"content-encoding" not in request.headers:
            return known
        if self._others == "json":
            return self._first
        if self._others == "empty":
            return None
        raise Refused(self._kinds["unsupported_media_type"], (self._unsupported(request, content_type),))

    def _unsupported(self, request: Request, content_type: bytes) -> Violation:
        rule = f"{self._at}/content"
        encoding = request.headers.get(b"content-encoding")
        accepted = " or ".join(self._media)
        return Violation(
            place="header",
            pointer="Content-Type" if encoding is None else "Content-Encoding",
            rule="#" + rule.lstrip("#"),
            keyword="content",
            message=f"must be {accepted}" if encoding is None else "must not be sent: bodies are read as they are",
            source=self._source.at(rule),
            sent=(content_type if encoding is None else encoding).decode("latin-1"),
        )

    def _whole(self, keyword: str, message: str, wording: str | None = None) -> Violation:
        """Return what is wrong with the body as a whole."""
        rule = f"{self._at}/{'required' if keyword == 'required' else 'content'}"
        return Violation(
            place="body",
            pointer="",
            rule="#" + rule.lstrip("#"),
            keyword=keyword,
            message=message,
            source=self._source.at(rule),
            missing=True,
            wording=wording,
        )

"""What an operation takes in: parameters and body, parsed and held to the contract."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import jsonschema_rs

from understudy.contract.answers import Answers, NamedAnswer
from understudy.contract.body import Decoder, Unreadable, decoder, media_type, unreadable
from understudy.contract.explain import Explainer
from understudy.contract.parameters import ABSENT, Parameter, deep_object, query_fields
from understudy.contract.request import Request
from understudy.contract.schema import Schemas
from understudy.contract.security import Security, cookies
from understudy.kernel.violation import Violation
from understudy.source import Source, SourceError, pointer_to

BODY_KINDS = ("malformed_body", "invalid_body", "body_too_large")
_NO_PARAMETERS: Mapping[str, Any] = {}


class Refused(Exception):
    """A request that the contract itself declines, before any handler sees it."""

    def __init__(self, answer: NamedAnswer, violations: tuple[Violation, ...]) -> None:
        super().__init__(answer.name)
        self.answer = answer
        self.violations = violations


class Accepted(NamedTuple):
    """The inputs of a call, checked."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Any


class _Media(NamedTuple):
    decode: Decoder
    validator: jsonschema_rs.Validator | None


class Refusals:
    """Which named answer each kind of refusal leads to, in one operation."""

    def __init__(self, source: Source, pointer: str, answers: Answers, wanted: Mapping[str, str]) -> None:
        self._source = source
        self._pointer = pointer
        self._answers = answers
        self._wanted = wanted

    def of(self, kind: str) -> NamedAnswer:
        """Return the answer for a kind of refusal. Raises SourceError where the contract has none."""
        name = self._wanted.get(kind)
        where = self._source.at(self._pointer)
        if name is None:
            raise SourceError(f"{where}: x-refusals says nothing about {kind!r}; name the answer that it gives")
        return self.named(name, f"x-refusals.{kind}")

    def named(self, name: str, why: str) -> NamedAnswer:
        """Return an answer of this operation by name. Raises SourceError where it is not declared."""
        answer = self._answers.by_name.get(name)
        if answer is None:
            where = self._source.at(self._pointer)
            known = ", ".join(self._answers.by_name)
            raise SourceError(
                f"{where}: {why} leads to {name!r}, which this operation does not declare (it has: {known})"
            )
        return answer


class Inputs:
    """Parameters and body of one operation, compiled."""

    def __init__(
        self,
        *,
        source: Source,
        schemas: Schemas,
        explainer: Explainer,
        pointer: str,
        parameters: Sequence[str],
        security: Security,
        refusals: Refusals,
        body_first: bool,
        other_content_types: str,
    ) -> None:
        self._source, self._schemas, self._explainer = source, schemas, explainer
        self._refusals = refusals
        self.security = security
        self.body_first = body_first
        self.parameters = [Parameter(source, schemas, explainer, at) for at in parameters]
        self._path, self._query, self._headers, self._cookies = (
            [parameter for parameter in self.parameters if parameter.place == place]
            for place in ("path", "query", "header", "cookie")
        )
        self._media: dict[str, _Media] = {}
        self._required = False
        self.has_body = "requestBody" in source.find(pointer)
        self._kinds: dict[str, NamedAnswer] = {}
        if self.has_body:
            self._compile_body(f"{pointer}/requestBody", other_content_types)
        if any(parameter.can_fail for parameter in self.parameters):
            self._compile_parameter_refusals()
        if not security.optional:
            self._kinds["unauthenticated"] = refusals.of("unauthenticated")

    def refusal(self, kind: str) -> NamedAnswer:
        """Return the answer for a kind of refusal that can occur here."""
        return self._kinds[kind]

    def read(self, request: Request) -> Accepted:
        """Parse and check parameters and body. Raises Refused with every violation there is."""
        found: list[Violation] = []
        path, query, headers = self._parameters(request, found)
        if found:
            raise Refused(self._parameter_refusal(found), (*found, *self._body_violations(request)))
        return Accepted(path, query, headers, self._checked_body(request))

    def read_body(self, request: Request, *, demanded: bool = True) -> Any:
        """Return the body as a value, unchecked; None where none was sent.

        Raises Refused for one that cannot be read, and for a missing one that is required and ``demanded``.
        """
        if not self.has_body:
            return None
        if request.too_large:
            raise Refused(self._kinds["body_too_large"], (_too_large(),))
        media = self._media_of(request)
        if media is None or not request.body:
            if self._required and demanded:
                raise Refused(self._kinds["missing_body"], (self._missing_body(),))
            return None
        try:
            return media.decode(request.body)
        except Unreadable as error:
            raise Refused(self._kinds["malformed_body"], (unreadable(error),)) from None

    def _compile_body(self, pointer: str, other_content_types: str) -> None:
        at, node = self._source.resolve(pointer)
        self._body_at = at
        self._required = node.get("required", False)
        self._others = node.get("x-other-content-types", other_content_types)
        if self._others not in ("refuse", "json", "empty"):
            raise SourceError(f"{self._source.at(at)}: x-other-content-types is refuse, json or empty")
        for media, content in node["content"].items():
            place = pointer_to("content", media, base=at)
            schema_at, schema = self._source.resolve(f"{place}/schema") if "schema" in content else ("", {})
            validator = self._schemas.validator(schema_at, "request") if schema_at else None
            self._media[media_type(media)] = _Media(decoder(self._source, place, media_type(media), schema), validator)
        for kind in BODY_KINDS:
            self._kinds[kind] = self._refusals.of(kind)
        if self._required:
            self._kinds["missing_body"] = self._refusals.of("missing_body")
        if self._others == "refuse":
            self._kinds["unsupported_media_type"] = self._refusals.of("unsupported_media_type")

    def _compile_parameter_refusals(self) -> None:
        for parameter in self.parameters:
            own = parameter.node.get("x-refusal")
            for name in own.values() if isinstance(own, dict) else [own] if own else []:
                self._refusals.named(name, f"x-refusal of parameter {parameter.name!r}")
        if any(parameter.can_fail and not parameter.names_refusal for parameter in self.parameters):
            self._kinds["invalid_parameter"] = self._refusals.of("invalid_parameter")

    def _parameters(
        self, request: Request, found: list[Violation]
    ) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
        path = query = headers = _NO_PARAMETERS
        if self._path:
            path = {p.name: p.read((request.path_values[p.name],), found) for p in self._path}
        if self._query:
            fields = query_fields(request.query) if request.query else {}
            query = _present((p.name, p.read(_query_values(fields, p), found)) for p in self._query)
        if self._headers:
            headers = _present((p.name, p.read(_header_values(request, p), found)) for p in self._headers)
        if self._cookies:
            jar = cookies(request)
            sent = ((p.name, p.read([jar[p.name]] if p.name in jar else [], found)) for p in self._cookies)
            headers = {**headers, **_present(sent)}
        return path, query, headers

    def _parameter_refusal(self, found: list[Violation]) -> NamedAnswer:
        path_first = [violation for violation in found if violation.place == "path"] or found
        if all(violation.refusal for violation in path_first):
            return self._refusals.named(str(path_first[0].refusal), "x-refusal")
        return self._kinds["invalid_parameter"]

    def _body_violations(self, request: Request) -> tuple[Violation, ...]:
        try:
            self._checked_body(request)
        except Refused as refused:
            return refused.violations
        return ()

    def _checked_body(self, request: Request) -> Any:
        if not self.has_body:
            return None
        body = self.read_body(request)
        if not request.body:
            return body
        media = self._media_of(request)
        if media is None or media.validator is None or media.validator.is_valid(body):
            return body
        found = self._explainer.explain(media.validator, body, "body")
        if found and all(violation.refusal for violation in found):
            raise Refused(self._refusals.named(str(found[0].refusal), "x-refusal"), found)
        raise Refused(self._kinds["invalid_body"], found)

    def _media_of(self, request: Request) -> _Media | None:
        """Return how to read the body, None where it counts as empty. Raises Refused for an unknown content type."""
        content_type = request.headers.get(b"content-type")
        first = next(iter(self._media.values()))
        if content_type is None or not request.body:
            return first
        text = content_type.decode("latin-1")
        known = self._media.get(media_type(text))
        if known is not None and b"content-encoding" not in request.headers:
            return known
        if self._others == "json":
            return first
        if self._others == "empty":
            return None
        raise Refused(self._kinds["unsupported_media_type"], (self._unsupported(request, text),))

    def _unsupported(self, request: Request, content_type: str) -> Violation:
        rule = f"{self._body_at}/content"
        accepted = " or ".join(self._media)
        encoded = b"content-encoding" in request.headers
        return Violation(
            place="header",
            pointer="Content-Encoding" if encoded else "Content-Type",
            rule="#" + rule.lstrip("#"),
            keyword="content",
            message="must not be sent: bodies are read as they are" if encoded else f"must be {accepted}",
            source=self._source.at(rule),
            sent=content_type,
        )

    def _missing_body(self) -> Violation:
        rule = f"{self._body_at}/required"
        return Violation(
            place="body",
            pointer="",
            rule="#" + rule.lstrip("#"),
            keyword="required",
            message="is required, and nothing was sent",
            source=self._source.at(rule),
            missing=True,
        )


def _too_large() -> Violation:
    return Violation(
        place="body", pointer="", rule="", keyword="size", message="is larger than the limit", missing=True
    )


def _present(values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in values if value is not ABSENT}


def _query_values(fields: Mapping[str, list[str]], parameter: Parameter) -> list[str]:
    if parameter.node.get("style") == "deepObject":
        return deep_object(fields, parameter.name)
    return fields.get(parameter.name, [])


def _header_values(request: Request, parameter: Parameter) -> list[str]:
    raw = request.headers.get(parameter.name.lower().encode())
    return [] if raw is None else [raw.decode("latin-1")]

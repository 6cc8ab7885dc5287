"""What an operation takes in: parameters and body, parsed and held to the contract."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from understudy.contract.answers import NamedAnswer
from understudy.contract.body import Parsed, RequestBody
from understudy.contract.explain import Explainer
from understudy.contract.forced import FORCING
from understudy.contract.parameters import ABSENT, Parameter, deep_object, query_fields
from understudy.contract.refusals import Refusals, Refused
from understudy.contract.request import Request
from understudy.contract.schema import Schemas
from understudy.contract.security import Security, cookies
from understudy.contract.wording import clip, misspelt, near
from understudy.kernel.violation import Violation
from understudy.source import Source

STRICT_QUERY = "x-strict-query"
_STRICT = f"#/{STRICT_QUERY}"
_NO_PARAMETERS: Mapping[str, Any] = {}
_REMEMBERED = 256
_MEMORABLE = 200
_PLAIN = {str, int, float, bool, type(None)}


class Accepted(NamedTuple):
    """The inputs of a call, checked."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Any


class Inputs:
    """Security, parameters and body of one operation, compiled."""

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
        strict_query: bool = False,
        other_content_types: str,
    ) -> None:
        self._refusals = refusals
        self.security = security
        self.parameters = [Parameter(source, schemas, explainer, at) for at in parameters]
        self._path, self._query, self._headers, self._cookies = (
            [parameter for parameter in self.parameters if parameter.place == place]
            for place in ("path", "query", "header", "cookie")
        )
        self.body: RequestBody | None = None
        if "requestBody" in source.find(pointer):
            at = f"{pointer}/requestBody"
            self.body = RequestBody(source, schemas, explainer, refusals, at, other_content_types)
        self.body_first = body_first and self.body is not None
        self._strict = source.at(_STRICT) if strict_query and self._query else None
        self._secrets = explainer.secrets
        self._met: dict[bytes, dict[str, Any]] = {}
        self._invalid_parameter = self._compile_parameter_refusals()
        self.unauthenticated: NamedAnswer | None = None if security.optional else refusals.of("unauthenticated")

    def parse_body(self, request: Request) -> Parsed | None:
        """Return the body as a value, unchecked; None where there is none. Raises Refused."""
        return None if self.body is None else self.body.read(request)

    def read(self, request: Request, early: Parsed | None = None) -> Accepted:
        """Parse and check parameters and body (``early`` where it was parsed already).

        Raises Refused with every violation there is.
        """
        found: list[Violation] = []
        path, query, headers = self._parameters(request, found)
        if found:
            raise Refused(self._parameter_refusal(found), (*found, *self._body_violations(request)))
        if self.body is None:
            return Accepted(path, query, headers, None)
        parsed = early if self.body_first else self.body.read(request)
        return Accepted(path, query, headers, self.body.check(parsed))

    def _compile_parameter_refusals(self) -> NamedAnswer | None:
        """Return the answer for a violation that names none; see that those which are named exist."""
        for parameter in self.parameters:
            own = parameter.node.get("x-refusal")
            for name in own.values() if isinstance(own, dict) else [own] if own else []:
                self._refusals.named(name, f"x-refusal of parameter {parameter.name!r}")
        fallible = (parameter.can_fail and not parameter.names_refusal for parameter in self.parameters)
        if self._strict is not None or any(fallible):
            return self._refusals.of("invalid_parameter")
        return None

    def _parameters(
        self, request: Request, found: list[Violation]
    ) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
        path = query = headers = _NO_PARAMETERS
        if self._path:
            sent = request.path_values
            path = {p.name: p.read((sent[p.name],), found) for p in self._path}
        if self._query:
            met = self._met.get(request.query)
            query = self._of_query(request.query, found) if met is None else met.copy()
        if self._headers:
            headers = _present((p.name, p.read(_header_values(request, p), found)) for p in self._headers)
        if self._cookies:
            jar = cookies(request)
            crumbs = ((p.name, p.read([jar[p.name]] if p.name in jar else [], found)) for p in self._cookies)
            headers = {**headers, **_present(crumbs)}
        return path, query, headers

    def _of_query(self, raw: bytes, found: list[Violation]) -> dict[str, Any]:
        """Return the parameters in a query, which is remembered where nothing is wrong with it."""
        fields = query_fields(raw) if raw else {}
        before = len(found)
        query = _present((p.name, p.read(_query_values(fields, p), found)) for p in self._query)
        if found and fields:
            self._hint_at_misspelt(found, fields)
        if fields and self._strict is not None:
            found.extend(self._unknown(fields, self._strict))
        if len(found) == before and len(raw) <= _MEMORABLE and all(type(value) in _PLAIN for value in query.values()):
            if len(self._met) >= _REMEMBERED:
                self._met.clear()
            self._met[raw] = query.copy()
        return query

    def _unknown(self, fields: Mapping[str, list[str]], source: str) -> Iterator[Violation]:
        """Yield a violation for each query parameter that is none of the operation's, nor of the engine's own."""
        known = [parameter.name for parameter in self._query]
        for name in fields:
            if name not in (*known, *FORCING, *self.security.fields):
                message = f"is no parameter of this operation; it has {', '.join(known)}"
                yield Violation(
                    "query",
                    name[:100],
                    _STRICT,
                    STRICT_QUERY,
                    message,
                    source,
                    None if self._secrets.hides_field(name) else clip(fields[name]),
                    hint=near(name, known),
                )

    def placeholders(self, request: Request) -> tuple[Violation, ...]:
        """Return a violation for each path parameter that looks like a placeholder left unfilled."""
        return tuple(filter(None, (parameter.placeholder(request.path_values) for parameter in self._path)))

    def _hint_at_misspelt(self, found: list[Violation], fields: Mapping[str, list[str]]) -> None:
        known = {parameter.name for parameter in self._query}
        unknown = [name for name in fields if name not in known]
        for number, violation in enumerate(found):
            if violation.place == "query" and violation.missing:
                found[number] = replace(violation, hint=misspelt(violation.pointer, unknown))

    def _parameter_refusal(self, found: list[Violation]) -> NamedAnswer:
        deciding = [violation for violation in found if violation.place == "path"] or found
        return self._refusals.own(deciding) or self._invalid_parameter or self._refusals.of("invalid_parameter")

    def _body_violations(self, request: Request) -> tuple[Violation, ...]:
        if self.body is None:
            return ()
        try:
            self.body.check(self.body.read(request))
        except Refused as refused:
            return refused.violations
        return ()


def sent(parameter: Parameter, request: Request, fields: Mapping[str, list[str]]) -> Sequence[str]:
    """Return what a request says of a parameter, unparsed; nothing where it is silent.

    ``fields`` are those of its query.
    """
    if parameter.place == "query":
        return _query_values(fields, parameter)
    if parameter.place == "header":
        return _header_values(request, parameter)
    told = request.path_values if parameter.place == "path" else cookies(request)
    return [told[parameter.name]] if parameter.name in told else []


def _present(values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in values if value is not ABSENT}


def _query_values(fields: Mapping[str, list[str]], parameter: Parameter) -> list[str]:
    if parameter.node.get("style") == "deepObject":
        return deep_object(fields, parameter.name)
    return fields.get(parameter.name, [])


def _header_values(request: Request, parameter: Parameter) -> list[str]:
    raw = request.headers.get(parameter.name.lower().encode())
    return [] if raw is None else [raw.decode("latin-1")]

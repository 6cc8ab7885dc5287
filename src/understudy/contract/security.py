"""Who may call: security requirements as OpenAPI combines them, AND within one, OR between them."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from understudy.contract.parameters import query_fields
from understudy.contract.request import Request
from understudy.kernel.violation import Violation
from understudy.source import Source, SourceError

Extract = Callable[[Request], str]
"""Returns the credential of one scheme, ``""`` where it is absent."""


class Security:
    """The requirement of one operation: alternatives, each a set of schemes that are needed together."""

    def __init__(self, source: Source, requirement: list[dict[str, Any]], pointer: str) -> None:
        self._source = source
        self.alternatives: list[list[tuple[str, Extract]]] = [
            [(scheme, _extractor(source, scheme, pointer)) for scheme in alternative] for alternative in requirement
        ]
        self.optional = not self.alternatives or any(not alternative for alternative in self.alternatives)
        self.alternatives = [alternative for alternative in self.alternatives if alternative]

    @property
    def fields(self) -> Iterator[str]:
        """The query parameters that carry credentials."""
        for scheme in {scheme for alternative in self.alternatives for scheme, _ in alternative}:
            _, node = self._source.resolve(f"#/components/securitySchemes/{scheme}")
            if node.get("in") == "query":
                yield node["name"]

    def presented(self, request: Request) -> list[Mapping[str, str]]:
        """Return the values of every alternative of which all schemes are present."""
        complete: list[Mapping[str, str]] = []
        for alternative in self.alternatives:
            values: dict[str, str] = {}
            for scheme, extract in alternative:
                value = extract(request)
                if not value:
                    break
                values[scheme] = value
            else:
                complete.append(values)
        return complete

    def violations(self, request: Request) -> tuple[Violation, ...]:
        """Say of the first alternative which credentials are missing, or that they are not known. None is quoted."""
        found = []
        for scheme, extract in self.alternatives[0]:
            pointer, node = self._source.resolve(f"#/components/securitySchemes/{scheme}")
            missing = not extract(request)
            found.append(
                Violation(
                    place=node.get("in", "header"),
                    pointer=node.get("name", "Authorization"),
                    rule=pointer,
                    keyword="security",
                    message="is required" if missing else "is not a credential that this mock knows",
                    source=self._source.at(pointer),
                    missing=True,
                    hint="the first screen of the server prints working credentials",
                )
            )
        return tuple(violation for violation in found if violation.message == "is required") or tuple(found)


def _extractor(source: Source, scheme: str, pointer: str) -> Extract:
    try:
        _, node = source.resolve(f"#/components/securitySchemes/{scheme}")
    except SourceError:
        raise SourceError(f"{source.at(pointer)}: security scheme {scheme!r} is not in components") from None
    if node["type"] == "apiKey":
        return _API_KEYS[node["in"]](node["name"])
    if node["type"] == "http" and node["scheme"].lower() == "basic":
        return _basic
    if node["type"] in ("http", "oauth2", "openIdConnect"):
        return _bearer
    raise SourceError(f"{source.at(pointer)}: security scheme {scheme!r} has an unknown type {node['type']!r}")


def _from_header(name: str) -> Extract:
    key = name.lower().encode()

    def extract(request: Request) -> str:
        value = request.headers.get(key)
        return "" if value is None else value.decode("latin-1").strip()

    return extract


def _from_query(name: str) -> Extract:
    return lambda request: query_fields(request.query).get(name, [""])[-1]


def _from_cookie(name: str) -> Extract:
    return lambda request: cookies(request).get(name, "")


_API_KEYS: dict[str, Callable[[str], Extract]] = {
    "header": _from_header,
    "query": _from_query,
    "cookie": _from_cookie,
}


def cookies(request: Request) -> dict[str, str]:
    """Return the request's cookies by name."""
    jar = request.headers.get(b"cookie", b"").decode("latin-1")
    pairs = (part.strip().partition("=") for part in jar.split(";") if "=" in part)
    return {name: value for name, _, value in pairs}


def _authorization(request: Request, scheme: str) -> str:
    kind, _, value = request.headers.get(b"authorization", b"").decode("latin-1").strip().partition(" ")
    return value.strip() if kind.lower() == scheme else ""


def _bearer(request: Request) -> str:
    return _authorization(request, "bearer")


def _basic(request: Request) -> str:
    """Return ``user:password``."""
    try:
        return b64decode(_authorization(request, "basic"), validate=True).decode()
    except (Base64Error, UnicodeDecodeError, ValueError):
        return ""

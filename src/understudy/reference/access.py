"""What lets a caller in: working credentials, and where they have to be fetched first, the way to log in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from understudy.contract.operation import Operation
from understudy.parts import Part


@dataclass(frozen=True, slots=True)
class Scheme:
    """One security scheme."""

    id: str
    kind: str
    """``apiKey``, ``basic`` or ``bearer``."""
    place: str
    """``header``, ``query`` or ``cookie``."""
    name: str
    description: str

    def header(self, value: str) -> str:
        """Return the credential as it is sent."""
        return f"Bearer {value}" if self.kind == "bearer" else value


@dataclass(frozen=True, slots=True)
class Login:
    """How a credential is fetched: the operation that has ``x-login`` in the contract."""

    scheme: str
    operation: str
    token: str
    """JSON Pointer into the answer."""
    template: str
    """What is sent, with ``{token}`` in it."""
    accounts: tuple[Mapping[str, str], ...]
    """Who can log in: the fixture's ``logins``; ``role`` says who it is, the rest is the body."""

    def body(self, account: Mapping[str, str]) -> dict[str, str]:
        """Return what is sent to log an account in."""
        return {name: value for name, value in account.items() if name != "role"}


@dataclass(frozen=True, slots=True)
class Access:
    """Everything that lets a caller in."""

    schemes: Mapping[str, Scheme]
    credentials: tuple[Mapping[str, str], ...]
    """Working ones, by scheme; each is one set that is presented together."""
    login: Login | None

    def credential(self, alternatives: tuple[tuple[str, ...], ...]) -> Mapping[str, str]:
        """Return a working credential for the first alternative that has one; its schemes, empty, if none has."""
        for schemes in alternatives:
            for known in self.credentials:
                if set(known) == set(schemes):
                    return known
        return dict.fromkeys(alternatives[0], "") if alternatives else {}


def access_of(part: Part) -> Access:
    """Return what lets a caller in to an API."""
    nodes = part.contract.source.data.get("components", {}).get("securitySchemes", {})
    resolved = {id: part.contract.source.resolve_inside(node)[1] for id, node in nodes.items()}
    logins = [_login(operation, part) for operation in part.contract.operations.values() if "x-login" in operation.node]
    return Access(
        {id: _scheme(id, node) for id, node in resolved.items()},
        tuple(part.fixture.credentials),
        logins[0] if logins and part.fixture.logins else None,
    )


def _scheme(id: str, node: Mapping[str, Any]) -> Scheme:
    described = str(node.get("description", "")).strip()
    if node["type"] == "apiKey":
        return Scheme(id, "apiKey", node["in"], node["name"], described)
    basic = node["type"] == "http" and str(node.get("scheme", "")).lower() == "basic"
    return Scheme(id, "basic" if basic else "bearer", "header", "Authorization", described)


def _login(operation: Operation, part: Part) -> Login:
    said = operation.node["x-login"]
    template = said.get("prefix", "") + "{token}"
    return Login(said["scheme"], operation.id, said["token"], template, tuple(part.fixture.logins))

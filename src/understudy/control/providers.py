"""What a provider is called by: hosts, paths, and credentials as the headers that carry them."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.contract.operation import Operation
from understudy.parts import Part


def provider_data(part: Part) -> dict[str, Any]:
    """Return what the API says of a provider."""
    contract = part.contract
    return {
        "provider": part.name,
        "title": contract.title,
        "servers": [server["url"] for server in contract.source.data.get("servers", [])],
        "basePaths": list(contract.base_paths),
        "grounds": list(contract.territory()),
        "credentials": [headers for credential in part.fixture.credentials if (headers := _headers(part, credential))],
        "logins": list(_logins(part)),
    }


def _headers(part: Part, credential: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that carry a credential; none where it does not travel in headers alone."""
    headers: dict[str, str] = {}
    for scheme, value in credential.items():
        name, prefix, written = _written(_scheme(part, scheme), value)
        if not name:
            return {}
        headers[name] = prefix + written
    return headers


def _written(node: Mapping[str, Any], value: str) -> tuple[str, str, str]:
    """Return header, prefix and value of a credential; no header for one that travels in the query."""
    if node["type"] == "apiKey":
        places = {"header": (node["name"], "", value), "cookie": ("Cookie", f"{node['name']}=", value)}
        return places.get(node["in"], ("", "", ""))
    if node["type"] == "http" and node["scheme"].lower() == "basic":
        return "Authorization", "Basic ", b64encode(value.encode()).decode()
    return "Authorization", "Bearer ", value


def _logins(part: Part) -> Iterator[dict[str, Any]]:
    for operation in part.contract.operations.values():
        spelt = operation.node.get("x-login")
        if spelt:
            for login in part.fixture.logins:
                yield _login(part, operation, spelt, login)


def _login(part: Part, operation: Operation, spelt: Mapping[str, str], login: Mapping[str, str]) -> dict[str, Any]:
    header, prefix, _ = _written(_scheme(part, spelt["scheme"]), "")
    return {
        "role": login.get("role", ""),
        "method": operation.method.upper(),
        "path": part.contract.base_paths[0] + operation.path,
        "body": {name: value for name, value in login.items() if name != "role"},
        "header": header,
        "token": spelt["token"],
        "prefix": spelt.get("prefix", prefix),
    }


def _scheme(part: Part, name: str) -> Mapping[str, Any]:
    node: Mapping[str, Any] = part.contract.source.resolve(f"#/components/securitySchemes/{name}")[1]
    return node

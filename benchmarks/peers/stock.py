"""Stock Connexion over Understudy's own contract: security, validation of requests and of responses, no state."""

from typing import Any

import yaml
from connexion import AsyncApp
from connexion.resolver import Resolver

from benchmarks.paths import CONTRACT
from benchmarks.peers.prepared import prepared

ANSWERS = prepared()
SECRET = "12345"


async def read_organisation(id: str) -> Any:
    return ANSWERS["read"]


async def update_organisation(id: str, body: Any) -> Any:
    return ANSWERS["update"]


async def list_organisations(p: int | None = None) -> Any:
    return ANSWERS["list"]


async def not_played(**_: Any) -> Any:
    raise NotImplementedError


def credential(api_key: str) -> dict[str, str] | None:
    """Return who presents a key, or None for nobody: what Connexion calls an ``apikeyInfoFunc``."""
    return {"sub": "admin"} if api_key == SECRET else None


def contract() -> dict[str, Any]:
    """Return the contract, with the function that Connexion shall ask about credentials."""
    document: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    for scheme in document["components"]["securitySchemes"].values():
        scheme["x-apikeyInfoFunc"] = f"{__name__}.{credential.__name__}"
    return document


HANDLERS = {handler.__name__: handler for handler in (read_organisation, update_organisation, list_organisations)}

app = AsyncApp(__name__)
app.add_api(
    contract(),
    resolver=Resolver(lambda operation: HANDLERS.get(operation, not_played)),
    validate_responses=True,
)

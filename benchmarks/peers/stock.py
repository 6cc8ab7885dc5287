"""Stock Connexion over Understudy's own contract: security, validation of requests and of responses, no state."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import yaml
from connexion import AsyncApp
from connexion.resolver import Resolver

from benchmarks.peers.prepared import CONTRACT, Prepared, prepared

SECRETS = frozenset(os.environ["BENCHMARK_CREDENTIALS"].split())
Handler = Callable[..., Awaitable[Any]]


def giving(answer: Prepared) -> Handler:
    """Return a handler that gives an answer."""

    async def give(**_: Any) -> Any:
        return answer.body, answer.status

    return give


async def not_played(**_: Any) -> Any:
    raise NotImplementedError


def credential(api_key: str) -> dict[str, str] | None:
    """Return who presents a key, or None for nobody: what Connexion calls an ``apikeyInfoFunc``."""
    return {"sub": "admin"} if api_key in SECRETS else None


def contract() -> dict[str, Any]:
    """Return the contract, with the function that Connexion shall ask about credentials."""
    document: dict[str, Any] = yaml.safe_load(Path(os.environ[CONTRACT]).read_text(encoding="utf-8"))
    for scheme in document["components"]["securitySchemes"].values():
        scheme["x-apikeyInfoFunc"] = f"{__name__}.{credential.__name__}"
    return document


HANDLERS = {operation: giving(answer) for operation, answer in prepared().items()}

app = AsyncApp(__name__)
app.add_api(
    contract(),
    resolver=Resolver(lambda operation: HANDLERS.get(operation, not_played)),
    validate_responses=True,
)

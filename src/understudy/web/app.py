"""Assembles the stages."""

from collections.abc import Sequence
from typing import Any

from connexion.middleware import ConnexionMiddleware
from connexion.resolver import Resolver

from understudy.contract.contract import Contract
from understudy.parts import Part
from understudy.sandbox import Sandbox
from understudy.web.edge import Edge
from understudy.web.exchange import ASGIApp
from understudy.web.otherwise import Otherwise
from understudy.web.routing import Routing
from understudy.web.stage import ContractStage

MAX_BODY = 1024 * 1024
"""Bytes that a request body may have."""


def build_app(parts: Sequence[Part], sandbox: Sandbox, *, max_body: int = MAX_BODY) -> Edge:
    """Return the ASGI application that plays these parts in this sandbox."""
    return Edge(build_stages(parts, sandbox, max_body=max_body))


def build_stages(parts: Sequence[Part], sandbox: Sandbox, *, max_body: int = MAX_BODY) -> ASGIApp:
    """Return the stages behind the edge: routing, the contract stage, and what answers otherwise."""
    contracts = [part.contract for part in parts]
    stages: Any = ConnexionMiddleware(
        Otherwise(contracts, sandbox),
        middlewares=[Routing, ContractStage],
    )
    for contract in contracts:
        for base_path in contract.base_paths:
            _add(stages, contract, base_path, sandbox, max_body)
    return _built(stages)


def _built(stages: Any) -> ASGIApp:
    """Have Connexion build its stack now, so that what is wrong stops the start and the first request is as quick.

    It does so when it is first called; a scope of no known type passes through all stages untouched.
    """
    try:
        stages({"type": "understudy.start"}, None, None).send(None)
    except StopIteration:
        outermost: ASGIApp = stages.app
        return outermost
    raise RuntimeError("a stage waited for something before the first request")


def _add(stages: ConnexionMiddleware, contract: Contract, base_path: str, sandbox: Sandbox, max_body: int) -> None:
    handlers = {operation.id: operation.perform for operation in contract.operations.values()}
    stages.add_api(
        contract.routes(),
        base_path=base_path,
        resolver=Resolver(handlers.__getitem__),
        operations=contract.operations,
        sandbox=sandbox,
        max_body=max_body,
    )

"""Assembles the stages."""

from collections.abc import Callable, Sequence
from typing import Any

from connexion.middleware import ConnexionMiddleware
from connexion.resolver import Resolver

from understudy.contract.contract import Contract
from understudy.contract.operation import Operation
from understudy.control.play import load_control
from understudy.control.room import House
from understudy.parts import Part
from understudy.sandboxes import Sandboxes
from understudy.source import SourceError
from understudy.web.control import ControlOperation
from understudy.web.edge import PAGES, Edge, Stages
from understudy.web.exchange import CONTROL, ASGIApp
from understudy.web.otherwise import Otherwise
from understudy.web.pages.app import build_pages
from understudy.web.routing import Routing
from understudy.web.stage import ContractStage, StagedOperation

MAX_BODY = 1024 * 1024
"""Bytes that a request body may have."""


def build_app(parts: Sequence[Part], sandboxes: Sandboxes, *, max_body: int = MAX_BODY) -> Edge:
    """Return the ASGI application that plays these parts in these sandboxes, and their control API."""
    return build_edge(parts, House(sandboxes), max_body=max_body)


def build_edge(parts: Sequence[Part], house: House, *, max_body: int = MAX_BODY) -> Edge:
    """Return the application of a house: the stages behind an edge that feeds what the house counts."""
    _refuse_shadowed(parts)
    edge = Edge(build_stages(parts, house, max_body=max_body), house.sandboxes, build_pages(house))
    edge.listeners.append(house.coverage.record)
    return edge


def _refuse_shadowed(parts: Sequence[Part]) -> None:
    """See that no vendor stands where the server has pages of its own. Raises SourceError."""
    for part in parts:
        for prefix in part.contract.territory():
            own = next((own for own in (CONTROL, *PAGES) if f"{prefix}/".startswith(f"{own}/")), None)
            if own is not None:
                label = part.contract.source.label
                raise SourceError(f"{label}: {own} is this server's own; begin the paths with another base in servers")


def build_stages(parts: Sequence[Part], house: House, *, max_body: int = MAX_BODY) -> Stages:
    """Return the stages behind the edge: routing, the contract stage, and what answers otherwise."""
    contracts = [part.contract for part in parts]
    control = load_control()
    stages: Any = ConnexionMiddleware(
        Otherwise([*contracts, control], max_body),
        middlewares=[Routing, ContractStage],
    )
    for contract in contracts:
        _add(stages, contract, lambda operation: StagedOperation(operation, max_body))
    _add(stages, control, lambda operation: ControlOperation(operation, house, max_body))
    return _built(stages)


def _built(stages: Any) -> Stages:
    """Have Connexion build its stack now, so that what is wrong stops the start and the first request is as quick.

    It does so when it is first called; a scope of no known type passes through all stages untouched.
    """
    try:
        stages({"type": "understudy.start"}, None, None).send(None)
    except StopIteration:
        outermost: Stages = stages.app
        return outermost
    raise RuntimeError("a stage waited for something before the first request")


def _add(stages: ConnexionMiddleware, contract: Contract, staged: Callable[[Operation], ASGIApp]) -> None:
    handlers = {operation.id: operation.perform for operation in contract.operations.values()}
    ready = {id: staged(operation) for id, operation in contract.operations.items()}
    for base_path in contract.base_paths:
        stages.add_api(contract.routes(), base_path=base_path, resolver=Resolver(handlers.__getitem__), staged=ready)

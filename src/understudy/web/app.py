"""Assembles the stages."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from connexion.resolver import Resolver
from connexion.utils import sort_routes

from understudy.contract.contract import Contract
from understudy.contract.operation import Operation
from understudy.control.play import load_control
from understudy.control.room import House
from understudy.limits import Limits
from understudy.parts import Part
from understudy.sandboxes import Sandboxes
from understudy.source import SourceError
from understudy.web.control import ControlOperation
from understudy.web.edge import PAGES, Edge, Stages
from understudy.web.exchange import CONTROL, ASGIApp
from understudy.web.hosts import hosts_of
from understudy.web.otherwise import Otherwise
from understudy.web.pages.later import Pages
from understudy.web.routing import Routes, Routing
from understudy.web.stage import ContractStage, StagedOperation

DEFAULTS = Limits()


def build_app(parts: Sequence[Part], sandboxes: Sandboxes, limits: Limits = DEFAULTS) -> Edge:
    """Return the ASGI application that plays these parts in these sandboxes, and their control API."""
    return build_edge(parts, House(sandboxes), limits)


def build_edge(parts: Sequence[Part], house: House, limits: Limits = DEFAULTS, *, hosts: Sequence[str] = ()) -> Edge:
    """Return the application of a house: the stages behind an edge that feeds what the house counts."""
    _refuse_shadowed(parts)
    edge = Edge(build_stages(parts, house, limits), house.sandboxes, Pages(house), house.gate, limits)
    edge.hosts = hosts_of(parts, hosts)
    edge.secrets = lambda: house.secrets
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


def build_stages(parts: Sequence[Part], house: House, limits: Limits = DEFAULTS) -> Stages:
    """Return the stages behind the edge: routing, the contract stage, and what answers otherwise."""
    contracts = [part.contract for part in parts]
    control = load_control()
    stage = ContractStage(Otherwise([*contracts, control], limits.max_body))
    routing = Routing(stage)
    apis = [api for contract in contracts for api in _apis(contract, lambda own: StagedOperation(own, limits))]
    apis += _apis(control, lambda own: ControlOperation(own, house, limits))
    # Connexion's order: the most specific base path first.
    for api in sort_routes(apis, key=lambda api: api.base_path or "/"):
        for taker in (stage, routing):
            taker.add_api(api.routes, base_path=api.base_path, resolver=api.resolver, staged=api.staged)
    return routing


class _API(NamedTuple):
    """One contract under one base path, as Connexion's stages take it in."""

    base_path: str
    routes: Routes
    resolver: Resolver
    staged: Mapping[str, ASGIApp]


def _apis(contract: Contract, staged: Callable[[Operation], ASGIApp]) -> list[_API]:
    handlers = {operation.id: operation.perform for operation in contract.operations.values()}
    ready = {id: staged(operation) for id, operation in contract.operations.items()}
    resolver = Resolver(handlers.__getitem__)
    return [_API(base, Routes(contract.routes()), resolver, ready) for base in contract.base_paths]

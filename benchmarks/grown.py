"""Worlds, contracts and fixtures of any size, to see what grows with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from understudy.contract.contract import Contract
from understudy.fixtures import Fixture
from understudy.kernel.cast import Cast
from understudy.kernel.exchange import Answer, Call
from understudy.kernel.freeze import FrozenDict
from understudy.kernel.provider import Handler, Provider, Visitor
from understudy.kernel.state import State
from understudy.kernel.table import Table
from understudy.parts import Part, Places
from understudy.providers.koneksi.state import KoneksiState
from understudy.providers.koneksi.state import build as build_koneksi
from understudy.providers.tyk.state import TykState
from understudy.providers.tyk.state import build as build_tyk
from understudy.sandbox import World

WORLD = "crowded"


def user_id(number: int) -> str:
    """Return the id of the n-th user of :func:`tyk_users`, and of the n-th member of :func:`koneksi_members`."""
    return f"{number:024x}"


def tyk_users(world: World, count: int) -> TykState:
    """Return a Dashboard of so many users, like the first of a world."""
    state: Any = world.states["tyk"]
    pattern = next(iter(state.users))
    users = (
        FrozenDict(
            {
                **pattern,
                "id": user_id(number),
                "email_address": f"user{number}@example.com",
                "access_key": f"{number:032x}",
                "org_id": f"{number // 100:024x}",
            }
        )
        for number in range(count)
    )
    return build_tyk(users=users)


def koneksi_members(world: World, count: int) -> KoneksiState:
    """Return an organization that has so many members, like the first of a world, beside those that it has there."""
    state: Any = world.states["koneksi"]
    (organization,) = state.organizations
    pattern = next(iter(state.members))
    made: Iterator[Any] = (
        FrozenDict({**pattern, "id": user_id(number), "email": f"member{number}@example.com"})
        for number in range(count)
    )
    return build_koneksi(organization, list(chain(state.members, made)), clients=state.clients)


def with_state(world: World, provider: str, state: State) -> World:
    """Return a world in which one provider has another state."""
    return replace(world, states={**world.states, provider: state})


@dataclass(frozen=True, slots=True)
class Things(State):
    """The state behind a made-up contract."""

    things: Table


def thing_path(number: int, id: str = "{id}") -> str:
    """Return the path of the n-th operation: ten of them share how they begin."""
    return f"/area{number // 10}/things{number}/{id}"


def made_up_part(folder: Path, operations: int) -> Part:
    """Return a part whose contract has so many operations, each of which reads one thing."""
    contract, fixture = folder / f"things{operations}.yaml", folder / f"cast{operations}.yaml"
    contract.write_text(yaml.safe_dump(_contract(operations), sort_keys=False), encoding="utf-8")
    fixture.write_text("credentials:\n  - {Key: open-sesame}\nworlds:\n  documented: {}\n", encoding="utf-8")
    provider = Provider(
        name="things",
        handlers=tuple(_reader(f"read_thing_{number}") for number in range(operations)),
        state=Things,
        seed=_things,
        authenticate=_let_in,
    )
    return Part(Contract.load(contract, provider), provider, Fixture.load("things", fixture))


def _things(cast: Cast) -> Things:
    return Things(Table.of([{"id": "1", "name": "First"}]))


def _let_in(_: Things, visitor: Visitor) -> str | None:
    return "somebody" if visitor.keyring.holds(visitor.presented) else None


def _reader(name: str) -> Handler:
    def read(state: Things, call: Call) -> tuple[Answer, Things]:
        return Answer("thing_read", state.things.get(call.path["id"])), state

    read.__name__ = name
    return read


def _contract(operations: int) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1"},
        "security": [{"Key": []}],
        "x-refusals": {
            "unauthenticated": "turned_away",
            "invalid_parameter": "not_found",
            "route_not_found": "no_route",
            "method_not_allowed": "no_method",
        },
        "x-unrouted": {
            "responses": {"404": _answer("no_route", "Refusal"), "405": _answer("no_method", "Refusal")},
        },
        "paths": {thing_path(number): {"get": _operation(number)} for number in range(operations)},
        "components": {
            "securitySchemes": {"Key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
            "schemas": {
                "Thing": _object("id", "name"),
                "Refusal": _object("error"),
            },
        },
    }


def _object(*members: str) -> dict[str, Any]:
    properties = {member: {"type": "string"} for member in members}
    return {"type": "object", "additionalProperties": False, "required": list(members), "properties": properties}


def _operation(number: int) -> dict[str, Any]:
    return {
        "operationId": f"read_thing_{number}",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 9}}],
        "responses": {
            "200": _answer("thing_read", "Thing"),
            "401": _answer("turned_away", "Refusal"),
            "404": _answer("not_found", "Refusal"),
        },
    }


def _answer(name: str, schema: str) -> dict[str, Any]:
    value = {"error": "no"} if schema == "Refusal" else {"id": "1", "name": "First"}
    example = {"value": value} if schema == "Refusal" else {"x-varies": "all", "value": value}
    media = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "examples": {name: example}}
    return {"description": name, "content": {"application/json": media}}


def scale_fixtures(folder: Path, members: int) -> None:
    """Write fixtures whose world ``crowded`` has so many members in all, in the proportions of ours."""
    fixtures = {path.name: _plain(path) for path in sorted(Places.default().fixtures.glob("*.yaml"))}
    total = sum(section["cast"] for fixture in fixtures.values() for section in _sections(fixture))
    for name, fixture in fixtures.items():
        for section in _sections(fixture):
            section["cast"] = max(1, round(section["cast"] * members / total))
        (folder / name).write_text(yaml.safe_dump(fixture, sort_keys=False), encoding="utf-8")


def _plain(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _sections(fixture: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the crowded world of a fixture says about its collections."""
    world = fixture["worlds"][WORLD]
    return [section for section in world.values() if isinstance(section, dict) and "cast" in section]

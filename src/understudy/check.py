"""``understudy check``: everything that can be wrong with a part before anybody calls it."""

from collections.abc import Iterator, Sequence
from typing import Any

from understudy.contract.lint import lint
from understudy.contract.names import undeclared_names
from understudy.parts import Part, Places, load_part, load_parts
from understudy.source import SourceError


def check_all(names: Sequence[str] = (), places: Places | None = None) -> Iterator[str]:
    """Yield each problem of the named parts (default: all) as a sentence with file, line and remedy."""
    places = places or Places.default()
    for name in names or places.names():
        try:
            part = load_part(name, places) if name in places.names() else load_parts([name], places)[0]
        except SourceError as error:
            yield str(error)
            continue
        yield from check_part(part)
    if not names:
        known = places.names()
        for name in places.contracts():
            if name not in known:
                yield f"openapi/{name}.yaml: there is no provider {name!r} to play it; write {places.package}.{name}"


def check_part(part: Part) -> Iterator[str]:
    """Yield each problem of one part."""
    yield from lint(part.contract)
    yield from undeclared_names(part.contract)
    yield from _schemes(part)
    for world in part.fixture.worlds:
        yield from _world(part, world)


def _schemes(part: Part) -> Iterator[str]:
    known = part.contract.source.data.get("components", {}).get("securitySchemes", {})
    for credential in part.fixture.credentials:
        for scheme in credential:
            if scheme not in known:
                yield f"fixtures/{part.name}.yaml: credentials name {scheme!r}; the contract has {', '.join(known)}"


def _world(part: Part, world: str) -> Iterator[str]:
    try:
        state = part.state(world, 1)
    except SourceError as error:
        yield str(error)
        return
    for collection, schema in part.provider.resources.items():
        for record in state.table(collection):
            for complaint in part.contract.resource_errors(schema, record):
                yield f"fixtures/{part.name}.yaml: world {world!r}, {collection} {_id(record)}: {complaint}"


def _id(record: Any) -> str:
    return str(next(iter(record.values()), "?")) if "id" not in record else str(record["id"])

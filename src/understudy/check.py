"""``understudy check``: everything that can be wrong with a part before anybody calls it."""

from collections.abc import Iterator, Sequence
from itertools import islice

from understudy.contract.names import undeclared_names
from understudy.contract.review import review
from understudy.control.play import load_control
from understudy.kernel.cast import Cast
from understudy.kernel.mint import Mint
from understudy.kernel.table import Table
from understudy.parts import Part, Places, load_part, refuse_unknown
from understudy.source import SourceError

_SEED = 1
_MOST = 20
"""Complaints about the records of one collection: a mistake in what is made up is in thousands of them."""


def check_all(names: Sequence[str] = (), places: Places | None = None) -> Iterator[str]:
    """Yield each problem of the named parts (default: all) as a sentence with file, line and remedy.

    Raises SourceError for a name that no provider has.
    """
    places = places or Places.default()
    refuse_unknown(names, places)
    for name in names or places.names():
        try:
            part = load_part(name, places)
        except SourceError as error:
            yield str(error)
            continue
        yield from check_part(part)
    if not names:
        known = places.names()
        for name in places.contracts():
            if name not in known:
                yield f"openapi/{name}.yaml:1: there is no provider {name!r} to play it; write {places.package}.{name}"
        yield from _control()


def _control() -> Iterator[str]:
    """Yield each problem of the control API's contract."""
    try:
        contract = load_control()
    except SourceError as error:
        yield str(error)
        return
    yield from review(contract, own=True)
    yield from undeclared_names(contract)


def check_part(part: Part) -> Iterator[str]:
    """Yield each problem of one part."""
    yield from review(part.contract)
    yield from undeclared_names(part.contract)
    # Worlds share personas; what is wrong with one is said once.
    yield from dict.fromkeys(problem for world in part.fixture.worlds for problem in _world(part, world))


def _world(part: Part, world: str) -> Iterator[str]:
    try:
        state = part.state(world, _SEED)
    except SourceError as error:
        yield str(error)
        return
    cast = part.fixture.cast(world, Mint(_SEED, part.name))
    for collection, schema in part.provider.resources.items():
        yield from islice(_records(part, schema, state.table(collection), cast, collection), _MOST)


def _records(part: Part, schema: str, table: Table, cast: Cast, collection: str) -> Iterator[str]:
    """Yield what is wrong with the records of one collection, at the persona's line where one is to blame."""
    personas = {persona.members.get(table.key): persona for persona in cast.of(collection).personas}
    for record in table:
        for complaint in part.contract.resource_errors(schema, record):
            id = record[table.key]
            persona = personas.get(id)
            if persona is not None:
                said = f"{collection} {id} breaks the schema {schema}: {complaint}"
                yield f"{persona.source}: {said}; correct the persona"
            else:
                yield (
                    f"{cast.source}: world {cast.world!r}: the made-up {collection} {id} breaks the schema {schema}: "
                    f"{complaint}; correct the seed function or the schema"
                )

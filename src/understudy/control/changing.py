"""The exchanges that changed one record: its history, as far as the journal goes back."""

from collections.abc import Callable

from understudy.control.collection import collections_of
from understudy.control.room import Room
from understudy.journal import Exchange
from understudy.kernel.exchange import Refusal
from understudy.kernel.freeze import same


def changing(room: Room, way: str) -> Callable[[Exchange], bool]:
    """Return a test for exchanges that changed the record ``provider/collection/id``.

    Raises Refusal for a collection that there is not.
    """
    provider, name, id = way.split("/", 2)
    part = room.house.parts.get(provider)
    collections = collections_of(part, room.sandbox.states()[provider]) if part else {}
    if name not in collections:
        known = f"{provider} has {', '.join(collections)}" if part else f"there are {', '.join(room.house.parts)}"
        raise Refusal("unusable_criteria", detail=f"changed: there is no collection {provider}/{name}; {known}")
    key = collections[name].id_of(id)

    def changed(exchange: Exchange) -> bool:
        before, after = exchange.before, exchange.after
        if key is None or exchange.provider != provider or before is None or after is None or before is after:
            return False
        was, now = before.table(name).get(key), after.table(name).get(key)
        return was is not now and not same(was, now)

    return changed

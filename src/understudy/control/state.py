"""The records that a sandbox holds."""

import json
from itertools import islice
from typing import Any

from understudy.bounds import TooMuchKept
from understudy.contract.failures import refuse_unfit
from understudy.contract.secrets import UNCOVERED
from understudy.contract.wording import MASK, as_data, clip, sentence
from understudy.control.collection import Collection, collections_of
from understudy.control.merge_patch import merged
from understudy.control.room import Handler, Room
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.state import State
from understudy.kernel.table import Id, Table

_MOST = 100
"""Violations of one record that are listed."""


def list_state(room: Room, _: Call) -> tuple[Answer, Room]:
    """List every collection of every provider."""
    return Answer("state_listed", {"providers": [_provider_data(room, name) for name in room.house.parts]}), room


def read_provider_state(room: Room, call: Call) -> tuple[Answer, Room]:
    """List the collections of one provider."""
    return Answer("provider_state_read", _provider_data(room, room.part(call.path["provider"]).name)), room


def list_records(room: Room, call: Call) -> tuple[Answer, Room]:
    """List a page of a collection's records."""
    table = _collection(room, call).table
    offset = call.query["offset"]
    items = [_shown(room, call, record) for record in table.page(offset, call.query["limit"])]
    return Answer("records_listed", {"total": len(table), "offset": offset, "items": items}), room


def read_record(room: Room, call: Call) -> tuple[Answer, Room]:
    """Look at one record."""
    collection = _collection(room, call)
    return Answer("record_read", _shown(room, call, collection.table.get(_existing(collection, call)))), room


def put_record(room: Room, call: Call) -> tuple[Answer, Room]:
    """Put a record in place, whole."""
    collection = _collection(room, call)
    key, id = collection.table.key, collection.id_of(call.path["id"])
    if id is None:
        raise Refusal("record_unusable", detail=f"the ids of {collection.label} are whole numbers of 19 digits at most")
    name = "record_replaced" if id in collection.table else "record_created"
    record = _uncovered(room, {key: id, **call.body}, collection.table.get(id))
    return Answer(name, _shown(room, call, _put(room, collection, id, record))), room


def patch_record(room: Room, call: Call) -> tuple[Answer, Room]:
    """Change some members of a record."""
    collection = _collection(room, call)
    id = _existing(collection, call)
    there = collection.table.get(id)
    kept = _put(room, collection, id, _uncovered(room, merged(there, call.body), there))
    return Answer("record_patched", _shown(room, call, kept)), room


def drop_record(room: Room, call: Call) -> tuple[Answer, Room]:
    """Take a record away."""
    collection = _collection(room, call)
    id = _existing(collection, call)
    room.sandbox.enter({collection.part.name: _next(room, collection, id, collection.table.drop(id))})
    return Answer("record_dropped"), room


def _provider_data(room: Room, name: str) -> dict[str, Any]:
    collections = collections_of(room.part(name), room.sandbox.states()[name]).values()
    shown = [
        {"collection": one.name, "schema": one.schema, "key": one.table.key, "records": len(one.table)}
        for one in collections
    ]
    return {"provider": name, "collections": shown}


def _collection(room: Room, call: Call) -> Collection:
    part, name = room.part(call.path["provider"]), call.path["collection"]
    collections = collections_of(part, room.sandbox.states()[part.name])
    if name not in collections:
        known = ", ".join(collections)
        raise Refusal("no_such_collection", detail=f"{part.name} has no collection {name[:100]!r}; it has {known}")
    return collections[name]


def _existing(collection: Collection, call: Call) -> Id:
    id = collection.find(call.path["id"])
    if id is None:
        detail = f"{collection.label} have no record {call.path['id'][:100]!r}"
        raise Refusal("no_such_record", detail=detail)
    return id


def _put(room: Room, collection: Collection, id: Id, record: dict[str, Any]) -> Any:
    """Put a record in place and return it as it is kept. Raises Refusal for one that does not fit."""
    key = collection.table.key
    if type(record.get(key)) is not type(id) or record[key] != id:
        said = "leaves it out" if key not in record else f"says {clip(record[key])!r}"
        detail = f"the path names the {key} {id!r}, the record {said}: a record's {key} stays what it is"
        raise Refusal("id_differs", detail=detail)
    found = tuple(islice(collection.violations(record), _MOST))
    if found:
        detail = "; ".join(map(sentence, found[:5]))
        raise Refusal("record_breaks_schema", detail=detail, violations=[as_data(violation) for violation in found])
    if unfiled := collection.unfiled(record):
        raise Refusal("record_unusable", detail=f"the record breaks no rule of its schema, but {unfiled}")
    after = _next(room, collection, id, collection.table.put(record))
    try:
        room.sandbox.put(collection.part.name, after, json.dumps(record).encode())
    except TooMuchKept as error:
        raise Refusal("too_much_kept", detail=str(error)) from None
    return room.sandbox.states()[collection.part.name].table(collection.name).get(id)


def _shown(room: Room, call: Call, record: Any) -> Any:
    """Return a record without its secrets, unless they are asked for."""
    return (UNCOVERED if call.query["secrets"] else room.house.secrets).cover_members(record)


def _uncovered(room: Room, record: Any, there: Any) -> Any:
    """Return a record that comes from outside, in which a covered secret stands for the one that is there.

    Raises Refusal where there is none.
    """
    try:
        return room.house.secrets.uncover(record, there)
    except KeyError as error:
        detail = (
            f"{MASK} at {error.args[0]} stands for a secret that is there, and there is none: send the secret itself"
        )
        raise Refusal("record_unusable", detail=detail) from None


def _next(room: Room, collection: Collection, id: Id, table: Table) -> State:
    """Return the state with another table. Raises Refusal for one that the provider's handlers could not bear."""
    before = room.sandbox.states()[collection.part.name]
    with room.house.watchdog.over():
        after = before.with_table(collection.name, table).settled(before, collection.name, id)
        objection = after.objection(collection.name, id)
    refuse_unfit(after, before)
    if objection:
        raise Refusal("state_unplayable", detail=objection)
    return after


HANDLERS: tuple[Handler, ...] = (
    list_state,
    read_provider_state,
    list_records,
    read_record,
    put_record,
    patch_record,
    drop_record,
)

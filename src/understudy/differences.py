"""What differs between two states, record by record, as JSON Patch."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from understudy.kernel.freeze import same, thaw
from understudy.kernel.state import State
from understudy.kernel.table import Id, Record, Table


class Difference(NamedTuple):
    """One record that is not the same in two states."""

    collection: str
    id: Id
    before: Record | None
    """None for one that was created."""
    after: Record | None
    """None for one that was removed."""

    @property
    def kind(self) -> str:
        """``created``, ``changed`` or ``removed``."""
        if self.before is None:
            return "created"
        return "removed" if self.after is None else "changed"

    def patch(self) -> list[dict[str, Any]]:
        """Return the JSON Patch (RFC 6902) that turns the record before into the one after, ``""`` being the whole."""
        if self.before is None:
            return [{"op": "add", "path": "", "value": thaw(self.after)}]
        if self.after is None:
            return [{"op": "remove", "path": ""}]
        import jsonpatch

        patch: list[dict[str, Any]] = jsonpatch.make_patch(thaw(self.before), thaw(self.after)).patch
        return patch


def differences(before: State, after: State) -> Iterator[Difference]:
    """Yield what differs between two states of one provider, collection by collection."""
    if before is after:
        return
    for name in after.collections():
        old, new = before.table(name), after.table(name)
        if old is not new:
            for id in _differing(old, new):
                yield Difference(name, id, old.get(id), new.get(id))


def _differing(old: Table, new: Table) -> list[Id]:
    """Return the ids whose records are not the same, in the order in which they joined.

    Costs O(changes) where both tables stand on one base, O(records) otherwise.
    """
    if old.stands_on() is new.stands_on():
        ids = old.touched() | new.touched()
    else:
        ids = {record[table.key] for table in (old, new) for record in table}
    changed = [id for id in ids if (was := old.get(id)) is not (now := new.get(id)) and not same(was, now)]
    # Two tables that went different ways have given one seat to two records; ids decide, whatever a set's order.
    return sorted(changed, key=lambda id: (max(old.seat(id), new.seat(id)), str(id)))


def difference_data(provider: str, difference: Difference) -> dict[str, Any]:
    """Return what the control API says of one difference, the record before included where there was one."""
    return {
        "provider": provider,
        "collection": difference.collection,
        "id": difference.id,
        "kind": difference.kind,
        "patch": difference.patch(),
        **({} if difference.before is None else {"before": thaw(difference.before)}),
    }


def world_differences(before: Mapping[str, State], after: Mapping[str, State]) -> list[dict[str, Any]]:
    """Return what differs between two sets of states by provider, each with the record before where there was one."""
    return [
        difference_data(name, difference)
        for name in after
        if name in before
        for difference in differences(before[name], after[name])
    ]

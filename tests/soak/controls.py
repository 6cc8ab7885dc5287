"""What a player does to its sandbox: snapshots, restores, rewinds, resets, the clock, records, and looking back."""

from collections.abc import Iterator
from typing import Any

from tests.soak.player import Known, Player
from tests.soak.tally import require, shown
from tests.soak.vendors import create_organisation

_NAMES = ("a", "b", "c")


async def take_snapshot(player: Player) -> None:
    name = player.random.choice(_NAMES)
    wanted = "snapshot_retaken" if name in player.snapshots else "snapshot_taken"
    await player.told(wanted, "PUT", f"/snapshots/{name}")
    player.snapshots[name] = player.known
    player.tally.count("snapshots")


async def restore_snapshot(player: Player) -> None:
    name = player.random.choice(_NAMES)
    known = name in player.snapshots
    await player.told("snapshot_restored" if known else "no_such_snapshot", "POST", f"/snapshots/{name}/restore")
    player.known = player.snapshots.get(name, player.known)
    player.tally.count("restores")


async def compare_snapshot(player: Player) -> None:
    if name := _any(player):
        found = (await player.told("snapshot_compared", "GET", f"/snapshots/{name}/diff?limit=1000")).json()["items"]
        seen = {(f"{item['provider']}/{item['collection']}", item["id"], item["kind"]) for item in found}
        seen = {one for one in seen if one[0] in player.known}
        wanted = set(_differences(player.snapshots[name], player.known))
        require(seen == wanted, lambda: f"diff of {player.name} to {name}: {shown(wanted)} wanted, {shown(seen)}")


async def drop_snapshot(player: Player) -> None:
    if name := _any(player):
        await player.told("snapshot_dropped", "DELETE", f"/snapshots/{name}")
        del player.snapshots[name]


async def carry_over(player: Player) -> None:
    """Export a snapshot, and import it under another name."""
    if name := _any(player):
        file = (await player.told("snapshot_exported", "GET", f"/snapshots/{name}/export")).json()
        other = player.random.choice(_NAMES)
        wanted = "snapshot_imported_again" if other in player.snapshots else "snapshot_imported"
        await player.told(wanted, "PUT", f"/snapshots/{other}/import", file)
        player.snapshots[other] = player.snapshots[name]
        player.tally.count("exports and imports")


async def rewind(player: Player) -> None:
    if player.before:
        to = player.random.choice(list(player.before))
        await player.told("sandbox_rewound", "POST", "/rewind", {"to": to})
        player.known = player.before[to]
        player.tally.count("rewinds")


async def reset(player: Player) -> None:
    await player.told("sandbox_reset", "POST", "/reset")
    player.known, player.exchanges, player.cleared, player.before = player.base, 0, 0, {}
    player.tally.count("resets")


async def clear_journal(player: Player) -> None:
    await player.told("requests_cleared", "DELETE", "/requests")
    player.cleared, player.before = player.exchanges, {}


async def move_clock(player: Player) -> None:
    await player.told("clock_set", "PUT", "/clock", {"now": "2027-03-01T12:00:00Z", "frozen": True})
    await create_organisation(player)
    now = (await player.told("clock_advanced", "POST", "/clock/advance", {"by": "P1DT1H"})).json()["now"]
    require(now == "2027-03-02T13:00:00.000Z", lambda: f"the clock of {player.name} stands at {now}")
    await create_organisation(player)
    await player.told("clock_set", "PUT", "/clock", {"frozen": False})
    player.tally.count("clock moves")


async def put_record_right(player: Player) -> None:
    if (id := player.one("tyk/organisations")) is not None:
        name = player.fresh("organisation")
        path = f"/state/tyk/organisations/{id}"
        await player.told("record_patched", "PATCH", path, {"owner_name": name})
        player.learn("tyk/organisations", id, name)
        await player.told("record_breaks_schema", "PATCH", path, {"owner_name": 5})
        player.tally.count("records edited")


async def look_back(player: Player) -> None:
    """What was just done is in the journal, once."""
    await create_organisation(player)
    name = list(player.known["tyk/organisations"].values())[-1]
    criteria = {"operationId": "create_organisation", "times": 1, "body": {"contains": {"owner_name": name}}}
    await player.told("verified", "POST", "/verify", criteria)
    await player.look_at_the_journal()
    one = (await player.told("request_read", "GET", f"/requests/{player.exchanges}")).json()
    kinds = [(change["collection"], change["kind"]) for change in one["diff"]]
    require(kinds == [("organisations", "created")], lambda: f"exchange {player.exchanges}: {shown(one)}")


async def look_around(player: Player) -> None:
    for wanted, path in (
        ("healthy", "/health"),
        ("state_listed", "/state"),
        ("coverage_read", "/coverage?provider=tyk"),
        ("sandboxes_listed", "/sandboxes?limit=5"),
        ("har_exported", "/requests.har"),
        ("providers_listed", "/providers"),
        ("snapshots_listed", "/snapshots"),
    ):
        await player.told(wanted, "GET", path)


def _any(player: Player) -> str | None:
    return player.random.choice(list(player.snapshots)) if player.snapshots else None


def _differences(before: Known, after: Known) -> Iterator[tuple[str, Any, str]]:
    for collection in after:
        for id in {**before[collection], **after[collection]}:
            was, now = before[collection].get(id), after[collection].get(id)
            if was != now:
                yield collection, id, "created" if was is None else "removed" if now is None else "changed"


CONTROLS = (
    *((take_snapshot,) * 3),
    *((restore_snapshot,) * 2),
    compare_snapshot,
    drop_snapshot,
    carry_over,
    *((rewind,) * 2),
    reset,
    clear_journal,
    move_clock,
    put_record_right,
    *((look_back,) * 2),
    look_around,
)

"""Arranging: the server, its sandboxes, and the records that they hold."""

from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.models.calling import IDS, JIVELY, ORGANISATION
from tests.models.house import World, is_organisation, merged
from tests.models.housed import NAMES, PICK, HouseMachine
from tests.models.telling import ANYTHING, NOTHING

RECORDS = st.sampled_from(
    [
        ORGANISATION,
        {**ORGANISATION, "owner_name": "B", "developer_quota": 5, "org_options_meta": {"a": {"b": None}}},
        {**ORGANISATION, "id": JIVELY},
        {**ORGANISATION, "owner_name": 5},
        {**ORGANISATION, "unknown": 1},
        {"owner_name": "C"},
    ]
)
PATCHES = st.sampled_from(
    [{}, {"owner_name": "D"}, {"owner_slug": None}, {"org_options_meta": {"a": {"b": 1}, "c": None}},
     {"owner_name": None}, {"owner_name": 5}, {"id": "7" * 24}, {"unknown": 1}]
)  # fmt: skip


class Arranging(HouseMachine):
    """Makes sandboxes, and puts records into them."""

    # ---- server and sandboxes

    @rule()
    def read_health(self) -> None:
        assert len(self.house.boxes) == self.ask("read_health", "healthy")["sandboxes"]

    @rule()
    def list_providers(self) -> None:
        assert ["tyk"] == [one["provider"] for one in self.ask("list_providers", "providers_listed")["items"]]

    @rule(name=st.sampled_from(["A", 5]), provider=st.sampled_from(["tyk", "tyk", "acme"]))
    def check_request(self, name: Any, provider: str) -> None:
        """A draft changes nothing and stands in no journal."""
        draft = {"provider": provider, "operationId": "create_organisation", "body": {"owner_name": name}}
        if provider != "tyk":
            self.ask("check_request", "no_such_provider", body=draft)
        else:
            self.ask("check_request", "no_such_operation", body={**draft, "operationId": "fly"})
            checked = self.ask("check_request", "request_checked", body=draft)
            refused = {"name": "body_malformed", "status": 403} if name == 5 else None
            assert (refused, bool(refused)) == (checked.get("answer"), bool(checked["violations"]))

    @rule(offset=st.integers(0, 3), limit=st.integers(0, 3))
    def list_sandboxes(self, offset: int, limit: int) -> None:
        shown = [box.shown() for box in self.house.boxes.values()]
        page = {"total": len(shown), "offset": offset, "items": shown[offset : offset + limit]}
        query = f"?offset={offset}&limit={limit}"
        if limit:
            self.ask("list_sandboxes", "sandboxes_listed", page, query=query)
        else:
            self.ask("list_sandboxes", "bad_request", query=query)

    @rule(name=st.sampled_from(["default", "a", "b", "c", "a b"]))
    def read_sandbox(self, name: str) -> None:
        """Looking does not make one."""
        if name in self.house.boxes:
            self.ask("read_sandbox", "sandbox_read", self.house.boxes[name].shown(), name=name)
        else:
            self.ask("read_sandbox", "bad_request" if " " in name else "no_such_sandbox", name=name)

    @rule(
        name=NAMES, world=st.sampled_from(["documented", "documented", "empty", "full"]), seed=st.sampled_from([1, 2]),
        plain=st.booleans(),
    )  # fmt: skip
    def put_sandbox(self, name: str, world: str, seed: int, plain: bool) -> None:  # noqa: FBT001 - drawn
        body = NOTHING if plain else {"world": world, "seed": seed}
        wanted = World("documented", 1) if plain else World(world, seed)
        if wanted.name == "full":
            self.ask("put_sandbox", "no_such_world", name=name, body=body)
        elif self.house.full_for(name):
            self.ask("put_sandbox", "too_many_sandboxes", name=name, body=body)
        else:
            box = self.house.boxes.get(name)
            self.ask("put_sandbox", "sandbox_made_anew" if box else "sandbox_made", name=name, body=body)
            if box:
                box.snapshots.clear()
            self.made(wanted, name, box)

    @rule(name=NAMES)
    def use_a_sandbox(self, name: str) -> None:
        """The first use makes one, if there may be one more."""
        if self.house.full_for(name):
            answer = self.send("GET", "/__admin/clock", name, NOTHING, {})
            assert (503, "Too many sandboxes") == (answer.status_code, answer.json()["title"])
        elif name not in self.house.boxes:
            self.made(World("documented", 1), name)

    @rule(name=NAMES)
    def drop_sandbox(self, name: str) -> None:
        """Over a store ``default`` is there at once again: no server can tell that it was dropped by another."""
        there = self.house.boxes.pop(name, None)
        self.ask("drop_sandbox", "sandbox_dropped" if there else "no_such_sandbox", name=name)
        if not self.house.boxes or (name == "default" and self.shared):
            rest = self.house.boxes
            self.made(World("documented", 1), "default")
            self.house.boxes = {"default": self.house.boxes["default"], **rest}

    @rule(pick=PICK)
    def reset_sandbox(self, pick: int) -> None:
        box = self.box(pick)
        self.ask("reset_sandbox", "sandbox_reset", box=box.name)
        self.made(box.kept.world, box.name, box)

    # ---- state

    @rule(pick=PICK)
    def list_state(self, pick: int) -> None:
        box = self.box(pick)
        (shown,) = self.ask("list_state", "state_listed", box=box.name)["providers"]
        counts = {one["collection"]: one["records"] for one in shown["collections"]}
        assert {name: len(records) for name, records in box.state.items()}.items() <= counts.items()

    @rule(pick=PICK, provider=st.sampled_from(["tyk", "acme"]))
    def read_provider_state(self, pick: int, provider: str) -> None:
        answer = "provider_state_read" if provider == "tyk" else "no_such_provider"
        self.ask("read_provider_state", answer, box=self.box(pick).name, provider=provider)

    @rule(pick=PICK, offset=st.integers(0, 6), collection=st.sampled_from(["organisations", "users", "nothing"]))
    def list_records(self, pick: int, offset: int, collection: str) -> None:
        box = self.box(pick)
        asked = partial(self.ask, "list_records", box=box.name, provider="tyk", collection=collection)
        if collection not in box.state:
            asked("no_such_collection")
            return
        every = list(box.state[collection].values())
        page = {"total": len(every), "offset": offset, "items": every[offset : offset + 2]}
        asked("records_listed", page, query=f"?offset={offset}&limit=2")

    @rule(pick=PICK, id=st.sampled_from(IDS))
    def read_record(self, pick: int, id: str) -> None:
        box = self.box(pick)
        found = box.state["organisations"].get(id)
        asked = partial(self.ask, "read_record", box=box.name, provider="tyk", collection="organisations", id=id)
        asked("record_read", found) if found else asked("no_such_record")

    @rule(pick=PICK, id=st.sampled_from(IDS), record=RECORDS)
    def put_record(self, pick: int, id: str, record: Any) -> None:
        box = self.box(pick)
        known = box.state["organisations"]
        whole = {"id": id, **record}
        refused = "id_differs" if whole["id"] != id else None if is_organisation(whole) else "record_breaks_schema"
        answer = refused or ("record_replaced" if id in known else "record_created")
        place = {"box": box.name, "provider": "tyk", "collection": "organisations", "id": id, "body": record}
        self.ask("put_record", answer, ANYTHING if refused else whole, **place)
        if not refused:
            box.change("organisations", {**known, id: whole})

    @rule(pick=PICK, id=st.sampled_from(IDS), patch=PATCHES)
    def patch_record(self, pick: int, id: str, patch: Any) -> None:
        box = self.box(pick)
        known = box.state["organisations"]
        place = {"box": box.name, "provider": "tyk", "collection": "organisations", "id": id, "body": patch}
        if id not in known:
            self.ask("patch_record", "no_such_record", **place)
            return
        whole = merged(known[id], patch)
        refused = "id_differs" if whole["id"] != id else None if is_organisation(whole) else "record_breaks_schema"
        self.ask("patch_record", refused or "record_patched", ANYTHING if refused else whole, **place)
        if not refused:
            box.change("organisations", {**known, id: whole})

    @rule(pick=PICK, id=st.sampled_from(IDS))
    def drop_record(self, pick: int, id: str) -> None:
        box = self.box(pick)
        known = box.state["organisations"]
        place = {"box": box.name, "provider": "tyk", "collection": "organisations", "id": id}
        self.ask("drop_record", "record_dropped" if id in known else "no_such_record", **place)
        box.change("organisations", {other: record for other, record in known.items() if other != id})

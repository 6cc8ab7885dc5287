"""iVALT against the model of it."""

import json
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.models import ivalt
from tests.models.drawn import bodies
from tests.models.machine import PICK, VendorMachine
from tests.models.running import see_through

WHO = st.sampled_from([*ivalt.KEYS * 8, None, "wrong", ""])
EMAILS = st.sampled_from(
    ["jane.miller@example.com", "Jane.Miller@example.com", "bikram@ivalt.com", "a@x.org", "A@X.org", "b@x.org"]
)
NAMES = st.sampled_from(["A", "Jane", "Ärmel", "x" * 255])
MOMENTS = st.sampled_from(["2023-05-08T09:39:00Z", "2023-05-08T21:39:00Z", "2023-05-08T21:39:00+05:30"])
SLOTS = bodies(
    timezone=st.just("UTC"), start_time=MOMENTS, end_time=MOMENTS, status=st.integers(0, 1),
    user_id=st.just(32), org_id=st.just("272"),
).filter(lambda slot: isinstance(slot, dict) or slot == 5)  # fmt: skip
FENCES = bodies(
    name=NAMES, latitude=st.sampled_from([0, 37.7749, -90]), longitude=st.sampled_from([0, -122.4194, 180]),
    radius=st.sampled_from([500, 0.5]), enabled=st.booleans(), colour=st.just("red"),
).filter(lambda fence: isinstance(fence, dict) or fence == 5)  # fmt: skip


class Ivalt(VendorMachine):
    """Users come and go, and get new geo-fences and time slots."""

    vendor: ClassVar = "ivalt"
    model: ClassVar = ivalt

    @rule(who=WHO)
    def list_organisations(self, who: Any) -> None:
        self.call("list_organisations", who)

    @rule(who=WHO, user=PICK, code=st.sampled_from(["ORG001", "ORG272", "ORG9", "a b"]))
    def read_organisation(self, who: Any, user: int, code: str) -> None:
        self.call("read_organisation", who, user_id=self.one("users", user), org_code=code)

    @rule(who=WHO, pick=PICK)
    def list_users(self, who: Any, pick: int) -> None:
        self.call("list_users", who, org_id=self.one("organisations", pick))

    @rule(
        who=WHO, pick=PICK,
        body=bodies(email=EMAILS, country_code=st.sampled_from(["+1", "+1", "+91"]),
                    mobile=st.sampled_from(["2345670123", "2345670123", "1234"]),
                    first_name=NAMES, last_name=NAMES, extra=st.none()),
    )  # fmt: skip
    def create_user(self, who: Any, pick: int, body: Any) -> None:
        """The answer does not show the new user; the list of the organization's users does, at its end."""
        organisation = self.one("organisations", pick)
        if self.call("create_user", who, orgId=organisation, body=body)["status"] == "success":
            listed = self.box.ask("GET", f"/admin/public/api/organization/{organisation}/users", {"x-api-key": who})
            self.box.exchanges += 1
            self.box.before[self.box.exchanges] = dict(self.state)
            user = listed.json()["data"][-1]
            assert user["id"] not in self.state["users"]
            assert user == {"id": user["id"], **ivalt.created_user(organisation, body, self.box.moment)}
            self.state["users"] = {**self.state["users"], user["id"]: user}

    @rule(
        who=WHO, organisation=PICK, user=PICK,
        body=bodies(email=EMAILS, name=NAMES, verify_timeslots=st.sampled_from(["on", "off"]),
                    timeslots=st.lists(SLOTS, max_size=2).map(json.dumps) | st.just("[]")),
    )  # fmt: skip
    def update_user(self, who: Any, organisation: int, user: int, body: Any) -> None:
        self.call("update_user", who, **self._member(organisation, user), body=body)

    @rule(who=WHO, organisation=PICK, user=PICK)
    def delete_user(self, who: Any, organisation: int, user: int) -> None:
        self.call("delete_user", who, **self._member(organisation, user))

    @rule(who=WHO, pick=PICK)
    def list_auth_codes(self, who: Any, pick: int) -> None:
        self.call("list_auth_codes", who, org_id=self.one("organisations", pick))

    @rule(who=WHO, organisation=PICK, code=PICK, body=bodies(client_id=NAMES, client_secret=NAMES))
    def update_auth_code(self, who: Any, organisation: int, code: int, body: Any) -> None:
        id = self.one("auth_codes", code)
        home = self.state["auth_codes"].get(id, {}).get("organization_id")
        where = self.one("organisations", organisation) if home is None or organisation % 3 == 0 else home
        self.call("update_auth_code", who, orgId=where, authCodeId=id, body=body)

    @rule(who=WHO, pick=PICK)
    def list_geofences(self, who: Any, pick: int) -> None:
        self.call("list_geofences", who, userId=self.one("users", pick))

    @rule(who=WHO, pick=PICK, body=bodies(geofences=st.lists(FENCES, max_size=2)))
    def update_geofences(self, who: Any, pick: int, body: Any) -> None:
        self.call("update_geofences", who, userId=self.one("users", pick), body=body)

    @rule(who=WHO, pick=PICK, body=bodies(timeslot_ids=st.sampled_from([95, 0, [], [95, 96], [95, 95], [-1], 2**63])))
    def update_timeslots(self, who: Any, pick: int, body: Any) -> None:
        self.call("update_timeslots", who, userId=self.one("users", pick), body=body)

    def _member(self, organisation: int, user: int) -> dict[str, Any]:
        """Return where a user is mostly found, and at times is not."""
        id = self.one("users", user)
        home = self.state["users"].get(id, {}).get("organization_id")
        where = self.one("organisations", organisation) if home is None or organisation % 3 == 0 else home
        return {"orgId": where, "userId": id}


def test_ivalt_does_as_the_model_of_it(pytestconfig: pytest.Config) -> None:
    """Calls in any order, with snapshots, restores, rewinds and resets in between, in two sandboxes."""
    see_through(Ivalt, pytestconfig)

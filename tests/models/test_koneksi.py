"""Koneksi against the model of it."""

from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.models import koneksi
from tests.models.drawn import bodies
from tests.models.machine import PICK, VendorMachine
from tests.models.running import see_through
from tests.models.telling import State

_MIXED = (koneksi.PAIRS[0][0], koneksi.PAIRS[1][1])
WHO = st.sampled_from([*koneksi.PAIRS * 9, koneksi.VIEWER, _MIXED, (koneksi.PAIRS[0][0], None), ("", "")])
NAMES = st.sampled_from(["A", "Ärmel", "Alexander Paul"])
NULLABLE = st.sampled_from([None, "Puno", ""])
EMAILS = st.sampled_from(
    ["jb+7@ardata.tech", "JB+7@ardata.tech", "jb+2@ardata.tech", "a@x.org", "A@x.org", "b+c@x.org"]
)
PASSWORDS = st.sampled_from(["StrongPass123!"] * 6 + ["Short1!", "longenough", "NoDigits!!", "x"])
ROLES = st.sampled_from([*koneksi.ROLES, "organization_user", "king"])
FLAGS = st.booleans()
PAGES = st.sampled_from([None, None, "1", "2", "3", "0", "-1", "x", str(2**63)])
LIMITS = st.sampled_from([None, None, "1", "10", "100", "101", "0", "1.5"])
TERMS = st.sampled_from(["jb+7@ardata.tech", "JB 7", "ardata", "x.org", "b c@", "nobody", "", None])
BYTES = st.sampled_from([1, 100, 5368709120, 1125899906842624, 1125899906842625, 0])


class Koneksi(VendorMachine):
    """Members come, change, hide and go; the sums follow."""

    vendor: ClassVar = "koneksi"
    model: ClassVar = koneksi
    only_in_the_model: ClassVar = {"listed"}

    def hidden(self) -> State:
        """Return whose password is kept: that of the fixture's people."""
        people = list(self.boxes[0].look("/state/koneksi/members?limit=5")["items"])
        members = self.boxes[0].look("/state/koneksi/members?limit=100")["items"]
        listed = {one["id"]: {"id": one["id"]} for one in members if not one["is_deleted"]}
        return {"listed": listed, "passwords": {one["id"]: {"id": one["id"]} for one in people}, "former_members": {}}

    @rule(who=WHO)
    def collect_metrics(self, who: Any) -> None:
        self.call("collect_metrics", who)

    @rule(who=WHO)
    def read_organization(self, who: Any) -> None:
        self.call("read_organization", who)

    @rule(
        who=WHO,
        body=bodies(("name", "domain", "contact", "parent_id"), name=NAMES, domain=NAMES, contact=EMAILS,
                    parent_id=st.sampled_from([None, "6" * 24])),
    )  # fmt: skip
    def update_organization(self, who: Any, body: Any) -> None:
        self.call("update_organization", who, body=body)

    @rule(who=WHO, page=PAGES, limit=LIMITS)
    def list_members(self, who: Any, page: Any, limit: Any) -> None:
        query = {"page": page, "limit": limit}
        self.call("list_members", who, query={name: value for name, value in query.items() if value is not None})

    @rule(who=WHO, term=TERMS)
    def search_members(self, who: Any, term: Any) -> None:
        self.call("search_members", who, query={} if term is None else {"email": term})

    @rule(who=WHO, pick=PICK)
    def read_member(self, who: Any, pick: int) -> None:
        self.call("read_member", who, user=self.one("members", pick))

    @rule(
        who=WHO, same=st.integers(0, 5),
        body=bodies(("middle_name", "suffix"), first_name=NAMES, middle_name=NULLABLE, last_name=NAMES,
                    suffix=NULLABLE, email=EMAILS, password=PASSWORDS, confirm_password=PASSWORDS, role=ROLES,
                    is_verified=FLAGS),
    )  # fmt: skip
    def create_member(self, who: Any, same: int, body: Any) -> None:
        """Mostly confirm the password."""
        if same and isinstance(body, dict) and "password" in body and "confirm_password" in body:
            body = {**body, "confirm_password": body["password"]}
        self.call("create_member", who, body=body)

    @rule(
        who=WHO, pick=PICK,
        body=bodies(("first_name", "middle_name", "last_name", "suffix", "email", "password", "is_verified",
                     "is_locked", "is_deleted", "bytes_usage"),
                    first_name=NAMES, middle_name=NULLABLE, last_name=NAMES, suffix=NULLABLE, email=EMAILS,
                    password=PASSWORDS, is_verified=FLAGS, is_locked=FLAGS, is_deleted=FLAGS, bytes_usage=st.just(0)),
    )  # fmt: skip
    def update_member(self, who: Any, pick: int, body: Any) -> None:
        self.call("update_member", who, user=self.one("members", pick), body=body)

    @rule(pick=PICK, name=NAMES, back=FLAGS)
    def hide_a_member(self, pick: int, name: str, back: bool) -> None:  # noqa: FBT001 - drawn
        """And look for him, and change him, and maybe bring him back."""
        who, user = koneksi.PAIRS[0], self.one("members", pick)
        for body in ({"is_deleted": True}, {"first_name": name}, {"is_deleted": not back}):
            self.call("update_member", who, user=user, body=body)
            self.call("read_member", who, user=user)
            self.call("update_user_limit", who, user=user, body={"bytes_limit": 5368709120})

    @rule(who=WHO, pick=PICK)
    def remove_member(self, who: Any, pick: int) -> None:
        self.call("remove_member", who, userID=self.one("members", pick))

    @rule(who=WHO, pick=PICK, body=bodies(bytes_limit=BYTES))
    def update_user_limit(self, who: Any, pick: int, body: Any) -> None:
        self.call("update_user_limit", who, user=self.one("members", pick), body=body)


def test_koneksi_does_as_the_model_of_it(pytestconfig: pytest.Config) -> None:
    """Calls in any order, with snapshots, restores, rewinds and resets in between, in two sandboxes."""
    see_through(Koneksi, pytestconfig)

"""The Tyk Dashboard against the model of it."""

from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.models import tyk, tyk_shapes
from tests.models.drawn import bodies
from tests.models.machine import PICK, VendorMachine
from tests.models.running import see_through
from tests.models.telling import NOTHING, State


def _json(value: Any) -> Any:
    """Return what can stand inside a body."""
    return "raw" if value is NOTHING or isinstance(value, bytes) else value


ADMIN = st.sampled_from([tyk_shapes.ADMIN] * 14 + [{"admin-auth": "wrong"}, {"admin-auth": ""}, None])
PAGES = st.sampled_from([None, None, "-1", "0", "1", "2", "9", "x", "1.5", str(2**63)])
JIVELY = "54b53d3aeba6db5c35000002"
NAMES = st.sampled_from(["", "A", "Ärmel", "Jively"])
FLAGS = st.booleans()
EMAILS = st.sampled_from(["john@jive.ly", "JOHN@jive.ly", "banana@test.com", "a@x.org", "A@x.org", "b@x.org"])
ORG_IDS = st.sampled_from(["", JIVELY, JIVELY, "53ac07777cbb8c2d53000002", None])
PASSWORDS = st.sampled_from(["", "12345", "test123456", "StrongPass123!", None])
MAPS = st.sampled_from([{}, {"IsAdmin": "admin"}, {"ResetPassword": "admin", "apis": "read"}, None])
ORGANISATION: dict[str, st.SearchStrategy[Any]] = {
    "owner_name": NAMES, "owner_slug": NAMES, "cname": NAMES, "cname_enabled": FLAGS,
    "apis": bodies(api_human_name=NAMES, api_id=NAMES).map(lambda api: [_json(api)]),
    "developer_quota": st.sampled_from([0, 5, None]), "developer_count": st.just(1),
    "event_options": bodies(webhook=NAMES, redis=FLAGS).map(lambda option: {"key_event": _json(option)}),
    "hybrid_enabled": FLAGS, "sso_enabled": FLAGS,
    "ui": bodies(("nav",), nav=st.just({"a": None}), hide_help=FLAGS, default_lang=NAMES, more=FLAGS).map(_json),
    "org_options_meta": st.sampled_from([{}, {"a": [None, {"b": 1}]}]), "open_policy": st.just({"enabled": True}),
    "additional_permissions": MAPS, "unknown": FLAGS,
}  # fmt: skip
USER: dict[str, st.SearchStrategy[Any]] = {
    "email_address": EMAILS, "first_name": NAMES, "last_name": NAMES, "org_id": ORG_IDS, "active": FLAGS,
    "password": PASSWORDS, "user_permissions": MAPS, "group_id": NAMES, "password_max_days": st.sampled_from([0, 30]),
    "id": st.just("mine"), "access_key": st.just("mine"), "created_at": st.just("mine"),
}  # fmt: skip
ORGANISATIONS = bodies(tuple(ORGANISATION), **ORGANISATION, id=st.just(JIVELY))
IMPORTS = bodies(
    tuple(ORGANISATION), **ORGANISATION, id=st.sampled_from([JIVELY, "53ac07777cbb8c2d53000002", "f" * 24, "F" * 24])
)
USERS = bodies(tuple(set(USER) - {"email_address"}), **USER)
WHOLE_USERS = bodies(tuple(set(USER) - {"email_address", "first_name", "last_name"}), **USER)
NEW_PASSWORDS = bodies(
    ("current_password",), new_password=st.sampled_from(["12345", "123456", "test123456"]), current_password=PASSWORDS
)


class Tyk(VendorMachine):
    """Organisations and users come, change and go, by the admin secret and by users' own keys."""

    vendor: ClassVar = "tyk"
    model: ClassVar = tyk

    def hidden(self) -> State:
        jason = "54c25e845d932847067402e2"
        return {"passwords": {jason: {"id": jason, "password": "12345"}}}

    @rule(who=ADMIN, page=PAGES)
    def list_organisations(self, who: Any, page: Any) -> None:
        self.call("list_organisations", who, query=_page(page))

    @rule(who=ADMIN, body=ORGANISATIONS)
    def create_organisation(self, who: Any, body: Any) -> None:
        self.call("create_organisation", who, body=body)

    @rule(who=ADMIN, body=IMPORTS)
    def import_organisation(self, who: Any, body: Any) -> None:
        self.call("import_organisation", who, body=body)

    @rule(who=ADMIN, pick=PICK)
    def read_organisation(self, who: Any, pick: int) -> None:
        self.call("read_organisation", who, id=self.one("organisations", pick))

    @rule(who=ADMIN, pick=PICK, body=ORGANISATIONS)
    def update_organisation(self, who: Any, pick: int, body: Any) -> None:
        self.call("update_organisation", who, id=self.one("organisations", pick), body=body)

    @rule(who=ADMIN, pick=PICK)
    def delete_organisation(self, who: Any, pick: int) -> None:
        self.call("delete_organisation", who, id=self.one("organisations", pick))

    @rule(who=ADMIN, page=PAGES)
    def list_users(self, who: Any, page: Any) -> None:
        self.call("list_users", who, query=_page(page))

    @rule(who=ADMIN, body=USERS)
    def create_user(self, who: Any, body: Any) -> None:
        self.call("create_user", who, body=body)

    @rule(who=ADMIN, pick=PICK)
    def read_user(self, who: Any, pick: int) -> None:
        self.call("read_user", who, id=self.one("users", pick))

    @rule(who=ADMIN, pick=PICK, body=USERS)
    def update_user(self, who: Any, pick: int, body: Any) -> None:
        self.call("update_user", who, id=self.one("users", pick), body=body)

    @rule(who=ADMIN, pick=PICK)
    def delete_user(self, who: Any, pick: int) -> None:
        self.call("delete_user", who, id=self.one("users", pick))

    @rule(who=ADMIN, pick=PICK)
    def allow_reset_passwords(self, who: Any, pick: int) -> None:
        self.call("allow_reset_passwords", who, id=self.one("users", pick))

    @rule(who=ADMIN, pick=PICK)
    def disallow_reset_passwords(self, who: Any, pick: int) -> None:
        self.call("disallow_reset_passwords", who, id=self.one("users", pick))

    @rule(who=PICK, page=PAGES)
    def list_api_users(self, who: int, page: Any) -> None:
        self.call("list_api_users", self.key(who), query=_page(page))

    @rule(who=PICK, body=WHOLE_USERS)
    def create_api_user(self, who: int, body: Any) -> None:
        """The answer has no key; reading the user does."""
        created = self.call("create_api_user", self.key(who), body=body)
        if created["Status"] == "OK":
            id = created["Meta"]
            shown = self.call("read_user", tyk_shapes.ADMIN, id=id)
            assert shown["access_key"] not in (
                one["access_key"] for one in self.state["users"].values() if one["id"] != id
            )
            self.state["users"] = {**self.state["users"], id: shown}

    @rule(who=PICK, pick=PICK)
    def read_api_user(self, who: int, pick: int) -> None:
        self.call("read_api_user", self.key(who), id=self.one("users", pick))

    @rule(who=PICK, pick=PICK, body=WHOLE_USERS)
    def update_api_user(self, who: int, pick: int, body: Any) -> None:
        self.call("update_api_user", self.key(who), id=self.one("users", pick), body=body)

    @rule(pick=PICK, body=WHOLE_USERS)
    def update_a_colleague(self, pick: int, body: Any) -> None:
        """By a user's key: whatever organisation the body names, it stays the one that it is."""
        users = [user for user in self.state["users"].values() if user["active"] and user["org_id"]]
        own = users[pick % len(users)] if users else {"access_key": "gone", "org_id": ""}
        there = [user["id"] for user in self.state["users"].values() if user["org_id"] == own["org_id"]]
        self.call("update_api_user", own["access_key"], id=there[-1] if there else "x", body=body)
        self.call("list_api_users", own["access_key"])

    @rule(who=PICK, pick=PICK)
    def delete_api_user(self, who: int, pick: int) -> None:
        self.call("delete_api_user", self.key(who), id=self.one("users", pick))

    @rule(who=PICK, pick=PICK, body=NEW_PASSWORDS)
    def reset_password(self, who: int, pick: int, body: Any) -> None:
        self.call("reset_password", self.key(who), id=self.one("users", pick), body=body)

    @rule(who=PICK, body=NEW_PASSWORDS)
    def reset_own_password(self, who: int, body: Any) -> None:
        key = self.key(who)
        own = next((id for id, user in self.state["users"].items() if user["access_key"] == key), "x")
        self.call("reset_password", key, id=own, body=body)

    @rule(pick=PICK, body=NEW_PASSWORDS)
    def reset_a_colleagues_password(self, pick: int, body: Any) -> None:
        """By the key of another user of the same organisation, who may be allowed to, or not."""
        id = self.one("users", pick)
        home = self.state["users"].get(id, {}).get("org_id")
        others = [user for user in self.state["users"].values() if user["org_id"] == home and user["id"] != id]
        key = others[pick % len(others)]["access_key"] if others else self.key(pick)
        self.call("reset_password", key, id=id, body=body)

    @rule(who=ADMIN)
    def reload_system(self, who: Any) -> None:
        self.call("reload_system", who)

    @rule()
    def read_admin_hello(self) -> None:
        self.call("read_admin_hello")

    @rule()
    def read_hello(self) -> None:
        self.call("read_hello")

    def key(self, pick: int) -> Any:
        """Return the key of a user, mostly of one who is active."""
        keys = [user["access_key"] for user in self.state["users"].values()]
        active = [user["access_key"] for user in self.state["users"].values() if user["active"]]
        choice = [
            tyk_shapes.MASTER,
            *active[:3],
            *active[-3:],
            f"Bearer {tyk_shapes.MASTER}",
            *keys[-2:],
            "wrong",
            None,
        ]
        return choice[pick % len(choice)]


def _page(number: str | None) -> dict[str, str]:
    return {} if number is None else {"p": number}


def test_tyk_does_as_the_model_of_it(pytestconfig: pytest.Config) -> None:
    """Calls in any order, with snapshots, restores, rewinds and resets in between, in two sandboxes."""
    see_through(Tyk, pytestconfig)

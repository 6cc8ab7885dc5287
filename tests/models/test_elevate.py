"""ELEVATE against the model of it."""

from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.models import elevate
from tests.models.documents import operations
from tests.models.drawn import bodies
from tests.models.machine import PICK, VendorMachine
from tests.models.running import see_through
from tests.models.telling import State

PEOPLE = {
    3: "system.admin@shikshalokam.org",
    4: "org.admin@shikshalokam.org",
    5: "mentee@shikshalokam.org",
    1: "john@shikshalokam.org",
    6: "admin@vidyasetu.example",
}
EMAILS = st.sampled_from([*PEOPLE.values(), " Org.Admin@ShikshaLokam.org ", "nobody@x.org", "no address"])
SECRETS = st.sampled_from([*(elevate.PASSWORDS[id] for id in PEOPLE), " OrgAdmin@2024 ", "wrong"])
LANGUAGES = st.sampled_from([None, None, None, "hi", "hi-IN,hi;q=0.9", "{{hi}}", "en,hi", "HI"])
NAMES = st.sampled_from(["ShikshaLokam", " New Name ", "Org 2", "A"])
TEXTS = st.sampled_from(["Empowering leadership.", " a-b, c ", "no!"])
IDS = st.sampled_from([1, 2, 4, 5, 6, 7, 99_999, 12])
RELATED = st.lists(st.sampled_from([1, 3, 4, 12, 99_999]), max_size=3)


class Elevate(VendorMachine):
    """People log in, and organisations change, relate to each other and end."""

    vendor: ClassVar = "elevate"
    model: ClassVar = elevate

    def hidden(self) -> State:
        return {"sessions": {}}

    def language(self, who: Any) -> str | None:
        """Hindi is spoken where it is listed first, in small letters."""
        return "hi" if (who[1] or "").strip("{}").startswith("hi") else None

    @initialize()
    def begin(self) -> None:
        self.tokens: list[str] = []
        self.latest: dict[int, str] = {}
        self.log_everybody_in()

    def log_everybody_in(self) -> None:
        for id, email in PEOPLE.items():
            self.logged_in({"email": email, "password": elevate.PASSWORDS[id]}, None)

    def call(self, operation: str, who: Any = None, **sent: Any) -> Any:
        """See that every answer names the request and the language of its text in its headers, too."""
        content = super().call(operation, who, **sent)
        headers = self.box.log[-1][1].headers
        translated = operations("elevate")[operation].answers[headers["understudy-answer"]].translations
        assert ("hi" if self.language(who) in translated else "en") == headers["content-language"]
        if "meta" in content:
            assert content["meta"]["correlation"] == headers["x-request-ids"]
        return content

    @rule(body=bodies(email=EMAILS, password=SECRETS), language=LANGUAGES)
    def login(self, body: Any, language: Any) -> None:
        self.logged_in(body, language)

    @rule(id=st.sampled_from(list(PEOPLE)), language=LANGUAGES)
    def login_with_the_right_password(self, id: int, language: Any) -> None:
        self.logged_in({"email": PEOPLE[id], "password": elevate.PASSWORDS[id]}, language)

    def logged_in(self, body: Any, language: Any) -> None:
        content = self.call("login", (None, language), body=body)
        if content["responseCode"] == "OK":
            self.tokens.append(content["result"]["access_token"])
            self.latest[content["result"]["user"]["id"]] = self.tokens[-1]

    @rule(
        pick=PICK, language=LANGUAGES, type=st.sampled_from([None, None, "all", "mentee", "admin", "king"]),
        organization=st.sampled_from([None, None, "12", "3", "99999", "x"]),
        search=st.sampled_from([None, "a", "J", "nobody", ""]), page=st.sampled_from([None, "1", "2", "0", "x"]),
        limit=st.sampled_from([None, "1", "10", "1000", "1001", "0"]),
    )  # fmt: skip
    def list_accounts(self, pick: int, language: Any, **query: Any) -> None:
        query["organization_id"] = query.pop("organization")
        asked = {name: value for name, value in query.items() if value is not None}
        self.call("list_accounts", self.who(pick, language), query=asked)

    @rule(pick=PICK, language=LANGUAGES, id=st.sampled_from(["1", "3", "12", "99999", "x", "1.5", None, str(2**63)]))
    def read_organization(self, pick: int, language: Any, id: Any) -> None:
        query = {} if id is None else {"organisation_id": id}
        self.call("read_organization", self.who(pick, language), query=query)

    @rule(
        who=PICK, pick=PICK, language=LANGUAGES,
        body=bodies(("name", "description", "related_orgs"), name=NAMES, description=TEXTS,
                    related_orgs=RELATED),
    )  # fmt: skip
    def update_organization(self, who: int, pick: int, language: Any, body: Any) -> None:
        id = 12 if pick % 4 == 0 else self.one("organizations", pick)
        self.call("update_organization", self.who(who, language), organization_id=id, body=body)

    @rule(who=PICK, pick=PICK, language=LANGUAGES)
    def deactivate_org(self, who: int, pick: int, language: Any) -> None:
        self.call("deactivate_org", self.who(who, language), organization_id=self.one("organizations", pick))

    @rule(
        who=PICK, language=LANGUAGES,
        body=bodies(("id", "email", "other"), id=st.lists(IDS, max_size=3), email=st.lists(EMAILS, max_size=2),
                    other=st.just(1)),
    )  # fmt: skip
    def deactivate_user(self, who: int, language: Any, body: Any) -> None:
        self.call("deactivate_user", self.who(who, language), body=body)

    @rule(pick=PICK, lists=st.lists(RELATED, min_size=2, max_size=3))
    def relate_an_organization_to_others(self, pick: int, lists: list[list[int]]) -> None:
        """By the system administrator, and then to others still."""
        for related in lists:
            who, id = (elevate.PREFIX + self.latest[3], None), self.one("organizations", pick)
            self.call("update_organization", who, organization_id=id, body={"related_orgs": related})

    @rule(by=st.sampled_from([4, 6]), pick=PICK)
    def deactivate_somebody_and_then_everybody(self, by: int, pick: int) -> None:
        """An organisation's administrator one of its users, the system's administrator the organisation."""
        home = elevate.payload(self.latest[by])["data"]["organization_id"]
        own = [id for id, user in self.state["users"].items() if user["organization_id"] == home]
        who = (elevate.PREFIX + self.latest[by], None)
        self.call("deactivate_user", who, body={"id": [own[pick % len(own)]]})
        self.call("deactivate_org", (elevate.PREFIX + self.latest[3], None), organization_id=home)

    @rule()
    def let_a_day_go_by(self) -> None:
        """And with it every token that was issued; some have their successors at once."""
        self.advance_clock_by(elevate.DAY)
        self.log_everybody_in()

    @invariant()
    def reading_says_the_same(self) -> None:
        """Whoever has a token, were it expired, reads every account and an organisation."""
        for token in getattr(self, "tokens", [])[-1:]:
            who = (elevate.PREFIX + token, None)
            self.call("list_accounts", who, query={"limit": "1000"})
            self.call("read_organization", who, query={"organisation_id": "12"})

    def who(self, pick: int, language: Any) -> tuple[Any, Any]:
        """Return a token of those that were issued, mostly."""
        good = self.tokens[-5:] + self.tokens[-5:-3] * 2 + self.tokens[:2]
        others = [None, "bearer x", f"Bearer {good[0]}", good[0], f"bearer {good[0].rpartition('.')[0]}.forged"]
        choice = [f"{elevate.PREFIX}{token}" for token in good] + others[:1] + others[pick % 5 :][:1]
        return choice[pick % len(choice)], language


def test_elevate_does_as_the_model_of_it(pytestconfig: pytest.Config) -> None:
    """Calls in any order, with snapshots, restores, rewinds and resets in between, in two sandboxes."""
    see_through(Elevate, pytestconfig)

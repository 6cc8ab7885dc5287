"""The Tyk Dashboard's handlers as pure functions, who is let in, and the seed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from understudy.kernel.cast import Cast, Casting, FixtureError, Persona
from understudy.kernel.exchange import Call, Refusal
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Keyring, Visitor
from understudy.passwords import password_matches
from understudy.providers.tyk import PROVIDER
from understudy.providers.tyk.access import Caller, authenticate
from understudy.providers.tyk.api_users import reset_password
from understudy.providers.tyk.organisations import create_organisation, read_organisation, update_organisation
from understudy.providers.tyk.state import build
from understudy.providers.tyk.users import create_user

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOBODY = "0" * 24
MASTER = Caller("", "", may_reset_passwords=True)


def call(body: Any = None, principal: Caller = MASTER, **path: Any) -> Call:
    return Call("", path, {}, {}, body, principal, NOW, Mint(1, "tyk"))


def visitor(keyring: Keyring, **presented: str) -> Visitor:
    return Visitor(presented, keyring, NOW, Mint(1, "tyk"), "list_api_users")


def test_a_read_returns_the_same_state_and_the_very_record() -> None:
    """Nothing is copied."""
    answer, state = create_organisation(build(), call({"owner_name": "Acme"}))
    read, after = read_organisation(state, call(id=answer.content["Meta"]))
    assert after is state
    assert read.content is state.organisations.get(answer.content["Meta"])


def test_a_refused_update_raises_and_leaves_the_state_alone() -> None:
    """The state is a value."""
    state = build()
    with pytest.raises(Refusal, match="organisation_not_found"):
        update_organisation(state, call({}, id=NOBODY))
    assert 0 == len(state.organisations)


def test_equal_calls_make_equal_users() -> None:
    """Ids and keys depend on seed, collection and number; the next ones differ."""
    first, state = create_user(build(), call({"email_address": "a@b.co"}))
    again, _ = create_user(build(), call({"email_address": "a@b.co"}))
    second, _ = create_user(state, call({"email_address": "c@d.co"}))
    assert first == again
    assert first.content["Message"] != second.content["Message"]


def test_passwords_are_stored_hashed() -> None:
    """In a table of their own."""
    created, state = create_user(build(), call({"email_address": "a@b.co"}))
    id = created.content["Meta"]["id"]
    _, state = reset_password(state, call({"new_password": "test123456"}, id=id))
    record = state.passwords.get(id)
    assert record is not None
    assert password_matches(record["hash"], "test123456")
    assert "test123456" not in json.dumps(state.as_data())


def test_keys_of_the_keyring_and_any_key_act_as_master() -> None:
    """But a user's own key is the user's, whatever else is accepted."""
    created, state = create_user(build(), call({"email_address": "a@b.co", "active": True}))
    user = created.content["Meta"]
    ring = Keyring(frozenset({frozenset({("UserKey", "mine")})}))
    assert MASTER == authenticate(state, visitor(ring, UserKey="mine"))
    assert authenticate(state, visitor(ring, AdminAuth="mine")) is None
    assert MASTER == authenticate(state, visitor(Keyring(any=True), AdminAuth="whatever"))
    own = authenticate(state, visitor(Keyring(any=True), UserKey=user["access_key"]))
    assert Caller(user["id"], "", may_reset_passwords=True) == own


def test_an_unknown_key_of_a_persona_is_an_error() -> None:
    """With the place where it stands."""
    persona = Persona({"owner": "Jively"}, "fixtures/tyk.yaml:20")
    cast = Cast("tyk", "", Mint(1, "tyk"), "", {"organisations": Casting((persona,))})
    with pytest.raises(FixtureError, match=r"fixtures/tyk.yaml:20: unknown key 'owner'"):
        PROVIDER.seed(cast)

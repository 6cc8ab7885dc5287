"""Koneksi's handlers as pure functions, its running sums, and what its seed makes of a fixture."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.kernel.cast import Cast, Casting, FixtureError, Persona
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Keyring, Visitor
from understudy.passwords import password_matches
from understudy.providers.koneksi import PROVIDER
from understudy.providers.koneksi.state import KoneksiState, build

ORGANIZATION = "686e9c1281fbe273d180e8a1"
NEW_MEMBER = {
    "first_name": "JB",
    "last_name": "Benedicto",
    "email": "jb+8@ardata.tech",
    "password": "StrongPass123!",
    "confirm_password": "StrongPass123!",
    "role": "organization_user",
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_member(nth: int, **changes: Any) -> dict[str, Any]:
    """Return a member's record."""
    names = {"first_name": "A", "middle_name": None, "last_name": "B", "suffix": None}
    flags = {"is_verified": True, "is_locked": False, "is_deleted": False}
    return {
        "id": f"{nth:024x}",
        **names,
        "email": f"m{nth}@example.org",
        "role": "organization_user",
        **flags,
        "bytes_limit": 100,
        "bytes_usage": 10,
        "created_at": "2025-01-01T00:00:00.000Z",
        "updated_at": "2025-01-01T00:00:00.000Z",
        **changes,
    }


def a_state(members: int = 3) -> KoneksiState:
    """Return a state with some members, of which the second is deleted."""
    return build({"id": ORGANIZATION}, [a_member(nth, is_deleted=nth == 1) for nth in range(members)])


def play(state: KoneksiState, operation: str, body: Any = None, **arguments: Any) -> tuple[Answer, KoneksiState]:
    """Call a handler with path and query arguments, as the contract engine does."""
    handler = {handler.__name__: handler for handler in PROVIDER.handlers}[operation]
    mint = Mint(1, "koneksi")
    return handler(state, Call(operation, arguments, arguments, {}, body, ORGANIZATION, NOW, mint))


def test_reading_returns_the_very_same_state() -> None:
    """Every read leaves the value that it was given."""
    state = a_state()
    for operation, arguments in (
        ("collect_metrics", {}),
        ("list_members", {"page": 1, "limit": 10}),
        ("search_members", {"email": "m"}),
        ("read_member", {"user": a_member(0)["id"]}),
        ("read_organization", {}),
    ):
        _, after = play(state, operation, **arguments)
        assert state is after


def test_a_password_is_hashed_with_a_salt_of_its_own_each_time() -> None:
    """The same password twice gives two hashes, and neither shows it."""
    _, created = play(a_state(), "create_member", NEW_MEMBER)
    id = next(iter(created.passwords))["id"]
    _, updated = play(created, "update_member", {"password": "StrongPass123!"}, user=id)
    hashes = [state.passwords.get(id)["hash"] for state in (created, updated)]  # type: ignore[index]
    assert 2 == len(set(hashes))
    assert all(password_matches(stored, "StrongPass123!") for stored in hashes)
    assert "StrongPass123!" not in json.dumps(updated.as_data())


def test_a_refusal_is_raised_by_name() -> None:
    """A handler gives no status and no wording."""
    with pytest.raises(Refusal) as refused:
        play(a_state(), "remove_member", userID="f" * 24)
    assert ("user_not_found", {}) == (refused.value.name, refused.value.members)


def test_ids_go_on_where_the_seed_ends() -> None:
    """The n-th member's id is the same whether others were removed before or not."""
    state = a_state()
    _, removed = play(state, "remove_member", userID=a_member(0)["id"])
    ids = [play(start, "create_member", NEW_MEMBER)[0].content["data"]["id"] for start in (state, removed)]
    assert 1 == len(set(ids))


_CHANGES = st.fixed_dictionaries(
    {}, optional={name: st.booleans() for name in ("is_verified", "is_locked", "is_deleted")}
)
_STEPS = st.one_of(
    st.tuples(st.just("create_member"), st.integers(0, 5)),
    st.tuples(st.just("remove_member"), st.integers(0, 5)),
    st.tuples(st.just("update_user_limit"), st.integers(0, 5), st.integers(1, 1000)),
    st.tuples(st.just("update_member"), st.integers(0, 5), _CHANGES),
)


def take(state: KoneksiState, step: Any) -> KoneksiState:
    """Take one step; one that is refused changes nothing."""
    operation, nth, *rest = step
    id = a_member(nth)["id"]
    try:
        if operation == "create_member":
            body = {**NEW_MEMBER, "email": f"m{nth}@example.org"}
            return play(state, operation, body)[1]
        body = {"bytes_limit": rest[0]} if operation == "update_user_limit" else (rest or [None])[0]
        return play(state, operation, body, user=id, userID=id)[1]
    except Refusal:
        return state


@given(st.lists(_STEPS, max_size=12))
def test_running_sums_are_what_counting_gives(steps: list[Any]) -> None:
    """However members change, the metrics are those of a state built from scratch."""
    state = a_state(6)
    for step in steps:
        state = take(state, step)
    recounted = build({"id": ORGANIZATION}, list(state.members))
    assert recounted.metrics.get(ORGANIZATION) == state.metrics.get(ORGANIZATION)


def test_any_credentials_administer_the_organization() -> None:
    """Where the keyring takes everything, whoever comes is the administrator."""
    presented = {"ClientId": "mine", "ClientSecret": "mine"}
    for keyring, principal in ((Keyring(any=True), ORGANIZATION), (Keyring(), None)):
        visitor = Visitor(presented, keyring, NOW, Mint(1, "koneksi"), "read_organization")
        assert principal == PROVIDER.authenticate(a_state(), visitor)


# Worlds


def a_cast(**collections: Casting) -> Cast:
    """Return a cast with one organization, as a fixture gives it."""
    organization = {"id": ORGANIZATION, "name": "A", "domain": "a.example", "contact": "a@a.example"}
    casting = Casting((Persona(organization, "fixtures/koneksi.yaml:3"),))
    given_ = {"organizations": casting, **collections}
    return Cast("koneksi", "test", Mint(1, "koneksi"), "fixtures/koneksi.yaml:1", given_)


def test_a_cast_is_a_function_of_its_seed() -> None:
    """The n-th member is the same whatever the number of members."""
    few, many = (list(PROVIDER.seed(a_cast(members=Casting(cast=size))).table("members")) for size in (5, 50))
    assert few == many[:5]
    assert 50 == len({member["email"] for member in many})


@pytest.mark.parametrize(
    ("cast", "said"),
    [
        (a_cast(member=Casting(cast=1)), "unknown collection 'member'"),
        (a_cast(organizations=Casting(cast=1)), "exactly one organization"),
        (a_cast(members=Casting((Persona({"name": "JB"}, "f:7"),))), "f:7: unknown key 'name'"),
        (a_cast(members=Casting((Persona({"first_name": "JB"}, "f:7"),))), "f:7: 'id' is missing"),
        (a_cast(clients=Casting(cast=1)), "can't be made up"),
        (a_cast(clients=Casting((Persona({"id": "i", "secret": "s", "member": "m"}, "f:9"),))), "f:9: no member"),
    ],
)
def test_a_fixture_that_cannot_be_played_says_why(cast: Cast, said: str) -> None:
    """With the place, where there is one."""
    with pytest.raises(FixtureError, match=said):
        PROVIDER.seed(cast)

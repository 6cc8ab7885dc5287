"""ELEVATE: handlers, tokens and dialect as the pure functions that they are."""

from typing import Any

import jwt
import pytest

from tests.support.inprocess import NEW_YEAR, world_of
from understudy.kernel.cast import Cast, Casting, FixtureError, Persona
from understudy.kernel.exchange import Call, Refusal
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Keyring, Visitor
from understudy.providers.elevate.callers import authenticate
from understudy.providers.elevate.dialect import language
from understudy.providers.elevate.organizations import read_organization, update_organization
from understudy.providers.elevate.seed import seed
from understudy.providers.elevate.state import ElevateState
from understudy.providers.elevate.tokens import Principal, read
from understudy.providers.elevate.users import deactivate_user

SYSTEM_ADMINISTRATOR = Principal(3, 1, frozenset({"admin"}))
ORGANIZATION_ADMINISTRATOR = Principal(4, 12, frozenset({"org_admin"}))


def state_of() -> ElevateState:
    """The documented world."""
    state = world_of(["elevate"]).states["elevate"]
    assert isinstance(state, ElevateState)
    return state


def call(principal: Principal, **inputs: Any) -> Call:
    """A checked call at New Year."""
    given: dict[str, Any] = {"path": {}, "query": {}, "headers": {}, "body": None, **inputs}
    return Call(operation="", principal=principal, now=NEW_YEAR, mint=Mint(1, "elevate"), **given)


def related(state: ElevateState, *ids: int) -> list[Any]:
    """What organisations are related to."""
    found = (state.organizations.get(id) for id in ids)
    return [organization["related_orgs"] for organization in found if organization is not None]


def test_a_read_returns_the_very_same_state() -> None:
    """And the record itself, uncopied."""
    state = state_of()
    answer, after = read_organization(state, call(ORGANIZATION_ADMINISTRATOR, query={"organisation_id": 12}))
    assert state is after
    assert state.organizations.get(12) is answer.content["result"]


def test_an_update_leaves_the_state_before_it_alone() -> None:
    """Both sides of a relation change in the state after it only."""
    state = state_of()
    inputs = {"path": {"organization_id": 12}, "body": {"related_orgs": [3]}}
    answer, after = update_organization(state, call(SYSTEM_ADMINISTRATOR, **inputs))
    assert "organization_updated" == answer.name
    assert [(), ()] == related(state, 12, 3)
    assert [(3,), (12,)] == related(after, 12, 3)


def test_a_refused_deactivation_says_why_by_name() -> None:
    """The name is the contract's."""
    with pytest.raises(Refusal) as refused:
        deactivate_user(state_of(), call(ORGANIZATION_ADMINISTRATOR, body={"id": [6]}))
    assert "deactivation_failed" == refused.value.name


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"data": {}, "exp": 1},
        {"data": {"id": "x", "organization_id": 1, "roles": []}, "exp": 1},
        {"data": {"id": 3, "organization_id": 1, "roles": [{}]}, "exp": 1},
        {"data": {"id": float("inf"), "organization_id": 1, "roles": []}, "exp": 1},
        {"data": {"id": 3, "organization_id": 1, "roles": []}, "exp": None},
    ],
)
def test_a_signed_token_that_says_something_else_is_none_of_ours(claims: dict[str, Any]) -> None:
    """Whoever knows the seed can sign."""
    mint = Mint(1, "elevate")
    secret = mint.hex("access_token.secret", 0, 64)
    assert read(jwt.encode(claims, secret, algorithm="HS256"), mint) is None


def test_a_token_of_another_world_is_none_of_ours() -> None:
    """Its user does not exist here."""
    mint = Mint(1, "elevate")
    data = {"id": 10**6, "organization_id": 12, "roles": [{"title": "admin"}]}
    claims = {"data": data, "exp": NEW_YEAR.timestamp() + 60}
    token = jwt.encode(claims, mint.hex("access_token.secret", 0, 64), algorithm="HS256")
    visitor = Visitor({"AccessToken": f"bearer {token}"}, Keyring(), NEW_YEAR, mint, "list_accounts")
    assert authenticate(state_of(), visitor) is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        *[(value, "hi") for value in ("hi", "hi-IN", "hi-IN,hi;q=0.9", "{{hi}}", "hi;q=0.1, en")],
        *[(value, "en") for value in ("HI", "fr,hi;q=0.5", "en,hi", "*", "", "hindi", ";;,", "ह")],
    ],
)
def test_the_first_listed_language_wins(header: str, expected: str) -> None:
    """As observed (fact file, Language choice)."""
    assert expected == language({"accept-language": header})


@pytest.mark.parametrize(
    ("users", "complaint"),
    [
        ([{"role": "boss", "organization_id": 1}], "unknown role 'boss'"),
        ([{"organization_id": 2}], "there is no organization 2"),
        ([{"organisation": 1}], "unknown key 'organisation'"),
        (
            [{"id": n, "email": email, "organization_id": 1} for n, email in enumerate(("a@b.org", "A@b.org"))],
            "two users",
        ),
    ],
)
def test_a_fixture_that_does_not_fit_is_refused(users: list[dict[str, Any]], complaint: str) -> None:
    """With file, line and remedy; nothing is silent."""
    collections = {
        "organizations": Casting((Persona({"id": 1}, "x.yaml:1"),)),
        "users": Casting(tuple(Persona(user, "x.yaml:2") for user in users)),
    }
    with pytest.raises(FixtureError, match=rf"x\.yaml:\d: .*{complaint}"):
        seed(Cast("elevate", "test", Mint(1, "elevate"), "x.yaml:1", collections))

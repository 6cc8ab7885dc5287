"""Worlds and determinism: one seed and one sequence of calls give equal bytes, whatever is read in between."""

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.inprocess import client_of, parts_of, world_of
from understudy.parts import state_hash
from understudy.providers.seed import KEPT, KEPT_SEED, drawn_pools, pools_as_text
from understudy.sandbox import World

NAMES = tuple(part.name for part in parts_of())
WORLDS = ("documented", "empty", "crowded")
TYK = {"admin-auth": "12345"}
IVALT = {"x-api-key": "YOUR_API_KEY"}
KONEKSI = {
    "Client-ID": "id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E",
    "Client-Secret": "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY",
}

Step = tuple[str, str, dict[str, str], Any]
WRITES: list[Step] = [
    ("POST", "/admin/organisations", TYK, {"owner_name": "A"}),
    ("POST", "/admin/users", TYK, {"first_name": "A", "last_name": "B", "email_address": "a@b.org"}),
    ("PUT", "/admin/organisations/54b53d3aeba6db5c35000002", TYK, {"owner_name": "B"}),
    ("DELETE", "/admin/organisations/54b53d3aeba6db5c35000002", TYK, None),
    ("POST", "/admin/organisations", TYK, {"owner_name": 5}),
    (
        "POST", "/admin/public/api/organization/123/create/user", IVALT,
        {"email": "x@y.org", "country_code": "+1", "mobile": "2345678901", "first_name": "J", "last_name": "D"},
    ),
    ("POST", "/user/v1/account/login", {}, {"email": "org.admin@shikshalokam.org", "password": "OrgAdmin@2024"}),
    (
        "POST", "/clients/v1/organization-admin/members/create", KONEKSI,
        {
            "first_name": "J", "last_name": "B", "email": "jb+8@ardata.tech", "password": "StrongPass123!",
            "confirm_password": "StrongPass123!", "role": "organization_user",
        },
    ),
    ("DELETE", "/clients/v1/organization-admin/members/686ed041e558da075c6d8e87/remove", KONEKSI, None),
]  # fmt: skip
READS: list[Step] = [
    ("GET", "/admin/organisations", TYK, None),
    ("GET", "/admin/users", TYK, None),
    ("GET", "/admin/public/api/organizations", IVALT, None),
    ("GET", "/admin/public/api/organization/123/users", IVALT, None),
    ("GET", "/clients/v1/organization-admin/members/list", KONEKSI, None),
    ("GET", "/clients/v1/organization-admin/dashboard/collect-metrics", KONEKSI, None),
    ("GET", "/nowhere", {}, None),
    ("GET", "/admin/users/000000000000000000000000", TYK, None),
]


def send(client: httpx.Client, step: Step) -> tuple[int, bytes]:
    method, path, headers, body = step
    answer = client.request(method, path, headers=headers, json=body)
    return answer.status_code, without_correlation(answer)


def without_correlation(answer: httpx.Response) -> bytes:
    """Return the body; ELEVATE's correlation ids count exchanges, reads included, and stand aside."""
    correlation = answer.headers.get("x-request-ids", "").encode()
    return answer.content.replace(correlation, b"") if correlation else answer.content


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(WRITES), min_size=1, max_size=8), st.data())
def test_reads_slipped_in_between_change_nothing_that_a_later_call_answers(steps: list[Step], data: Any) -> None:
    with client_of(*NAMES) as plain, client_of(*NAMES) as disturbed:
        for step in steps:
            for read in data.draw(st.lists(st.sampled_from(READS), max_size=2)):
                send(disturbed, read)
            assert send(plain, step) == send(disturbed, step)
        for read in READS:
            assert send(plain, read) == send(disturbed, read)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(WRITES + READS), min_size=1, max_size=10), st.integers(0, 5))
def test_two_servers_with_one_seed_give_equal_bytes(steps: list[Step], seed: int) -> None:
    with client_of(*NAMES, seed=seed) as one, client_of(*NAMES, seed=seed) as other:
        for method, path, headers, body in steps:
            first = one.request(method, path, headers=headers, json=body)
            second = other.request(method, path, headers=headers, json=body)
            assert (first.status_code, first.content, first.headers) == (
                second.status_code,
                second.content,
                second.headers,
            )


@settings(max_examples=10, deadline=None)
@given(st.permutations([step for step in WRITES if step[0] == "POST"]))
def test_what_one_vendor_makes_up_does_not_depend_on_another(order: list[Step]) -> None:
    ours = [step for step in order if step[1].startswith("/clients")]
    with client_of(*NAMES) as together, client_of("koneksi") as alone:
        answers = {step[1]: send(together, step) for step in order}
        for step in ours:
            assert answers[step[1]] == send(alone, step)


@pytest.mark.parametrize("world", WORLDS)
def test_a_world_is_the_same_each_time_it_is_built(world: str) -> None:
    built = World.build(parts_of(*NAMES), world, 7)
    assert state_hash(World.build(parts_of(*NAMES), world, 7).states.items()) == state_hash(built.states.items())


def test_another_seed_makes_another_cast() -> None:
    one, other = world_of(NAMES, seed=1), world_of(NAMES, seed=2)
    assert state_hash(one.states.items()) != state_hash(other.states.items())


def test_the_crowded_world_has_tens_of_thousands() -> None:
    states = world_of(NAMES, "crowded").states
    assert 20_000 <= sum(len(state.table(name)) for state in states.values() for name in state.collections())


def test_no_password_stands_in_clear_in_any_state() -> None:
    for part in parts_of(*NAMES):
        secrets = [login["password"] for login in part.fixture.logins if "password" in login]
        shown = str(world_of(NAMES).states[part.name].as_data())
        assert [] == [secret for secret in secrets if secret in shown]


@pytest.mark.parametrize("part", parts_of(), ids=NAMES)
def test_worlds_are_the_three_that_are_promised(part: Any) -> None:
    assert WORLDS == part.fixture.worlds


def test_the_names_that_are_kept_are_those_that_faker_draws() -> None:
    """Where Faker has learnt new names: the world of the default seed stays; write the file anew to have them."""
    assert KEPT.read_text() == pools_as_text(drawn_pools(KEPT_SEED))

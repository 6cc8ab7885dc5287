"""Was it asked as often as it should have been, and if not, what came nearest."""

from typing import Any

import httpx
import pytest

from tests.control.asked import ADMIN, JIVELY, ask_some
from tests.support.inprocess import client_of


def verify(mock: httpx.Client, **wish: Any) -> httpx.Response:
    return mock.post("/__admin/verify", json=wish)


READ = "read_organisation"


@pytest.mark.parametrize(
    ("wish", "count"),
    [
        ({"operationId": READ}, 2),
        ({"operationId": READ, "times": 2}, 2),
        ({"operationId": READ, "times": {"atLeast": 1}}, 2),
        ({"operationId": READ, "times": {"atMost": 2}}, 2),
        ({"operationId": READ, "times": {"atLeast": 2, "atMost": 2}}, 2),
        ({"operationId": "delete_organisation", "times": 0}, 0),
        ({"operationId": "delete_organisation", "times": {"atMost": 3}}, 0),
        ({"path": {"matches": "^/admin"}, "times": 4}, 4),
        ({"body": {"contains": {"password": "long-secret"}}}, 1),
        ({}, 6),
    ],
)
def test_as_often_as_it_should(mock: httpx.Client, wish: dict[str, Any], count: int) -> None:
    ask_some(mock)
    answer = verify(mock, **wish)
    assert (200, {"count": count, "lost": 0}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("wish", "expected", "words"),
    [
        ({"operationId": "delete_organisation"}, {"atLeast": 1}, "at least 1 wanted, 0 found"),
        ({"operationId": READ, "times": 1}, {"atLeast": 1, "atMost": 1}, "exactly 1 wanted, 2 found"),
        ({"operationId": READ, "times": 0}, {"atLeast": 0, "atMost": 0}, "exactly 0 wanted, 2 found"),
        ({"operationId": READ, "times": {"atMost": 1}}, {"atLeast": 0, "atMost": 1}, "at most 1 wanted, 2 found"),
        (
            {"operationId": READ, "times": {"atLeast": 3, "atMost": 4}},
            {"atLeast": 3, "atMost": 4},
            "at least 3 and at most 4 wanted, 2 found",
        ),
    ],
)
def test_not_as_often_as_it_should(
    mock: httpx.Client, wish: dict[str, Any], expected: dict[str, int], words: str
) -> None:
    ask_some(mock)
    answer = verify(mock, **wish)
    problem = answer.json()
    assert (409, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert expected == problem["expected"]
    assert f"{words} among the 6 exchanges" in problem["detail"]


def test_too_many_are_listed_instead_of_near_misses(mock: httpx.Client) -> None:
    ask_some(mock)
    problem = verify(mock, operationId=READ, times=1).json()
    assert (2, []) == (problem["count"], problem["nearest"])
    assert [(6, 404), (1, 200)] == [(one["id"], one["status"]) for one in problem["matched"]]


def test_the_nearest_misses_are_those_of_the_same_operation_with_the_fewest_differences(mock: httpx.Client) -> None:
    for email, permissions in (("a@x.org", "a"), ("b@x.org", "wanted"), ("c@x.org", "c")):
        body = {"email_address": email, "group_id": permissions, "active": True}
        mock.post("/admin/users", headers=ADMIN, json=body)
    ask_some(mock)
    wanted = {"email_address": "d@x.org", "group_id": "wanted", "active": True}
    problem = verify(mock, operationId="create_user", body={"contains": wanted}).json()
    assert [2, 3, 1, 6] == [near["id"] for near in problem["nearest"]]
    assert ['body /email_address is "b@x.org"; it must be "d@x.org"'] == problem["nearest"][0]["differences"]
    assert 2 == len(problem["nearest"][1]["differences"])
    assert "nearest is 2, POST /admin/users: body /email_address is" in problem["detail"]


def test_then_the_same_path_counts_then_the_method(mock: httpx.Client) -> None:
    mock.get("/hello")
    mock.put(JIVELY, headers=ADMIN, json={})
    mock.get("/admin/organisations", headers=ADMIN)
    mock.get(JIVELY, headers=ADMIN)
    problem = verify(mock, method="DELETE", path=JIVELY, headers={"admin-auth": "other"}).json()
    assert [4, 2, 3, 1] == [near["id"] for near in problem["nearest"]]
    assert all("•••" in " ".join(near["differences"]) for near in problem["nearest"][:3])


def test_a_path_that_shares_its_beginning_is_nearer(mock: httpx.Client) -> None:
    for path in ("/x/y", "/admin/users/1", JIVELY, "/hello"):
        mock.get(path, headers=ADMIN)
    problem = verify(mock, path="/admin/organisations/54b53d3aeba6db5c35000009").json()
    assert [3, 2] == [near["id"] for near in problem["nearest"]][:2]


def test_at_most_five_are_told(mock: httpx.Client) -> None:
    for _ in range(9):
        mock.get("/hello")
    assert 5 == len(verify(mock, path="/other").json()["nearest"])
    assert 5 == len(verify(mock, path="/hello", times=0).json()["matched"])


def test_nothing_was_asked_at_all(mock: httpx.Client) -> None:
    problem = verify(mock).json()
    assert (0, [], []) == (problem["count"], problem["nearest"], problem["matched"])
    assert "0 found among the 0 exchanges in the journal" in problem["detail"]


def test_what_fell_out_of_the_journal_is_said() -> None:
    with client_of("tyk", journal=2) as mock:
        ask_some(mock)
        problem = verify(mock, operationId="create_user").json()
        assert "4 earlier exchanges have fallen out of the journal, which keeps the last 2" in problem["detail"]
        assert {"count": 1, "lost": 4} == verify(mock, operationId=READ, times=1).json()


def test_with_the_journal_off_nothing_is_verified() -> None:
    with client_of("tyk", journal=0) as mock:
        ask_some(mock)
        for wish in ({}, {"times": 0}, {"operationId": READ}):
            answer = verify(mock, **wish)
            assert 409 == answer.status_code
            assert "--journal N" in answer.json()["detail"]
            assert "count" not in answer.json()


@pytest.mark.parametrize("times", [-1, 1.5, True, "1", None, {}, {"atleast": 1}, {"atLeast": -1}, [], 10**12])
def test_times_that_are_none_are_refused(mock: httpx.Client, times: Any) -> None:
    assert 400 == verify(mock, times=times).status_code


def test_bounds_that_exclude_each_other_are_refused(mock: httpx.Client) -> None:
    answer = verify(mock, times={"atLeast": 2, "atMost": 1})
    assert 422 == answer.status_code
    assert "no number is at least 2 and at most 1" in answer.json()["detail"]


def test_a_misspelt_operation_does_not_verify_that_it_was_never_asked(mock: httpx.Client) -> None:
    answer = verify(mock, operationId="delete_organization", times=0)
    assert 422 == answer.status_code
    assert "did you mean 'delete_organisation'?" in answer.json()["detail"]

"""What the control API says where it has no such path or method."""

import httpx
import pytest


@pytest.mark.parametrize(
    ("method", "path", "status", "name"),
    [
        ("GET", "/__admin/nowhere", 404, "route_not_found"),
        ("POST", "/__admin/state", 405, "method_not_allowed"),
        ("TRACE", "/__admin/snapshots/a", 405, "method_not_allowed"),
    ],
)
def test_it_answers_in_its_own_words(mock: httpx.Client, method: str, path: str, status: int, name: str) -> None:
    answer = mock.request(method, path)
    assert (status, name) == (answer.status_code, answer.headers["understudy-answer"])
    assert status == answer.json()["status"]

"""Coverage as the control API tells it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.inprocess import client_of
from understudy.web.wire import WireFault

ORGANISATION = "/admin/organisations/54b53d3aeba6db5c35000002"
KEY = {"admin-auth": "12345"}


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with client_of("elevate", "koneksi", "tyk") as client:
        yield client


def coverage(client: httpx.Client, **query: str) -> dict[str, Any]:
    answer = client.get("/__admin/coverage", params=query)
    assert (200, "coverage_read") == (answer.status_code, answer.headers["understudy-answer"])
    data: dict[str, Any] = answer.json()
    return data


def calls(data: dict[str, Any]) -> int:
    return sum(operation["calls"] for provider in data["providers"] for operation in provider["operations"])


def test_it_lists_every_operation_of_every_provider_in_the_contracts_order(client: httpx.Client) -> None:
    data = coverage(client)
    assert ["elevate", "koneksi", "tyk"] == [provider["provider"] for provider in data["providers"]]
    (tyk,) = [provider for provider in data["providers"] if provider["provider"] == "tyk"]
    first = tyk["operations"][0]
    assert ("list_organisations", "GET", "/admin/organisations") == (
        first["operationId"],
        first["method"],
        first["path"],
    )
    assert [{"in": "query", "name": "p", "count": 0}] == first["parameters"]
    assert [200, 401, 404] == [status["status"] for status in first["statuses"]]
    assert (0, 0.0) == (data["touched"], data["percent"])


def test_it_can_be_asked_for_one_provider_and_for_one_operation(client: httpx.Client) -> None:
    client.get(ORGANISATION, headers=KEY)
    whole, own = coverage(client), coverage(client, provider="tyk")
    assert [whole["providers"][2]] == own["providers"]
    assert own["items"] < whole["items"]
    assert own["touched"] == whole["touched"] == 3
    one = coverage(client, provider="tyk", operationId="read_organisation")
    assert ["read_organisation"] == [operation["operationId"] for operation in one["providers"][0]["operations"]]
    assert (5, 3, 60.0) == (one["items"], one["touched"], one["percent"])


def test_operations_of_one_name_are_told_apart_by_provider(client: httpx.Client) -> None:
    client.get("/clients/v1/organization-admin/organization/read")
    client.get("/user/v1/organization/read", headers={"accept-language": "hi"})
    client.get("/user/v1/organization/read")
    data = coverage(client, operationId="read_organization")
    assert {"elevate": 2, "koneksi": 1} == {
        provider["provider"]: provider["operations"][0]["calls"] for provider in data["providers"]
    }


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("provider=acme", 404, "no provider is called 'acme'; there are elevate, koneksi, tyk"),
        ("operationId=fly", 404, "no operation of elevate, koneksi, tyk is called 'fly'"),
        ("provider=tyk&operationId=login", 404, "no operation of tyk is called 'login'"),
        ("provider=", 400, "query provider: must"),
        ("operationId=" + "x" * 201, 400, "query operationId: must"),
    ],
)
def test_what_there_is_not_is_said(client: httpx.Client, query: str, status: int, detail: str) -> None:
    answer = client.get(f"/__admin/coverage?{query}")
    assert (status, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert detail in answer.json()["detail"]


def test_it_is_counted_over_all_sandboxes_and_survives_their_reset_and_end(client: httpx.Client) -> None:
    for sandbox in ("one", "two"):
        client.get(ORGANISATION, headers={**KEY, "Understudy-Sandbox": sandbox})
    client.get(f"/~three{ORGANISATION}", headers=KEY)
    client.post("/__admin/reset", headers={"Understudy-Sandbox": "one"})
    client.delete("/__admin/sandboxes/two")
    client.put("/__admin/sandboxes/three", json={"world": "empty"})
    assert 3 == calls(coverage(client))


def test_a_call_whose_connection_broke_counts_and_touches_nothing(client: httpx.Client) -> None:
    fault = {"match": {"provider": "tyk"}, "times": 1, "wire": "EMPTY_RESPONSE"}
    assert 201 == client.post("/__admin/faults", json=fault).status_code
    with pytest.raises(WireFault):
        client.get(ORGANISATION, headers=KEY)
    data = coverage(client)
    assert (1, 0) == (calls(data), data["touched"])


def test_what_is_asked_of_the_mock_itself_does_not_count(client: httpx.Client) -> None:
    client.get("/__admin/health")
    client.get("/__admin/nowhere")
    data = coverage(client)
    assert (0, 0) == (calls(data), data["unmatched"]["total"])


def test_it_can_begin_anew(client: httpx.Client) -> None:
    client.get(ORGANISATION, headers=KEY)
    client.get("/nowhere")
    before = coverage(client)
    answer = client.delete("/__admin/coverage")
    assert (204, "coverage_cleared") == (answer.status_code, answer.headers["understudy-answer"])
    after = coverage(client)
    assert (1, 1, 0, 0) == (calls(before), before["unmatched"]["total"], calls(after), after["unmatched"]["total"])
    assert after["since"] >= before["since"]
    client.get(ORGANISATION, headers=KEY)
    assert 1 == calls(coverage(client))


def test_it_counts_where_no_journal_is_kept() -> None:
    with client_of("tyk", journal=0) as client:
        client.get(ORGANISATION, headers=KEY)
        assert 1 == calls(coverage(client))

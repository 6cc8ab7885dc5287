"""Isolated copies of a world: made, looked at, begun again, dropped."""

import asyncio
from datetime import datetime

import httpx
import pytest

from tests.support.inprocess import NEW_YEAR, call, client_of, edge_of, worlds_of
from understudy.kernel.clock import Clock
from understudy.sandboxes import Sandboxes

ADMIN = {"admin-auth": "12345"}
JIVELY = "54b53d3aeba6db5c35000002"


def names(mock: httpx.Client) -> list[str]:
    return [item["name"] for item in mock.get("/__admin/sandboxes").json()["items"]]


def test_the_first_use_of_a_name_makes_a_sandbox_of_the_servers_world_and_seed() -> None:
    with client_of("tyk", world="empty", seed=7) as mock:
        mock.get("/~fresh/admin/organisations", headers=ADMIN)
        made = mock.get("/__admin/sandboxes/fresh").json()
    assert ("fresh", "empty", 7, 1) == (made["name"], made["world"], made["seed"], made["exchanges"])


def test_looking_makes_none(mock: httpx.Client) -> None:
    answer = mock.get("/__admin/sandboxes/nobody")
    assert (404, "there is no sandbox 'nobody'") == (answer.status_code, answer.json()["detail"])
    assert ["default"] == names(mock)


def test_put_makes_one_of_the_world_and_seed_that_are_asked_for(mock: httpx.Client) -> None:
    answer = mock.put("/__admin/sandboxes/mine", json={"world": "empty", "seed": 3})
    assert (201, "empty", 3) == (answer.status_code, answer.json()["world"], answer.json()["seed"])
    listed = mock.get("/~mine/admin/organisations", headers=ADMIN).json()["organisations"]
    assert [] == listed


def test_put_without_a_body_takes_the_servers_own(mock: httpx.Client) -> None:
    answer = mock.put("/__admin/sandboxes/mine")
    assert (201, "documented", 1) == (answer.status_code, answer.json()["world"], answer.json()["seed"])


def test_another_seed_makes_up_other_people(mock: httpx.Client) -> None:
    mock.put("/__admin/sandboxes/other", json={"seed": 2})
    one, other = (
        mock.get(f"{prefix}/admin/organisations", headers=ADMIN).json()["organisations"] for prefix in ("", "/~other")
    )
    assert [JIVELY] == [record["id"] for record in one if record in other]


def test_put_makes_one_anew_with_nothing_left_of_the_old(mock: httpx.Client) -> None:
    mock.put("/__admin/sandboxes/mine", json={"world": "empty"})
    mock.delete(f"/~mine/admin/organisations/{JIVELY}", headers=ADMIN)
    answer = mock.put("/__admin/sandboxes/mine")
    made = answer.json()
    assert (200, "documented", 0, []) == (answer.status_code, made["world"], made["exchanges"], made["snapshots"])
    assert 200 == mock.get(f"/~mine/admin/organisations/{JIVELY}", headers=ADMIN).status_code


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"world": "full"}, 422, "it has documented, empty, crowded"),
        ({"word": "empty"}, 400, "did you mean 'world'"),
        ({"seed": "1"}, 400, "/seed: must be an integer"),
        ({"seed": 2**60}, 400, "/seed: must be at most"),
        ([], 400, "must be an object"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_and_makes_none(
    mock: httpx.Client, body: object, status: int, said: str
) -> None:
    answer = mock.put("/__admin/sandboxes/mine", json=body)
    assert status == answer.status_code
    assert said in answer.json()["detail"]
    assert ["default"] == names(mock)


def test_a_dropped_one_is_gone_with_its_state(mock: httpx.Client) -> None:
    mock.delete(f"/~mine/admin/organisations/{JIVELY}", headers=ADMIN)
    assert 404 == mock.get(f"/~mine/admin/organisations/{JIVELY}", headers=ADMIN).status_code
    assert (204, b"") == ((answer := mock.delete("/__admin/sandboxes/mine")).status_code, answer.content)
    assert 404 == mock.delete("/__admin/sandboxes/mine").status_code
    assert 200 == mock.get(f"/~mine/admin/organisations/{JIVELY}", headers=ADMIN).status_code


def test_reset_puts_the_addressed_one_back_and_no_other(mock: httpx.Client) -> None:
    for prefix in ("", "/~one", "/~two"):
        mock.delete(f"{prefix}/admin/organisations/{JIVELY}", headers=ADMIN)
    answer = mock.post("/__admin/reset", headers={"Understudy-Sandbox": "one"})
    assert (200, "one", 0, 0) == (
        answer.status_code, answer.json()["name"], answer.json()["exchanges"], answer.json()["faults"],
    )  # fmt: skip
    there = [
        mock.get(f"{prefix}/admin/organisations/{JIVELY}", headers=ADMIN).status_code
        for prefix in ("", "/~one", "/~two")
    ]
    assert [404, 200, 404] == there


def test_after_a_reset_ids_and_exchanges_begin_again(mock: httpx.Client) -> None:
    def create() -> tuple[str, str]:
        answer = mock.post("/admin/organisations", json={"owner_name": "New"}, headers=ADMIN)
        return answer.json()["Meta"], answer.headers["understudy-exchange"]

    edge, sandbox = edge_of("tyk")
    assert sandbox in list(edge.sandboxes)
    first = create()
    assert first != create()
    mock.post("/__admin/reset")
    sandbox.clock = Clock(frozen=NEW_YEAR)
    # The clock went back to the real time, and a Tyk id begins with four bytes of it.
    again = create()
    assert (first[0][8:], first[1]) == (again[0][8:], again[1])


def test_the_list_is_paged(mock: httpx.Client) -> None:
    for number in range(5):
        mock.put(f"/__admin/sandboxes/s{number}")
    page = mock.get("/__admin/sandboxes?offset=2&limit=2").json()
    assert (6, 2, ["s1", "s2"]) == (page["total"], page["offset"], [item["name"] for item in page["items"]])
    assert [] == mock.get("/__admin/sandboxes?offset=99").json()["items"]
    assert 400 == mock.get("/__admin/sandboxes?limit=0").status_code


def test_one_that_nobody_addressed_for_long_may_be_dropped_but_default_never() -> None:
    sandboxes = Sandboxes(worlds_of(["tyk"]), idle=60)
    sandboxes.get("old").used -= 61
    sandboxes.get("default").used -= 61
    sandboxes.get("young").used -= 59
    sandboxes._swept -= 7
    sandboxes.get("new")
    assert ["default", "young", "new"] == [sandbox.name for sandbox in sandboxes]


def test_without_an_idle_time_none_is_dropped() -> None:
    sandboxes = Sandboxes(worlds_of(["tyk"]))
    sandboxes.get("old").used -= 1e9
    sandboxes._swept -= 1e9
    sandboxes.get("new")
    assert 3 == len(sandboxes)


def test_health_says_what_is_played(mock: httpx.Client) -> None:
    health = mock.get("/__admin/health").json()
    assert ("ok", ["elevate", "ivalt", "koneksi", "tyk"], "documented", 1, 1) == (
        health["status"], health["providers"], health["world"], health["seed"], health["sandboxes"],
    )  # fmt: skip
    assert ["documented", "empty", "crowded"] == health["worlds"]


def test_the_control_api_is_held_to_its_contract_like_any_other(mock: httpx.Client) -> None:
    assert "the control API has no such path" in mock.get("/__admin/nowhere").json()["detail"]
    refused = mock.put("/__admin/health")
    assert (405, "GET, HEAD, OPTIONS") == (refused.status_code, refused.headers["allow"])
    forced = mock.get("/__admin/sandboxes/x", headers={"Prefer": "example=sandbox_read"})
    assert "signup" == forced.json()["name"]
    form = mock.put("/__admin/sandboxes/x", content=b"{}", headers={"Content-Type": "text/plain"})
    assert 415 == form.status_code


def test_what_is_asked_of_the_mock_itself_is_no_exchange(mock: httpx.Client) -> None:
    answer = mock.get("/__admin/health")
    assert "understudy-exchange" not in answer.headers
    assert 0 == mock.get("/__admin/sandboxes/default").json()["exchanges"]
    assert datetime.fromisoformat(mock.get("/__admin/sandboxes/default").json()["clock"]["now"]).tzinfo


def test_a_large_world_is_made_beside_the_requests_of_others() -> None:
    """Others are answered while it is being made, on a server of its own thread."""
    edge, _ = edge_of("tyk")
    order: list[str] = []

    async def ask(method: str, path: str, body: bytes = b"") -> int:
        headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"admin-auth", b"12345")]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
        status, _, _ = await call(edge, scope, body)
        order.append(path)
        return status

    async def both() -> list[int]:
        made = asyncio.ensure_future(ask("PUT", "/__admin/sandboxes/big", b'{"world":"crowded","seed":4711}'))
        await asyncio.sleep(0)
        return [await ask("GET", f"/admin/organisations/{JIVELY}"), await made]

    assert [200, 201] == asyncio.run(both())
    assert [f"/admin/organisations/{JIVELY}", "/__admin/sandboxes/big"] == order
    assert ("crowded", 4711) == (edge.sandboxes.get("big").world.name, edge.sandboxes.get("big").world.seed)

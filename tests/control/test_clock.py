"""The clock of a sandbox: what is asked of it, and who goes by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.support.callers import IVALT, KONEKSI, LOGIN, ORGANISATION, TYK, elevate
from tests.support.inprocess import NEW_YEAR, InProcess, edge_of
from tests.support.served import served

CLOCK = "/__admin/clock"
ADVANCE = "/__admin/clock/advance"
CODE = {"client_id": "a", "client_secret": "b"}


class RealTime:
    """A real time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = NEW_YEAR

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def real() -> RealTime:
    return RealTime()


@pytest.fixture
def running(real: RealTime) -> Iterator[httpx.Client]:
    """A client of a sandbox whose clock runs."""
    edge, sandbox = edge_of("tyk", now=None)
    sandbox._real_time = real
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
        yield client


def told(answer: httpx.Response) -> tuple[str, bool]:
    assert 200 == answer.status_code, answer.text
    return answer.json()["now"], answer.json()["frozen"]


def test_a_clock_that_nobody_touched_tells_the_real_time(running: httpx.Client, real: RealTime) -> None:
    assert ("2026-01-01T00:00:00.000Z", False) == told(running.get(CLOCK))
    real.now += timedelta(seconds=1.5)
    assert ("2026-01-01T00:00:01.500Z", False) == told(running.get(CLOCK))


def test_a_running_clock_that_is_set_runs_on_from_there(running: httpx.Client, real: RealTime) -> None:
    assert ("2030-06-01T12:00:00.000Z", False) == told(running.put(CLOCK, json={"now": "2030-06-01T14:00:00+02:00"}))
    real.now += timedelta(minutes=1)
    assert ("2030-06-01T12:01:00.000Z", False) == told(running.get(CLOCK))


def test_a_clock_freezes_where_it_stands_and_runs_on_from_there(running: httpx.Client, real: RealTime) -> None:
    real.now += timedelta(microseconds=1_234_567)
    stopped = "2026-01-01T00:00:01.234Z"
    assert (stopped, True) == told(running.put(CLOCK, json={"frozen": True}))
    real.now += timedelta(days=1)
    assert (stopped, True) == told(running.get(CLOCK))
    assert (stopped, False) == told(running.put(CLOCK, json={"frozen": False}))
    real.now += timedelta(seconds=1)
    assert ("2026-01-01T00:00:02.234Z", False) == told(running.get(CLOCK))


def test_a_frozen_clock_that_is_set_stays_frozen(mock: httpx.Client) -> None:
    assert ("2027-01-01T00:00:00.000Z", True) == told(mock.put(CLOCK, json={"now": "2027-01-01T00:00:00Z"}))


def test_now_and_frozen_go_together(running: httpx.Client, real: RealTime) -> None:
    wish = {"now": "2027-01-01T00:00:00Z", "frozen": True}
    assert ("2027-01-01T00:00:00.000Z", True) == told(running.put(CLOCK, json=wish))
    real.now += timedelta(days=1)
    assert ("2027-01-01T00:00:00.000Z", True) == told(running.get(CLOCK))


def test_what_a_frozen_clock_says_sets_another_one_to_the_same_moment(mock: httpx.Client) -> None:
    said = told(mock.put(CLOCK, json={"now": "2027-01-01T00:00:00.123999Z"}))[0]
    assert "2027-01-01T00:00:00.123Z" == said
    assert (said, True) == told(mock.put(CLOCK, json={"now": said}))


@pytest.mark.parametrize(
    ("by", "then"),
    [
        ("P1DT2H", "2026-01-02T02:00:00.000Z"),
        ("PT1.5S", "2026-01-01T00:00:01.500Z"),
        ("P1W", "2026-01-08T00:00:00.000Z"),
        ("P1M", "2026-02-01T00:00:00.000Z"),
        ("P1Y2M3D", "2027-03-04T00:00:00.000Z"),
        ("-P1D", "2025-12-31T00:00:00.000Z"),
        ("PT0S", "2026-01-01T00:00:00.000Z"),
    ],
)
def test_a_frozen_clock_advances_and_stays_frozen(mock: httpx.Client, by: str, then: str) -> None:
    assert (then, True) == told(mock.post(ADVANCE, json={"by": by}))
    assert (then, True) == told(mock.get(CLOCK))


def test_a_month_after_the_31st_is_the_last_of_the_month(mock: httpx.Client) -> None:
    mock.put(CLOCK, json={"now": "2028-01-31T00:00:00Z"})
    assert "2028-02-29T00:00:00.000Z" == told(mock.post(ADVANCE, json={"by": "P1M"}))[0]


def test_a_running_clock_advances_and_runs_on(running: httpx.Client, real: RealTime) -> None:
    assert ("2026-01-02T00:00:00.000Z", False) == told(running.post(ADVANCE, json={"by": "P1D"}))
    real.now += timedelta(seconds=1)
    assert ("2026-01-02T00:00:01.000Z", False) == told(running.get(CLOCK))


@pytest.mark.parametrize(
    "by",
    [
        "1 day",
        "P",
        "PT",
        "P1DT",
        "p1d",
        "P1D\n",
        " P1D",
        "P1S",
        "P1.5M",
        "P" + "9" * 30 + "D",
        "P٣D",
        "PT1H-",
    ],
)
def test_what_is_no_duration_or_too_long_is_refused_in_a_sentence(mock: httpx.Client, by: str) -> None:
    refused = mock.post(ADVANCE, json={"by": by})
    assert (422, "unusable_duration") == (refused.status_code, refused.headers["understudy-answer"])
    assert by.strip()[:10] in refused.json()["detail"] or "\\n" in refused.json()["detail"]
    assert ("2026-01-01T00:00:00.000Z", True) == told(mock.get(CLOCK))


@pytest.mark.parametrize("now", ["1812-06-24T00:00:00Z", "9999-01-01T00:00:00Z", "0001-01-01T00:00:00+23:00"])
def test_a_moment_out_of_range_is_refused_and_the_clock_stays(mock: httpx.Client, now: str) -> None:
    refused = mock.put(CLOCK, json={"now": now})
    assert (422, "out_of_range") == (refused.status_code, refused.headers["understudy-answer"])
    assert ("2026-01-01T00:00:00.000Z", True) == told(mock.get(CLOCK))


@pytest.mark.parametrize("by", ["P7973Y", "P9999Y", "-P200Y", "-P2026Y", "P999999999D"])
def test_advancing_out_of_range_is_refused(mock: httpx.Client, by: str) -> None:
    """However far out of it."""
    refused = mock.post(ADVANCE, json={"by": by})
    assert (422, "out_of_range") == (refused.status_code, refused.headers["understudy-answer"])
    assert "1900 and 9998" in refused.json()["detail"]


@pytest.mark.parametrize(
    "wish", [{}, {"now": "yesterday"}, {"now": 5}, {"frozen": "yes"}, {"now": "2027-01-01T00:00:00"}, {"frosen": True}]
)
def test_a_wish_that_breaks_the_contract_is_refused(mock: httpx.Client, wish: dict[str, object]) -> None:
    refused = mock.put(CLOCK, json=wish)
    assert (400, 1) == (refused.status_code, len(refused.json()["violations"]))


def test_each_sandbox_has_a_clock_of_its_own_and_a_reset_lets_it_run_again(mock: httpx.Client) -> None:
    mock.put("/~other/__admin/clock", json={"now": "2040-01-01T00:00:00Z", "frozen": True})
    assert "2026-01-01T00:00:00.000Z" == told(mock.get(CLOCK))[0]
    assert ("2040-01-01T00:00:00.000Z", True) == told(mock.get("/~other/__admin/clock"))
    assert False is mock.post("/~other/__admin/reset").json()["clock"]["frozen"]


def test_tokens_of_elevate_expire_as_the_clock_advances(mock: httpx.Client) -> None:
    signed = elevate(mock)
    look = {"headers": signed, "params": {"organisation_id": 12}}
    assert 200 == mock.get("/user/v1/organization/read", **look).status_code  # type: ignore[arg-type]
    mock.post(ADVANCE, json={"by": "PT23H59M59S"})
    assert 200 == mock.get("/user/v1/organization/read", **look).status_code  # type: ignore[arg-type]
    mock.post(ADVANCE, json={"by": "PT1S"})
    late = mock.get("/user/v1/organization/read", **look)  # type: ignore[arg-type]
    assert (401, "session_expired") == (late.status_code, late.headers["understudy-answer"])


def test_ids_of_tyk_carry_the_time(mock: httpx.Client) -> None:
    mock.put(CLOCK, json={"now": "2030-01-01T00:00:00Z"})
    id = mock.post("/admin/organisations", headers=TYK, json={"owner_name": "Late"}).json()["Meta"]
    assert datetime(2030, 1, 1, tzinfo=UTC).timestamp() == int(id[:8], 16)


def test_timestamps_of_koneksi_and_ivalt_are_by_the_clock(mock: httpx.Client) -> None:
    mock.put(CLOCK, json={"now": "2030-01-01T00:00:00Z"})
    updated = mock.put("/clients/v1/organization-admin/organization/update", headers=KONEKSI, json={"name": "Late"})
    assert 200 == updated.status_code
    seen = mock.get("/clients/v1/organization-admin/organization/read", headers=KONEKSI)
    assert "2030-01-01T00:00:00" in seen.text
    path = "/admin/public/api/organization/123"
    assert 200 == mock.put(f"{path}/update/auth-code/123", headers=IVALT, json=CODE).status_code
    assert "2030-01-01T00:00:00" in mock.get(f"{path}/get-org-auth-codes", headers=IVALT).text


@pytest.mark.parametrize("path", [ORGANISATION, "/nowhere", "/admin/nowhere", CLOCK])
def test_the_date_of_an_answer_is_by_the_clock(mock: httpx.Client, path: str) -> None:
    for now, date in (
        ("2027-01-01T00:00:00.999Z", "Fri, 01 Jan 2027 00:00:00 GMT"),
        ("1999-12-31T23:59:59Z", "Fri, 31 Dec 1999 23:59:59 GMT"),
    ):
        mock.put(CLOCK, json={"now": now})
        assert [date] == mock.get(path).headers.get_list("date")


def test_the_date_runs_as_the_clock_does(running: httpx.Client, real: RealTime) -> None:
    dates = []
    for _ in range(3):
        dates.append(running.get("/hello").headers["date"])
        real.now += timedelta(seconds=0.5)
    assert ["Thu, 01 Jan 2026 00:00:00 GMT"] * 2 + ["Thu, 01 Jan 2026 00:00:01 GMT"] == dates


def story(client: httpx.Client) -> Iterator[httpx.Response]:
    """Do something with everything that tells time or makes ids, and go wrong in every way."""
    yield client.put(CLOCK, json={"now": "2027-01-01T00:00:00Z", "frozen": True})
    yield client.post("/user/v1/account/login", json=LOGIN)
    signed = elevate(client)
    yield client.patch("/user/v1/organization/update/12", headers=signed, json={"name": "Anew"})
    yield client.post("/user/v1/account/login", json={})
    yield client.post("/admin/organisations", headers=TYK, json={"owner_name": "New"})
    user = {"email_address": "new@example.com", "first_name": "N", "last_name": "W", "active": True}
    yield client.post("/admin/users", headers=TYK, json=user)
    yield client.get("/admin/organisations", headers=TYK)
    yield client.put("/clients/v1/organization-admin/organization/update", headers=KONEKSI, json={"name": "Late"})
    yield client.get("/clients/v1/organization-admin/members/list", headers=KONEKSI)
    yield client.put("/admin/public/api/organization/123/update/auth-code/123", headers=IVALT, json=CODE)
    yield client.get("/admin/public/api/organization/123/users", headers=IVALT)
    yield client.get("/admin/organisations")
    yield client.get("/nowhere")
    yield client.delete("/hello")
    yield client.post(ADVANCE, json={"by": "P2D"})
    yield client.get("/user/v1/account/list", headers=signed)


def as_bytes(answer: httpx.Response) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    return answer.status_code, answer.headers.raw, answer.content


def test_under_a_frozen_clock_the_same_calls_get_the_same_bytes_in_any_sandbox() -> None:
    told = []
    for _ in range(2):
        edge, _ = edge_of("elevate", "ivalt", "koneksi", "tyk", now=None)
        with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
            told.append([as_bytes(answer) for answer in story(client)])
    assert {200, 401, 404, 405, 422} <= {status for status, _, _ in told[0]}
    assert told[0] == told[1]


def test_over_a_socket_too() -> None:
    told = []
    for _ in range(2):
        with served() as server, httpx.Client(base_url=server.url) as client:
            told.append([as_bytes(answer) for answer in story(client)])
    assert [date for _, headers, _ in told[0] for name, date in headers if name == b"date"][:2] == [
        b"Fri, 01 Jan 2027 00:00:00 GMT"
    ] * 2
    assert told[0] == told[1]

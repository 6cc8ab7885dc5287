"""Clock and faults from Python."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from understudy import RequestRefused, Sandbox

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def test_a_clock_is_frozen_moved_and_let_run(sandbox: Sandbox) -> None:
    clock = sandbox.clock
    assert not clock.frozen
    clock.freeze(NEW_YEAR)
    assert (NEW_YEAR, True) == (clock.now, clock.frozen)
    clock.advance(timedelta(days=1, seconds=0.5))
    clock.advance("PT2H")
    assert NEW_YEAR + timedelta(days=1, hours=2, seconds=0.5) == clock.now
    clock.set("2028-01-01T00:00:00Z")
    assert (NEW_YEAR.replace(year=2028), True) == (clock.now, clock.frozen)
    clock.run()
    assert not clock.frozen
    clock.freeze()
    assert clock.frozen
    assert 2028 == clock.now.year


def test_a_moment_without_a_time_zone_is_refused_here(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="has no time zone; give one"):
        sandbox.clock.freeze(datetime(2027, 1, 1))  # noqa: DTZ001
    with pytest.raises(RequestRefused):
        sandbox.clock.advance("a day")


def test_what_is_no_moment_and_no_duration_is_refused_here(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match=r"^5 is no duration; give such as"):
        sandbox.clock.advance(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^5 is no moment; give a datetime with a time zone"):
        sandbox.clock.freeze(5)  # type: ignore[arg-type]


def test_a_token_expires_when_the_clock_says_so(sandbox: Sandbox) -> None:
    with sandbox.client("elevate", headers=sandbox.credentials("elevate")) as http:
        assert 200 == http.get("/organization/read?organisation_id=12").status_code
        sandbox.clock.advance("P2D")
        assert 401 == http.get("/organization/read?organisation_id=12").status_code


def test_a_fault_strikes_as_often_as_it_says(sandbox: Sandbox) -> None:
    fault = sandbox.fault(operation_id="read_hello", answer={"status": 503, "undeclared": True}, times=2)
    with sandbox.client("tyk") as http:
        assert [503, 503, 200] == [http.get("/hello").status_code for _ in range(3)]
    assert 2 == fault.struck
    assert [fault.id] == [other.id for other in sandbox.faults()]
    fault.remove()
    fault.remove()
    assert [] == sandbox.faults()


def test_a_fault_lasts_as_long_as_its_block(sandbox: Sandbox) -> None:
    with sandbox.client("tyk", headers=sandbox.credentials("tyk")) as http:
        with sandbox.fault(
            provider="tyk",
            method="GET",
            path={"matches": "^/admin/organisations/"},
            headers={"x-mark": "1"},
            answer={"example": "organisation_not_found"},
        ):
            path = "/admin/organisations/54b53d3aeba6db5c35000002"
            assert [404, 200] == [http.get(path, headers={"x-mark": mark}).status_code for mark in ("1", "2")]
        assert 200 == http.get(path, headers={"x-mark": "1"}).status_code


def test_a_fault_that_cannot_be_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(RequestRefused):
        sandbox.fault(operation_id="read_hello")
    with pytest.raises(RequestRefused, match="read_hello"):
        sandbox.fault(operation_id="read_hallo", delay={"fixed": 1})


@pytest.mark.parametrize(
    ("wire", "error"),
    [
        ("CONNECTION_RESET_BY_PEER", httpx.ReadError),
        ("EMPTY_RESPONSE", httpx.RemoteProtocolError),
        ("MALFORMED_RESPONSE_CHUNK", httpx.RemoteProtocolError),
        ("RANDOM_DATA_THEN_CLOSE", httpx.RemoteProtocolError),
    ],
)
def test_a_connection_breaks_in_process_as_it_does_on_the_wire(
    sandbox: Sandbox, wire: str, error: type[httpx.TransportError]
) -> None:
    async def ask() -> None:
        async with sandbox.async_client("tyk") as http:
            await http.get("/hello")

    with sandbox.fault(operation_id="read_hello", wire=wire), sandbox.client("tyk") as http:
        with pytest.raises(error):
            http.get("/hello")
        with pytest.raises(error):
            asyncio.run(ask())
        with pytest.raises(error):
            httpx.get(sandbox.url("tyk") + "/hello")


def test_an_answer_is_lost_and_the_change_is_made(sandbox: Sandbox) -> None:
    made = {"owner_name": "Acme", "cname": "acme.example", "cname_enabled": True}
    before = len(sandbox.state("tyk", "organisations"))
    with sandbox.client("tyk", headers=sandbox.credentials("tyk")) as http:
        with sandbox.fault(operation_id="create_organisation", lose_answer=True):
            with pytest.raises(httpx.TransportError):
                http.post("/admin/organisations", json=made)
    assert before + 1 == len(sandbox.state("tyk", "organisations"))


def test_a_body_drips_in_pieces(sandbox: Sandbox) -> None:
    headers = sandbox.credentials("tyk")
    with sandbox.fault(operation_id="list_organisations", drip={"seconds": 0.05, "chunks": 5}):
        with sandbox.client("tyk", headers=headers) as http, http.stream("GET", "/admin/organisations") as answer:
            assert 5 == len(list(answer.iter_raw()))

"""The journal from Python: questions, and verification that says how near the misses were."""

import httpx
import pytest

from understudy import RecordedExchange, RequestRefused, Sandbox, Understudy, VerificationFailed

ORGANISATION = {"owner_name": "Acme", "cname": "acme.example", "cname_enabled": True}


@pytest.fixture
def asked(sandbox: Sandbox) -> Sandbox:
    """A sandbox in which an organisation was created, one was refused, and a path was mistaken."""
    with sandbox.client("tyk", headers=sandbox.credentials("tyk")) as http:
        http.post("/admin/organisations", json=ORGANISATION)
        http.post("/admin/organisations", json={"owner_name": 5})
        http.get("/nowhere", params={"a": ["1", "2"]})
    return sandbox


def test_exchanges_are_recorded_the_newest_first(asked: Sandbox) -> None:
    third, second, first = asked.requests()
    assert [3, 2, 1] == [exchange.id for exchange in (third, second, first)]
    assert (asked.name, "tyk", "create_organisation", "POST", "/admin/organisations", 200) == (
        first.sandbox, first.provider, first.operation_id, first.method, first.path, first.status
    )  # fmt: skip
    assert ORGANISATION == first.body == first.json
    assert "OK" == first.response.body["Status"]
    assert "organisation_created" == first.answer
    assert "12345" not in first.headers.values()
    assert first.time.tzinfo is not None
    assert first.duration > 0
    assert second.violations
    assert (True, {"a": ["1", "2"]}) == (third.unmatched, third.query)


def test_they_are_found_by_criteria(asked: Sandbox) -> None:
    assert [2, 1] == [exchange.id for exchange in asked.requests(operation_id="create_organisation")]
    assert [2] == [exchange.id for exchange in asked.requests(operation_id="create_organisation", limit=1)]
    assert [1] == [exchange.id for exchange in asked.requests(body={"contains": {"owner_name": "Acme"}})]
    with pytest.raises(RequestRefused):
        asked.requests(path={"matches": "("})


def test_one_alone_says_what_it_changed(asked: Sandbox) -> None:
    (difference,) = asked.request(1).diff
    assert ("tyk", "organisations", "created") == (
        difference["provider"], difference["collection"], difference["kind"]
    )  # fmt: skip
    with pytest.raises(RequestRefused, match="404"):
        asked.request(99)


def test_an_exchange_reads_as_lines(asked: Sandbox) -> None:
    first, *rest = str(asked.request(2)).splitlines()
    assert first.startswith("#2 POST /admin/organisations → ")
    assert any("/owner_name" in line for line in rest)


def test_what_was_expected_is_verified(asked: Sandbox) -> None:
    asked.verify(operation_id="create_organisation")
    asked.verify(operation_id="create_organisation", times=2)
    asked.verify(operation_id="create_organisation", at_least=1, at_most=2)
    asked.verify(operation_id="delete_organisation", times=0)
    assert 2 == asked.count(operation_id="create_organisation")
    assert (2, 0) == (asked.count(status="4xx") + asked.count(status=500), asked.count(status=418))
    with pytest.raises(TypeError, match="not both"):
        asked.verify(times=1, at_most=2)


def test_a_failed_verification_shows_the_nearest_misses(asked: Sandbox) -> None:
    with pytest.raises(VerificationFailed) as caught:
        asked.verify(operation_id="create_organisation", body={"contains": {"owner_name": "Acmo"}})
    assert isinstance(caught.value, AssertionError)
    assert 0 == caught.value.count
    said = str(caught.value)
    assert "near miss #1 POST /admin/organisations → 200" in said
    assert "Acmo" in said


def test_too_many_are_shown(asked: Sandbox) -> None:
    with pytest.raises(VerificationFailed, match=r"\n  match #1 POST /admin/organisations → 200") as caught:
        asked.verify(operation_id="create_organisation", times=1)
    assert 2 == caught.value.count


def test_where_no_journal_is_kept_nothing_is_said_to_have_failed() -> None:
    with Understudy(serve=False, providers=["tyk"], journal=0) as mock:
        with pytest.raises(RequestRefused, match="keeps no journal"):
            mock.sandbox().verify(operation_id="read_hello")


def test_an_answer_that_was_never_sent_is_recorded_as_that(sandbox: Sandbox) -> None:
    with sandbox.fault(operation_id="read_hello", wire="EMPTY_RESPONSE") as fault, sandbox.client("tyk") as http:
        with pytest.raises(httpx.RemoteProtocolError):
            http.get("/hello")
    (exchange,) = sandbox.requests()
    assert (None, fault.id) == (exchange.status, exchange.fault)
    assert f"#1 GET /hello → no answer tyk - (fault {fault.id}) " in str(exchange)


def test_rewinding_leads_to_before_an_exchange(asked: Sandbox) -> None:
    before = len(asked.state("tyk", "organisations"))
    created = asked.requests(operation_id="create_organisation")[-1]
    assert isinstance(created, RecordedExchange)
    asked.rewind(created)
    assert before - 1 == len(asked.state("tyk", "organisations"))


def test_events_are_streamed_in_process(sandbox: Sandbox) -> None:
    with sandbox.client() as http, http.stream("GET", "/__admin/events", timeout=10) as events:
        lines = events.iter_lines()
        httpx.get(sandbox.url("tyk") + "/hello")
        assert any(line.startswith("data: ") and "read_hello" in line for line in lines)

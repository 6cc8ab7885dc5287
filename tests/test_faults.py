"""What faults do to the requests that they strike, and to no others."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.callers import LOGIN, ORGANISATION, TYK, elevate
from tests.support.inprocess import call, edge_of, parts_of
from tests.support.leaping import LeapingClient
from tests.support.samples import sample_request
from tests.support.toy import HERE, KEY, PLACES
from understudy.contract.operation import Operation
from understudy.faults.rule import Rule
from understudy.parts import Part, load_parts
from understudy.sandbox import Sandbox
from understudy.sandboxes import Sandboxes, Worlds
from understudy.web.app import build_app
from understudy.web.edge import Edge
from understudy.web.wire import WIRE_FAULTS, WireFault

FAULTS = "/__admin/faults"
ORGANISATIONS = "/admin/organisations"
NEW = {"owner_name": "New"}
TOY = HERE / "openapi/toy.yaml"
SLOW = """"404": {$ref: "#/components/responses/NotFound"}
        "429":
          description: Too fast.
          content:
            text/plain:
              schema: {type: string}
              examples: {slow_down: {value: not so fast}}"""


@pytest.fixture
def stage() -> tuple[Edge, Sandbox]:
    return edge_of("elevate", "tyk")


@pytest.fixture
def client(stage: tuple[Edge, Sandbox]) -> Iterator[LeapingClient]:
    with LeapingClient(stage[0]) as http:
        http.headers.update(TYK)
        yield http


def fault(client: httpx.Client, **rule: Any) -> str:
    made = client.post(FAULTS, json=rule)
    assert 201 == made.status_code, made.text
    return str(made.json()["id"])


def struck(client: httpx.Client, id: str = "f1") -> int:
    return int(client.get(f"{FAULTS}/{id}").json()["struck"])


def count(client: httpx.Client) -> int:
    return len(client.get(ORGANISATIONS).json()["organisations"])


# ---- which requests


def test_a_fault_strikes_as_often_as_it_says(client: LeapingClient) -> None:
    fault(client, match={"operationId": "read_organisation"}, times=2, answer={"example": "organisation_not_found"})
    assert [404, 404, 200, 200] == [client.get(ORGANISATION).status_code for _ in range(4)]
    assert 2 == struck(client)


MATCHES: list[tuple[dict[str, Any], str]] = [
    ({"provider": "tyk"}, "GET POST"),
    ({"provider": "elevate"}, ""),
    ({"operationId": "create_organisation"}, "POST"),
    ({"method": "POST"}, "POST"),
    ({"path": ORGANISATIONS}, "POST"),
    ({"path": {"matches": "[0-9a-f]{24}$"}}, "GET"),
    ({"query": {"colour": "red"}}, "GET"),
    ({"headers": {"X-Who": {"contains": "test"}}}, "GET"),
    ({"body": {"contains": {"owner_name": "New"}}}, "POST"),
    ({"body": {"jsonPath": "$.owner_name"}}, "POST"),
    ({"body": {"absent": True}}, "GET"),
    ({"method": "post"}, "POST"),
    ({"provider": "tyk", "method": "GET", "query": {"colour": "blue"}}, ""),
]


@pytest.mark.parametrize(("match", "methods"), MATCHES)
def test_a_fault_strikes_what_it_matches_and_nothing_else(
    client: LeapingClient, match: dict[str, Any], methods: str
) -> None:
    fault(client, match=match, answer={"status": 401})
    answers = {
        "GET": client.get(ORGANISATION, params={"colour": "red"}, headers={"X-Who": "a test"}),
        "POST": client.post(ORGANISATIONS, json=NEW),
    }
    assert methods.split() == [method for method, answer in answers.items() if answer.status_code == 401]


def test_the_first_fault_that_matches_and_has_strikes_left_takes_effect(client: LeapingClient) -> None:
    fault(client, match={"method": "DELETE"}, answer={"status": 404})
    fault(client, times=1, answer={"status": 404})
    fault(client, answer={"status": 401})
    answers = [client.get(ORGANISATION) for _ in range(2)]
    assert [(404, "f2"), (401, "f3")] == [(a.status_code, a.headers["understudy-fault"]) for a in answers]


def test_which_requests_a_probability_strikes_is_a_function_of_the_seed(client: LeapingClient) -> None:
    def strikes(seed: int) -> list[bool]:
        client.delete(FAULTS)
        fault(client, probability=0.3, seed=seed, answer={"status": 404})
        return [client.get(ORGANISATION).status_code == 404 for _ in range(200)]

    first = strikes(7)
    assert 30 < sum(first) < 90
    assert first == strikes(7)
    assert first != strikes(8)


def test_without_a_seed_it_is_the_sandboxs(client: LeapingClient) -> None:
    def strikes() -> list[bool]:
        fault(client, probability=0.5, answer={"status": 404})
        return [client.get(ORGANISATION).status_code == 404 for _ in range(50)]

    told = []
    for seed in (1, 1, 2):
        client.put("/__admin/sandboxes/default", json={"seed": seed})
        told.append(strikes())
    assert told[0] == told[1] != told[2]


def test_a_probability_of_0_never_strikes_and_times_bounds_one_of_1(client: LeapingClient) -> None:
    fault(client, probability=0, answer={"status": 404})
    fault(client, probability=1, times=3, answer={"status": 401})
    assert [401] * 3 + [200] * 3 == [client.get(ORGANISATION).status_code for _ in range(6)]


def test_the_nth_request_is_struck_whatever_the_others_are() -> None:
    rule = Rule.of({"probability": 0.5, "seed": 3, "delay": {"uniform": [0, 1000]}}, 1)
    forwards = [(rule.hits(n), rule.pause(n)) for n in range(50)]
    backwards = [(rule.hits(n), rule.pause(n)) for n in reversed(range(50))]
    assert forwards == backwards[::-1]


def test_a_preflight_is_struck_only_by_a_rule_that_names_its_method(client: LeapingClient) -> None:
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}
    fault(client, wire="EMPTY_RESPONSE")
    assert 204 == client.options(ORGANISATION, headers=asked).status_code
    with pytest.raises(WireFault):
        client.options(ORGANISATION)
    client.delete(FAULTS)
    fault(client, match={"method": "OPTIONS"}, wire="EMPTY_RESPONSE")
    with pytest.raises(WireFault):
        client.options(ORGANISATION, headers=asked)


def test_head_is_struck_like_get(client: LeapingClient) -> None:
    fault(client, answer={"status": 404})
    got, head = client.get(ORGANISATION), client.head(ORGANISATION)
    assert (404, 404, b"") == (got.status_code, head.status_code, head.content)
    assert got.headers["content-length"] == head.headers["content-length"]


# ---- an answer


OPERATIONS = [(part, operation) for part in parts_of() for operation in part.contract.operations.values()]


@pytest.mark.parametrize(
    ("part", "operation"), OPERATIONS, ids=[f"{part.name}.{operation.id}" for part, operation in OPERATIONS]
)
def test_a_fault_gives_each_declared_answer_as_prefer_does(part: Part, operation: Operation) -> None:
    """By name, and by status the first that has it."""
    with (
        LeapingClient(edge_of(part.name, any_credentials=True)[0]) as faulty,
        LeapingClient(edge_of(part.name, any_credentials=True)[0]) as plain,
    ):
        match = {"provider": part.name, "operationId": operation.id}
        wishes: list[tuple[str, Any]] = [("example", name) for name in operation.answers.by_name]
        wishes += [("status", status) for status in operation.answers.by_status]
        for kind, wanted in wishes:
            id = fault(faulty, match=match, times=1, answer={kind: wanted})
            struck = faulty.send(sample_request(faulty, part.contract, operation))
            prefer = f"{'example' if kind == 'example' else 'code'}={wanted}"
            request = sample_request(plain, part.contract, operation)
            request.headers["prefer"] = prefer
            preferred = plain.send(request)
            assert preferred.headers.get("preference-applied") == prefer, preferred.text
            assert struck.headers["understudy-fault"] == id
            assert (struck.status_code, struck.content) == (preferred.status_code, preferred.content)
            assert "understudy-undeclared" not in struck.headers


def test_a_struck_call_changes_nothing(client: LeapingClient) -> None:
    before = count(client)
    fault(client, match={"method": "POST"}, answer={"example": "organisation_created"})
    assert "organisation_created" == client.post(ORGANISATIONS, json=NEW).headers["understudy-answer"]
    assert before == count(client)


def test_a_request_that_is_refused_does_not_use_an_answer_up(client: LeapingClient) -> None:
    fault(client, match={"provider": "tyk"}, times=1, answer={"status": 404})
    assert 401 == client.get(ORGANISATION, headers={"admin-auth": "wrong"}).status_code
    assert 404 == client.get("/admin/nowhere").status_code
    broken = client.post("/api/users", content="{", headers={"authorization": "7a7b140f-2480-4d5a-4e78-24049e3ba7f8"})
    assert 400 <= broken.status_code
    assert "understudy-fault" not in broken.headers
    assert 0 == struck(client)
    assert "f1" == client.get(ORGANISATION).headers["understudy-fault"]


def test_what_the_client_asks_for_goes_before_an_answer(client: LeapingClient) -> None:
    fault(client, times=1, answer={"status": 404})
    asked = client.get(ORGANISATION, headers={"Prefer": "example=organisation_read"})
    assert (200, None) == (asked.status_code, asked.headers.get("understudy-fault"))
    assert 0 == struck(client)


def test_a_rule_for_many_operations_strikes_those_that_declare_its_answer(client: LeapingClient) -> None:
    fault(client, match={"provider": "tyk"}, answer={"status": 403})
    assert 403 == client.post(ORGANISATIONS, json=NEW).status_code
    assert 200 == client.get(ORGANISATION).status_code
    assert 1 == struck(client)


def test_an_answer_may_have_headers_of_its_own(client: LeapingClient) -> None:
    fault(client, answer={"status": 404, "headers": {"Retry-After": "1", "Content-Type": "text/plain"}})
    answer = client.get(ORGANISATION)
    assert ("1", ["text/plain"]) == (answer.headers["retry-after"], answer.headers.get_list("content-type"))
    assert "Could not retrieve org detail" in answer.text


def test_an_undeclared_status_is_our_problem_and_marked(client: LeapingClient) -> None:
    fault(client, answer={"status": 503, "undeclared": True, "headers": {"Retry-After": "1"}})
    answer = client.get(ORGANISATION)
    assert (503, "true", "1") == (
        answer.status_code,
        answer.headers["understudy-undeclared"],
        answer.headers["retry-after"],
    )
    assert "application/problem+json" == answer.headers["content-type"]
    assert 503 == answer.json()["status"]


@pytest.mark.parametrize(
    ("body", "media", "content"),
    [
        ({"error": "down"}, "application/json", b'{"error":"down"}'),
        (None, "application/json", b"null"),
        ("<h1>down</h1>", "text/plain; charset=utf-8", b"<h1>down</h1>"),
    ],
)
def test_an_undeclared_answer_may_have_a_body_of_its_own(
    client: LeapingClient, body: object, media: str, content: bytes
) -> None:
    fault(client, answer={"status": 502, "undeclared": True, "body": body})
    answer = client.get(ORGANISATION)
    assert (502, media, content) == (answer.status_code, answer.headers["content-type"], answer.content)
    assert str(len(content)) == answer.headers["content-length"]


@pytest.mark.parametrize("status", [204, 304])
def test_an_undeclared_status_without_a_body_has_none(client: LeapingClient, status: int) -> None:
    fault(client, answer={"status": status, "undeclared": True})
    answer = client.get(ORGANISATION)
    assert (status, b"") == (answer.status_code, answer.content)
    assert "content-length" not in answer.headers


def test_undeclared_leaves_a_declared_answer_to_the_contract(client: LeapingClient) -> None:
    fault(client, answer={"status": 404, "undeclared": True, "body": "mine"})
    answer = client.get(ORGANISATION)
    assert ("organisation_not_found", None) == (
        answer.headers["understudy-answer"],
        answer.headers.get("understudy-undeclared"),
    )


def test_an_answer_is_in_the_clients_language(client: LeapingClient) -> None:
    fault(client, match={"operationId": "login"}, answer={"example": "password_invalid"})
    said = [
        client.post("/user/v1/account/login", json=LOGIN, headers={"Accept-Language": language}).json()["message"]
        for language in ("en", "hi")
    ]
    assert said[0] != said[1]


# ---- delay


def test_a_fixed_delay_holds_the_answer_back_and_changes_nothing_else(client: LeapingClient) -> None:
    plain = client.get(ORGANISATION)
    fault(client, delay={"fixed": 1500})
    slow = client.get(ORGANISATION)
    assert 1.5 == client.seconds()
    assert (plain.status_code, plain.content, "f1") == (
        slow.status_code,
        slow.content,
        slow.headers["understudy-fault"],
    )


def delays(client: LeapingClient, **delay: Any) -> list[float]:
    client.delete(FAULTS)
    fault(client, delay=delay, seed=5)
    found = []
    for _ in range(200):
        before = client.loop.time()
        client.get(ORGANISATION)
        found.append(round(client.loop.time() - before, 6))
    return found


def test_a_uniform_delay_lies_between_its_bounds_and_is_drawn_by_the_seed(client: LeapingClient) -> None:
    found = delays(client, uniform=[100, 300])
    assert 0.1 <= min(found) < 0.11
    assert 0.29 < max(found) <= 0.3
    assert found == delays(client, uniform=[100, 300]) == delays(client, uniform=[300, 100])


def test_half_of_lognormal_delays_are_shorter_than_the_median_and_a_few_much_longer(client: LeapingClient) -> None:
    found = sorted(delays(client, lognormal={"median": 200, "sigma": 1}))
    assert 0.15 < found[100] < 0.25
    assert max(found) > 1
    assert [0.2] * 200 == delays(client, lognormal={"median": 200, "sigma": 0})


def test_no_delay_is_longer_than_an_hour() -> None:
    rule = Rule.of({"delay": {"lognormal": {"median": 3600000, "sigma": 10}}}, 1)
    assert 3600 == max(rule.pause(n) for n in range(100))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/admin/nowhere", 404),
        ("PATCH", ORGANISATION, 405),
        ("GET", "/nowhere", 404),
        ("OPTIONS", "/hello", 204),
    ],
)
def test_a_delay_strikes_what_no_operation_plays_as_well(
    client: LeapingClient, method: str, path: str, status: int
) -> None:
    fault(client, delay={"fixed": 1000})
    assert status == client.request(method, path).status_code
    assert 1 == client.seconds()


def test_a_delay_strikes_refused_requests_as_well(client: LeapingClient) -> None:
    fault(client, delay={"fixed": 1000})
    refused = client.get(ORGANISATION, headers={"admin-auth": "wrong"})
    assert (401, "f1", 1) == (refused.status_code, refused.headers["understudy-fault"], client.seconds())


def test_a_delay_goes_with_another_effect(client: LeapingClient) -> None:
    fault(client, delay={"fixed": 500}, answer={"status": 404})
    assert (404, 0.5) == (client.get(ORGANISATION).status_code, client.seconds())
    fault(client, match={"operationId": "read_hello"}, delay={"fixed": 500}, wire="EMPTY_RESPONSE")
    with pytest.raises(WireFault):
        client.get("/hello")
    assert 1 == client.seconds()


def test_others_are_served_meanwhile(client: LeapingClient, stage: tuple[Edge, Sandbox]) -> None:
    fault(client, times=1, delay={"fixed": 60_000})
    ended: list[str] = []

    async def ask(name: str, sandbox: str) -> None:
        scope = a_scope("/hello", {"understudy-sandbox": sandbox})
        await call(stage[0], scope, b"")
        ended.append(name)

    async def both() -> None:
        await asyncio.gather(ask("slow", "default"), ask("quick", "default"), ask("elsewhere", "other"))

    client.loop.run_until_complete(both())
    assert ["quick", "elsewhere", "slow"] == ended


def a_scope(path: str, headers: dict[str, str] | None = None, method: str = "GET") -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (name.encode(), value.encode()) for name, value in {"host": "localhost", **(headers or {})}.items()
        ],
    }


@pytest.mark.parametrize("rule", [{"delay": {"fixed": 60_000}}, {"drip": {"seconds": 60, "chunks": 3}}])
def test_a_client_that_hangs_up_ends_it(
    client: LeapingClient, stage: tuple[Edge, Sandbox], rule: dict[str, Any]
) -> None:
    edge, sandbox = stage
    fault(client, **rule)
    messages = [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.sleep(1)
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    client.loop.run_until_complete(edge(a_scope("/hello"), receive, send))
    assert 2 == client.seconds()
    assert not any(message.get("body") for message in sent)
    (exchange,) = sandbox.journal
    assert exchange.lost
    assert exchange.reply is not None


def test_an_answer_that_comes_after_a_reset_is_not_in_the_new_journal(
    client: LeapingClient, stage: tuple[Edge, Sandbox]
) -> None:
    edge, sandbox = stage
    fault(client, delay={"fixed": 1000})

    async def reset() -> None:
        await asyncio.sleep(0.5)
        sandbox.reset()

    async def both() -> Any:
        return await asyncio.gather(call(edge, a_scope("/hello"), b""), reset())

    (status, _, _), _ = client.loop.run_until_complete(both())
    assert 200 == status
    assert [] == list(sandbox.journal)


# ---- headers of a fault's answer


def test_a_faults_cors_headers_go_before_our_own(client: LeapingClient) -> None:
    strict = {"Access-Control-Allow-Origin": "https://a.example", "Vary": "Origin"}
    fault(client, answer={"status": 503, "undeclared": True, "headers": strict})
    headers = client.get("/hello", headers={"Origin": "https://b.example"}).headers
    assert ["https://a.example"] == headers.get_list("access-control-allow-origin")
    assert "Understudy-Fault" in headers["access-control-expose-headers"]


# ---- Prefer: wait


@pytest.mark.parametrize(("wait", "seconds"), [("2", 2), ("0.25", 0.25), ("3600", 3600), ('"2"', 2), ("0", 0)])
def test_a_client_may_ask_to_wait(client: LeapingClient, wait: str, seconds: float) -> None:
    answer = client.get(ORGANISATION, headers={"Prefer": f"wait={wait}"})
    assert seconds == client.seconds()
    assert "wait=" + wait.strip('"') == answer.headers["preference-applied"]
    assert (200, None) == (answer.status_code, answer.headers.get("understudy-fault"))


@pytest.mark.parametrize("wait", ["", "-1", "soon", "1e3", "3601", "nan", "inf", "٣", "9" * 400, "1."])
def test_a_wait_that_cannot_be_is_left_alone(client: LeapingClient, wait: str) -> None:
    answer = client.get(ORGANISATION, headers=[(b"prefer", f"wait={wait}".encode())])
    assert (200, 0) == (answer.status_code, client.seconds())
    assert "preference-applied" not in answer.headers


def test_waiting_goes_with_an_answer_on_demand_and_with_a_delay(client: LeapingClient) -> None:
    fault(client, delay={"fixed": 1000})
    answer = client.get(ORGANISATION, headers={"Prefer": "wait=2, example=organisation_not_found"})
    assert (404, 3) == (answer.status_code, client.seconds())
    assert ["example=organisation_not_found", "wait=2"] == answer.headers.get_list("preference-applied")


def test_the_control_api_does_not_wait(client: LeapingClient) -> None:
    client.get(FAULTS, headers={"Prefer": "wait=5"})
    assert 0 == client.seconds()


# ---- drip


@pytest.mark.parametrize("chunks", [1, 4, 7, 1000])
def test_a_body_drips(client: LeapingClient, stage: tuple[Edge, Sandbox], chunks: int) -> None:
    whole = client.get(ORGANISATION)
    fault(client, drip={"seconds": 2, "chunks": chunks})
    sent: list[tuple[float, Any]] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append((client.seconds(), message))

    client.loop.run_until_complete(stage[0](a_scope(ORGANISATION, TYK), receive, send))
    (began, head), *pieces = sent
    assert (0, whole.headers["content-length"]) == (began, dict(head["headers"])[b"content-length"].decode())
    assert whole.content == b"".join(message["body"] for _, message in pieces)
    assert [True] * (chunks - 1) + [False] == [message["more_body"] for _, message in pieces]
    times = [time for time, _ in pieces]
    assert times == pytest.approx([2 * (n + 1) / chunks for n in range(chunks)])


# ---- rate limit


def test_a_rate_limit_opens_again_when_the_clock_says_so(client: LeapingClient) -> None:
    fault(client, match={"operationId": "read_organisation"}, rateLimit={"limit": 2, "window": "PT1M"})
    assert [200, 200, 429, 429] == [client.get(ORGANISATION).status_code for _ in range(4)]
    assert 200 == client.get("/hello").status_code
    client.post("/__admin/clock/advance", json={"by": "PT20.5S"})
    limited = client.get(ORGANISATION)
    assert (429, "40", "f1", "true") == (
        limited.status_code,
        limited.headers["retry-after"],
        limited.headers["understudy-fault"],
        limited.headers["understudy-undeclared"],
    )
    client.post("/__admin/clock/advance", json={"by": "PT39.5S"})
    assert [200, 200, 429] == [client.get(ORGANISATION).status_code for _ in range(3)]
    assert 4 == struck(client)


def test_a_window_may_be_given_in_seconds_and_a_limit_of_0_lets_nothing_pass(client: LeapingClient) -> None:
    fault(client, rateLimit={"limit": 0, "window": 0.5})
    limited = client.get(ORGANISATION)
    assert (429, "1") == (limited.status_code, limited.headers["retry-after"])


def test_a_clock_that_is_set_back_begins_a_window(client: LeapingClient) -> None:
    fault(client, rateLimit={"limit": 1, "window": 60})
    assert [200, 429] == [client.get(ORGANISATION).status_code for _ in range(2)]
    client.post("/__admin/clock/advance", json={"by": "-P1D"})
    assert [200, 429] == [client.get(ORGANISATION).status_code for _ in range(2)]


def test_beyond_the_limit_nothing_is_played_and_refused_requests_count(client: LeapingClient) -> None:
    before = count(client)
    fault(client, rateLimit={"limit": 2, "window": 60})
    assert 401 == client.get(ORGANISATION, headers={"admin-auth": "wrong"}).status_code
    assert 404 == client.get("/nowhere").status_code
    assert [429, 429, 429] == [
        client.post(ORGANISATIONS, json=NEW).status_code,
        client.get(ORGANISATION, headers={"admin-auth": "wrong"}).status_code,
        client.get("/nowhere").status_code,
    ]
    client.delete(FAULTS)
    assert before == count(client)


def test_each_rate_limit_counts_for_itself(client: LeapingClient) -> None:
    fault(client, match={"headers": {"X-Key": "a"}}, rateLimit={"limit": 1, "window": 60})
    fault(client, match={"headers": {"X-Key": "b"}}, rateLimit={"limit": 1, "window": 60})
    told = [client.get(ORGANISATION, headers={"X-Key": key}).status_code for key in "abab"]
    assert [200, 200, 429, 429] == told


# ---- the connection


@pytest.mark.parametrize("name", WIRE_FAULTS)
def test_in_process_a_connection_breaks_with_an_exception_and_nothing_is_played(
    client: LeapingClient, stage: tuple[Edge, Sandbox], name: str
) -> None:
    before = count(client)
    fault(client, match={"method": "POST"}, times=1, wire=name)
    with pytest.raises(WireFault) as broken:
        client.post(ORGANISATIONS, json=NEW)
    assert name == broken.value.name
    assert before == count(client)
    (exchange,) = [entry for entry in stage[1].journal if entry.method == "POST"]
    assert (None, "f1", True, "create_organisation") == (
        exchange.reply,
        exchange.fault,
        exchange.lost,
        exchange.operation,
    )


def test_a_wire_fault_strikes_refused_requests_as_well(client: LeapingClient) -> None:
    fault(client, wire="EMPTY_RESPONSE")
    with pytest.raises(WireFault):
        client.get(ORGANISATION, headers={"admin-auth": "wrong"})
    with pytest.raises(WireFault):
        client.get("/nowhere")


def test_a_lost_answer_leaves_its_change(client: LeapingClient, stage: tuple[Edge, Sandbox]) -> None:
    before = count(client)
    fault(client, match={"method": "POST"}, times=1, loseAnswer=True)
    with pytest.raises(WireFault) as broken:
        client.post(ORGANISATIONS, json=NEW)
    assert "CONNECTION_RESET_BY_PEER" == broken.value.name
    assert before + 1 == count(client)
    (exchange,) = [entry for entry in stage[1].journal if entry.method == "POST"]
    assert exchange.reply is not None
    assert ("organisation_created", "f1", True) == (exchange.reply.name, exchange.fault, exchange.lost)


def test_the_journal_knows_which_fault_struck_and_that_answers_were_forced(
    client: LeapingClient, stage: tuple[Edge, Sandbox]
) -> None:
    fault(client, times=1, answer={"status": 404})
    fault(client, times=1, answer={"status": 503, "undeclared": True})
    for _ in range(3):
        client.get(ORGANISATION)
    told = [(entry.fault, entry.reply is not None and entry.reply.forced, entry.lost) for entry in stage[1].journal]
    assert [("f1", True, False), ("f2", True, False), (None, False, False)] == told


def test_a_delay_leaves_the_tokens_of_a_login_as_they_are(client: LeapingClient) -> None:
    fault(client, delay={"fixed": 1000})
    assert 200 == client.get("/user/v1/account/list", headers=elevate(client)).status_code


def test_a_429_that_the_contract_declares_is_the_contracts(tmp_path: Path) -> None:
    """None of the vendors declares one; a toy is made to."""
    (tmp_path / "toy.yaml").write_text(
        TOY.read_text().replace('"404": {$ref: "#/components/responses/NotFound"}', SLOW)
    )
    (part,) = load_parts((), replace(PLACES, openapi=tmp_path))
    with LeapingClient(build_app([part], Sandboxes(Worlds([part])))) as client:
        client.headers.update(KEY)
        fault(client, rateLimit={"limit": 0, "window": 60})
        for limited in (client.get("/toy/things/1"), client.get("/toy/things/1", headers={"X-Key": "wrong"})):
            assert (429, "not so fast", "slow_down") == (
                limited.status_code,
                limited.text,
                limited.headers["understudy-answer"],
            )
            assert ("60", None) == (limited.headers["retry-after"], limited.headers.get("understudy-undeclared"))

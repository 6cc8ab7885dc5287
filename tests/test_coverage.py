"""What counts as exercised, and that it is counted the same however it is batched."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.inprocess import InProcess, client_of, parts_of
from tests.support.toy import HERE, KEY, script, toy_client, toy_edge, toy_part
from understudy.contract.contract import Contract
from understudy.contract.request import Request
from understudy.coverage.inventory import Inventory
from understudy.coverage.ledger import BATCH, BATCH_BYTES, LONG, MISSES, Coverage
from understudy.coverage.report import Share, report
from understudy.coverage.shape import MOST, shape_of, token
from understudy.journal import Exchange
from understudy.production import Playbill, Production
from understudy.sandboxes import Sandboxes, Worlds
from understudy.source import Source
from understudy.web.app import build_app

THING = {"name": "A", "colour": "red", "secret": "s"}
CONTRACT = Path(HERE / "openapi/toy.yaml").read_text()


@pytest.fixture
def toy() -> Iterator[httpx.Client]:
    with toy_client() as client:
        yield client


def contract_of(text: str) -> Contract:
    return Contract(Source.parse(text.encode(), "openapi/toy.yaml"), toy_part().provider)


def told(client: httpx.Client, operation: str | None = None, **query: str) -> dict[str, Any]:
    """Return what the control API says of one operation; of all together without one."""
    query |= {} if operation is None else {"operationId": operation}
    answer = client.get("/__admin/coverage", params=query)
    assert 200 == answer.status_code, answer.text
    data: dict[str, Any] = answer.json()
    if operation is None:
        return data
    ((found,),) = [provider["operations"] for provider in data["providers"]]
    return dict(found)


def counted(operation: dict[str, Any]) -> dict[str, int]:
    """Return the count of each input that was touched, by a readable name."""
    named = {f"{item['in']} {item['name']}": item["count"] for item in operation["parameters"]}
    named |= {item["pointer"]: item["count"] for item in operation["properties"]}
    named |= {f"{item['in']} {item['name']}={item['value']}": item["count"] for item in operation["values"]}
    return {name: count for name, count in named.items() if count}


def answers(operation: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Return how often each answer that was met was, and how often of these because it was asked for."""
    return {item["answer"]: (item["count"], item["forced"]) for item in operation["answers"] if item["count"]}


def statuses(operation: dict[str, Any]) -> dict[int, int]:
    return {item["status"]: item["count"] for item in operation["statuses"] if item["count"]}


PARAMETERS = [
    ("colours=red&colours=blue&colours=red", {}, {"query colours", "query colours=red", "query colours=blue"}),
    ("ids=1,2", {}, {"query ids"}),
    ("filter[size]=3", {}, {"query filter"}),
    ("exact=true&ratio=1.5", {}, {"query exact", "query ratio"}),
    ("unknown=1", {}, set()),
    ("", {"X-Trace": "6f1f2f34-9d3c-4c8c-9a55-0d0a3a3b6c11"}, {"header X-Trace"}),
    ("", {"Cookie": "flavour=sour; other=1"}, {"cookie flavour", "cookie flavour=sour"}),
]


@pytest.mark.parametrize(("query", "headers", "expected"), PARAMETERS)
def test_a_parameter_and_its_values_are_touched_by_being_sent(
    toy: httpx.Client, query: str, headers: dict[str, str], expected: set[str]
) -> None:
    """A default is not sent: ``limit`` has one."""
    assert 200 == toy.get(f"/toy/things?{query}", headers=headers).status_code
    assert dict.fromkeys(expected, 1) == counted(told(toy, "list_things"))


def test_a_path_parameter_is_touched_by_a_call(toy: httpx.Client) -> None:
    toy.get("/toy/things/1")
    toy.get("/toy/things/999")
    assert {"path thing-id": 2} == counted(told(toy, "read_thing"))
    assert {"thing_read": (1, 0), "thing_not_found": (1, 0)} == answers(told(toy, "read_thing"))


BODIES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, set()),
    ({"note": None, "count": 3}, {"/note", "/count"}),
    ({"parts": []}, {"/parts"}),
    ({"extra": '[{"n": 1}, {"n": 2}]'}, {"/extra", "/extra/*/n"}),
    ({"extra": "[]"}, {"/extra"}),
    ({"id": "only answers have one"}, set()),
]


@pytest.mark.parametrize(("more", "expected"), BODIES)
def test_a_property_and_its_values_are_touched_by_being_sent(
    toy: httpx.Client, more: dict[str, Any], expected: set[str]
) -> None:
    assert 201 == toy.post("/toy/things", json=THING | more).status_code
    always = {"/name", "/colour", "/secret", "body /colour=red"}
    assert dict.fromkeys(always | expected, 1) == counted(told(toy, "create_thing"))


def test_a_form_is_read_as_a_form_and_json_as_json(toy: httpx.Client) -> None:
    """The same bytes mean one thing in one content type, another in the other, nothing in a third."""
    form = b"name=Ada&ids=1"
    for content_type in ("application/x-www-form-urlencoded", "application/json", "text/csv"):
        toy.post("/toy/form", content=form, headers={"Content-Type": content_type})
    operation = told(toy, "submit_form")
    assert {"/name": 1, "/ids": 1} == counted(operation)
    assert (3, 1) == (operation["calls"], operation["violating"])


def test_an_answer_without_a_body_and_one_to_head_count_too(toy: httpx.Client) -> None:
    toy.delete("/toy/things/1")
    toy.head("/toy/things/2")
    assert {"thing_deleted": (1, 0)} == answers(told(toy, "delete_thing"))
    assert {"thing_read": (1, 0)} == answers(told(toy, "read_thing"))


@pytest.mark.parametrize(
    ("body", "headers", "answer"),
    [
        ({"name": "A", "colour": "pink", "secret": "s"}, {}, "bad_body"),
        ({"name": "A"}, {}, "bad_body"),
        (THING, {"X-Key": "wrong"}, "turned_away"),
        (THING, {"Content-Type": "text/plain"}, "bad_media"),
        ({**THING, "note": "x" * 1_100_000}, {}, "too_large"),
    ],
)
def test_a_request_that_violates_the_contract_touches_the_answer_that_refused_it_and_nothing_else(
    toy: httpx.Client, body: dict[str, Any], headers: dict[str, str], answer: str
) -> None:
    toy.post("/toy/things", json=body, headers=headers)
    operation = told(toy, "create_thing")
    assert (1, 1, {answer: (1, 0)}, {}) == (
        operation["calls"],
        operation["violating"],
        answers(operation),
        counted(operation),
    )
    assert 0 == operation["kinds"]["operations"]["touched"]
    assert 1 == operation["touched"]


def test_an_answer_that_was_asked_for_counts_and_is_known_as_such(toy: httpx.Client) -> None:
    toy.get("/toy/things/1", headers={"Prefer": "example=thing_not_found"})
    toy.get("/toy/things/1?__code=404")
    toy.get("/toy/things/404")
    operation = told(toy, "read_thing")
    assert {"thing_not_found": (3, 2)} == answers(operation)
    assert (3, 2, 0) == (operation["calls"], operation["forced"], operation["violating"])
    assert {"path thing-id": 3} == counted(operation)


def test_a_wish_that_cannot_be_granted_exercises_nothing(toy: httpx.Client) -> None:
    assert 400 == toy.get("/toy/things/1", headers={"Prefer": "example=nonsense"}).status_code
    operation = told(toy, "read_thing")
    assert (1, {}, {}, {400: 1}) == (operation["calls"], answers(operation), counted(operation), statuses(operation))
    assert {"status": 400, "count": 1, "declared": False} in operation["statuses"]
    assert 0 == operation["touched"]


def test_a_failure_of_the_mock_exercises_nothing(toy: httpx.Client) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    with script(fail):
        assert 500 == toy.get("/toy/things/latest").status_code
    assert (1, 0, {500: 1}) == (
        (operation := told(toy, "read_latest"))["calls"],
        operation["touched"],
        statuses(operation),
    )


def test_a_placeholder_left_in_a_path_is_a_hint_and_no_violation() -> None:
    part = replace(toy_part(), contract=contract_of(CONTRACT.replace(', pattern: "^[0-9]+$"}', "}")))
    edge = build_app([part], Sandboxes(Worlds([part])))
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY) as client:
        answer = client.get("/toy/things/{thing-id}")
        assert (404, True) == (answer.status_code, "understudy-violations" in answer.headers)
        operation = told(client, "read_thing")
    assert (1, 0, {"path thing-id": 1}) == (operation["calls"], operation["violating"], counted(operation))


def test_a_request_that_no_operation_answers_is_listed(toy: httpx.Client) -> None:
    for method, path in (
        ("GET", "/toy/thigns"),
        ("GET", "/toy/thigns"),
        ("PUT", "/toy/things"),
        ("GET", "/" + "x" * 300),
    ):
        toy.request(method, path)
    toy.options("/toy/things", headers={"Origin": "http://localhost:3000"})
    assert {
        "total": 4,
        "items": [
            {"method": "GET", "path": "/toy/thigns", "count": 2},
            {"method": "PUT", "path": "/toy/things", "count": 1},
            {"method": "GET", "path": "/" + "x" * 199, "count": 1},
        ],
    } == told(toy)["unmatched"]


def test_the_share_is_that_of_the_items_touched_rounded_down(toy: httpx.Client) -> None:
    toy.get("/toy/files/a.json")
    operation = told(toy, "read_file")
    assert {"items": 4, "touched": 3, "percent": 75.0} == {
        name: operation[name] for name in ("items", "touched", "percent")
    }
    data = told(toy)
    assert data["items"] == sum(kind["items"] for kind in data["kinds"].values())
    assert data["touched"] == sum(op["touched"] for provider in data["providers"] for op in provider["operations"]) == 3
    assert (99.9, 100.0, 100.0, 0.0) == tuple(
        Share(*pair).percent for pair in ((10_000, 9_999), (7, 7), (0, 0), (3, 0))
    )


# --- memory and batches


def exchanges(client: httpx.Client, edge: Any, requests: list[tuple[str, str, dict[str, Any]]]) -> list[Exchange]:
    """Make requests, and return the exchanges that came of them."""
    made: list[Exchange] = []
    edge.listeners.append(made.append)
    for method, path, options in requests:
        client.request(method, path, **options)
    edge.listeners.remove(made.append)
    return made


REQUESTS = st.one_of(
    st.sampled_from(
        [
            ("GET", "/toy/things?colours=red", {}),
            ("GET", "/toy/things?colours=pink", {}),
            ("GET", "/toy/things", {"headers": {"Cookie": "flavour=sweet"}}),
            ("GET", "/toy/things", {"headers": {"Cookie": "flavour=salty"}}),
            ("GET", "/toy/things/1", {"headers": {"Prefer": "code=404"}}),
            ("GET", "/toy/things/2", {"headers": {"X-Key": "wrong"}}),
            ("GET", "/toy/nowhere", {}),
            ("POST", "/toy/things", {"content": b"{"}),
            ("POST", "/toy/things", {"json": {**THING, "note": "x" * (LONG + 1)}}),
            ("POST", "/toy/form", {"data": {"name": "Ada"}}),
            ("POST", "/toy/form", {"content": b"name=Ada", "headers": {"Content-Type": "text/csv"}}),
        ]
    ),
    st.builds(
        lambda colour, count, more: (
            "POST",
            "/toy/things",
            {"json": {**THING, "colour": colour, "count": count, **more}},
        ),
        st.sampled_from(["red", "blue", "pink"]),
        st.integers(0, 3),
        st.sampled_from([{}, {"note": None}, {"extra": '[{"n": 1}]'}, {"parts": [THING]}]),
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(REQUESTS, max_size=12), st.sets(st.integers(0, 40)), st.integers(1, 4))
def test_batches_count_the_same_as_one_by_one(
    requests: list[tuple[str, str, dict[str, Any]]], looks: set[int], repeat: int
) -> None:
    edge, _ = toy_edge()
    contract = toy_part().contract
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY) as client:
        made = exchanges(client, edge, requests) * repeat
    batched, single = Coverage([contract]), Coverage([contract])
    for number, exchange in enumerate(made):
        batched.record(exchange)
        if number in looks:
            report(batched, [contract])
        single.record(exchange)
        single.work_out()
    single.since = batched.since
    assert report(single, [contract]) == report(batched, [contract])
    data = report(batched, [contract])
    calls = sum(operation["calls"] for operation in data["providers"][0]["operations"])
    assert len(made) == calls + data["unmatched"]["total"]


def test_what_waits_and_what_met_nothing_is_bounded() -> None:
    edge, _ = toy_edge()
    coverage: Coverage = edge.listeners[0].__self__  # type: ignore[attr-defined]
    most = heaviest = 0
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY) as client:
        for number in range(2 * BATCH):
            client.post("/toy/things", json={**THING, "note": str(number) + "x" * 3000})
            client.get(f"/toy/nowhere/{number}")
            most = max(most, len(coverage._waiting))
            heaviest = max(heaviest, sum(len(sample[3]) for sample in coverage._waiting))
        client.post("/toy/things", json={**THING, "note": "x" * LONG})
        assert 2 * BATCH + 1 == counted(told(client, "create_thing"))["/note"]
        unmatched = told(client)["unmatched"]
    assert 10 < most <= BATCH
    assert heaviest <= BATCH_BYTES
    assert (2 * BATCH, MISSES) == (unmatched["total"], len(unmatched["items"]))


def test_an_exchange_like_one_before_is_only_counted() -> None:
    edge, _ = toy_edge()
    coverage: Coverage = edge.listeners[0].__self__  # type: ignore[attr-defined]
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY) as client:
        for _ in range(5):
            client.post("/toy/things", json=THING)
            client.get("/toy/things?ids=1", headers={"X-Trace": "6f1f2f34-9d3c-4c8c-9a55-0d0a3a3b6c11"})
    assert [5, 5] == [count for count, _ in coverage._waiting.values()]


# --- reloading


def test_a_contract_that_changes_keeps_the_counts_of_what_it_still_has() -> None:
    edge, _ = toy_edge()
    contract = toy_part().contract
    coverage = Coverage([contract])
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY) as client:
        for exchange in exchanges(client, edge, [("POST", "/toy/things", {"json": {**THING, "note": "n"}})] * 3):
            coverage.record(exchange)
    changed = contract_of(
        CONTRACT.replace("enum: [red, green, blue], description", "enum: [blue, red, gold], description")
        .replace("        note: {type: string", "        remark: {type: string")
        .replace("thing_created:", "thing_made:")
    )
    coverage.follow([changed])
    (operation,) = report(coverage, [changed], "create_thing")["providers"][0]["operations"]
    assert {"/name": 3, "/colour": 3, "/secret": 3, "body /colour=red": 3} == counted(operation)
    assert {"red": 3, "blue": 0, "gold": 0} == {item["value"]: item["count"] for item in operation["values"]}
    assert "/remark" in [item["pointer"] for item in operation["properties"]]
    assert (3, {}) == (operation["calls"], answers(operation))


def test_a_reload_of_a_running_mock_keeps_the_counts() -> None:
    production = Production(Playbill(providers=("tyk",)))
    with httpx.Client(transport=InProcess(production.app), base_url="http://localhost") as client:
        client.get("/hello")
        production.reload()
        client.get("/hello")
        operation = told(client, "read_hello")
    assert (2, {"dashboard_alive": (2, 0)}) == (operation["calls"], answers(operation))


def test_an_operation_that_is_gone_is_forgotten_and_one_recorded_under_another_contract_does_no_harm() -> None:
    edge, _ = toy_edge()
    contract = toy_part().contract
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY) as client:
        made = exchanges(client, edge, [("GET", "/toy/things/1", {}), ("GET", "/toy/things/x", {})])
    coverage = Coverage([contract])
    coverage.record(made[0])
    coverage.follow([])
    for exchange in made:
        coverage.record(exchange)
    coverage.follow([contract])
    (operation,) = report(coverage, [contract], "read_thing")["providers"][0]["operations"]
    assert 0 == operation["calls"]


# --- shapes


def shape(schema: Any, **schemas: Any) -> list[str]:
    """Return the places of a schema, as pointers."""
    data = {"root": schema, "components": {"schemas": schemas}}
    source = Source.parse(orjson.dumps(data), "openapi/made.yaml")
    found = shape_of(source, [source.data["root"]])
    return [place.pointer for place in found.below()]


def test_alternatives_are_merged_and_references_followed() -> None:
    text = {"type": "string"}
    merged = shape(
        {
            "allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": text}}],
            "oneOf": [{"properties": {"c": {"items": {"properties": {"d": text}}}}}, {"properties": {"c": text}}],
            "additionalProperties": {"properties": {"e": text}},
        },
        A={"properties": {"a/~": {"anyOf": [{"properties": {"f": text}}]}, "shown": {"readOnly": True}}},
    )
    assert ["", "/a~1~0", "/a~1~0/f", "/b", "/c", "/c/*", "/c/*/d", "/*", "/*/e"] == merged


def test_a_recursive_schema_comes_to_an_end() -> None:
    node = {
        "properties": {
            "name": {},
            "next": {"$ref": "#/components/schemas/Node"},
            "all": {"items": {"$ref": "#/components/schemas/Node"}},
        }
    }
    assert ["", "/name", "/next", "/all", "/all/*"] == shape({"$ref": "#/components/schemas/Node"}, Node=node)


def test_schemas_that_refer_to_one_another_all_over_are_cut_off_where_they_are_deepest() -> None:
    names = [f"S{number}" for number in range(12)]
    refers = {"properties": {name: {"$ref": f"#/components/schemas/{name}"} for name in names}}
    places = shape({"$ref": "#/components/schemas/S0"}, **dict.fromkeys(names, refers))
    assert MOST <= len(places) <= MOST + len(names)
    assert {f"/{name}" for name in names} <= set(places)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1", 1, False),
        (1, True, False),
        (1, 1.0, True),
        (None, "null", False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
    ],
)
def test_an_enumerated_value_is_told_from_every_other(one: Any, other: Any, *, same: bool) -> None:
    assert same == (token(one) == token(other))


# --- the contracts that are shipped


@pytest.mark.parametrize("part", parts_of(), ids=lambda part: part.name)
def test_each_request_example_of_a_contract_touches_its_properties(part: Any) -> None:
    source, tried = part.contract.source, []
    for operation in part.contract.operations.values():
        inventory = Inventory(part.contract, operation)
        assert len(inventory.items) == len({item.key for item in inventory.items})
        if operation.inputs.body is None:
            continue
        _, body = source.resolve_inside(operation.node["requestBody"])
        for example in body["content"].get("application/json", {}).get("examples", {}).values():
            value = source.resolve_inside(example)[1]["value"]
            path = {parameter.name: "1" for parameter in operation.inputs.parameters if parameter.place == "path"}
            request = Request("POST", "", b"", {}, orjson.dumps(value), path)
            touched = inventory.touched(request)
            if touched is None:
                continue  # an example of what is refused, or a path of another kind
            names = {inventory.items[number].name for number in touched}
            declared = {item.name for item in inventory.items if item.kind == "property"}
            assert {f"/{name}" for name in value} & declared <= names, operation.id
            tried.append(operation.id)
    assert tried


def test_every_item_of_every_operation_starts_untouched() -> None:
    with client_of(*[part.name for part in parts_of()]) as client:
        data = told(client)
    assert (0, 49) == (data["touched"], data["kinds"]["operations"]["items"])
    assert all(provider["items"] > 50 for provider in data["providers"])

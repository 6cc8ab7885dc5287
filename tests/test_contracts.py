"""The contracts are what OpenAPI and its linters call good, and say where each promise comes from."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.support.inprocess import parts_of
from understudy.contract.contract import METHODS
from understudy.contract.operation import Operation
from understudy.parts import Part
from understudy.source import pointer_to

ROOT = Path(__file__).parents[1]
PARTS = parts_of()
NAMES = [part.name for part in PARTS]
PARTS_BY_NAME = {part.name: part for part in PARTS}
OPERATIONS = [(part, operation) for part in PARTS for operation in part.contract.operations.values()]
IDS = [f"{part.name}.{operation.id}" for part, operation in OPERATIONS]


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
def test_a_contract_passes_openapi_spec_validator(part: Part) -> None:
    assert [] == list(OpenAPIV30SpecValidator(part.contract.source.data).iter_errors())


@pytest.mark.parametrize("name", NAMES)
def test_a_contract_passes_redocly_with_the_recommended_rules(name: str) -> None:
    """Each exception stands with its reason in tests/node/.redocly.lint-ignore.yaml."""
    command = ["npx", "--no-install", "redocly", "lint", "--config", "redocly.yaml", "--format", "json"]
    done = subprocess.run(
        [*command, f"../../openapi/{name}.yaml"], cwd=ROOT / "tests/node", capture_output=True, text=True, check=False
    )
    report = orjson.loads(done.stdout[done.stdout.index("{") :])
    problems = [(problem["ruleId"], problem["message"]) for problem in report["problems"] if not problem.get("ignored")]
    assert [] == problems
    assert 0 == done.returncode


def described(node: Mapping[str, Any]) -> bool:
    return bool(str(node.get("description", "")).strip())


@pytest.mark.parametrize(("part", "operation"), OPERATIONS, ids=IDS)
def test_every_operation_and_parameter_is_described(part: Part, operation: Operation) -> None:
    assert described(operation.node)
    assert operation.node["tags"]
    for parameter in operation.inputs.parameters:
        assert described(parameter.node), parameter.name
        assert "example" in parameter.node or "examples" in parameter.node, parameter.name


def schemas(part: Part) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every schema of a contract where it stands: components, bodies, and those inside others."""
    waiting: list[tuple[str, Any]] = [("", part.contract.source.data)]
    while waiting:
        place, node = waiting.pop()
        if isinstance(node, Mapping):
            # What is called a schema and is one: not a property of that name.
            if isinstance(node.get("properties"), Mapping) and not place.endswith("/properties"):
                yield place, node
            waiting += [(f"{place}/{key}", value) for key, value in node.items() if key not in ("example", "value")]
        elif isinstance(node, list):
            waiting += [(f"{place}/{number}", value) for number, value in enumerate(node)]


def properties(part: Part) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every property of every schema by name, with what its reference leads to."""
    for place, schema in schemas(part):
        for name, node in schema["properties"].items():
            yield f"{place}.{name}", part.contract.source.resolve_inside(node)[1]


def exemplified(part: Part, node: Mapping[str, Any]) -> bool:
    """Say whether a schema has an example, or consists of members that need one of their own."""
    _, schema = part.contract.source.resolve_inside(node)
    if "example" in schema or "properties" in schema:
        return True
    return schema.get("type") == "array" and "properties" in part.contract.source.resolve_inside(schema["items"])[1]


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
def test_every_property_is_described_and_has_an_example(part: Part) -> None:
    """Objects, and lists of objects, whose members are declared may leave the example to the members."""
    found = list(properties(part))
    assert 30 < len(found)
    assert [] == [place for place, node in found if not described(node)]
    assert [] == [place for place, node in found if not exemplified(part, node)]


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
def test_every_secret_says_that_it_is_one(part: Part) -> None:
    """So that no violation repeats it."""
    words = re.compile("password|secret|credential")
    secrets = {
        place: node.get("format")
        for place, node in properties(part)
        if words.search(place.rpartition(".")[2]) and node["type"] == "string" and node.get("format") != "date-time"
    }
    assert secrets
    assert {"password"} == set(secrets.values()), secrets


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
def test_every_list_in_a_request_has_an_end(part: Part) -> None:
    """A thousand entries are enough for every vendor; so it says wherever a request's schema has a list."""
    endless, wanted, done = [], list(request_schemas(part)), set[str]()
    while wanted:
        place, schema = part.contract.source.resolve(wanted.pop())
        if place in done or not isinstance(schema, Mapping):
            continue
        done.add(place)
        if schema.get("type") == "array" and schema.get("maxItems") != 1000:
            endless.append(place)
        wanted += [f"{place}/{key}" for key in ("items", "additionalProperties", "x-embedded-schema") if key in schema]
        wanted += [f"{place}/properties/{name}" for name in schema.get("properties", {})]
        for key in ("allOf", "anyOf", "oneOf"):
            wanted += [f"{place}/{key}/{number}" for number in range(len(schema.get(key, [])))]
    assert done
    assert [] == endless


def request_schemas(part: Part) -> Iterator[str]:
    """Yield where the schema of each request body stands."""
    source = part.contract.source
    for operation in part.contract.operations.values():
        if "requestBody" in operation.node:
            at, body = source.resolve(pointer_to("paths", operation.path, operation.method, "requestBody", base="#"))
            yield from (pointer_to("content", media, "schema", base=at) for media in body["content"])


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
def test_every_operation_says_where_its_promise_comes_from(part: Part) -> None:
    kinds = {operation.node["x-provenance"]["kind"] for operation in part.contract.operations.values()}
    assert kinds <= {"documented", "observed", "inferred"}
    assert all(operation.node["x-provenance"]["source"] for operation in part.contract.operations.values())


def response(part: Part, operation: str, status: str) -> Mapping[str, Any]:
    """Return a response of an operation."""
    node = part.contract.operations[operation]
    place = pointer_to("paths", node.path, node.method, "responses", status, base="#")
    found: Mapping[str, Any] = part.contract.source.resolve(place)[1]
    return found


@pytest.mark.parametrize(
    ("vendor", "operation", "status", "kind"),
    [
        *[("ivalt", operation, "200", "inferred") for operation in PARTS_BY_NAME["ivalt"].contract.operations],
        ("tyk", "read_organisation", "404", "observed"),
        ("tyk", "update_organisation", "404", "inferred"),
        ("tyk", "read_user", "404", "observed"),
        ("tyk", "delete_user", "404", "inferred"),
        ("elevate", "update_organization", "404", "inferred"),
        ("elevate", "deactivate_org", "404", "inferred"),
    ],
)
def test_an_answer_says_where_its_promise_comes_from(vendor: str, operation: str, status: str, kind: str) -> None:
    assert kind == response(PARTS_BY_NAME[vendor], operation, status)["x-provenance"]["kind"]


@pytest.mark.parametrize("operation", ["list_users", "list_auth_codes", "list_geofences"])
def test_what_only_other_pages_show_is_observed(operation: str) -> None:
    """The two documents of iVALT do not have these three."""
    provenance = PARTS_BY_NAME["ivalt"].contract.operations[operation].node["x-provenance"]
    assert "observed" == provenance["kind"]
    assert provenance["source"].startswith("other pages of the vendor's reference")


def links(part: Part, operation: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield where the answers of an operation lead, and with which parameters."""
    for status in part.contract.operations[operation].node["responses"]:
        for link in response(part, operation, status).get("links", {}).values():
            node = part.contract.source.resolve_inside(link)[1]
            yield node["operationId"], node.get("parameters", {})


LINKS = {
    # The answer to creating one of iVALT's users does not show it: the list does, and leads on.
    ("ivalt", "create_user"): {"list_users"},
    ("ivalt", "list_users"): {"update_user", "delete_user", "list_geofences", "update_geofences", "update_timeslots"},
    ("ivalt", "list_auth_codes"): {"update_auth_code"},
    ("ivalt", "update_geofences"): {"list_geofences"},
    ("koneksi", "create_member"): {"read_member", "update_member", "update_user_limit", "remove_member"},
    ("tyk", "create_organisation"): {"read_organisation", "update_organisation", "delete_organisation"},
    ("tyk", "import_organisation"): {"read_organisation", "update_organisation", "delete_organisation"},
    ("tyk", "create_user"): {
        *("read_user", "update_user", "delete_user"),
        *("allow_reset_passwords", "disallow_reset_passwords", "reset_password"),
    },
    ("tyk", "create_api_user"): {"read_api_user", "update_api_user", "delete_api_user"},
    # What a login creates is a session: it opens the account's organisation.
    ("elevate", "login"): {"read_organization", "update_organization", "list_accounts"},
    ("elevate", "read_organization"): {"update_organization", "deactivate_org"},
}


@pytest.mark.parametrize(("vendor", "operation"), LINKS)
def test_what_creates_links_to_what_reads_changes_and_removes(vendor: str, operation: str) -> None:
    """And each link fills in all that the path of the operation it leads to needs."""
    part = PARTS_BY_NAME[vendor]
    found = list(links(part, operation))
    assert LINKS[vendor, operation] <= {id for id, _ in found}
    for id, parameters in found:
        inputs = part.contract.operations[id].inputs
        assert {one.name for one in inputs.parameters if one.place == "path"} <= parameters.keys(), id


def test_every_operation_that_creates_is_held_to_its_links() -> None:
    creating = ("create_", "import_", "login")
    created = {(part.name, operation.id) for part, operation in OPERATIONS if operation.id.startswith(creating)}
    assert created <= LINKS.keys()
    assert {part.name for part in PARTS} == {vendor for vendor, _ in created}


def test_every_operation_that_the_issue_names_is_promised() -> None:
    promised = {
        f"{part.name} {method.upper()} {path}"
        for part in PARTS
        for path, item in part.contract.source.data["paths"].items()
        for method in item
        if method in METHODS
    }
    assert 49 == len(promised)
    for line in (ROOT / "tests/promised.txt").read_text().splitlines():
        assert line in promised
    assert 49 == len((ROOT / "tests/promised.txt").read_text().splitlines())


def test_every_contract_speaks_of_the_frameworks_errors() -> None:
    for part in PARTS:
        assert {"route_not_found", "method_not_allowed"} == part.contract.unrouted.keys()
        assert (404, 405) == tuple(answer.status for answer in part.contract.unrouted.values())

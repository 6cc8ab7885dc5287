"""The contracts are what OpenAPI and its linters call good, and say where each promise comes from."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from tests.support.inprocess import parts_of
from understudy.contract.contract import METHODS
from understudy.contract.operation import Operation
from understudy.parts import Part

ROOT = Path(__file__).parents[1]
PARTS = parts_of()
NAMES = [part.name for part in PARTS]
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


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
def test_every_property_is_described(part: Part) -> None:
    bare = []
    for name, schema in part.contract.source.data["components"]["schemas"].items():
        for member, node in schema.get("properties", {}).items():
            _, resolved = part.contract.source.resolve_inside(node)
            inherited = any(described(part.contract.source.resolve_inside(one)[1]) for one in node.get("allOf", []))
            if not (described(node) or described(resolved) or inherited):
                bare.append(f"{name}.{member}")
    assert [] == bare


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
def test_every_operation_says_where_its_promise_comes_from(part: Part) -> None:
    kinds = {operation.node["x-provenance"]["kind"] for operation in part.contract.operations.values()}
    assert kinds <= {"documented", "observed", "inferred"}
    assert all(operation.node["x-provenance"]["source"] for operation in part.contract.operations.values())


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
def test_what_creates_links_to_what_reads_changes_and_removes(part: Part) -> None:
    source = part.contract.source
    linked = set()
    for operation in part.contract.operations.values():
        for status in operation.node["responses"]:
            _, response = source.resolve(
                "#/paths/"
                + operation.path.replace("~", "~0").replace("/", "~1")
                + f"/{operation.method}/responses/{status}"
            )
            for link in response.get("links", {}).values():
                linked.add(source.resolve_inside(link)[1]["operationId"])
    assert linked
    assert linked <= part.contract.operations.keys()


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

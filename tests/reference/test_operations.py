"""Operations as their reference has them, over all contracts."""

import pytest

from tests.support.inprocess import edge_of, parts_of
from tests.support.toy import toy_part
from understudy.contract.operation import Operation
from understudy.parts import Part
from understudy.reference.api import api_of
from understudy.reference.fields import Field
from understudy.reference.filled import fill
from understudy.reference.made import made
from understudy.reference.operation import promise_of
from understudy.reference.provenance import KINDS
from understudy.reference.rehearsal import Rehearsal
from understudy.source import Source

EVERY = [(part, operation) for part in (*parts_of(), toy_part()) for operation in part.contract.operations.values()]
NAMES = [f"{part.name}.{operation.id}" for part, operation in EVERY]
PLAYED = [pair for pair in EVERY if pair[0].name != "toy"]


@pytest.mark.parametrize(("part", "operation"), EVERY, ids=NAMES)
def test_everything_that_the_contract_declares_is_there(part: Part, operation: Operation) -> None:
    promise = promise_of(part.contract, operation)
    named = [(int(status.code), example.name) for status in promise.statuses for example in status.examples]
    assert sorted((answer.status, answer.name) for answer in operation.answers.by_name.values()) == sorted(named)
    assert [p.name for p in operation.inputs.parameters] == [one.name for one in promise.inputs]
    assert (operation.inputs.body is not None) == bool(promise.bodies)
    assert promise.path.startswith("/")
    assert promise.source.startswith(part.contract.source.label)


@pytest.mark.parametrize(("part", "operation"), EVERY, ids=NAMES)
def test_every_rule_leads_to_an_answer_that_is_declared(part: Part, operation: Operation) -> None:
    promise = promise_of(part.contract, operation)

    def answers(field: Field) -> list[str | None]:
        return [rule.answer for rule in field.rules] + [name for child in field.children for name in answers(child)]

    led = [rule.answer for rule in promise.refusals]
    led += [name for one in promise.inputs for name in answers(one.field)]
    led += [name for body in promise.bodies for name in answers(body.fields)]
    assert set(filter(None, led)) <= operation.answers.by_name.keys()


@pytest.mark.parametrize(("part", "operation"), PLAYED, ids=[f"{part.name}.{op.id}" for part, op in PLAYED])
def test_a_form_as_it_is_filled_in_succeeds(part: Part, operation: Operation) -> None:
    _, sandbox = edge_of()
    before = sandbox.states()
    rehearsal = Rehearsal(part, sandbox)
    filled = fill(rehearsal, operation)
    rehearsal.account = filled.account
    reply = rehearsal.play(operation, filled.attempt)
    assert reply.status < 300, reply.body
    assert before[part.name] is sandbox.states()[part.name]
    assert 0 == len(sandbox.journal)


def test_a_form_follows_the_contracts_links_where_the_documented_record_is_gone() -> None:
    _, sandbox = edge_of("tyk")
    (part,) = parts_of("tyk")
    operation, rehearsal = part.contract.operations["read_organisation"], Rehearsal(part, sandbox)
    documented = fill(rehearsal, operation).attempt
    state = sandbox.states()["tyk"]
    left = state.table("organisations").drop(documented.values["path", "id"])
    sandbox.enter({"tyk": state.with_table("organisations", left)})
    linked = fill(rehearsal, operation).attempt
    assert linked.values != documented.values
    assert rehearsal.succeeds(operation, linked)


def test_a_form_of_an_empty_world_is_filled_with_what_is_documented() -> None:
    _, sandbox = edge_of("tyk", world="empty")
    (part,) = parts_of("tyk")
    filled = fill(Rehearsal(part, sandbox), part.contract.operations["read_organisation"])
    assert {("path", "id"): "54b53d3aeba6db5c35000002"} == filled.attempt.values


def test_shares_add_up_and_are_drawn_beside_each_other() -> None:
    for part in parts_of():
        api = api_of(part)
        for shares in (api.shares, api.answer_shares):
            assert KINDS == tuple(share.kind for share in shares)
            assert 100 == pytest.approx(sum(share.percent for share in shares), abs=0.01)
            assert shares[1].start == pytest.approx(shares[0].percent, abs=0.01)
        assert api.count == sum(share.amount for share in api.shares)
        assert api.count == sum(len(tag.entries) for tag in api.tags)


def test_an_api_is_read_once_a_contract() -> None:
    (part,) = parts_of("tyk")
    assert api_of(part) is api_of(part)
    assert api_of(part).promise("read_hello") is api_of(part).promise("read_hello")
    assert None is api_of(part).promise("fly")


def test_what_is_made_from_a_schema_fits_it() -> None:
    """Bodies of every contract, made from their schemas without looking at the operation's examples."""
    for part, operation in PLAYED:
        source = part.contract.source
        at, body = source.resolve_inside(operation.node.get("requestBody", {}))
        del at
        for media in body.get("content", {}).values():
            pointer, _ = source.resolve_inside(media["schema"])
            if pointer:
                value = made(source, media["schema"])
                assert () == part.contract.violations(pointer, value, "request"), operation.id


def test_a_schema_without_end_is_made_into_something_that_ends() -> None:
    source = Source.parse(
        b'{"S": {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/S"}}}}', "s"
    )
    assert made(source, {"$ref": "#/S"})

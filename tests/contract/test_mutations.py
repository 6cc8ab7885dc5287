"""A contract with any one thing wrong either plays or is refused in a sentence; nothing else ever happens."""

import copy
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.toy import HERE
from tests.toy.parts import toy
from understudy.contract.contract import Contract
from understudy.contract.names import undeclared_names
from understudy.contract.review import review
from understudy.kernel.provider import Provider
from understudy.providers import koneksi
from understudy.source import Source, SourceError

ROOT = Path(__file__).parents[2]
CASES = [
    (HERE / "openapi/toy.yaml", toy.PROVIDER, 600),
    (ROOT / "openapi/koneksi.yaml", koneksi.PROVIDER, 300),
]
REPLACEMENTS: list[Any] = [5, None, [], {}, "x", True, [None], {"x": 5}, "^[0-9a-f{24}$", "/"]


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every (container, key) of a document."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in pairs:
        yield node, key
        if isinstance(value, dict | list):
            yield from places(value)


def mutants(path: Path, count: int) -> Iterator[tuple[str, Source]]:
    """Yield copies of a contract, each with one value replaced or removed, always the same ones."""
    source = Source.read(path)
    chance = random.Random(24)  # noqa: S311 - the same mutants each time
    for _ in range(count):
        data = copy.deepcopy(source.data)
        node, key = chance.choice(list(places(data)))
        told = f"{key!r} of {str(node)[:300]}"
        if chance.random() < 0.4:
            del node[key]
            yield f"without {told}", Source(source.label, data, source._spots)
        else:
            node[key] = chance.choice(REPLACEMENTS)
            yield f"{node[key]!r} as {told}", Source(source.label, data, source._spots)


@pytest.mark.parametrize(("path", "provider", "count"), CASES, ids=["toy", "koneksi"])
def test_whatever_is_wrong_with_a_contract_is_said_in_a_sentence_with_file_and_line(
    path: Path, provider: Provider, count: int
) -> None:
    outcomes = {"played": 0, "refused": 0}
    for told, source in mutants(path, count):
        try:
            contract = Contract(source, provider)
            problems = [*review(contract), *undeclared_names(contract)]
            outcomes["played"] += 1
        except SourceError as error:
            problems = [str(error)]
            outcomes["refused"] += 1
        except Exception as error:
            error.add_note(told)
            raise
        for problem in problems:
            assert "\n" not in problem, told
            assert re.match(rf"{source.label}:\d+: |\S+\.py:\d+: ", problem), (told, problem)
    assert min(outcomes.values()) > count // 10

"""Requests that meet a record: made-up ids hardly ever do."""

from collections import defaultdict
from random import Random
from typing import Any

from schemathesis import Case, Response
from schemathesis.core.parameters import ParameterLocation

from tests.conformance.links import destinations

_SHARE = 0.75
_MANY = 200


class Records:
    """The path parameters that lead to a record: those of the contract's examples, and those that answers link to."""

    def __init__(self) -> None:
        self._known: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        self._met: set[str] = set()
        self._there: set[str] = set()
        self._random = Random(1)  # noqa: S311

    def place(self, case: Case[Any]) -> None:
        """Lead most made-up requests whose path is meant to be right to a record, often to the documented one."""
        known = self._of(case)
        if known and _is_made_up(case) and self._random.random() < _SHARE:
            case.path_parameters = dict(self._random.choice((known[0], self._random.choice(known))))

    def learn(self, case: Case[Any], response: Response) -> None:
        """Remember where an answer leads, and forget what is not there any more."""
        if response.status_code == 404 and case.path_parameters in self._of(case):
            self._of(case).remove(case.path_parameters)
        if case.method.upper() == "DELETE" and response.status_code < 300:
            self._there.difference_update(map(str, case.path_parameters.values()))
        for operation, parameters in destinations(case, response):
            known = self._known[operation]
            self._there.update(parameters.values())
            if parameters not in known and len(known) < _MANY:
                known.append(parameters)

    def are_there(self, case: Case[Any]) -> bool:
        """Tell whether what a path names was in an answer, and not deleted since, under whichever path."""
        return self._there.issuperset(map(str, case.path_parameters.values()))

    def _of(self, case: Case[Any]) -> list[dict[str, str]]:
        operation = case.operation.definition.raw["operationId"]
        if operation not in self._met and case.path_parameters:
            documented = {each.name: str(each.definition["example"]) for each in case.operation.path_parameters}
            self._known[operation].insert(0, documented)
            self._met.add(operation)
        return self._known[operation]


def _is_made_up(case: Case[Any]) -> bool:
    return (
        bool(case.path_parameters)
        and case.meta is not None
        and case.meta.phase.name == "fuzzing"
        and not case.meta.is_negative_at(ParameterLocation.PATH)
    )

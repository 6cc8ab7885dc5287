"""How the engine declines a request: which named answer each kind of refusal leads to."""

from collections.abc import Mapping, Sequence

from understudy.contract.answers import Answers, NamedAnswer
from understudy.kernel.violation import Violation
from understudy.source import Source, SourceError


class Refused(Exception):
    """A request that the contract itself declines, before any handler sees it."""

    def __init__(self, answer: NamedAnswer, violations: tuple[Violation, ...]) -> None:
        super().__init__(answer.name)
        self.answer = answer
        self.violations = violations


class Refusals:
    """Which named answer each kind of refusal leads to, in one operation."""

    def __init__(self, source: Source, pointer: str, answers: Answers, wanted: Mapping[str, str]) -> None:
        self._source = source
        self._pointer = pointer
        self._answers = answers
        self._wanted = wanted

    def of(self, kind: str) -> NamedAnswer:
        """Return the answer for a kind of refusal. Raises SourceError where the contract has none."""
        name = self._wanted.get(kind)
        if name is None:
            where = self._source.at(self._pointer)
            raise SourceError(f"{where}: x-refusals says nothing about {kind!r}; name the answer that it gives")
        return self.named(name, f"x-refusals.{kind}")

    def named(self, name: str, why: str) -> NamedAnswer:
        """Return an answer of this operation by name. Raises SourceError where it is not declared."""
        answer = self._answers.by_name.get(name)
        if answer is None:
            where = self._source.at(self._pointer)
            known = ", ".join(self._answers.by_name)
            raise SourceError(
                f"{where}: {why} leads to {name!r}, which this operation does not declare (it has: {known})"
            )
        return answer

    def own(self, violations: Sequence[Violation]) -> NamedAnswer | None:
        """Return the answer that the broken rules name themselves: the first one's, if every one names one.

        In a body the first is the contract's first: the order in which members were sent means nothing.
        """
        if not all(violation.refusal for violation in violations):
            return None
        first = min(violations, key=_written) if violations[0].place == "body" else violations[0]
        return self.named(str(first.refusal), "x-refusal")


def _written(violation: Violation) -> tuple[int, str]:
    """Return where the contract has the rule."""
    return int(violation.source.rpartition(":")[2]), violation.rule

"""Which named answers the tests of a file have met."""

import httpx

from tests.support.inprocess import parts_of
from understudy.contract.contract import Contract


class Reached:
    """Remembers the answers that went by, unless they were forced."""

    def __init__(self) -> None:
        self._met: set[tuple[str, str]] = set()

    def meet(self, operation: str, response: httpx.Response) -> None:
        """Note one answer of an operation (``provider.operationId``)."""
        name = response.headers.get("understudy-answer")
        if name and "preference-applied" not in response.headers:
            self.note(operation, name)

    def note(self, operation: str, name: str) -> None:
        """Note an answer that did not say its name."""
        self._met.add((operation, name))

    def missing(self, provider: str) -> list[str]:
        """Return ``operationId: answer`` for each of a provider that no test has met."""
        (part,) = parts_of(provider)
        return self.missing_of(part.contract)

    def missing_of(self, contract: Contract) -> list[str]:
        """Return ``operationId: answer`` for each of a contract that no test has met."""
        wanted = [(id, name) for id, op in contract.operations.items() for name in op.answers.by_name]
        wanted += [("", answer.name) for answer in contract.unrouted.values()]
        return [f"{id}: {name}" for id, name in wanted if (f"{contract.name}.{id}", name) not in self._met]

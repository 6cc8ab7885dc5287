"""The last conditions of one sandbox, by version."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from understudy.kernel.state import State
from understudy.sandbox import Condition
from understudy.sharing.change import Worlds, changed
from understudy.sharing.entry import Kept, read_entry
from understudy.source import SourceError
from understudy.stores.store import Entry, Head, Missed

KEPT = 1000
"""Versions that can be gone back to, or as many as a journal has exchanges; checkpoints are made of older ones."""

_LARGE = 16 * 1024
LOG = 32 * 1024 * 1024
"""Bytes of changes after which a checkpoint is made of the present."""


class Unplayable(Exception):
    """A sandbox that was made by what is not played here: a world that is gone. The message says which."""


class Damaged(Unplayable):
    """A sandbox of which the store has something that cannot be read. The message says what."""


def read_back(entry: Entry, sandbox: str) -> Kept:
    """Return the exchange of an entry of the store. Raises Damaged."""
    try:
        return read_entry(entry.data, sandbox)
    except Exception as error:  # whatever becomes of data that are not as they were written
        raise Damaged(f"exchange {entry.id} of its journal: {error!r}") from error


class History:
    """Goes from version to version, and remembers where it came from."""

    def __init__(
        self,
        beginning: Condition,
        worlds: Worlds,
        kept: int = KEPT,
        charge: Callable[[bytes], object] = lambda _: None,
    ) -> None:
        """Begin. Three times as many conditions as ``kept`` says are remembered.

        ``charge`` is called with each change that is learnt.
        """
        self._charge = charge
        self._logged = 0
        self.kept = kept
        self._beginning = beginning
        self._worlds = worlds
        self.begin_again()

    def begin_again(self) -> None:
        """Go back to how every sandbox begins."""
        self.version = 0
        self.condition = self._beginning
        self._conditions = {0: self._beginning}

    def at(self, version: int) -> Condition | None:
        """Return the condition at a version; None for one that is not remembered."""
        return self._conditions.get(version)

    def is_long(self, head: Head) -> bool:
        """Say whether the log since the last checkpoint is so long that another is due."""
        return head.version - head.checkpoint > 2 * self.kept or self._logged > LOG

    def lasting(self, head: Head) -> int:
        """Return the version that a checkpoint is to be made of, and begin to measure the log anew."""
        logged, self._logged = self._logged, 0
        return self.version if logged > LOG else head.version - self.kept

    def add(self, condition: Condition, change: bytes = b"") -> None:
        """Go on to the next version, by a change of one's own; it is free from the last one then."""
        self._logged += len(change)
        if len(change) > _LARGE:  # more than was charged for the call, maybe
            self._charge(change)
        for name, state in condition.states.items():
            if state is not self.condition.states.get(name):
                state.seal()
        self._stand(self.version + 1, condition)

    def forget(self) -> None:
        """Remember the present condition alone: there is no way back to the others then."""
        self._conditions = {self.version: self.condition}

    def past(self) -> Iterator[Mapping[str, State]]:
        """Go through the states that are remembered."""
        return (condition.states for condition in self._conditions.values())

    def learn(self, missed: Missed) -> None:
        """Go on as others went. Raises Unplayable."""
        if missed.checkpoint is not None and missed.checkpoint[0] > self.version:
            version, data = missed.checkpoint
            self._stand(version, self._after(self._beginning, data))
        for version, data in missed.changes:
            if version == self.version + 1:
                self._stand(version, self._after(self.condition, data))

    def _after(self, condition: Condition, data: bytes) -> Condition:
        self._charge(data)
        self._logged += len(data)
        try:
            change: Mapping[str, Any] = orjson.loads(data)
            return changed(condition, change, self._worlds)
        except SourceError as error:
            raise Unplayable(str(error)) from None
        except Exception as error:  # whatever becomes of data that are not as they were written
            raise Damaged(f"a change of its records: {error!r}") from error

    def _stand(self, version: int, condition: Condition) -> None:
        self.version, self.condition = version, condition
        self._conditions[version] = condition
        while len(self._conditions) > 3 * self.kept:
            del self._conditions[next(iter(self._conditions))]

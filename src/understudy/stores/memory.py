"""The embedded store: states in a variable."""

from collections.abc import Mapping

from understudy.kernel.state import State


class MemoryStore:
    """Holds one state per provider, for one process."""

    __slots__ = ("_states",)

    def __init__(self, states: Mapping[str, State]) -> None:
        self._states = dict(states)

    def read(self, provider: str) -> State:
        """Return a provider's state. Raises KeyError for an unknown provider."""
        return self._states[provider]

    def write(self, provider: str, state: State) -> None:
        """Put a provider's next state in place of the old one."""
        self._states = {**self._states, provider: state}

    def states(self) -> Mapping[str, State]:
        """Return every provider's state by name: a value, which later writes leave as it is."""
        return self._states

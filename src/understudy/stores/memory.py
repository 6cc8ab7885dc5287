"""The embedded store: states in a variable."""

from collections.abc import Mapping

from understudy.kernel.state import State


class MemoryStore:
    """Holds one state per provider, for one process."""

    __slots__ = ("_sealing", "_states")

    def __init__(self, states: Mapping[str, State], *, sealing: bool = True) -> None:
        """Hold these states. Without ``sealing``, states remember what they were made from."""
        self._states = dict(states)
        self._sealing = sealing

    def read(self, provider: str) -> State:
        """Return a provider's state. Raises KeyError for an unknown provider."""
        return self._states[provider]

    def write(self, provider: str, state: State) -> int:
        """Put a provider's next state in place of the old one; return how many changes it was made by, as far as known.

        That is 0 without sealing.
        """
        changes = state.seal() if self._sealing else 0
        self._states = {**self._states, provider: state}
        return changes

    def states(self) -> Mapping[str, State]:
        """Return every provider's state by name: a value, which later writes leave as it is."""
        return self._states

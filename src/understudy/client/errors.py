"""What can go wrong, as exceptions whose message says what, where, and what to do.

::

    UnderstudyError
    ├── NotRunning           used before its start or after its end
    ├── CannotStart          contracts, fixtures or options do not fit together
    │   └── PortTaken        somebody else listens there
    ├── Unreachable          no Understudy answers at a URL
    ├── RequestRefused       the control API refused; has status, title, detail, violations
    ├── VerificationFailed   not as many exchanges as expected (an AssertionError, too)
    └── HostRefused          interception is strict, or the host is known and the path is not
"""

from collections.abc import Mapping, Sequence
from typing import Any


class UnderstudyError(Exception):
    """The root of what this package raises."""


class NotRunning(UnderstudyError):
    """Used before its start or after its end."""


class CannotStart(UnderstudyError):
    """Contracts, fixtures or options do not fit together."""


class PortTaken(CannotStart):
    """Somebody else listens on that port."""


class Unreachable(UnderstudyError):
    """No Understudy answers at a URL."""


class RequestRefused(UnderstudyError):
    """The control API refused a request."""

    def __init__(self, method: str, path: str, problem: Mapping[str, Any]) -> None:
        self.status: int = problem.get("status", 0)
        """The HTTP status."""
        self.title: str = problem.get("title", "")
        """The kind of problem."""
        self.detail: str = problem.get("detail", "")
        """What is wrong, and what to do."""
        self.violations: Sequence[Mapping[str, Any]] = problem.get("violations", ())
        """Every rule that the request broke."""
        self.problem = problem
        """The whole answer (RFC 9457)."""
        super().__init__(f"{method} {path}: {self.status} {self.title}: {self.detail}")


class VerificationFailed(UnderstudyError, AssertionError):
    """There were not as many exchanges as expected; the message shows the nearest misses."""

    def __init__(self, message: str, count: int, nearest: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(message)
        self.count = count
        """How many there were."""
        self.nearest = nearest
        """The exchanges that come closest, and how they differ."""


class HostRefused(UnderstudyError):
    """A request that interception lets go nowhere."""

"""A stateful stand-in for HTTP APIs that plays its part from a contract.

From Python::

    from understudy import Understudy

    with Understudy() as mock:
        sandbox = mock.sandbox("signup", world="empty")
        httpx.post(f"{sandbox.url('acme')}/organisations", …)
        sandbox.verify(operation_id="create_organisation")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from understudy.client.clock import SandboxClock as SandboxClock
    from understudy.client.errors import CannotStart as CannotStart
    from understudy.client.errors import HostRefused as HostRefused
    from understudy.client.errors import NotRunning as NotRunning
    from understudy.client.errors import PortTaken as PortTaken
    from understudy.client.errors import RequestRefused as RequestRefused
    from understudy.client.errors import UnderstudyError as UnderstudyError
    from understudy.client.errors import Unreachable as Unreachable
    from understudy.client.errors import VerificationFailed as VerificationFailed
    from understudy.client.faults import Fault as Fault
    from understudy.client.recorded import RecordedExchange as RecordedExchange
    from understudy.client.sandbox import Sandbox as Sandbox
    from understudy.interception import intercept as intercept
    from understudy.local.understudy import Understudy as Understudy

__version__ = "0.1.0"

_HOMES = {
    "CannotStart": "understudy.client.errors",
    "Fault": "understudy.client.faults",
    "HostRefused": "understudy.client.errors",
    "NotRunning": "understudy.client.errors",
    "PortTaken": "understudy.client.errors",
    "RecordedExchange": "understudy.client.recorded",
    "RequestRefused": "understudy.client.errors",
    "Sandbox": "understudy.client.sandbox",
    "SandboxClock": "understudy.client.clock",
    "Understudy": "understudy.local.understudy",
    "UnderstudyError": "understudy.client.errors",
    "Unreachable": "understudy.client.errors",
    "VerificationFailed": "understudy.client.errors",
    "intercept": "understudy.interception",
}
"""The public names and where they live: ``import understudy`` itself stays cheap."""


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'understudy' has no attribute {name!r}; it has {', '.join(sorted(_HOMES))}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*_HOMES, *(name for name in globals() if name.startswith("__"))})

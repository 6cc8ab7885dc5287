"""The time that a sandbox lives in."""

from typing import Any

from understudy.control.room import Handler
from understudy.kernel.clock import iso
from understudy.sandbox import Sandbox


def clock_data(sandbox: Sandbox) -> dict[str, Any]:
    """Return what the API says of a clock."""
    return {"now": iso(sandbox.now()), "frozen": sandbox.clock.frozen is not None}


HANDLERS: tuple[Handler, ...] = ()

"""The time that a sandbox lives in."""

from datetime import datetime, timedelta

from understudy.client.control import Control
from understudy.client.moments import duration, written


class SandboxClock:
    """A sandbox's clock. Everything in the sandbox that tells time uses it."""

    def __init__(self, control: Control, sandbox: str) -> None:
        self._control = control
        self._sandbox = sandbox

    @property
    def now(self) -> datetime:
        """The sandbox's time."""
        return datetime.fromisoformat(self._control.ask("GET", "/clock", self._sandbox)["now"])

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return bool(self._control.ask("GET", "/clock", self._sandbox)["frozen"])

    def freeze(self, moment: datetime | str | None = None) -> None:
        """Let it stand still: at a moment, else at the present one. Raises ValueError, RequestRefused."""
        now = {} if moment is None else {"now": written(moment)}
        self._control.ask("PUT", "/clock", self._sandbox, json={**now, "frozen": True})

    def set(self, moment: datetime | str) -> None:
        """Put it to a moment; it runs on, or stands still, as before. Raises ValueError, RequestRefused."""
        self._control.ask("PUT", "/clock", self._sandbox, json={"now": written(moment)})

    def advance(self, by: timedelta | str) -> None:
        """Move it: by ``timedelta(days=1)``, or by an ISO 8601 duration such as ``P1DT2H``. Raises RequestRefused."""
        self._control.ask("POST", "/clock/advance", self._sandbox, json={"by": duration(by)})

    def run(self) -> None:
        """Let it run on from where it stands."""
        self._control.ask("PUT", "/clock", self._sandbox, json={"frozen": False})

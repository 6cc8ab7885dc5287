"""What goes wrong on demand."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from understudy.client.control import Control
from understudy.client.errors import RequestRefused


class Fault:
    """One fault that is set in a sandbox. As a context manager it is removed at the end of the block."""

    def __init__(self, control: Control, sandbox: str, data: Mapping[str, Any]) -> None:
        self._control = control
        self._sandbox = sandbox
        self.id: str = data["id"]
        """As in the header ``Understudy-Fault`` of the answers that it strikes."""
        self.rule = data
        """The rule as the control API gave it."""

    @property
    def struck(self) -> int:
        """How often it has struck."""
        return int(self._control.ask("GET", self._path, self._sandbox)["struck"])

    def remove(self) -> None:
        """Remove it; one that a reset has removed already is gone."""
        try:
            self._control.ask("DELETE", self._path, self._sandbox)
        except RequestRefused as error:
            if error.status != 404:
                raise

    @property
    def _path(self) -> str:
        return f"/faults/{quote(self.id, safe='')}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def __repr__(self) -> str:
        return f"<Fault {self.id} in {self._sandbox}: {dict(self.rule)}>"

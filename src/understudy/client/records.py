"""The records of one collection, a page at a time."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from understudy.client.control import Control
from understudy.client.errors import UnderstudyError


def place(provider: str, collection: str | None = None, id: str | int | None = None) -> str:
    """Return where the control API has a provider's state, a collection, or a record.

    Raises UnderstudyError for what cannot be named in an address, which would lead elsewhere.
    """
    parts = [provider, *(str(part) for part in (collection, id) if part is not None)]
    for part in parts:
        if part in ("", ".", ".."):
            raise UnderstudyError(f"there is no {'/'.join(parts)} in a state: {part!r} names nothing")
    return "/state/" + "/".join(quote(part, safe="") for part in parts)


UNCOVERED = {"secrets": True}
"""What asks for records as they are kept: a test may need a key to go on with."""


class Records:
    """The records of one collection as they are when they are looked at; iterating reads page after page."""

    def __init__(self, control: Control, sandbox: str, provider: str, collection: str) -> None:
        self._control = control
        self._sandbox = sandbox
        self._path = place(provider, collection)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self._control.pages(self._path, self._sandbox, UNCOVERED)

    def __repr__(self) -> str:
        return f"<Records of {self._path.removeprefix('/state/')} in {self._sandbox}>"

    def __len__(self) -> int:
        return int(self.page(0, 1)["total"])

    def page(self, offset: int = 0, limit: int = 50) -> dict[str, Any]:
        """Return one page: ``total``, ``offset``, ``items``. Raises RequestRefused."""
        params = {**UNCOVERED, "offset": offset, "limit": limit}
        page: dict[str, Any] = self._control.ask("GET", self._path, self._sandbox, params=params)
        return page

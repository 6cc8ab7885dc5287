"""Which store the mocks of the tests keep their sandboxes in: what ``pytest --store`` says."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.support.redis import redis_server
from understudy.journal import BYTES
from understudy.sandbox import JOURNAL
from understudy.stores.file import FileStore
from understudy.stores.redis import RedisStore
from understudy.stores.store import Store

KINDS = ("memory", "file", "redis")
_DATABASES = 10_000


class Stores:
    """Makes a store for each mock: an empty one every time."""

    def __init__(self) -> None:
        self._kind = "memory"
        self._folder: Path | None = None
        self._url = ""
        self._number = count()

    @contextmanager
    def of(self, kind: str, folder: Path) -> Iterator[None]:
        """Make stores of this kind in the block; what they need is kept in the folder."""
        if kind == "redis":
            with redis_server(folder, "--databases", str(_DATABASES)) as server:
                self._kind, self._folder, self._url = kind, folder, server.url.removesuffix("/0")
                yield
        else:
            self._kind, self._folder = kind, folder
            yield
        self._kind = "memory"

    def another(self, journal: int = JOURNAL) -> Store | None:
        """Return an empty store; None for the one in memory."""
        if self._kind == "memory":
            return None
        number = next(self._number)
        if self._kind == "redis":
            assert number < _DATABASES
            return RedisStore(f"{self._url}/{number}", journal=journal, bytes=BYTES)
        assert self._folder is not None
        return FileStore(self._folder / f"{number}.db", journal=journal, bytes=BYTES)


STORES = Stores()
"""Those of this test run."""

"""Which store the mocks of the tests keep their sandboxes in: what ``pytest --store`` says."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from time import sleep

from tests.support.served import free_port
from understudy.journal import BYTES
from understudy.sandbox import JOURNAL
from understudy.stores.file import FileStore
from understudy.stores.redis import PATIENCE, RedisStore
from understudy.stores.store import Store, StoreAway

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
            with redis_server(folder, "--databases", str(_DATABASES)) as url:
                self._kind, self._folder, self._url = kind, folder, url
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


@contextmanager
def redis_server(folder: Path, *arguments: str) -> Iterator[str]:
    """Run a Redis of one's own on a free port; yield its URL, without a database."""
    port = free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL) as process:
        try:
            url = f"redis://127.0.0.1:{port}"
            _wait_for(url)
            yield url
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    """Return when a Redis answers. Raises StoreAway where none does in time."""
    for _ in range(50):
        with suppress(StoreAway):
            return asyncio.run(_ask(url))
        sleep(0.1)
    raise StoreAway(f"no Redis at {url} within {50 * PATIENCE} s")


async def _ask(url: str) -> None:
    store = RedisStore(url, journal=1, bytes=1)
    try:
        await store.names()
    finally:
        await store.close()

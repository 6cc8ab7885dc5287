"""What the workers of a file have counted, and what those before them had."""

from collections.abc import Mapping

from understudy.stores.database import Database


class Counted:
    """Keeps the last that each worker told. Every method may raise StoreAway, and has changed nothing then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told: dict[str, bytes] = {}
        self._before = dict(database.select("SELECT name, data FROM counts"))
        self._handed_on: list[str] = []
        self._cleared = self._asked = 0

    def tell(self, mine: str, data: bytes | None) -> tuple[int, int]:
        """Keep what a worker has counted; return how often counts were cleared, and asked for."""
        if data is not None and self._told.get(mine) != data:
            with self._database.transaction(len(data)) as execute:
                for name in self._handed_on:
                    execute("DELETE FROM counts WHERE name = ?", (name,))
                execute("INSERT OR REPLACE INTO counts VALUES (?, ?)", (mine, data))
            self._told[mine] = data
            self._handed_on = []
        return self._cleared, self._asked

    def hand_on(self) -> list[bytes]:
        """Return what was counted before this process; it goes from the file when its heir has told of it."""
        before, self._before = self._before, {}
        self._handed_on += before
        return list(before.values())

    def ask(self) -> int:
        """Ask every worker to tell; return how often that was asked."""
        self._asked += 1
        return self._asked

    def clear(self) -> None:
        """Forget all of it."""
        with self._database.transaction() as execute:
            execute("DELETE FROM counts")
        self._told, self._before, self._handed_on = {}, {}, []
        self._cleared += 1

    def all(self) -> Mapping[str, bytes]:
        """Return what was counted, by worker."""
        return {**self._before, **self._told}

"""Somebody who works in a sandbox that nobody else uses, and knows what must be in it."""

from collections.abc import Mapping
from typing import Any

from tests.load.player import ADDRESSES
from tests.soak.line import Answer, Broken, Line
from tests.soak.tally import Tally, Wrong, require, shown

SHOWN: Mapping[str, str] = {
    "tyk/organisations": "owner_name",
    "ivalt/users": "name",
    "koneksi/members": "first_name",
    "elevate/organizations": "name",
}
"""The collections that are known record by record: which member is, and is never the same twice."""
Known = dict[str, dict[Any, str]]
"""By collection: the member that is shown, by the id of its record, in order. Replaced, never changed."""
_REMEMBERED = 25
"""Exchanges that a player may go back by."""


class Bases:
    """What a fresh sandbox of each world and seed holds: learnt from the first, and the same ever after."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Known] = {}

    def hold(self, world: str, seed: int, found: Known) -> None:
        """Learn a world, or hold it against what was learnt."""
        base = self._known.setdefault((world, seed), found)
        if base != found:
            raise Wrong(f"a fresh sandbox of the world {world}, seed {seed}, begins with {_differences(base, found)}")


class Player:
    """A sandbox, what is known of it, and the line to it."""

    def __init__(self, name: str, line: Line, tally: Tally, bases: Bases) -> None:
        self.name = name
        self.line = line
        self.tally = tally
        self.random = tally.random(name)
        self.world = ("documented", 1)
        self.known: Known = {}
        self.base: Known = {}
        self.snapshots: dict[str, Known] = {}
        self.exchanges = 0
        self.cleared = 0
        """Exchanges that the journal was told to forget."""
        self.before: dict[int, Known] = {}
        """What was known before each of the last exchanges."""
        self._bases = bases
        self._serial = 0

    def fresh(self, what: str) -> str:
        """Return a name that was never given before."""
        self._serial += 1
        return f"{what} {self._serial} of {self.name}"

    @property
    def serial(self) -> int:
        """How many names were given."""
        return self._serial

    async def begin(self, world: str, seed: int) -> None:
        """Make the sandbox, and see that it is as every other of its world."""
        self.world = (world, seed)
        answer = await self.control("PUT", f"/sandboxes/{self.name}", {"world": world, "seed": seed})
        # Of a store elsewhere: who lists sandboxes while one is being made may be the first to see it.
        new = answer.status == 201 or (self.tally.remote and answer.status == 200)
        require(new, lambda: f"PUT /sandboxes/{self.name}: {shown(answer)}")
        self.base = self.known = await self.look()
        self._bases.hold(world, seed, self.base)
        self.tally.count("sandboxes made")

    async def end(self) -> None:
        """See once more that all is as it should be, and drop the sandbox."""
        await self.examine()
        await self.told("sandbox_dropped", "DELETE", f"/sandboxes/{self.name}")
        self.tally.count("sandboxes dropped")

    def learn(self, collection: str, id: Any, shown: str | None) -> None:
        """Know a record, or that it is gone."""
        records = {**self.known[collection]}
        if shown is None:
            del records[id]
        else:
            records[id] = shown
        self.known = {**self.known, collection: records}

    def notice(self, collection: str, id: Any, shown: str) -> None:
        """Know a record from an answer that only shows what was there before it was asked for."""
        self.learn(collection, id, shown)
        self.before[self.exchanges] = self.known

    def one(self, collection: str) -> Any:
        """Return the id of a record that is there; None where there is none."""
        ids = list(self.known[collection])
        return self.random.choice(ids) if ids else None

    async def call(
        self, wanted: str | None, method: str, path: str, headers: Mapping[str, str], body: Any = None
    ) -> Answer:
        """Call a vendor's operation; the answer of that name must come, as this sandbox's next exchange."""
        answer = await self.send(method, path, headers, body)
        seen = (answer.name, answer.headers.get("understudy-sandbox"), answer.headers.get("understudy-exchange"))
        expected = (wanted, self.name, str(self.exchanges))
        require(seen == expected, lambda: f"{method} {path} {shown(body)}: {expected} wanted, {shown(answer)}")
        return answer

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> Answer:
        """Send what becomes an exchange, however it ends. Raises Broken."""
        target, named = self.random.choice(ADDRESSES)(self.name, path)
        self.exchanges += 1
        self.before[self.exchanges] = self.known
        self.before.pop(self.exchanges - _REMEMBERED, None)
        return await self.line.ask(method, target, {**headers, **named}, body)

    async def control(self, method: str, path: str, body: Any = None) -> Answer:
        """Ask the control API about this sandbox."""
        try:
            return await self.line.ask(method, f"/~{self.name}/__admin{path}", {}, body)
        except Broken as error:
            raise Wrong(f"a connection to the control API broke: {error}") from None

    async def told(self, wanted: str, method: str, path: str, body: Any = None) -> Answer:
        """Ask the control API, and get the answer of that name."""
        answer = await self.control(method, path, body)
        require(answer.name == wanted, lambda: f"{method} {path} {shown(body)}: {wanted} wanted, {shown(answer)}")
        return answer

    async def look(self) -> Known:
        """Read what there is."""
        found: Known = {}
        for collection, member in SHOWN.items():
            page = (await self.told("records_listed", "GET", f"/state/{collection}?limit=1000")).json()
            found[collection] = {record["id"]: record[member] for record in page["items"]}
        return found

    async def examine(self) -> None:
        """See that all that is known is there, and nothing else, and that every exchange was counted. Raises Wrong."""
        found = await self.look()
        require(found == self.known, lambda: f"{self.name} holds {_differences(self.known, found)}")
        read = (await self.told("sandbox_read", "GET", f"/sandboxes/{self.name}")).json()
        seen = (read["world"], read["seed"], read["faults"], sorted(read["snapshots"]))
        wanted = (*self.world, 0, sorted(self.snapshots))
        require(seen == wanted, lambda: f"{self.name}: {wanted} wanted, {seen}")
        await self.look_at_the_journal()
        self.tally.count("sandboxes examined")

    async def look_at_the_journal(self) -> None:
        """See that every exchange was counted, the last one last."""
        listed = (await self.told("requests_listed", "GET", "/requests?limit=1")).json()
        last = listed["items"][0]["id"] if listed["items"] else self.cleared
        if self.tally.remote:  # where several workers write, reads come into it a little later than others
            last = self.exchanges
        seen, wanted = (last, listed["total"] + listed["lost"]), (self.exchanges, self.exchanges - self.cleared)
        require(seen == wanted, lambda: f"journal of {self.name}: {wanted} wanted, {seen}: {shown(listed)}")


def _differences(wanted: Known, found: Known) -> str:
    return shown(
        {
            collection: {
                id: {"wanted": wanted[collection].get(id), "found": found[collection].get(id)}
                for id in {**wanted[collection], **found[collection]}
                if wanted[collection].get(id) != found[collection].get(id)
            }
            or "the same in another order"
            for collection in wanted
            if list(wanted[collection].items()) != list(found[collection].items())
        },
        2000,
    )

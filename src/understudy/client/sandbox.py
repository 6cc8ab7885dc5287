"""One sandbox of a mock, from outside."""

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack, overload
from urllib.parse import quote

import httpx

from understudy import sandboxes
from understudy.client.clock import SandboxClock
from understudy.client.control import PAGE
from understudy.client.errors import RequestRefused, UnderstudyError
from understudy.client.faults import Fault
from understudy.client.recorded import RecordedExchange
from understudy.client.records import UNCOVERED, Records, place
from understudy.client.spelling import Criteria, Effect, spelt
from understudy.client.verification import expected, failure

if TYPE_CHECKING:
    from understudy.client.server import Server

_HEADER = "Understudy-Sandbox"


class Sandbox:
    """An isolated copy of a world, with its own clock, faults, journal and snapshots."""

    def __init__(self, server: "Server", name: str) -> None:
        """Mean a sandbox by its name; nothing is asked yet. Raises UnderstudyError for what can be no name."""
        if not (sandboxes.is_name(str(name)) and str(name).strip(".")):
            raise UnderstudyError(
                f"no sandbox can be called {name!r}: a name is 1 to 64 letters, digits, '.', '_' or '-', "
                "and not dots alone"
            )
        self.server = server
        self.name = str(name)

    # ---- reaching it

    def url(self, provider: str | None = None) -> str:
        """Return the base URL of a provider, or of the whole server, by which this sandbox is meant."""
        base = "" if provider is None else self.server.base_path(provider)
        return f"{self.server.url()}/~{self.name}{base}"

    @property
    def headers(self) -> dict[str, str]:
        """The header by which a request to the server means this sandbox."""
        return {_HEADER: self.name}

    def client(self, provider: str | None = None, **options: Any) -> httpx.Client:
        """Return a client of a provider, or of the whole server, in this sandbox; options are httpx.Client's."""
        return self.server.client(provider, **self._addressed(options))

    def async_client(self, provider: str | None = None, **options: Any) -> httpx.AsyncClient:
        """Return an asynchronous client of a provider, or of the whole server, in this sandbox."""
        return self.server.async_client(provider, **self._addressed(options))

    def credentials(self, provider: str, login: int = 0) -> dict[str, str]:
        """Return headers with credentials that work.

        Where the provider has no fixed ones, logs in, in this sandbox; ``login`` says as which of the
        documented logins. Raises UnderstudyError for a provider without credentials, and an unknown one.
        """
        info = self.server.provider(provider)
        if not info.logins:
            return info.headers()
        with self.client() as http:
            return info.login(login).headers(http)

    # ---- its life

    def make_anew(self, world: str | None = None, seed: int | None = None) -> None:
        """Make it, or make it anew: from the server's world and seed, where no others are given.

        Raises RequestRefused for an unknown world.
        """
        self.server.control.ask("PUT", f"/sandboxes/{quote(self.name, safe='')}", json=spelt(world=world, seed=seed))

    def reset(self) -> None:
        """Put it back to its world: state, clock, faults and journal; snapshots stay."""
        self._ask("POST", "/reset")

    def drop(self) -> None:
        """Drop it with all that is in it; one that is gone already is gone."""
        try:
            self.server.control.ask("DELETE", f"/sandboxes/{quote(self.name, safe='')}")
        except RequestRefused as error:
            if error.status != 404:
                raise

    # ---- states

    def snapshot(self, name: str) -> None:
        """Keep the present state under a name, in place of an earlier one of that name."""
        self._ask("PUT", f"/snapshots/{quote(name, safe='')}")

    def restore(self, name: str) -> None:
        """Go back to a snapshot. Raises RequestRefused for an unknown one."""
        self._ask("POST", f"/snapshots/{quote(name, safe='')}/restore")

    def rewind(self, to: RecordedExchange | int) -> None:
        """Go back to the state just before an exchange. Raises RequestRefused for one that is not in the journal."""
        self._ask("POST", "/rewind", json={"to": to.id if isinstance(to, RecordedExchange) else to})

    @overload
    def state(self) -> list[dict[str, Any]]: ...
    @overload
    def state(self, provider: str) -> dict[str, Any]: ...
    @overload
    def state(self, provider: str, collection: str) -> Records: ...
    @overload
    def state(self, provider: str, collection: str, id: str | int) -> dict[str, Any]: ...
    def state(self, provider: str | None = None, collection: str | None = None, id: str | int | None = None) -> Any:
        """Look into the state: the providers, one's collections, a collection's records, or one record.

        Raises RequestRefused for what is not there; of a collection as soon as its records are looked at.
        """
        if provider is None:
            return self._ask("GET", "/state")["providers"]
        if collection is None:
            return self._ask("GET", place(provider))
        if id is None:
            return Records(self.server.control, self.name, provider, collection)
        return self._ask("GET", place(provider, collection, id), params=UNCOVERED)

    def put(self, provider: str, collection: str, id: str | int, record: Mapping[str, Any]) -> dict[str, Any]:
        """Put a record in place, and return it as kept. Raises RequestRefused where it breaks the contract's schema."""
        kept: dict[str, Any] = self._ask("PUT", place(provider, collection, id), params=UNCOVERED, json=record)
        return kept

    def patch(self, provider: str, collection: str, id: str | int, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change members of a record (JSON Merge Patch), and return it as kept. Raises RequestRefused."""
        kept: dict[str, Any] = self._ask("PATCH", place(provider, collection, id), params=UNCOVERED, json=changes)
        return kept

    def delete(self, provider: str, collection: str, id: str | int) -> None:
        """Remove a record. Raises RequestRefused for one that is not there."""
        self._ask("DELETE", place(provider, collection, id))

    # ---- time, faults, questions

    @property
    def clock(self) -> SandboxClock:
        """The time that it lives in."""
        return SandboxClock(self.server.control, self.name)

    def fault(
        self,
        *,
        provider: str | None = None,
        operation_id: str | None = None,
        method: str | None = None,
        path: str | Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        match: Mapping[str, Any] | None = None,
        times: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
        **effect: Unpack[Effect],
    ) -> Fault:
        """Set a fault: which requests it meets, and exactly one effect, as ``POST /__admin/faults`` takes them.

        ``match`` has further criteria under the control API's own names. Raises RequestRefused.
        """
        own = spelt(
            provider=provider,
            operation_id=operation_id,
            method=method,
            path=path,
            query=query,
            headers=headers,
            body=body,
        )
        criteria = {**own, **(match or {})}
        rule = {
            **({"match": criteria} if criteria else {}),
            **spelt(times=times, probability=probability, seed=seed, **effect),
        }
        return Fault(self.server.control, self.name, self._ask("POST", "/faults", json=rule))

    def faults(self) -> list[Fault]:
        """Return the faults that are set."""
        return [Fault(self.server.control, self.name, data) for data in self._ask("GET", "/faults")["items"]]

    def requests(self, *, limit: int = PAGE, **criteria: Unpack[Criteria]) -> list[RecordedExchange]:
        """Return the exchanges that are meant, the newest first; without criteria any, ``limit`` at most.

        Raises RequestRefused for criteria that cannot be used.
        """
        found = self._ask("POST", "/requests/find", json={**spelt(**criteria), "limit": limit})
        return [RecordedExchange.of(entry) for entry in found["items"]]

    def request(self, id: int) -> RecordedExchange:
        """Return one exchange, with what it changed (``diff``). Raises RequestRefused for one that is not kept."""
        return RecordedExchange.of(self._ask("GET", f"/requests/{id}"))

    def count(self, **criteria: Unpack[Criteria]) -> int:
        """Return how many exchanges are meant. Raises RequestRefused."""
        return int(self._ask("POST", "/requests/count", json=spelt(**criteria))["count"])

    def verify(
        self,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        **criteria: Unpack[Criteria],
    ) -> None:
        """See that as many exchanges as expected are meant: exactly ``times``, or a range; at least one by default.

        Raises VerificationFailed, whose message shows the nearest misses; RequestRefused for criteria
        that cannot be used.
        """
        __tracebackhide__ = True  # pytest shows the caller's line, and not this one
        wanted = expected(times, at_least, at_most)
        try:
            self._ask("POST", "/verify", json={**spelt(**criteria), **wanted})
        except RequestRefused as error:
            if "nearest" not in error.problem:
                raise
            raise failure(self.name, spelt(**criteria), error.problem) from None

    def __repr__(self) -> str:
        return f"<Sandbox {self.name}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        return self.server.control.ask(method, path, self.name, **options)

    def _addressed(self, options: dict[str, Any]) -> dict[str, Any]:
        headers = httpx.Headers(options.pop("headers", None))
        headers[_HEADER] = self.name
        return {**options, "headers": headers}

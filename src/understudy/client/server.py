"""One mock, from outside."""

from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

from understudy.admission import bare
from understudy.client.control import Control
from understudy.client.errors import NotRunning, RequestRefused, UnderstudyError, Unreachable
from understudy.client.providers import ProviderInfo
from understudy.client.sandbox import Sandbox
from understudy.client.way import Way

DEFAULT = "default"
"""The sandbox of a request that names none."""
_IDLE = "this Understudy is not running: use it inside `with Understudy() as mock:`"


class Server:
    """A mock that runs from ``start`` to ``stop``, or as long as a ``with`` block."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._control: Control | None = None
        self._providers: Mapping[str, ProviderInfo] = {}

    # ---- its life

    def start(self) -> Self:
        """Start, and return itself once it answers. Raises UnderstudyError."""
        if self._control is not None:
            raise UnderstudyError(f"this Understudy runs already, at {self.url()}; make another for a second one")
        self._way.open()
        try:
            self._control = Control(self._way.url, self._way.transport, self._way.access)
            self._providers = self._read_providers(self._control)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End, and wait for it; once more does nothing."""
        control, self._control = self._control, None
        if control is not None:
            control.close()
        self._way.close()

    def __enter__(self) -> Self:
        return self.start()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {bare(self._way.url)}{'' if self._control else ', not running'}>"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # ---- reaching it

    @property
    def control(self) -> Control:
        """The control API, for what has no method here. Raises NotRunning."""
        if self._control is None:
            raise NotRunning(_IDLE)
        return self._control

    def url(self, provider: str | None = None) -> str:
        """Return the base URL of a provider, or of the whole server. Raises UnderstudyError for an unknown provider."""
        return self._way.url + ("" if provider is None else self.base_path(provider))

    def base_path(self, provider: str) -> str:
        """Return where a provider's paths begin, such as ``/user/v1``. Raises UnderstudyError."""
        return self.provider(provider).base_paths[0]

    def client(self, provider: str | None = None, **options: Any) -> httpx.Client:
        """Return a client of a provider, or of the whole server; options are httpx.Client's.

        Requests of a client of a mock in this process use no socket. Close it, or use it in a ``with``.
        """
        return httpx.Client(**self._options(provider, options), transport=self.transport())

    def async_client(self, provider: str | None = None, **options: Any) -> httpx.AsyncClient:
        """Return an asynchronous client; it works in any asyncio loop."""
        return httpx.AsyncClient(**self._options(provider, options), transport=self.async_transport())

    def transport(self) -> httpx.BaseTransport:
        """Return what carries a client's requests there. Raises NotRunning."""
        self._require_running()
        return self._way.transport()

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return what carries an asynchronous client's requests there. Raises NotRunning."""
        self._require_running()
        return self._way.async_transport()

    # ---- what it plays

    @property
    def providers(self) -> Mapping[str, ProviderInfo]:
        """What is played, by name. Raises NotRunning."""
        self._require_running()
        return self._providers

    def provider(self, name: str) -> ProviderInfo:
        """Return what is known of a provider. Raises UnderstudyError for one that is not played, NotRunning."""
        self._require_running()
        found = self._providers.get(name)
        if found is None:
            raise UnderstudyError(f"no provider is called {name!r}; there are {', '.join(self._providers)}")
        return found

    def credentials(self, provider: str, login: int = 0) -> dict[str, str]:
        """Return headers with credentials that work in the default sandbox; see Sandbox.credentials."""
        return self.sandbox().credentials(provider, login)

    def health(self) -> dict[str, Any]:
        """Return what the server says of itself."""
        health: dict[str, Any] = self.control.ask("GET", "/health")
        return health

    def coverage(self, provider: str | None = None) -> dict[str, Any]:
        """Return how much of the contracts the traffic has exercised."""
        params = {} if provider is None else {"provider": provider}
        coverage: dict[str, Any] = self.control.ask("GET", "/coverage", params=params)
        return coverage

    # ---- its sandboxes

    def sandbox(
        self,
        name: str = DEFAULT,
        *,
        world: str | None = None,
        seed: int | None = None,
        now: datetime | str | None = None,
    ) -> Sandbox:
        """Return a sandbox by name; its first use makes it.

        With a world or a seed it is made anew; with a moment its clock stands still there. Raises
        RequestRefused for what the server does not have.
        """
        sandbox = Sandbox(self, name)
        if world is not None or seed is not None:
            sandbox.make_anew(world, seed)
        if now is not None:
            sandbox.clock.freeze(now)
        return sandbox

    def _require_running(self) -> None:
        if self._control is None:
            raise NotRunning(_IDLE)

    def _options(self, provider: str | None, options: dict[str, Any]) -> dict[str, Any]:
        return {"base_url": self.url(provider), "trust_env": False, **options}

    def _read_providers(self, control: Control) -> Mapping[str, ProviderInfo]:
        try:
            listed = control.ask("GET", "/providers")["items"]
            return {item["provider"]: ProviderInfo.of(item) for item in listed}
        except (KeyError, TypeError, RequestRefused) as error:
            if isinstance(error, RequestRefused) and (error.status == 401 or error.title == "Control API off"):
                raise Unreachable(f"{bare(self._way.url)} says: {error.detail}; in Python: admin_token=…") from None
            raise Unreachable(
                f"what answers at {bare(self._way.url)} is no Understudy of this version; "
                "give the URL that 'understudy serve' prints"
            ) from None

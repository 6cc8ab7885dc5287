"""``Understudy``: a mock in this process, or the way to one that runs elsewhere."""

import re
import socket
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from understudy.admission import Access, refuse_open, refuse_shown, usable
from understudy.bounds import OPTIONS, Bounds
from understudy.client.errors import CannotStart, NotRunning, PortTaken
from understudy.client.server import Server
from understudy.client.way import Remote
from understudy.local.stage import Stage
from understudy.local.transport import LoopTransport, ThreadTransport
from understudy.options import SERVE
from understudy.production import Playbill, Production
from understudy.source import SourceError
from understudy.web import server as sockets

NOWHERE = "http://understudy.invalid"
"""The URL of a mock without a socket: only its own clients get there (RFC 6761)."""
_DEFAULTS = {option.parameter: option.default for option in SERVE}


class Local:
    """The way to a mock in this process."""

    def __init__(self, playbill: Mapping[str, Any], address: tuple[str, int] | None) -> None:
        self.access = Access(playbill.get("admin_token"))
        self._options = playbill
        self._address = address
        self._stage: Stage | None = None
        self.url = NOWHERE

    def open(self) -> None:
        """Load the parts, listen, and play. Raises CannotStart, PortTaken."""
        try:
            if self._address is not None:
                refuse_open(self._address[0], guarded=self.access.token is not None)
                if self._options.get("show_secrets"):
                    refuse_shown(self._address[0])
            production = Production(Playbill(**self._options))
            listener = None if self._address is None else _listen(*self._address)
        except SourceError as error:
            raise CannotStart(_in_python(str(error))) from error
        self.url = sockets.url_of(listener) if listener else NOWHERE
        self._stage = Stage(production.app, listener, production.watchdog)
        self._stage.open()

    def close(self) -> None:
        """End the thread and wait for it."""
        stage, self._stage = self._stage, None
        if stage is not None:
            stage.close()

    def transport(self) -> httpx.BaseTransport:
        """Return a transport that uses no socket. Raises NotRunning."""
        return ThreadTransport(self._playing())

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return a transport that uses no socket. Raises NotRunning."""
        return LoopTransport(self._playing())

    def _playing(self) -> Stage:
        if self._stage is None:
            raise NotRunning("this Understudy is not running")
        return self._stage


class Understudy(Server):
    """A mock that plays in one background thread, as long as a ``with`` block or from ``start`` to ``stop``."""

    def __init__(
        self,
        *,
        serve: bool = True,
        host: str | None = None,
        port: int = 0,
        providers: Iterable[str] = (),
        world: str | None = None,
        seed: int | None = None,
        credentials: Mapping[str, str | Iterable[str]] | None = None,
        any_credentials: bool | None = None,
        validate_responses: bool | None = None,
        journal: int | None = None,
        max_sandboxes: int | None = None,
        sandbox_idle: float | None = None,
        handler_timeout: float | None = None,
        limits: Mapping[str, int] | None = None,
        admin_token: str | None = None,
        show_secrets: bool | None = None,
    ) -> None:
        """Take options as ``understudy serve`` does, with its defaults; nothing happens before the start.

        ``serve=False`` plays without a socket: only ``client()``, ``async_client()`` and interception
        reach it. ``port`` 0 is a free one. ``credentials`` maps a provider to a credential of your
        own, or several. ``limits`` are those on what is kept, by the names of the options: ``{"max_records": 10}``.
        """
        given = {
            "providers": _texts("providers", providers),
            "world": _kind("world", world, str),
            "seed": _kind("seed", seed, int),
            "credentials": _credentials(credentials),
            "any_credentials": _kind("any_credentials", any_credentials, bool),
            "validate": _kind("validate_responses", validate_responses, bool),
            "journal": _not_negative("journal", journal, int),
            "max_sandboxes": _not_negative("max_sandboxes", max_sandboxes, int),
            "sandbox_idle": _not_negative("sandbox_idle", sandbox_idle, int, float) or None,
            "handler_timeout": _not_negative("handler_timeout", handler_timeout, int, float),
            "admin_token": _token(admin_token),
            "bounds": _bounds(limits),
            "show_secrets": _kind("show_secrets", show_secrets, bool),
        }
        playbill = {name: value for name, value in given.items() if value is not None}
        address = (_kind("host", host, str) or _DEFAULTS["host"], _kind("port", port, int) or 0)
        super().__init__(Local(playbill, address if serve else None))

    @classmethod
    def at(cls, url: str, *, admin_token: str | None = None, cacert: str | None = None) -> "Understudy":
        """Return the same over a server that runs already; use it in a ``with``, which leaves the server running.

        ``admin_token`` is what it asks for, if it does; without it ``UNDERSTUDY_ADMIN_TOKEN`` says it. ``cacert``
        is the certificate to trust over HTTPS, else ``UNDERSTUDY_CACERT`` or ``SSL_CERT_FILE`` names it. Its start
        raises Unreachable where no Understudy answers.
        """
        understudy = cls.__new__(cls)
        Server.__init__(understudy, Remote(url, _access(admin_token, cacert)))
        return understudy

    @classmethod
    def connect(cls, url: str, *, admin_token: str | None = None, cacert: str | None = None) -> "Understudy":
        """Return the same over a server that runs already, started: for where no ``with`` fits. Raises Unreachable."""
        return cls.at(url, admin_token=admin_token, cacert=cacert).start()


def _listen(host: str, port: int) -> socket.socket:
    try:
        return sockets.listen(host, port)
    except sockets.PortTaken:
        raise PortTaken(f"port {port} on {host} is taken; give another port, or none for a free one") from None


def _bounds(given: Any) -> Bounds | None:
    limits = _kind("limits", given, Mapping) or {}
    for name, value in limits.items():
        if name not in OPTIONS:
            raise CannotStart(f"limits: there is no {name!r}; there are {', '.join(OPTIONS)}")
        _not_negative(f"limits[{name!r}]", value, int)
    return Bounds.of(limits) if limits else None


def _token(given: str | None) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise CannotStart("admin_token: must be str")
    try:
        return usable(given, "admin_token")
    except SourceError as error:
        raise CannotStart(str(error)) from None


def _access(token: str | None, cacert: str | None) -> Access:
    try:
        return Access.of(token, cacert=cacert)
    except SourceError as error:
        raise CannotStart(_in_python(str(error))) from None


def _texts(name: str, given: str | Iterable[str] | None) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, Iterable):
        raise CannotStart(f"{name}={given!r}: give a text, or several")
    return tuple(_kind(name, text, str) for text in given)


def _credentials(given: Any) -> dict[str, list[str]]:
    """Return the credentials by provider. Raises CannotStart, which tells none of them."""
    if given is not None and not isinstance(given, Mapping):
        raise CannotStart("credentials: must map a provider to a credential, or several")
    named = {name: (values,) if isinstance(values, str) else values for name, values in (given or {}).items()}
    for name, values in named.items():
        if not isinstance(values, Iterable) or not all(isinstance(value, str) for value in values):
            raise CannotStart(f"credentials[{name!r}]: give a text, or several")
    return {name: list(values) for name, values in named.items()}


def _kind(name: str, value: Any, *kinds: type) -> Any:
    """Return a value of one of these types, or None. Raises CannotStart: options may come from an untyped fixture."""
    if value is None or (isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds)):
        return value
    raise CannotStart(f"{name}={value!r}: must be {' or '.join(kind.__name__ for kind in kinds)}")


def _not_negative(name: str, value: Any, *kinds: type) -> Any:
    if _kind(name, value, *kinds) is not None and value < 0:
        raise CannotStart(f"{name}={value}: give 0 or more")
    return value


def _in_python(said: str) -> str:
    """Put the options that a message names as flags into Python's spelling."""
    return re.sub(r"--([a-z]+(?:-[a-z]+)*)", lambda flag: flag[1].replace("-", "_"), said)

"""The way to a mock: where it is, and what carries requests to it."""

from typing import Protocol

import httpx

from understudy.client.errors import NotRunning


class Way(Protocol):
    """Leads to one mock. Open from ``open`` to ``close``."""

    @property
    def url(self) -> str:
        """The URL of the server, without a slash at its end."""

    def open(self) -> None:
        """Begin. Raises UnderstudyError."""

    def close(self) -> None:
        """End, and wait for it."""

    def transport(self) -> httpx.BaseTransport:
        """Return what carries the requests of an httpx.Client there."""

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return what carries the requests of an httpx.AsyncClient there, in whatever event loop."""


class OwnTransport(httpx.HTTPTransport):
    """Goes to the mock over a socket; interception leaves it alone."""


class OwnAsyncTransport(httpx.AsyncHTTPTransport):
    """Goes to the mock over a socket; interception leaves it alone."""


class Remote:
    """The way to a server that runs already, over a socket."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._open = False

    def open(self) -> None:
        """Begin; that somebody answers there is found out by the first request."""
        self._open = True

    def close(self) -> None:
        """End: the server runs on."""
        self._open = False

    def transport(self) -> httpx.BaseTransport:
        """Return a transport over a socket. Raises NotRunning."""
        self._require_open()
        return OwnTransport(verify=self.url.startswith("https:"))

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Return a transport over a socket. Raises NotRunning."""
        self._require_open()
        return OwnAsyncTransport(verify=self.url.startswith("https:"))

    def _require_open(self) -> None:
        if not self._open:
            raise NotRunning(
                f"the way to {self.url} is not open: use `with Understudy.at(…)`, or Understudy.connect(…)"
            )

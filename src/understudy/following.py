"""The exchanges of a server that runs somewhere, as they happen: over HTTP, and again after each break."""

from collections.abc import Callable, Generator, Iterable, Iterator
from time import sleep
from typing import Any, NamedTuple

import httpx
import orjson

from understudy.admission import Access, bare
from understudy.options import ADDRESS
from understudy.remote import MARK, NotUp, RemoteError, is_mistrust, mistrust, refusal

_CONNECT = 10.0
_SILENCE = 45.0
"""Seconds after which a connection counts as dead: the server breaks its silence every 15."""
_PAUSE = 1.0


class Event(NamedTuple):
    """What is told: an ``exchange``, a ``gap`` in them, or that the connection is ``open`` or ``lost``."""

    kind: str
    data: Any = None


class Follower:
    """Follows one sandbox of a server."""

    def __init__(
        self, url: str, sandbox: str, access: Access | None = None, pause: Callable[[float], None] = sleep
    ) -> None:
        self.base = url.rstrip("/")
        self._said = bare(self.base)
        self.sandbox = sandbox
        self._access = access or Access()
        self._pause = pause
        self._last: str | None = None

    def events(self) -> Generator[Event, None, None]:
        """Yield events without end. Raises RemoteError where the server cannot be asked the first time."""
        yield from self._connection()
        while True:
            self._pause(_PAUSE)
            try:
                yield from self._connection()
            except NotUp:
                continue

    def _connection(self) -> Iterator[Event]:
        """Yield the events of one connection, until it ends. Raises RemoteError where there is none."""
        headers = {"Understudy-Sandbox": self.sandbox, "Accept": "text/event-stream, application/problem+json"}
        headers |= self._access.headers
        if self._last is not None:
            headers["Last-Event-ID"] = self._last
        timeout = httpx.Timeout(_CONNECT, read=_SILENCE)
        is_open = False
        try:
            # Proxies of the environment are for the world outside; the server is nearly always next door.
            with httpx.stream(
                "GET",
                f"{self.base}/__admin/events",
                headers=headers,
                timeout=timeout,
                trust_env=False,
                verify=self._access.verify,
            ) as response:
                self._require_events(response)
                is_open = True
                yield Event("open")
                yield from self._read(response.iter_bytes())
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise RemoteError(f"{self._said!r} is no URL of a server ({error}); write it such as {ADDRESS}") from None
        except httpx.HTTPError as error:
            if not is_open and is_mistrust(error):
                raise RemoteError(mistrust(self._said)) from None
            if not is_open:
                said = str(error) or type(error).__name__
                remedy = "start it with 'understudy serve', or give its URL"
                raise NotUp(f"nothing answers at {self._said} ({said}); {remedy}") from None
        yield Event("lost")

    def _require_events(self, response: httpx.Response) -> None:
        kind = response.headers.get("content-type", "")
        if MARK in response.headers and response.status_code == 200 and kind.startswith("text/event-stream"):
            return
        response.read()
        raise refusal(response, self._said)

    def _read(self, pieces: Iterable[bytes]) -> Iterator[Event]:
        """Yield the events of a stream; remember the last one's id."""
        kind, data = "", b""
        for line in lines(pieces):
            name, _, value = line.partition(b": ")
            if name == b"event":
                kind = value.decode()
            elif name == b"data":
                data = value
            elif name == b"id":
                self._last = value.decode()
            elif not line and data:
                yield Event(kind, orjson.loads(data))
                kind, data = "", b""


def lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a stream; nothing but a line feed ends one, whatever a text holds."""
    rest: list[bytes] = []
    for piece in pieces:
        first, *more = piece.split(b"\n")
        rest.append(first)
        for line in more:
            yield b"".join(rest)
            rest = [line]

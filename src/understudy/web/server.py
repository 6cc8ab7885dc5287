"""Serving over a socket, with uvicorn."""

import asyncio
import errno
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from uvicorn.config import Config
from uvicorn.server import Server

from understudy.limits import Limits
from understudy.source import SourceError
from understudy.web.edge import Edge
from understudy.web.garbage import settle, tidy
from understudy.web.intake import Intake
from understudy.web.protocol import Protocol
from understudy.web.traffic import Traffic

if TYPE_CHECKING:
    from ssl import SSLContext

_BACKLOG = 2048
_TICKS = 10
"""In a second, of uvicorn's loop."""
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class PortTaken(SourceError):
    """Somebody else listens on that port."""


def listen(host: str, port: int) -> socket.socket:
    """Bind a listening socket; port 0 picks a free one. Raises SourceError with a remedy where that fails."""
    if not 0 <= port <= 65535:
        raise SourceError(f"--port {port}: a port is a number from 0 to 65535")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except (OSError, UnicodeError):
        raise SourceError(f"--host {host}: no such address on this machine; use 127.0.0.1") from None
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        kind = PortTaken if getattr(error, "errno", None) == errno.EADDRINUSE else SourceError
        raise kind(_refused(host, port, error)) from None
    listener.setblocking(False)
    return listener


def spread(listener: socket.socket, count: int) -> list[socket.socket]:
    """Return a listening socket for each of so many workers, in the place of one.

    Workers that share one socket get connections as they come to it: often one takes nearly all. Linux gives each
    socket of a port its part; elsewhere they share. Raises SourceError.
    """
    if count < 2 or not sys.platform.startswith("linux"):
        return [listener] * max(1, count)
    address, family = listener.getsockname(), listener.family
    listener.close()
    try:
        return [_one_of_several(family, address) for _ in range(count)]
    except OSError as error:
        raise SourceError(_refused(address[0], address[1], error)) from None


def _one_of_several(family: int, address: Any) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(address)
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def _refused(host: str, port: int, error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"port {port} on {host} is taken; choose another with --port, or --port 0 for a free one"
    if code == errno.EACCES:
        return f"port {port} may not be used by this user; choose one above 1023 with --port"
    if code == errno.EADDRNOTAVAIL:
        return f"--host {host}: no such address on this machine; use 127.0.0.1"
    return f"cannot listen on {host}:{port}: {error}"


def url_of(listener: socket.socket, *, secure: bool = False) -> str:
    """Return the URL that a listening socket is reached at."""
    host, port = listener.getsockname()[:2]
    scheme = "https" if secure else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class _Swept(Server):
    """Looks once a second whose time is over."""

    def __init__(self, config: Config, limits: Limits) -> None:
        super().__init__(config)
        self.server_state = self._traffic = Traffic(limits)

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS == 0:
            self._traffic.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what there is no room for, then the rest."""
        self._traffic.end()
        await super().shutdown(sockets)


class _Server(_Swept):
    """Ends cleanly, exit code 0, on Ctrl-C and SIGTERM."""

    def __init__(self, config: Config, app: Edge) -> None:
        super().__init__(config, app.limits)
        self._ending = app.close

    def answered(self) -> int:
        """Return how many requests were answered."""
        return self.server_state.total_requests

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would not end by itself, then wait for the rest."""
        self._ending()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        ending = [number for number in _ENDING if number != signal.SIGHUP or not _survives_its_terminal()]
        for number in ending:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        try:
            yield
        finally:
            for number in ending:
                loop.remove_signal_handler(number)
                signal.signal(number, signal.SIG_IGN)


def _survives_its_terminal() -> bool:
    """Say whether the server was started to go on when its terminal is closed, as by ``nohup``."""
    return signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


class _Guest(_Swept):
    """Serves in a loop that is somebody else's, until an event is set; signals are none of its business."""

    def __init__(self, config: Config, app: Edge, ready: Callable[[], None], ending: asyncio.Event) -> None:
        super().__init__(config, app.limits)
        self._ready = ready
        self._ending = ending

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        self._ready()
        while not self._ending.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), 1)
            await self.on_tick(0)  # the header Date goes on


def _config(app: Edge, **options: Any) -> Config:
    return Config(
        Intake(app),
        http=Protocol,
        lifespan="off",
        access_log=False,
        server_header=False,
        date_header=False,  # the edge sends it, by the sandbox's clock
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=1,
        **options,
    )


async def serve_beside(app: Edge, listener: socket.socket, ready: Callable[[], None], ending: asyncio.Event) -> None:
    """Serve in the running loop until ``ending`` is set; call ``ready`` once requests are taken."""
    await _Guest(_config(app, log_config=None), app, ready, ending).serve(sockets=[listener])


def serve(
    app: Edge,
    listener: socket.socket,
    beside: Sequence[Callable[[], Awaitable[None]]] = (),
    tls: "SSLContext | None" = None,
) -> None:
    """Serve until a signal comes; what is ``beside`` runs along and is cancelled at the end."""
    config = _config(app, loop="uvloop", log_level="critical")
    config.load()
    if tls is not None:
        from understudy.web.handshake import behind

        config.http_protocol_class = cast("Any", behind(tls))
    settle()
    # A signal that comes while the loop is being made would be lost; it waits until its handler stands.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_run(_Server(config, app), listener, beside))


async def _run(server: _Server, listener: socket.socket, beside: Sequence[Callable[[], Awaitable[None]]]) -> None:
    tasks = [asyncio.ensure_future(one()) for one in beside]
    tasks.append(asyncio.ensure_future(tidy(server.answered)))
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

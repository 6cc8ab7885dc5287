"""TLS before a connection is one of ours: a handshake has to end in time, and counts as a connection meanwhile.

The event loop's own way tells nobody of a connection before its handshake has ended: there could be any number of them.
"""

import asyncio
from collections.abc import Callable
from ssl import SSLContext
from typing import Any, cast

from uvicorn.config import Config

from understudy.web.protocol import Protocol
from understudy.web.traffic import Traffic


def behind(tls: SSLContext) -> Callable[..., asyncio.Protocol]:
    """Return what makes a connection that begins with a handshake, as uvicorn asks for one."""

    def make(config: Config, server_state: Traffic, app_state: dict[str, Any], _loop: Any = None) -> asyncio.Protocol:
        return Handshake(tls, server_state, lambda: Protocol(config, server_state, app_state, _loop))

    return make


class Handshake(asyncio.Protocol):
    """A connection until its handshake has ended."""

    quiet_since: float | None = None

    def __init__(self, tls: SSLContext, traffic: Traffic, make: Callable[[], Protocol]) -> None:
        """``make`` returns what takes over."""
        self._tls, self._traffic, self._make = tls, traffic, make
        self._early = _Early()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, in this very callback: what the client says first may be on its way already."""
        self._transport = cast("asyncio.Transport", transport)
        loop = asyncio.get_running_loop()
        if not self._traffic.admit(self, loop.time()):
            self.cut_off()  # it could hear why only after a handshake
            return
        patience = self._traffic.limits.request_timeout
        self._shaking = loop.start_tls(
            self._transport, self._early, self._tls, server_side=True, ssl_handshake_timeout=patience
        )
        self._shaking.send(None).add_done_callback(self._shaken)

    def _shaken(self, _: object) -> None:
        """Hand over to a connection of ours."""
        self._traffic.leave(self)
        try:
            self._shaking.send(None)
        except StopIteration as ended:
            self._early.hand_over(ended.value, self._make())
        except OSError:
            self.cut_off()  # no TLS, a certificate that the client does not trust, or no end of it in time

    def sweep(self, now: float) -> None:
        """Leave it: the event loop ends it in time."""

    def close(self) -> None:
        """End it."""
        self._transport.abort()

    cut_off = close

    def unsent(self) -> int:
        """Return 0: nothing was said yet."""
        return 0


class _Early(asyncio.Protocol):
    """Keeps what comes between the end of the handshake and the callback that is told of it."""

    def __init__(self) -> None:
        self._data = b""
        self._lost = False

    def data_received(self, data: bytes) -> None:
        self._data += data

    def connection_lost(self, _: Exception | None) -> None:
        self._lost = True

    def hand_over(self, transport: asyncio.Transport, protocol: Protocol) -> None:
        """Let a connection of ours begin with what came."""
        if self._lost:
            return
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if self._data:
            protocol.data_received(self._data)

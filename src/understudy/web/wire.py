"""Connections that break: really on the wire where there is one, an exception where there is none."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from struct import pack
from typing import Any

from understudy.kernel.mint import Mint
from understudy.web.exchange import Scope, Send

TRANSPORT = "understudy.transport"
"""Where the scope's ``state`` has the connection's transport."""
_CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
_AT_ONCE = pack("ii", 1, 0)  # closed so, a connection is reset


class WireFault(Exception):
    """Stands for a connection that broke, where a client in process has none; ``name`` says how, as on the wire."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a fault broke the connection: {name}")
        self.name = name


async def break_connection(scope: Scope, send: Send, name: str, nth: int) -> None:
    """Break the connection of a request instead of answering it. Raises WireFault where there is none.

    ``nth`` numbers the exchange: the noise on the wire is the same each time.
    """
    transport = scope.get("state", {}).get(TRANSPORT)
    if transport is None:
        raise WireFault(name)
    if name in _NOISES and transport.get_extra_info("sslcontext") is not None:
        # Beside the cipher a client would see broken TLS: the noise goes through it.
        transport.write(_NOISES[name](Mint(nth, "wire")))
        transport.close()
    else:
        with suppress(OSError):  # the client may have gone
            _break(transport, name, nth)
        # No more bytes than these: what the server still writes, and what was pipelined, meets a closed transport.
        transport.abort()
    await send({"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def _break(transport: Any, name: str, nth: int) -> None:
    # The transport's own socket is out of reach in uvloop; a second descriptor leads to the same connection.
    with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as connection:
        if name in _NOISES:
            connection.send(_NOISES[name](Mint(nth, "wire")))
        else:
            _BREAKS[name](connection)


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)


def _say_nothing(_: socket.socket) -> None:
    """Leave it at closing the connection."""


def _bad_chunk(mint: Mint) -> bytes:
    return _CHUNKED + _noise(mint)


def _noise(mint: Mint) -> bytes:
    """Return bytes that begin neither a status line nor a chunk."""
    return b"\x00" + b"".join(mint.bytes("noise", nth, 64) for nth in range(8))


_BREAKS: dict[str, Callable[[socket.socket], None]] = {
    "CONNECTION_RESET_BY_PEER": _reset,
    "EMPTY_RESPONSE": _say_nothing,
}
_NOISES: dict[str, Callable[[Mint], bytes]] = {
    "MALFORMED_RESPONSE_CHUNK": _bad_chunk,
    "RANDOM_DATA_THEN_CLOSE": _noise,
}
WIRE_FAULTS = (*_BREAKS, *_NOISES)

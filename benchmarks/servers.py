"""The contenders, and how each is served: one process, one worker, one core, no access log."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.paths import ROOT

_PATIENCE = 60.0
_UVICORN_FLAGS = (
    *("--host", "127.0.0.1", "--workers", "1", "--loop", "uvloop", "--http", "httptools", "--ws", "none"),
    *("--lifespan", "off", "--no-access-log", "--no-server-header", "--log-level", "critical"),
)
"""As Understudy runs uvicorn itself."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One server of the comparison."""

    name: str
    title: str
    does: str
    command: tuple[str, ...]
    """The port is added at its end."""
    validates: bool


UNDERSTUDY = Contender(
    "understudy",
    "Understudy",
    "the contract both ways, security, state: `understudy serve --provider tyk --log-level error`, as it comes",
    (sys.executable, "-m", "understudy", "serve", "--provider", "tyk", "--log-level", "error", "--port"),
    validates=True,
)
STOCK = Contender(
    "stock",
    "stock Connexion",
    "the contract both ways, security, no state: `AsyncApp` with `validate_responses=True` over the same "
    "`openapi/tyk.yaml`, to which the benchmark adds only the `x-apikeyInfoFunc` that Connexion asks about credentials",
    (sys.executable, "-m", "uvicorn", "benchmarks.peers.stock:app", *_UVICORN_FLAGS, "--port"),
    validates=True,
)
BARE = Contender(
    "bare",
    "bare Starlette",
    "none of it: a route that returns the same data as a `JSONResponse`; its PUT reads the JSON body",
    (sys.executable, "-m", "uvicorn", "benchmarks.peers.bare:app", *_UVICORN_FLAGS, "--port"),
    validates=False,
)
PEERS = (STOCK, BARE)
CONTENDERS = (UNDERSTUDY, *PEERS)


class NotServed(Exception):
    """A contender that did not come up."""


@contextmanager
def served(contender: Contender, core: int, environment: dict[str, str]) -> Iterator[str]:
    """Serve a contender on one core and give its URL; end it, by its process id, with the block."""
    port = _free_port()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            ["taskset", "--cpu-list", str(core), *contender.command, str(port)],
            cwd=ROOT,
            env=_clean_environment() | environment,
            stdout=output,
            stderr=output,
        )
        try:
            if not _listens(process, port):
                output.seek(0)
                raise NotServed(f"{contender.title} did not come up:\n{output.read().decode(errors='replace')}")
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _clean_environment() -> dict[str, str]:
    """Return this process's environment without what changes how a contender serves."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("UNDERSTUDY_", "UVICORN_"))}


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until a process listens; say whether it does."""
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

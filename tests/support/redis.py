"""A Redis of one's own: ``redis-server`` as a subprocess on a free port of this machine."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import redis

from tests.support.served import free_port

PROGRAM = "redis-server"
_PATIENCE = 20


class RedisServer:
    """One server, with its files in a directory of its own; it can be stopped, killed, paused and started again."""

    def __init__(self, directory: Path, *options: str, program: str = PROGRAM) -> None:
        """Start none yet. ``options`` are ``redis-server``'s, such as ``--appendonly yes``."""
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = directory
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(directory)]
        self._command += ["--save", "", *options]
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes commands."""
        self._directory.mkdir(parents=True, exist_ok=True)
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(redis.RedisError):
                self.ask("PING")
                return
            time.sleep(0.02)
        raise RuntimeError(f"{self._command} did not start:\n{(self._directory / 'log').read_text()}")

    def stop(self) -> None:
        """End it cleanly."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as if it had crashed."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Let it stand still, its connections open."""
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    def ask(self, *words: str | int | bytes, password: str | None = None) -> Any:
        """Run one command."""
        if password is None and "--requirepass" in self._options:
            password = self._options[self._options.index("--requirepass") + 1]
        with redis.Redis(port=self.port, password=password, socket_timeout=5) as client:
            return client.execute_command(*words)

    def calls(self) -> dict[str, int]:
        """Return how often each command was called since it started."""
        return {name.removeprefix("cmdstat_"): said["calls"] for name, said in self.ask("INFO", "commandstats").items()}

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)
                os.kill(process.pid, number)
            process.wait(_PATIENCE)

    def _send(self, number: int) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)


@contextmanager
def redis_server(directory: Path, *options: str, program: str = PROGRAM) -> Iterator[RedisServer]:
    """Run a Redis for the block."""
    server = RedisServer(directory, *options, program=program)
    try:
        server.start()
        yield server
    finally:
        server.kill()

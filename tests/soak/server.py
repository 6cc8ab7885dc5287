"""The server that is soaked: ``understudy serve`` as a subprocess, of a copy of the sources if those are to change."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Thread

from tests.support.served import free_port, workers_of

ROOT = Path(__file__).parents[2]
_PATIENCE = 60
_UP = "Ctrl-C ends it."
_EXPECTED = re.compile(
    r"\d\d:\d\d:\d\d (---|5\d\d) [A-Z]+ \S+  .*(\(fault f\d+\)|\(forced\)|\(lost\)).* ms( #\d+)?$"
    r"|.*reloaded, still playing what was there: |.*reloaded after a change of "
)
"""Lines that say what was asked for: a fault, a forced answer, a client that hung up, a reload."""
AWAY = r"\d\d:\d\d:\d\d 503 [A-Z]+ \S+  .* ms #0$"
"""A line that says that the store was away."""
_MOST = 40


def copy_of_the_sources(folder: Path) -> Path:
    """Copy what a checkout plays from: sources, contracts, fixtures."""
    for name in ("src/understudy", "openapi", "fixtures"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


class SoakServer:
    """A server on one port; it can be killed, and started again."""

    def __init__(self, arguments: Iterable[str], sources: Path | None = None, also: str = "(?!)") -> None:
        """Start none yet. Lines that match ``also`` are expected, too."""
        self._also = re.compile(also)
        self.address = ("127.0.0.1", free_port())
        self.watched: list[str] = []
        """What was said of reloads."""
        self.odd: list[str] = []
        """Lines that nobody asked for."""
        self._command = [sys.executable, "-m", "understudy", "serve", "--port", str(self.address[1])]
        self._command += ["--log-level", "error", *arguments]
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSTUDY_")}
        self._environment["PYTHONIOENCODING"] = "utf-8"
        if sources is not None:
            self._environment["PYTHONPATH"] = str(sources / "src")
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and wait until it serves. Raises RuntimeError."""
        up = Event()
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._follower = Thread(target=self._follow, args=(self._process.stdout, up))
        self._follower.start()
        if not up.wait(_PATIENCE) or self._process.poll() is not None:
            self.kill()
            raise RuntimeError(f"{self._command} did not start: {self.odd}")

    def processes(self) -> list[int]:
        """Return the ids of its processes."""
        assert self._process is not None
        return [self._process.pid, *workers_of(self._process.pid)]

    def stop(self) -> int:
        """End it as a user would, and return its exit code."""
        return self._end(lambda process: process.terminate())

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(lambda process: process.kill())

    def wait_for(self, mark: int, patience: float = _PATIENCE) -> str | None:
        """Return what was said of a reload after the first ``mark`` times; None where nothing is said."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if len(self.watched) > mark:
                return self.watched[mark]
            time.sleep(0.02)
        return None

    def _end(self, end: Callable[[subprocess.Popen[str]], object]) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        end(process)
        try:
            code = process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        self._follower.join()
        if process.stdout is not None:
            process.stdout.close()
        return code

    def _follow(self, stream: Iterable[str], up: Event) -> None:
        for line in stream:
            text = line.rstrip("\n")
            if not up.is_set():
                if text.startswith(_UP):
                    up.set()
            elif "reloaded" in text and _EXPECTED.match(text):
                self.watched.append(text)
            elif not (_EXPECTED.match(text) or self._also.match(text)) and len(self.odd) < _MOST:
                self.odd.append(text)
        up.set()

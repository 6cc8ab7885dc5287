"""A mock of its own: ``understudy serve`` as a subprocess on a free port."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

_LAST_LINE = "Ctrl-C ends it."
_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is up: its URL, and the lines that it has printed so far, the first screen first."""

    url: str
    lines: list[str]
    process: subprocess.Popen[str]

    def shown(self, pattern: str) -> str:
        """Return everything printed, once ``pattern`` is in it; what there is, when it does not come."""
        for _ in range(100):
            if re.search(pattern, "\n".join(self.lines)):
                break
            time.sleep(0.1)
        return "\n".join(self.lines)


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def workers_of(parent: int) -> list[int]:
    """Return the process ids of a server's workers."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children]


@contextmanager
def served(*arguments: str, files: int | None = None, module: str = "understudy") -> Iterator[Served]:
    """Run ``understudy serve --port 0`` with more arguments; end it, by its process id, with the block.

    ``files`` is how many it may have open, where that is not as it is here.
    """
    command = [sys.executable, "-m", module, "serve", "--port", "0", *arguments]
    if files is not None:
        command = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh", *command]
    lines: list[str] = []
    shown = Event()
    with subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        follower = Thread(target=_follow, args=(process.stdout, lines, shown))
        follower.start()
        try:
            shown.wait(_PATIENCE)
            yield Served(_url(lines), lines, process)
        finally:
            _end(process)
            follower.join()


def _environment() -> dict[str, str]:
    """Return this process's environment without what would change the options or the look of the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UNDERSTUDY_", "FORCE_COLOR"))}
    return kept | {"PYTHONIOENCODING": "utf-8"}


def _follow(stream: Iterable[str], lines: list[str], shown: Event) -> None:
    for line in stream:
        lines.append(line.rstrip("\n"))
        if line.startswith(_LAST_LINE):
            shown.set()
    shown.set()


def _url(lines: list[str]) -> str:
    screen = "\n".join(lines)
    found = re.search(r"https?://[^\s/]+", screen)
    if _LAST_LINE not in screen or found is None:
        raise RuntimeError(f"understudy serve printed no first screen, but {screen!r}")
    return found[0]


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()

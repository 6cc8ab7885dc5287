"""How a contender is served: one process, one worker, one core, no access log."""

import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.contenders import MOCKOON, UNDERSTUDY, Contender
from benchmarks.paths import CONTRACTS, NODE, ROOT
from benchmarks.peers.examples import answering, with_answers
from benchmarks.peers.prepared import ANSWERS, CONTRACT
from benchmarks.work import Subject

_PATIENCE = 60.0
_ANSWERS, _CONTRACT, _ENVIRONMENT = "answers.json", "contract.yaml", "mockoon.json"


class NotServed(Exception):
    """A contender that did not come up."""


@dataclass(frozen=True, slots=True)
class Served:
    """A contender's process."""

    process: subprocess.Popen[bytes]
    url: str
    started: float
    """When, by time.perf_counter."""


class Stage:
    """Where contenders are served from: what the peers need to give Understudy's answers, by contract."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self, subject: Subject, answers: dict[str, Any]) -> None:
        """Write what the peers need for a contract. Raises NotServed where Mockoon cannot read it."""
        folder = self._of(subject)
        folder.mkdir()
        (folder / _ANSWERS).write_text(json.dumps(answers), encoding="utf-8")
        contract = folder / _CONTRACT
        contract.write_text(with_answers(CONTRACTS / f"{subject.contract}.yaml", answers), encoding="utf-8")
        if not (NODE / "node_modules").is_dir():
            raise NotServed("the peers are not installed: `make bench` does it, or `npm ci` in benchmarks/peers/node")
        environment = folder / _ENVIRONMENT
        command = [*MOCKOON.command[:2], "import", "--input", str(contract), "--output", str(environment)]
        made = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", env=_environment({}))
        if made.returncode:
            raise NotServed(f"mockoon-cli could not import {contract.name}:\n{made.stdout}{made.stderr}")
        imported = json.loads(environment.read_text(encoding="utf-8"))
        environment.write_text(json.dumps(answering(imported), indent=2), encoding="utf-8")

    def command(self, contender: Contender, subject: Subject, port: int) -> list[str]:
        """Return how a contender is started for a contract."""
        folder = self._of(subject)
        values = {"contract": str(folder / _CONTRACT), "environment": str(folder / _ENVIRONMENT), "port": str(port)}
        return contender.started_with(values)

    def environment(self, contender: Contender, subject: Subject) -> dict[str, str]:
        """Return what a contender finds in its environment."""
        if contender is UNDERSTUDY:
            return {}
        folder = self._of(subject)
        return {
            ANSWERS: str(folder / _ANSWERS),
            CONTRACT: str(CONTRACTS / f"{subject.contract}.yaml"),
            "BENCHMARK_BASE": contender.base(subject),
            "BENCHMARK_CREDENTIALS": " ".join(subject.credential.values()),
            "NODE_ENV": "production",
        }

    @contextmanager
    def started(self, contender: Contender, subject: Subject, core: int) -> Iterator[Served]:
        """Start a contender on one core, not waiting for it; end it, by its process id, with the block."""
        port = _free_port()
        with tempfile.TemporaryFile() as output:
            started = time.perf_counter()
            process = subprocess.Popen(
                ["taskset", "--cpu-list", str(core), *self.command(contender, subject, port)],
                cwd=ROOT,
                env=_environment(self.environment(contender, subject)),
                stdout=output,
                stderr=output,
            )
            try:
                yield Served(process, f"http://127.0.0.1:{port}", started)
                if process.poll() is not None:
                    output.seek(0)
                    raise NotServed(f"{contender.title} ended by itself:\n{output.read().decode(errors='replace')}")
            finally:
                _end(process)

    @contextmanager
    def served(self, contender: Contender, subject: Subject, core: int) -> Iterator[Served]:
        """Serve a contender, as ``started`` does, once it listens."""
        with self.started(contender, subject, core) as server:
            if _listens(server.process, int(server.url.rpartition(":")[2])):
                yield server
            elif server.process.poll() is None:
                raise NotServed(f"{contender.title} did not listen within {_PATIENCE:g} s")

    def _of(self, subject: Subject) -> Path:
        return self.folder / subject.contract


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without what changes how a contender serves, and with what it needs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UNDERSTUDY_", "UVICORN_"))}
    return {**kept, **more}


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

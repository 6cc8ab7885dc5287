"""Several processes that serve one socket: made by forking, so that what never changes is in memory once."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from time import monotonic

from understudy.source import SourceError

_ENDING = (signal.SIGINT, signal.SIGTERM)
_PATIENCE = 10
"""Seconds that workers have to end by themselves."""
_SHORT = 1.0
_FAILURES = 5
"""Workers in a row that may end within a second of their start."""


class Crew:
    """Keeps so many workers at work until a signal comes; one that dies is replaced."""

    def __init__(self, count: int, work: Callable[[], None]) -> None:
        """``work`` serves until a signal comes. Raises SourceError where processes cannot be forked."""
        if "fork" not in multiprocessing.get_all_start_methods():
            raise SourceError(f"--workers {count}: this system cannot fork processes; start several servers instead")
        self._fork = multiprocessing.get_context("fork")
        self._count = count
        self._work = work
        self._workers: dict[BaseProcess, float] = {}
        self._failures = 0
        self._ending = False

    def run(self) -> None:
        """Return when a signal has come, and every worker has ended. Raises SourceError where none keeps at work."""
        awake, waker = socket.socketpair()
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        for number in _ENDING:
            signal.signal(number, self._end)
        for _ in range(self._count):
            self._start()
        while not self._ending:
            ready = wait([awake, *(worker.sentinel for worker in self._workers)])
            if awake in ready:
                awake.recv(64)
            self._replace()
        self._end_all()

    def _start(self) -> None:
        worker = self._fork.Process(target=self._serve, daemon=True)
        worker.start()
        self._workers[worker] = monotonic()

    def _serve(self) -> None:
        signal.set_wakeup_fd(-1)
        for number in _ENDING:
            signal.signal(number, signal.SIG_DFL)
        self._work()

    def _replace(self) -> None:
        for worker, started in [*self._workers.items()]:
            if worker.is_alive() or self._ending:
                continue
            del self._workers[worker]
            self._failures = self._failures + 1 if monotonic() - started < _SHORT else 0
            if self._failures > _FAILURES:
                self._end_all()
                raise SourceError(f"workers end as soon as they begin (exit code {worker.exitcode}); see above")
            self._start()

    def _end(self, *_: object) -> None:
        self._ending = True

    def _end_all(self) -> None:
        for worker in self._workers:
            worker.terminate()
        deadline = monotonic() + _PATIENCE
        for worker in self._workers:
            worker.join(max(0.0, deadline - monotonic()))
            if worker.is_alive():
                worker.kill()


def parent_is_gone(parent: int) -> bool:
    """Say whether the process that made this one is gone, which would then be nobody's."""
    return os.getppid() != parent

"""Several processes that serve at one address: made by forking, so that what never changes is in memory once."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess, parent_process
from threading import Thread
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

    def __init__(self, count: int, work: Callable[[int], None]) -> None:
        """``work`` serves until a signal comes; it is told which worker it is, from 0 on.

        Raises SourceError where processes cannot be forked.
        """
        if "fork" not in multiprocessing.get_all_start_methods():
            raise SourceError(f"--workers {count}: this system cannot fork processes; start several servers instead")
        self._fork = multiprocessing.get_context("fork")
        self._count = count
        self._work = work
        self._workers: dict[BaseProcess, tuple[int, float]] = {}
        self._failures = 0
        self._ending = False

    def run(self) -> None:
        """Return when a signal has come, and every worker has ended. Raises SourceError where none keeps at work."""
        awake, waker = socket.socketpair()
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        for ending in _ENDING:
            signal.signal(ending, self._end)
        for number in range(self._count):
            self._start(number)
        while not self._ending:
            ready = wait([awake, *(worker.sentinel for worker in self._workers)])
            if awake in ready:
                awake.recv(64)
            self._replace()
        self._end_all()

    def _start(self, number: int) -> None:
        worker = self._fork.Process(target=self._serve, args=(number,), daemon=True)
        worker.start()
        self._workers[worker] = (number, monotonic())

    def _serve(self, number: int) -> None:
        signal.set_wakeup_fd(-1)
        for ending in _ENDING:
            signal.signal(ending, signal.SIG_DFL)
        Thread(target=_end_with_parent, daemon=True).start()
        self._work(number)

    def _replace(self) -> None:
        for worker, (number, started) in [*self._workers.items()]:
            if worker.is_alive() or self._ending:
                continue
            del self._workers[worker]
            self._failures = self._failures + 1 if monotonic() - started < _SHORT else 0
            if self._failures > _FAILURES:
                self._end_all()
                raise SourceError(f"workers end as soon as they begin (exit code {worker.exitcode}); see above")
            self._start(number)

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


def _end_with_parent() -> None:
    """End this worker, as a signal would, when the process that made it is gone: it would be nobody's."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

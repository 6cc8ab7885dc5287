"""Several processes that serve at one address: made by forking, so that what never changes is in memory once."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess, parent_process
from threading import Thread
from time import monotonic

from understudy.source import SourceError

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 10
"""Seconds that workers have to end by themselves."""
_SHORT = 1.0
_FAILURES = 5
"""Workers in a row that may end within a second of their start."""
_PAUSE = 0.05
"""Seconds before the next one is started after the first of these; twice as many after each further one."""


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
        self._paused = 0.0  # seconds, the last time
        self._awake, self._waker = socket.socketpair()
        self._ending = False

    def run(self) -> None:
        """Return when a signal has come, and every worker has ended. Raises SourceError where none keeps at work."""
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for ending in _ENDING:
            if signal.getsignal(ending) != signal.SIG_IGN:  # as nohup has it
                signal.signal(ending, self._end)
        for number in range(self._count):
            self._start(number)
        while not self._ending:
            ready = wait([self._awake, *(worker.sentinel for worker in self._workers)])
            if self._awake in ready:
                self._awake.recv(64)
            self._replace()
        self._end_all()

    def _start(self, number: int) -> None:
        worker = self._fork.Process(target=self._serve, args=(number,), daemon=True)
        worker.start()
        self._workers[worker] = (number, monotonic())

    def _serve(self, number: int) -> None:
        signal.set_wakeup_fd(-1)
        for ending in _ENDING:
            if signal.getsignal(ending) != signal.SIG_IGN:
                signal.signal(ending, signal.SIG_DFL)
        Thread(target=_end_with_parent, daemon=True).start()
        self._work(number)

    def _replace(self) -> None:
        """Start another in the place of each that has ended; later and later where they end as soon as they begin."""
        now = monotonic()
        for worker, (number, started) in [*self._workers.items()]:
            if worker.is_alive() or self._ending:
                continue
            del self._workers[worker]
            self._failures = self._failures + 1 if now - started < _SHORT + self._paused else 0
            if self._failures > _FAILURES:
                self._end_all()
                raise SourceError(f"workers end as soon as they begin (exit code {worker.exitcode}); see above")
            _say(f"worker {number} ended by itself (exit code {worker.exitcode}); another takes its place")
            self._paused = _PAUSE * 2**self._failures if self._failures else 0.0
            if self._paused and wait([self._awake], self._paused):
                return  # a signal came; what is still missing does not matter any more
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


def _say(text: str) -> None:
    with suppress(OSError):
        os.write(2, f"understudy: {text}\n".encode())


def _end_with_parent() -> None:
    """End this worker, as a signal would, when the process that made it is gone: it would be nobody's."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

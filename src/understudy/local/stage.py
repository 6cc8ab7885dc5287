"""The thread in which a mock plays: one event loop, the only one that ever touches its sandboxes."""

import asyncio
import atexit
import os
import socket
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from threading import Event, Lock, Thread
from typing import Any

from understudy.client.errors import NotRunning, UnderstudyError
from understudy.watchdog import UNWATCHED, Watchdog
from understudy.web.edge import Edge
from understudy.web.server import serve_beside


class Stage:
    """Plays in a thread of its own, from ``open`` to ``close``; over a socket if there is one."""

    def __init__(self, app: Edge, listener: socket.socket | None = None, watchdog: Watchdog = UNWATCHED) -> None:
        """``watchdog`` is set on the thread: it ends a handler that would go on for ever."""
        self.app = app
        self._listener = listener
        self._watchdog = watchdog
        self._ready = Event()
        self._failure: BaseException | None = None
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._process = os.getpid()
        self._thread = Thread(target=self._work, name="understudy", daemon=True)

    def open(self) -> None:
        """Start the thread, and wait until it plays. Raises UnderstudyError for what keeps it from playing."""
        self._thread.start()
        atexit.register(self.close)
        self._ready.wait()
        if self._failure is not None:
            self.close()

    def close(self) -> None:
        """End the thread, and wait for it. Raises UnderstudyError for what went wrong in it."""
        atexit.unregister(self.close)
        if self._elsewhere():
            return  # it is the parent's to end
        with self._lock:
            loop, self._loop = self._loop, None
            if loop is not None:
                loop.call_soon_threadsafe(self._end)
        self._thread.join()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise UnderstudyError(f"the mock's thread failed: {type(failure).__name__}: {failure}") from failure

    def submit(self, work: Callable[[], Coroutine[Any, Any, None]]) -> "Future[None]":
        """Have the loop do some work. Raises NotRunning.

        Whatever is handed in before the end is done or cancelled with it: ``close`` waits for the same lock.
        """
        if self._elsewhere():
            raise NotRunning(
                "this Understudy plays in the process that this one was forked from; "
                "start another here, or use its URL: Understudy.at(…)"
            )
        with self._lock:
            if self._loop is None:
                raise NotRunning("the Understudy in this process has ended, or has not been started")
            return asyncio.run_coroutine_threadsafe(work(), self._loop)

    def call(self, function: Callable[[], object]) -> None:
        """Have the loop call a function, if it still runs."""
        if self._elsewhere():
            return
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(function)

    def _elsewhere(self) -> bool:
        """Say whether this process is a fork: its copy of the loop has no thread, and its copy of the lock no owner."""
        return os.getpid() != self._process

    def _work(self) -> None:
        try:
            with self._watchdog.by_thread():
                asyncio.run(self._play())
        except BaseException as error:  # noqa: BLE001 - open and close raise it where somebody sees it
            self._failure = error
        finally:
            if self._listener is not None:
                self._listener.close()
            self._ready.set()

    async def _play(self) -> None:
        self._ending = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        try:
            if self._listener is None:
                self._ready.set()
                await self._ending.wait()
            else:
                await serve_beside(self.app, self._listener, self._ready.set, self._ending)
        finally:
            with self._lock:
                self._loop = None

    def _end(self) -> None:
        """End streams that would go on for ever, then everything."""
        self.app.close()
        if self._ending is not None:
            self._ending.set()

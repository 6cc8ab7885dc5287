"""The watchdog: ends a call of a provider's code that would go on for ever, as by a loop without an end.

Handlers are plain functions, played in the thread that everybody's requests pass. The thread marks the call that is in
progress by two stores, ``call = moment`` and ``call = None``; the watchdog looks at that mark a few times within the
limit, and raises ``HandlerHung`` in a call that it has seen too often.

In a server's main thread a timer of the kernel rings: its signal interrupts Python code, ``time.sleep`` and ``re``, and
is handled between two instructions of that thread, so that nothing but the call in progress can be hit. In another
thread, as of the Python API, a second thread looks, and only Python code that lets the error pass is interrupted.
C code that never looks for signals is interrupted by nothing. While a debugger or a console has a call, its time stands
still.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread, get_ident
from types import FrameType

SECONDS = 5
"""That a call may take."""
_LOOKS = 4
"""How often a call is seen within the limit."""
_INSTANT = 2e-6
_AGAIN = 0.01
"""Seconds after which another thread's call that caught what should end it is ended again."""
_DEBUGGERS = frozenset({"bdb", "pdb", "pydevd", "code", "IPython"})
"""The modules in whose functions a call stands that somebody looks at; debugpy and PyCharm have pydevd."""


class HandlerHung(BaseException):
    """Raised in a call that takes too long; no Exception, so that a handler's own ``except Exception`` lets it pass."""


class _Calmed(BaseException):
    """Takes the place of what was about to be raised."""


def _to_stderr(text: str) -> None:
    with suppress(OSError):
        os.write(2, f"understudy: {text}\n".encode(errors="backslashreplace"))  # in the middle of whatever is printed


class Watchdog:
    """Watches one thread, which marks what it calls; does nothing until it is set on that thread."""

    __slots__ = ("_allowed", "_lock", "_looks", "_say", "_seen", "_strikes", "_thread", "call", "limit", "struck")

    def __init__(self, limit: float = 0, say: Callable[[str], None] = _to_stderr) -> None:
        """``limit`` is how many seconds a call may take; 0: any."""
        self.limit = limit
        self.call: object = None
        """The call in progress: an object that no other call has."""
        self.struck = False
        """Whether another thread has interrupted a call, or is about to: then ``calm`` ends it."""
        self._say = say
        self._thread = 0
        self._lock = Lock()
        self._seen: object = None
        self._looks = self._strikes = 0
        self._allowed = _LOOKS

    @contextmanager
    def by_signal(self) -> Iterator[None]:
        """Watch this thread, the main one of its process, within the block."""
        if not self.limit:
            yield
            return
        self._thread = get_ident()
        pause = self.limit / _LOOKS
        before = signal.signal(signal.SIGALRM, self._alarmed)
        signal.setitimer(signal.ITIMER_REAL, pause, pause)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    @contextmanager
    def by_thread(self) -> Iterator[None]:
        """Watch this thread, whichever it is, from another one, within the block."""
        if not self.limit:
            yield
            return
        self._thread = get_ident()
        ending = Event()
        looking = Thread(target=self._look_on, args=(ending,), name="understudy-watchdog", daemon=True)
        looking.start()
        try:
            yield
        finally:
            ending.set()
            looking.join()

    @contextmanager
    def over(self, times: int = 1) -> Iterator[None]:
        """Mark the block as a call that may take so many times the limit. Raises HandlerHung out of it.

        Nothing is marked in a thread that is not watched.
        """
        if get_ident() != self._thread:
            yield
            return
        outer, allowed = self.call, self._allowed
        self._allowed = _LOOKS * times
        self.call = object()
        try:
            yield
        finally:
            self.call = outer
            self._allowed = allowed
            if self.struck:
                self.calm()

    def calm(self) -> None:
        """Take back what another thread was about to raise in this one: the call has ended."""
        if get_ident() != self._thread:
            return
        with self._lock:
            self.struck = False
            # Taken back without another in its place, Python would look for it at every step for ever after, and
            # with a trace set (a debugger, coverage) come no further.
            with suppress(_Calmed):
                _interrupt(self._thread, _Calmed)
                while True:  # until it is raised, here
                    pass

    def _alarmed(self, _: int, frame: FrameType | None) -> None:
        """Raise HandlerHung where the thread is, if that is in a call that takes too long."""
        if not self._is_over(frame):
            return
        self._strikes += 1
        self._tell(frame)
        if self._strikes > 1:
            # It was caught, and the call goes on. It comes again and again within microseconds, never after the same
            # number of them, until it comes where nothing catches it.
            signal.setitimer(signal.ITIMER_REAL, _INSTANT * (1 + self._strikes * 7 % 23), self.limit / _LOOKS)
        raise HandlerHung

    def _look_on(self, ending: Event) -> None:
        while not ending.wait(_AGAIN if self._strikes else self.limit / _LOOKS):
            if self._is_over(self._frame()):
                self._strike()

    def _strike(self) -> None:
        with self._lock:
            self.struck = True  # before the look at the call: it ends either before that, or by ``calm``
            if self.call is self._seen:
                self._strikes += 1
                self._tell(self._frame())
                _interrupt(self._thread, HandlerHung)
            else:
                self.struck = False

    def _frame(self) -> FrameType | None:
        return sys._current_frames().get(self._thread)  # noqa: SLF001 - how Python shows another thread

    def _is_over(self, frame: FrameType | None) -> bool:
        call = self.call
        if call is None or call is not self._seen:
            self._seen, self._looks, self._strikes = call, 0, 0
            return False
        if _is_looked_at(frame):
            return False
        self._looks += 1
        return self._looks >= self._allowed

    def _tell(self, frame: FrameType | None) -> None:
        if self._strikes == 2 and frame is not None:
            code = frame.f_code
            place = f"{code.co_name} ({code.co_filename}:{frame.f_lineno})"
            self._say(
                f"{place} was to end after {self.limit:g} s, and went on: it catches BaseException; let that pass"
            )


def _is_looked_at(frame: FrameType | None) -> bool:
    """Say whether a debugger or a console has what runs."""
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] in _DEBUGGERS:
            return True
        frame = frame.f_back
    return False


def _interrupt(thread: int, error: type[BaseException]) -> None:
    """Have a thread raise an error as soon as it runs Python code."""
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


UNWATCHED = Watchdog()
"""Marked by calls that nobody watches."""

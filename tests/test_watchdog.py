"""The watchdog: what it ends, what it leaves alone, in a server's main thread and in another thread."""

import code
import faulthandler
import pdb  # noqa: T100 - one that is left alone
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import StringIO
from threading import Event, Thread

import pytest

from understudy.watchdog import HandlerHung, Watchdog

LIMIT = 0.1
_OFTEN = 50


def loop() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(3600)


def backtrack() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


def wait() -> None:
    Event().wait()


def shrug() -> None:
    """Go on after an ordinary catch of everything that is an error."""
    while True:
        with suppress(Exception):
            loop()


def cling() -> None:
    """Catch whatever comes, and go on."""
    while True:
        try:
            while True:
                try:
                    time.sleep(3600)
                except BaseException:  # noqa: BLE001, S112
                    continue
        except BaseException:  # noqa: BLE001, S112
            continue


def cling_and_compute() -> None:
    while True:
        try:
            loop()
        except BaseException:  # noqa: BLE001, S112
            continue


def linger() -> None:
    try:
        loop()
    finally:
        loop()


def call(watchdog: Watchdog, act: Callable[[], None]) -> str:
    """Play one call as an operation does, with its mark; return how it ended."""
    watchdog.call = object()
    try:
        act()
        watchdog.call = None
        if watchdog.struck:
            watchdog.calm()
    except BaseException as error:  # noqa: BLE001
        watchdog.call = None
        if watchdog.struck:
            watchdog.calm()
        return type(error).__name__
    return "ended"


@contextmanager
def bounded() -> Iterator[None]:
    """End the test run where a watchdog fails: the test would go on for ever."""
    faulthandler.dump_traceback_later(60, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.mark.parametrize("act", [loop, sleep, backtrack, wait, shrug, cling, cling_and_compute, linger])
def test_whatever_goes_on_for_ever_in_the_main_thread_is_ended(act: Callable[[], None]) -> None:
    watchdog = Watchdog(LIMIT, lambda _: None)
    with bounded(), watchdog.by_signal():
        assert ["HandlerHung"] * 3 == [call(watchdog, act) for _ in range(3)]
        assert "ended" == call(watchdog, lambda: None)


@pytest.mark.parametrize("act", [loop, shrug, linger])
def test_python_that_goes_on_for_ever_in_another_thread_is_ended(act: Callable[[], None]) -> None:
    watchdog = Watchdog(LIMIT, lambda _: None)
    ends: list[str] = []

    def work() -> None:
        with watchdog.by_thread():
            ends.extend(call(watchdog, act) for _ in range(3))
            ends.append(call(watchdog, lambda: None))

    with bounded():
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert ["HandlerHung", "HandlerHung", "HandlerHung", "ended"] == ends


def test_one_that_catches_its_end_is_named_once() -> None:
    said: list[str] = []
    watchdog = Watchdog(LIMIT, said.append)
    with bounded(), watchdog.by_signal():
        call(watchdog, sleep)
        assert [] == said
        call(watchdog, cling)
    (line,) = said
    assert re.fullmatch(
        r"cling \(.*test_watchdog\.py:\d+\) was to end after 0\.1 s, and went on: it catches BaseException; .*", line
    )


def test_a_call_that_ends_in_time_is_left_alone_however_many_there_are() -> None:
    watchdog = Watchdog(LIMIT)
    until = time.monotonic() + 10 * LIMIT
    ends = set()
    with bounded(), watchdog.by_signal():
        while time.monotonic() < until:
            ends.add(call(watchdog, lambda: time.sleep(LIMIT / 10)))
    assert {"ended"} == ends


def test_nothing_is_raised_between_calls() -> None:
    watchdog = Watchdog(LIMIT)
    with bounded(), watchdog.by_signal():
        until = time.monotonic() + 5 * LIMIT
        while time.monotonic() < until:
            pass


def test_calls_that_end_just_as_they_are_ended_leave_nothing_behind_in_another_thread() -> None:
    """Whatever becomes of a call at its limit, nothing is raised after it: not in the next one, not between two."""
    watchdog = Watchdog(0.004)
    ends: list[str] = []

    def spin(seconds: float) -> None:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            pass

    def work() -> None:
        with watchdog.by_thread():
            seconds = 0.004
            while min(ends.count("ended"), ends.count("HandlerHung")) < _OFTEN:
                ends.append(call(watchdog, partial(spin, seconds)))
                seconds *= 0.98 if ends[-1] == "HandlerHung" else 1.02  # about where it may end or be ended
                assert not watchdog.struck
                assert "ended" == call(watchdog, lambda: None)
                spin(0.0001)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with bounded():
            thread = Thread(target=work)
            thread.start()
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert {"HandlerHung", "ended"} == set(ends)


def test_who_traces_a_thread_comes_on_after_a_call_in_it_was_to_be_ended() -> None:
    """As debuggers and coverage do; in a process of its own, which would hang."""
    program = """if True:
        import sys, threading
        from understudy.watchdog import Watchdog

        watchdog = Watchdog(1)
        watchdog._thread, watchdog.struck = threading.get_ident(), True
        watchdog.calm()
        lines = []
        sys.settrace(lambda frame, event, _: lines.append(event))
        (lambda: sorted([2, 1]))()
        sys.settrace(None)
        print(watchdog.struck, lines)
    """
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert "False ['call']" == ended.stdout.strip()


def test_a_block_may_take_so_many_times_the_limit_and_is_ended_then() -> None:
    watchdog = Watchdog(LIMIT)
    with bounded(), watchdog.by_signal():
        with watchdog.over(20):
            time.sleep(3 * LIMIT)
        with pytest.raises(HandlerHung), watchdog.over(2):
            loop()
        assert watchdog.call is None
        assert "HandlerHung" == call(watchdog, loop)


def test_a_block_in_a_thread_that_is_not_watched_takes_as_long_as_it_does() -> None:
    watchdog = Watchdog(LIMIT)
    marks: list[object] = []

    def work() -> None:
        with watchdog.over():
            marks.append(watchdog.call)

    with watchdog.by_signal():
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert [None] == marks


class _Terminal:
    """Somebody who thinks for longer than a call may take, then lets it go on."""

    def readline(self) -> str:
        time.sleep(10 * LIMIT)
        return "continue\n"


def debug() -> None:
    pdb.Pdb(stdin=_Terminal(), stdout=StringIO(), nosigint=True, readrc=False).set_trace()  # type: ignore[arg-type]
    sys.settrace(None)


def consult() -> None:
    """Stand in a console."""
    code.interact(readfunc=lambda _: _quit(_Terminal().readline()), banner="", exitmsg="")


def _quit(_: str) -> str:
    raise EOFError


@pytest.mark.parametrize("act", [debug, consult])
def test_a_call_that_stands_in_a_debugger_is_left_alone(act: Callable[[], None]) -> None:
    ends: list[str] = []

    def work() -> None:
        watchdog = Watchdog(LIMIT)
        with watchdog.by_thread():
            ends.append(call(watchdog, act))
            ends.append(call(watchdog, loop))

    watchdog = Watchdog(LIMIT)
    before = sys.gettrace()
    try:
        with bounded(), watchdog.by_signal():
            ends.append(call(watchdog, act))
            ends.append(call(watchdog, loop))
    finally:
        sys.settrace(before)
    with bounded():
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert ["ended", "HandlerHung"] * 2 == ends


def test_without_a_limit_nothing_is_set() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with Watchdog(0).by_signal():
        assert before is signal.getsignal(signal.SIGALRM)
    with Watchdog(LIMIT).by_signal():
        assert (LIMIT / 4, LIMIT / 4) >= signal.getitimer(signal.ITIMER_REAL)
        assert before is not signal.getsignal(signal.SIGALRM)
    assert ((0.0, 0.0), before) == (signal.getitimer(signal.ITIMER_REAL), signal.getsignal(signal.SIGALRM))

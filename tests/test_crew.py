"""Workers that end by themselves: replaced, told of, and given up where none keeps at work."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.support.served import workers_of

_SCRIPT = """
import os, sys, time
from understudy.source import SourceError
from understudy.web.workers import Crew

def work(number):
    {work}

try:
    Crew(2, work).run()
except SourceError as error:
    print(error)
"""


def test_one_that_is_killed_is_replaced_and_told_of(tmp_path: Path) -> None:
    said = tmp_path / "said"
    with said.open("wb") as errors:
        crew = subprocess.Popen([sys.executable, "-c", _SCRIPT.format(work="time.sleep(60)")], stderr=errors)
        try:
            first = _two(crew.pid, ())
            os.kill(first[0], 9)
            second = _two(crew.pid, first)
            assert first[1] in second
            crew.terminate()
            assert 0 == crew.wait(60)
        finally:
            crew.kill()
    assert said.read_text() in {
        f"understudy: worker {number} ended by itself (exit code -9); another takes its place\n" for number in (0, 1)
    }


def _two(crew: int, before: tuple[int, ...] | list[int]) -> list[int]:
    """Wait until there are two workers, not both of them those before; return their process ids."""
    deadline = time.monotonic() + 60
    while True:
        found = sorted(workers_of(crew))
        if len(found) == 2 and found != sorted(before):
            return found
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_those_that_end_as_soon_as_they_begin_come_slower_and_slower_and_are_given_up(tmp_path: Path) -> None:
    work = f"print(time.monotonic(), file=open({str(tmp_path / 'begun')!r}, 'a'), flush=True); os._exit(3)"
    shown = subprocess.run(
        [sys.executable, "-c", _SCRIPT.format(work=work)], capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    assert "workers end as soon as they begin (exit code 3); see above\n" == shown.stdout
    assert 5 == shown.stderr.count("ended by itself (exit code 3); another takes its place")
    begun = [float(line) for line in (tmp_path / "begun").read_text().split()]
    assert 7 == len(begun)
    assert begun[-1] - begun[0] >= 0.1 + 0.2 + 0.4 + 0.8 + 1.6, "pauses between them grow"

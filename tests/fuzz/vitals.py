"""What a server takes of the machine: descriptors, memory, time."""

import os
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def descriptors(process: int) -> int:
    """Return how many file descriptors a process has open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def memory(process: int) -> int:
    """Return how many bytes of a process are in memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def busy(process: int, seconds: float) -> float:
    """Return which share of so many seconds a process works."""
    before = _worked(process)
    time.sleep(seconds)
    return (_worked(process) - before) / seconds


def _worked(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS

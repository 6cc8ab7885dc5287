"""What a server takes: memory, file descriptors, threads, CPU time; and whether it is more than it should be."""

import os
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import monotonic
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
FEW = 4
"""File descriptors that there may be more of at the end."""
POOL = 8
"""Threads that there may be more of: pools that grew."""
BUSY = 0.2
"""Share of a core that an idle server may take."""


class Vitals(NamedTuple):
    """What the processes of a server take, taken together, at one moment."""

    at: float
    memory: float
    """MB."""
    files: int
    threads: int
    cpu: float
    """Seconds since the start."""


def measure(processes: Sequence[int]) -> Vitals:
    """Measure these processes."""
    folders = [Path(f"/proc/{process}") for process in processes]
    stats = [(folder / "stat").read_text().rpartition(")")[2].split() for folder in folders]
    return Vitals(
        monotonic(),
        sum(int((folder / "statm").read_text().split()[1]) for folder in folders) * _PAGE / 1e6,
        sum(len(list((folder / "fd").iterdir())) for folder in folders),
        sum(int(stat[17]) for stat in stats),
        sum(int(stat[11]) + int(stat[12]) for stat in stats) / _TICKS,
    )


class Growth(NamedTuple):
    """Memory after the warm-up (the median of the second fifth) and at the end (of the last)."""

    before: float
    after: float

    @property
    def ratio(self) -> float:
        """How many times as much it is at the end."""
        return self.after / self.before


def growth_of(samples: Sequence[Vitals]) -> Growth:
    """Return how memory grew over these samples, which are evenly spread."""
    fifth = len(samples) // 5
    if not fifth:
        raise ValueError(f"{len(samples)} samples are too few")
    memory = [sample.memory for sample in samples]
    return Growth(median(memory[fifth : 2 * fifth]), median(memory[-fifth:]))


def complaints(growth: Growth, most: float, start: Vitals, idle: Sequence[Vitals], files: int = FEW) -> list[str]:
    """Say what is more than it should be, ``idle`` being two measurements when everybody was gone.

    There may be ``files`` more file descriptors then.
    """
    told = []
    if growth.ratio > most:
        told.append(f"memory grew from {growth.before:.1f} to {growth.after:.1f} MB, {growth.ratio:.2f} times")
    if idle[-1].files > start.files + files:
        told.append(f"file descriptors: {start.files} at the start, {idle[-1].files} when all clients were gone")
    if idle[-1].threads > start.threads + POOL:
        told.append(f"threads: {start.threads} at the start, {idle[-1].threads} at the end")
    if (share := share_of(idle)) > BUSY:
        told.append(f"idle, the server takes {share:.0%} of a core")
    return told


def share_of(idle: Sequence[Vitals]) -> float:
    """Return the share of a core that was taken between two measurements."""
    return (idle[-1].cpu - idle[0].cpu) / (idle[-1].at - idle[0].at)

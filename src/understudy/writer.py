"""Writes to a terminal, pipe or file that may stand still, be full or be gone, and never keeps anybody waiting."""

import errno
import os
from collections import deque
from contextlib import suppress
from threading import Condition, Thread
from typing import TextIO

_MOST = 1_000_000
"""Characters that wait to be written; what comes on top is left out."""
_PATIENCE = 1.0
"""Seconds that the last lines may take at the end."""
_GONE = (errno.EPIPE, errno.EBADF, errno.EIO)


class Writer:
    """Writes in a thread of its own: a terminal stopped by Ctrl-S, or a pipe that nobody reads, holds only that up."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._fd = _descriptor(stream)
        self._pieces: deque[str] = deque()
        self._size = self._left_out = 0
        self._news = Condition()
        self._process = 0
        self.gone = False
        """Whether nobody reads it any more."""

    def write(self, piece: str) -> None:
        """Have a piece written soon, whole; at once where the stream is in memory."""
        if self._fd is None:
            self._write_here(piece)
            return
        if self._process != os.getpid():
            self._begin()
        with self._news:
            if self._size + len(piece) > _MOST:
                self._left_out += piece.count("\n")
                return
            self._pieces.append(piece)
            self._size += len(piece)
            self._news.notify()

    def _begin(self) -> None:
        """Begin in this process: a fork has no thread yet, and what waited is its parent's to write."""
        self._process = os.getpid()
        self._news = Condition()
        self._pieces.clear()
        self._size = self._left_out = 0
        Thread(target=self._work, name="understudy-terminal", daemon=True).start()

    def drain(self, seconds: float = _PATIENCE) -> None:
        """Wait until all is written, but no longer than so many seconds."""
        if self._process != os.getpid():
            return
        with self._news:
            self._news.wait_for(lambda: self.gone or not self._size, seconds)

    def _work(self) -> None:
        while not self.gone:
            with self._news:
                self._news.wait_for(lambda: self._pieces)
                piece, left_out = self._pieces.popleft(), 0
                if not self._pieces:
                    left_out, self._left_out = self._left_out, 0
            note = f"understudy: {left_out} lines were left out here: nobody read them in time\n" if left_out else ""
            self._put(piece + note)
            with self._news:
                self._size -= len(piece)
                self._news.notify_all()

    def _put(self, text: str) -> None:
        """Write to the descriptor: what a buffer holds of a write that failed would be written again later."""
        data = text.encode(self._stream.encoding or "utf-8", "backslashreplace")
        try:
            while data:
                data = data[os.write(self._fd or 0, data) :]
        except OSError as error:  # a full disk may have room again
            self.gone = error.errno in _GONE

    def _write_here(self, piece: str) -> None:
        try:
            self._stream.write(piece)
            self._stream.flush()
        except (OSError, ValueError):
            self.gone = True


def _descriptor(stream: TextIO) -> int | None:
    with suppress(OSError, ValueError, AttributeError):  # of what is no file
        return stream.fileno()
    return None

"""The program: what the ``understudy`` command does, and ``python -m understudy``."""

import os
import signal


def run() -> None:
    """Run the program. From its first moment a signal ends it without a word, until a server has its own way."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    from understudy.cli import run as run_command

    run_command()


def _leave(*_: object) -> None:
    """End at once. An exception would be lost where a signal interrupts a finalizer; nothing needs undoing yet."""
    os._exit(0)


if __name__ == "__main__":
    run()

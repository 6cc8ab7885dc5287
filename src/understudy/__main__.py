"""``python -m understudy``."""

from understudy.cli import run

run()

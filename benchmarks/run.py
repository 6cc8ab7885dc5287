"""Requests a second alone: ``python -m benchmarks.run [--rounds N] [--seconds N]``."""

import sys

from benchmarks.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["throughput", *sys.argv[1:]]))

"""``make fuzz``: about ten minutes of it. ``--seconds`` says how long, ``--seed`` from where, ``-k`` which tests alone.

A finding tells how it is played again.
"""

import argparse
import importlib.util
import subprocess
import sys

from tests.fuzz.guided import ATHERIS
from tests.fuzz.targets import TARGETS

_PYTEST = [sys.executable, "-m", "pytest", "-q", "-s"]


def main() -> int:
    """Run everything that is asked for, to its end; return 1 where something was found."""
    told = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    told.add_argument("--seconds", type=int, default=600)
    told.add_argument("--seed", type=int, default=1)
    told.add_argument("-k", default="")
    options = told.parse_args()
    seed = f"--seed={options.seed}"
    if options.k:
        return _run([*_PYTEST, "tests/fuzz", seed, f"--fuzz-seconds={min(options.seconds, 20)}", "-k", options.k])
    share = options.seconds / 4
    each = share / len(TARGETS)
    runs = [
        [*_PYTEST, "tests/fuzz", seed, f"--fuzz-seconds={share}", "-k", "not test_targets"],
        [*_PYTEST, "tests/fuzz/test_targets.py", seed, f"--fuzz-seconds={each * 4}"],
        *_guided(max(1, int(each)), options.seed),
        [*_PYTEST, "tests/conformance", seed, f"--examples={max(10, int(share))}"],
    ]
    return max([_run(command) for command in runs])


def _guided(seconds: int, seed: int) -> list[list[str]]:
    """Return the commands that follow coverage; none where there is no atheris for this Python."""
    if importlib.util.find_spec(ATHERIS) is None:
        sys.stdout.write("no atheris here: the targets are tried by Hypothesis alone\n")
        return []
    command = [sys.executable, "-m", "tests.fuzz.guided"]
    return [[*command, target.name, f"--seconds={seconds}", f"--seed={seed}"] for target in TARGETS]


def _run(command: list[str]) -> int:
    sys.stdout.write(f"{' '.join(command[1:])}\n")
    sys.stdout.flush()
    return int(subprocess.run(command, check=False).returncode != 0)


if __name__ == "__main__":
    sys.exit(main())

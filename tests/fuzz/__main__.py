"""``make fuzz``: a quarter of an hour. ``--seconds`` says how long, ``--seed`` from where, ``-k`` which tests alone.

A finding tells how it is played again.
"""

import argparse
import importlib.util
import re
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
        [*_PYTEST, "tests/conformance", seed, f"--examples={max(10, int(share / 3))}", "-k", "made_up or chains"],
    ]
    return max(*[_run(command) for command in runs], _follow_coverage(max(1, int(each)), options.seed))


def _follow_coverage(seconds: int, seed: int) -> int:
    """Try each target once more; show how often, and all that is told where something is found."""
    if importlib.util.find_spec(ATHERIS) is None:
        print("no atheris here: the targets are tried by Hypothesis alone")
        return 0
    found = 0
    for target in TARGETS:
        command = [sys.executable, "-m", "tests.fuzz.guided", target.name, f"--seconds={seconds}", f"--seed={seed}"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
        tried = re.search(r"DONE +cov: (\d+).* corp: (\d+)/.*^Done (\d+) runs", done.stderr, re.DOTALL | re.MULTILINE)
        if done.returncode or tried is None:
            print(f"{' '.join(command[1:])}\n{done.stdout}{done.stderr}")
            found = 1
        else:
            print(f"{target}: {tried[3]} values from seed {seed}, {tried[2]} of which led to other lines", flush=True)
    return found


def _run(command: list[str]) -> int:
    print(" ".join(command[1:]), flush=True)
    return int(subprocess.run(command, check=False).returncode != 0)


if __name__ == "__main__":
    sys.exit(main())

"""The targets once more, led by coverage: ``python -m tests.fuzz.guided NAME --seconds N --seed N``, with atheris.

Atheris changes bytes of which Hypothesis makes values, and keeps those that reach lines which none had reached before.
The bytes of a finding are kept in a file; ``--again FILE`` plays it again.
"""

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

ATHERIS = "atheris"
_ARTIFACTS = Path("build")


def main() -> None:
    """Follow coverage in one target until the time is over; end with a status other than 0 for a finding."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("target")
    told.add_argument("--seconds", type=int, default=10)
    told.add_argument("--seed", type=int, default=1)
    told.add_argument("--again", type=Path)
    options = told.parse_args()
    _ARTIFACTS.mkdir(exist_ok=True)
    atheris: Any = importlib.import_module(ATHERIS)
    with atheris.instrument_imports(include=["understudy"]):
        from tests.fuzz.targets import TARGETS
    (target,) = [target for target in TARGETS if target.name == options.target]
    one_input = target.test().hypothesis.fuzz_one_input
    if options.again:
        one_input(options.again.read_bytes())
        return
    arguments = [
        f"-max_total_time={options.seconds}",
        f"-seed={options.seed}",
        "-max_len=4096",
        "-len_control=0",
        "-verbosity=1",
    ]
    arguments += ["-timeout=60", "-rss_limit_mb=4096", f"-artifact_prefix={_ARTIFACTS}/fuzz-{target.name}-"]
    atheris.Setup([sys.argv[0], *arguments], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""The targets once more, led by coverage: ``python -m tests.fuzz.guided NAME --seconds N --seed N``, with atheris.

Atheris changes bytes of which Hypothesis makes values, and keeps those that reach lines which none had reached before.
"""

import argparse
import importlib
import sys
from typing import Any

ATHERIS = "atheris"


def main() -> None:
    """Follow coverage in one target until the time is over; end with a status other than 0 for a finding."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("target")
    told.add_argument("--seconds", type=int, default=10)
    told.add_argument("--seed", type=int, default=1)
    options = told.parse_args()
    atheris: Any = importlib.import_module(ATHERIS)
    with atheris.instrument_imports(include=["understudy"]):
        from tests.fuzz.targets import TARGETS
    (target,) = [target for target in TARGETS if target.name == options.target]
    arguments = [f"-max_total_time={options.seconds}", f"-seed={options.seed}", "-max_len=4096", "-len_control=0"]
    arguments += ["-timeout=60", "-rss_limit_mb=4096", "-artifact_prefix=build/fuzz-"]
    atheris.Setup([sys.argv[0], *arguments], target.test().hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

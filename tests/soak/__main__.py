"""``make soak``: both variants one after the other, half an hour each; see ``python -m tests.soak --help``."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.soak.run import VARIANTS, Outcome, Plan, soak
from tests.soak.table import table

_DEFAULT = ("memory", "file")


def main() -> int:
    """Run what is asked for, print what came of it; return 1 where something was found."""
    options = _options()
    found = 0
    for variant in options.variant or _DEFAULT:
        plan = Plan(variant, options.minutes * 60, options.seed, options.growth)
        sys.stdout.write(f"soaking {variant} for {options.minutes:g} minutes, seed {options.seed} …\n")
        sys.stdout.flush()
        outcome = _run(plan)
        sys.stdout.write(table(outcome))
        sys.stdout.flush()
        found += len(outcome.tally.findings)
    return 1 if found else 0


def _run(plan: Plan) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="understudy-soak-") as folder:
        return soak(plan, Path(folder))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="how long each variant is soaked (30)")
    parser.add_argument("--variant", action="append", choices=VARIANTS, help="repeat for more (memory, file)")
    parser.add_argument("--seed", type=int, default=1, help="what everybody does is a function of it (1)")
    parser.add_argument("--growth", type=float, default=1.1, help="times as much memory as after the warm-up (1.1)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""Gets everything ready to be served with the fixtures of a folder, and prints the seconds of CPU time that took."""

import sys
from pathlib import Path
from time import process_time

from understudy.parts import Places
from understudy.production import Playbill, Production


def main(folder: str, world: str) -> None:
    """Do as ``understudy serve`` does, up to where it would listen."""
    production = Production(Playbill(world=world, places=Places(Places.default().openapi, Path(folder))))
    production.state_hash()
    print(process_time())


if __name__ == "__main__":
    main(*sys.argv[1:])

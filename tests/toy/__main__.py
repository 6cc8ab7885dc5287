"""``python -m tests.toy serve``: ``understudy serve``, but of the toy; its last thing's name says how it misbehaves.

``TOY`` names a folder with ``openapi``, ``fixtures`` and a package ``toy_parts`` in place of the toy's own.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.support.toy import PLACES
from tests.toy.misbehaviour import by_name
from tests.toy.parts import toy
from understudy import cli
from understudy.parts import Places

FOLDER = os.environ.get("TOY")
if FOLDER:
    sys.path.insert(0, FOLDER)
    PLACES = Places(Path(FOLDER) / "openapi", Path(FOLDER) / "fixtures", "toy_parts")
toy.script = by_name
_playbill = cli._playbill


def _of_the_toy(given: dict[str, Any]) -> Any:
    return replace(_playbill(given), places=PLACES)


cli._playbill = _of_the_toy

if __name__ == "__main__":
    cli.run()

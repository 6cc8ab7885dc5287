"""The answers that the peers give: what Understudy answered to the same requests."""

import json
import os
from pathlib import Path
from typing import Any

VARIABLE = "BENCHMARK_ANSWERS"
"""Names the file in the environment of a peer: JSON, an answer by the name of its work."""


def prepared() -> dict[str, Any]:
    """Return every answer by the name of its work."""
    answers: dict[str, Any] = json.loads(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"))
    return answers

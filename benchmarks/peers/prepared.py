"""The answers that the peers give: what Understudy answered to the same requests."""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

ANSWERS = "BENCHMARK_ANSWERS"
"""Names the file in the environment of a peer: JSON, by operation the method, status and body of its answer."""
CONTRACT = "BENCHMARK_CONTRACT"
"""Names the contract in the environment of a peer: a file."""


class Prepared(NamedTuple):
    """The answer to one operation."""

    method: str
    path: str
    """That of the request, below the place at which the contract's paths begin."""
    status: int
    body: Any


def prepared() -> dict[str, Prepared]:
    """Return every answer by its operation."""
    answers = json.loads(Path(os.environ[ANSWERS]).read_text(encoding="utf-8"))
    return {operation: Prepared(**answer) for operation, answer in answers.items()}

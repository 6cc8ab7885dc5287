"""How often something was expected, and the sentence where it was not so."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.client.errors import VerificationFailed


def expected(times: int | None, at_least: int | None, at_most: int | None) -> dict[str, Any]:
    """Return the control API's ``times``. Raises TypeError for a number and a range at once."""
    bounds = {"atLeast": at_least, "atMost": at_most}
    limits = {name: bound for name, bound in bounds.items() if bound is not None}
    if times is not None and limits:
        raise TypeError("give times, or at_least and at_most, not both")
    if times is not None:
        return {"times": times}
    return {"times": limits} if limits else {}


def failure(sandbox: str, criteria: Mapping[str, Any], problem: Mapping[str, Any]) -> VerificationFailed:
    """Return the exception for what the control API says of a failed verification."""
    nearest = problem.get("nearest", ())
    return VerificationFailed("\n".join(_lines(sandbox, criteria, problem)), problem.get("count", 0), nearest)


def _lines(sandbox: str, criteria: Mapping[str, Any], problem: Mapping[str, Any]) -> Iterator[str]:
    yield f"sandbox {sandbox}: {problem.get('detail', '')}"
    yield f"  meant: {json.dumps(criteria, ensure_ascii=False, default=str)}"
    for match in problem.get("matched", ()):
        yield f"  {_shown('match', match)}"
    for miss in problem.get("nearest", ()):
        yield f"  {_shown('near miss', miss)}"
        for difference in miss["differences"]:
            yield f"    ↳ {difference}"


def _shown(what: str, entry: Mapping[str, Any]) -> str:
    return f"{what} #{entry['id']} {entry['method']} {entry['path']} → {entry['status'] or 'no answer'}"

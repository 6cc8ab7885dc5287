"""Coverage as a page: one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import pi
from pathlib import Path
from posixpath import commonpath
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

TEMPLATES = Path(__file__).parents[1] / "templates"
_RADIUS = 52
_STRIP = 240
"""How wide the strip of an operation's inputs is at most."""
_TICK = 8


class Tick(NamedTuple):
    """One input of an operation in its strip."""

    x: float
    width: float
    kind: str
    label: str
    times: int


def html(data: Mapping[str, Any]) -> str:
    """Return a page for coverage as ``GET /__admin/coverage`` gives it."""
    return _template().render(data=data, ring=2 * pi * _RADIUS, radius=_RADIUS)


@lru_cache(1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "short": short, "strip": strip, "statuses": statuses, "at": at_status, "label": label, "lead": lead,
    }  # fmt: skip
    return environment.get_template("coverage.html")


def short(count: int) -> str:
    """Write a number in at most four characters."""
    if count < 1000:
        return str(count)
    for unit in ("k", "M", "G"):
        count //= 1000
        if count < 1000:
            return f"{count}{unit}"
    return "lots"


def statuses(operations: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return every status of these operations, in order: the columns of their map."""
    return sorted({status["status"] for operation in operations for status in operation["statuses"]})


def lead(operations: Sequence[Mapping[str, Any]]) -> str:
    """Return the segments that all paths of these operations begin with; none where it would shorten little."""
    common = commonpath([operation["path"].rpartition("/")[0] or "/" for operation in operations])
    return common if len(operations) > 1 and common.count("/") > 1 else ""


def at_status(operation: Mapping[str, Any], status: int) -> list[Mapping[str, Any]]:
    """Return the answers of an operation that have this status."""
    return [answer for answer in operation["answers"] if answer["status"] == status]


def label(item: Mapping[str, Any]) -> str:
    """Name an item of any kind."""
    if "answer" in item:
        return str(item["answer"])
    if "value" in item:
        return f"{item['name']} = {item['value']}"
    return str(item["pointer"] if "pointer" in item else item["name"])


def strip(operation: Mapping[str, Any]) -> list[Tick]:
    """Return the inputs of an operation side by side: parameters, properties, values."""
    named = [(kind, item) for kind in ("parameters", "properties", "values") for item in operation[kind]]
    step = min(_TICK, _STRIP / max(len(named), 1))
    return [
        Tick(round(number * step, 2), round(step * 0.75, 2), kind, label(item), item["count"])
        for number, (kind, item) in enumerate(named)
    ]

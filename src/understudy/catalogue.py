"""The operations of every part as a table: what is promised, and where the promise comes from."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import orjson

from understudy.contract.operation import Operation
from understudy.parts import Part


class Row(NamedTuple):
    """One operation."""

    provider: str
    method: str
    path: str
    operation: str
    provenance: str
    statuses: tuple[int, ...]


def rows(parts: Sequence[Part]) -> Iterator[Row]:
    """Return a row an operation, in the contracts' order."""
    for part in parts:
        for operation in part.contract.operations.values():
            yield Row(
                part.name,
                operation.method.upper(),
                part.contract.base_paths[0] + operation.path,
                operation.id,
                provenance(operation),
                tuple(sorted(operation.answers.by_status)),
            )


def provenance(operation: Operation) -> str:
    """Return documented, observed or inferred."""
    said = operation.node.get("x-provenance")
    return str(said.get("kind", "unknown")) if isinstance(said, dict) else "unknown"


def render(parts: Sequence[Part], form: str) -> str:
    """Write the table as ``table`` (for a terminal), ``markdown`` or ``json``."""
    if form == "json":
        return orjson.dumps([row._asdict() for row in rows(parts)], option=orjson.OPT_INDENT_2).decode()
    if form == "markdown":
        return "\n\n".join(_markdown(part) for part in parts)
    return "\n".join(_plain(parts))


def _markdown(part: Part) -> str:
    lines = [
        f"**{part.contract.title}** (`{part.name}`)",
        "",
        "| operation | | provenance | statuses |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{row.method} {row.path}` | `{row.operation}` | {row.provenance} | {_statuses(row)} |"
        for row in rows([part])
    ]
    return "\n".join(lines)


def _plain(parts: Sequence[Part]) -> Iterator[str]:
    table = [(*row[:5], _statuses(row)) for row in rows(parts)]
    widths = [max(len(row[column]) for row in table) for column in range(6)]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _statuses(row: Row) -> str:
    return " ".join(str(status) for status in row.statuses)

"""Coverage for a terminal."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_NAMED = 3
"""What is named of an operation's untouched items; the rest is counted."""
_BAR = 10
_WIDE = (120, 25)
_ROOM = 100
"""Columns below which the share of an operation and its name are all that there is room for."""


def show(data: Mapping[str, Any], stream: TextIO) -> None:
    """Print coverage as the control API gives it: a table a provider, and the share of all."""
    width = None if stream.isatty() else shutil.get_terminal_size(_WIDE).columns
    console = Console(file=stream, highlight=False, width=width)
    for provider in data["providers"]:
        console.print(
            f"\n[bold]{_clean(provider['title'])}[/] [dim]({_clean(provider['provider'])})[/] {_share(provider)}"
        )
        console.print(_table(provider["operations"], narrow=console.width < _ROOM))
    if data["unmatched"]["total"]:
        console.print(f"\n[yellow]{data['unmatched']['total']} requests met no operation[/]: {_unmatched(data)}")
    console.print(f"\n[bold]In all[/] {_share(data)}")


def _table(operations: Sequence[Mapping[str, Any]], *, narrow: bool) -> Table:
    """Return a line an operation; in a narrow terminal only what matters most, rather than a little of everything."""
    table = Table(box=None, pad_edge=True, padding=(0, 1), header_style="dim")
    table.add_column("share", justify="right", no_wrap=True, min_width=6)
    if not narrow:
        table.add_column("", no_wrap=True)
    table.add_column("operation", overflow="fold")
    if not narrow:
        for kind in ("answers", "parameters", "properties", "values"):
            table.add_column(kind, justify="right", no_wrap=True)
        table.add_column("never touched", overflow="fold", ratio=1)
    for operation in operations:
        share, bar, name, *rest = _row(operation)
        table.add_row(share, name) if narrow else table.add_row(share, bar, name, *rest)
    return table


def _row(operation: Mapping[str, Any]) -> Iterator[str]:
    style = "dim" if not operation["calls"] else "green" if operation["percent"] == 100 else ""
    yield f"{operation['percent']:g} %"
    yield _bar(operation["percent"])
    name = _clean(f"{operation['method']:<7}{operation['operationId']}")
    yield f"[{style}]{name}[/]" if style else name
    for kind in ("answers", "parameters", "properties", "values"):
        share = operation["kinds"][kind]
        yield f"{share['touched']}/{share['items']}" if share["items"] else "–"
    yield _missing(operation)


def _missing(operation: Mapping[str, Any]) -> str:
    if not operation["calls"]:
        return "[dim]never called[/]"
    names = list(untouched(operation))
    more = f" … and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return _clean(", ".join(names[:_NAMED])) + more


def untouched(operation: Mapping[str, Any]) -> Iterator[str]:
    """Name each item of an operation that was never touched."""
    yield from (item["answer"] for item in operation["answers"] if not item["count"])
    yield from (item["name"] for item in operation["parameters"] if not item["count"])
    yield from (item["pointer"] for item in operation["properties"] if not item["count"])
    yield from (f"{item['name']}={item['value']}" for item in operation["values"] if not item["count"])


def _bar(percent: float) -> str:
    full = int(percent * _BAR / 100)
    return f"[cyan]{'█' * full}[/][dim]{'░' * (_BAR - full)}[/]"


def _share(part: Mapping[str, Any]) -> str:
    return f"[bold]{part['percent']:g} %[/] [dim]({part['touched']} of {part['items']} items)[/]"


def _unmatched(data: Mapping[str, Any]) -> str:
    most = sorted(data["unmatched"]["items"], key=lambda item: -int(item["count"]))[:_NAMED]
    more = " …" if len(data["unmatched"]["items"]) > _NAMED else ""
    return _clean(", ".join(f"{item['method']} {item['path']}" for item in most)) + more


def _clean(text: str) -> str:
    """Return text without control characters and markup of its own."""
    return escape("".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text))

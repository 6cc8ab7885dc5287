"""Pictures of figures, as SVG: no script, readable on light and on dark ground."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import log10
from typing import NamedTuple

_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#24292f}.small{font-size:11px;fill:#57606a}.head{font-weight:600}"
    ".ours{fill:#0969da}.peer{fill:#afb8c1}.grid{stroke:#d0d7de;stroke-width:1}"
    ".line{fill:none;stroke-width:2}.c0{stroke:#0969da;fill:#0969da}.c1{stroke:#1a7f37;fill:#1a7f37}"
    ".c2{stroke:#bc4c00;fill:#bc4c00}.c3{stroke:#8250df;fill:#8250df}.c4{stroke:#bf3989;fill:#bf3989}"
    ".line{fill:none}text.c0,text.c1,text.c2,text.c3,text.c4{stroke:none}"
    "@media (prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.ours{fill:#4493f8}.peer{fill:#656c76}"
    ".grid{stroke:#3d444d}.c0{stroke:#4493f8;fill:#4493f8}.c1{stroke:#3fb950;fill:#3fb950}"
    ".c2{stroke:#db6d28;fill:#db6d28}.c3{stroke:#ab7df8;fill:#ab7df8}.c4{stroke:#db61a2;fill:#db61a2}.line{fill:none}}"
)
_ROW, _NAMES, _COLUMN, _BAR, _TOP = 24, 130, 150, 84, 44
_COLOURS = 5


def told(value: float) -> str:
    """Return a figure with no more digits than say something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2g}" if value < 1 else f"{value:.2f}"


def _svg(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    name = escape(title)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{name}">'
    )
    return "\n".join([head, f"<title>{name}</title>", f"<style>{_STYLE}</style>", *parts, "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, classes: str = "", anchor: str = "start") -> str:
    named = f' class="{classes}"' if classes else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{named}>{escape(text)}</text>'


def bars(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[float | None]], ours: str) -> str:
    """Return a table of bars: a row for each name, the longest bar of a column as wide as the column.

    None is for what does not apply.
    """
    most = [max(values[at] or 0.0 for values in rows.values()) for at in range(len(columns))]
    parts = [_text(0, 14, title, "head")]
    parts += [_text(_NAMES + at * _COLUMN, 36, column, "small") for at, column in enumerate(columns)]
    for nth, (name, values) in enumerate(rows.items()):
        y = _TOP + nth * _ROW
        kind = "ours" if name == ours else "peer"
        parts.append(_text(_NAMES - 10, y + 15, name, "head" if name == ours else "", "end"))
        for at, value in enumerate(values):
            x = _NAMES + at * _COLUMN
            if value is None:
                parts.append(_text(x, y + 15, "cannot", "small"))
                continue
            wide = max(1.0, value / most[at] * _BAR)
            parts.append(f'<rect class="{kind}" x="{x}" y="{y + 3}" width="{wide:.1f}" height="16" rx="2"/>')
            parts.append(_text(x + wide + 5, y + 15, f"{value:,.0f}", "small"))
    return _svg(_NAMES + len(columns) * _COLUMN, _TOP + len(rows) * _ROW + 4, title, parts)


class Line(NamedTuple):
    """What grows, or does not, with a size."""

    title: str
    points: Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the points of a picture lie: sizes by their logarithm, and costs as well where they differ much."""

    smallest: float
    largest: float
    least: float
    most: float
    logarithmic: bool
    left: int = 56
    top: int = 34
    wide: int = 400
    high: int = 190

    def x(self, size: float) -> float:
        low, high = log10(max(size, 0.5)) - log10(self.smallest), log10(self.largest) - log10(self.smallest)
        return self.left + low / (high or 1) * self.wide

    def y(self, cost: float) -> float:
        if self.logarithmic:
            share = (log10(cost) - log10(self.least)) / ((log10(self.most) - log10(self.least)) or 1)
        else:
            share = cost / self.most
        return self.top + self.high * (1 - share)

    def ticks(self) -> list[float]:
        """Return the costs at which a line is drawn across."""
        if not self.logarithmic:
            return [self.most * part / 4 for part in range(5)]
        return [10.0**power for power in range(round(log10(self.least)), round(log10(self.most)) + 1)]


def _frame(lines: Sequence[Line]) -> _Frame:
    sizes = [max(size, 0.5) for line in lines for size, _ in line.points]
    costs = [cost for line in lines for _, cost in line.points]
    logarithmic = max(costs) > 20 * min(costs)
    if logarithmic:
        least, most = 10.0 ** int(log10(min(costs)) // 1), 10.0 ** -int(-log10(max(costs)) // 1)
    else:
        least, most = 0.0, _round(max(costs) * 1.15)
    return _Frame(min(sizes), max(sizes), least, most, logarithmic)


def _round(value: float) -> float:
    """Return the next round number that is not below a value."""
    power = float(10.0 ** (log10(value) // 1))
    return next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= value)


def curves(title: str, over: str, unit: str, lines: Sequence[Line]) -> str:
    """Return a picture of costs over sizes, the sizes by their logarithm."""
    frame = _frame(lines)
    parts = [_text(0, 14, f"{title} ({unit}) over {over}", "head")]
    for cost in frame.ticks():
        y = frame.y(cost)
        parts.append(f'<path class="grid" d="M{frame.left} {y:.1f}h{frame.wide}"/>')
        parts.append(_text(frame.left - 6, y + 4, told(cost) if cost else "0", "small", "end"))
    parts += [
        _text(frame.x(size), frame.top + frame.high + 18, f"{size:,}", "small", "middle")
        for size in sorted({size for line in lines for size, _ in line.points})
    ]
    for nth, line in enumerate(lines):
        colour = f"c{nth % _COLOURS}"
        path = "L".join(f"{frame.x(size):.1f} {frame.y(cost):.1f}" for size, cost in line.points)
        parts.append(f'<path class="{colour} line" d="M{path}"/>')
        parts += [
            f'<circle class="{colour}" cx="{frame.x(size):.1f}" cy="{frame.y(cost):.1f}" r="3"/>'
            for size, cost in line.points
        ]
        parts.append(_text(frame.left + frame.wide + 16, frame.top + 14 + nth * 20, line.title, colour))
    return _svg(frame.left + frame.wide + 200, frame.top + frame.high + 30, title, parts)

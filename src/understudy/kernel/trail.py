"""What was done to a table, back to the one that it was made from."""

from typing import TYPE_CHECKING

from understudy.kernel.base import Id, Record

if TYPE_CHECKING:
    from understudy.kernel.table import Table

Change = Record | Id
"""A record that was put, or the id of one that was dropped."""
Trail = tuple["Trail | Table", Change]
"""The last change, and what came before it, back to the table that they began from."""


def walked(trail: "Trail | Table") -> "tuple[Table, list[Change]]":
    """Return where a trail begins, and its changes in order."""
    changes: list[Change] = []
    while isinstance(trail, tuple):
        trail, change = trail
        changes.append(change)
    return trail, changes[::-1]


def steps(trail: "Trail | Table") -> int:
    """Return how many changes a trail has."""
    count = 0
    while isinstance(trail, tuple):
        trail = trail[0]
        count += 1
    return count

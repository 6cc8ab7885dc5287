"""Lists as the Dashboard gives them: ten a page, or everything."""

from collections.abc import Sequence

from understudy.kernel.exchange import Call
from understudy.kernel.table import Record, Rows

_SIZE = 10


def page(rows: Rows, call: Call) -> tuple[Sequence[Record], int]:
    """Return the records that the call asks for with ``p``, and how many pages there are.

    Without ``p``, or with a negative one, that is everything, and 0 pages (the examples of the
    vendor's OpenAPI show it so). Page 0 counts as 1, and a page past the last is empty: our choice.
    """
    number = call.query.get("p")
    if number is None or number < 0:
        return list(rows), 0
    return rows.page((max(number, 1) - 1) * _SIZE, _SIZE), -(-len(rows) // _SIZE)

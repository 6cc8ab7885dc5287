"""Members by a part of their e-mail address."""

from collections.abc import Iterator
from itertools import count, islice

from understudy.kernel.exchange import Answer, Call
from understudy.providers.koneksi.state import Data, KoneksiState, visible_members

_MOST_FOUND = 10
_SCANNED_AT_ONCE = 500


def search_members(state: KoneksiState, call: Call) -> tuple[Answer, KoneksiState]:
    """Answer with up to ten members whose e-mail address contains the term (GET /members/search).

    A linear search: a substring has no index. It ends with the tenth member found.
    A ``+`` that was not escaped arrives as a space, so the term is also tried with ``+`` for spaces.
    """
    term = call.query["email"].casefold()
    terms = {term, term.replace(" ", "+")}
    found = (member for member in _scan(state) if any(wanted in member["email"].casefold() for wanted in terms))
    return Answer("members_found", {"data": list(islice(found, _MOST_FOUND))}), state


def _scan(state: KoneksiState) -> Iterator[Data]:
    """Go through all members, a piece at a time: a search that ends early reads no more than it needs."""
    rows = visible_members(state)
    for offset in count(0, _SCANNED_AT_ONCE):
        piece = rows.page(offset, _SCANNED_AT_ONCE)
        if not piece:
            return
        yield from piece

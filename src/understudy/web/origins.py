"""Who asks the control API and the pages: this server's own pages and programs, no page of another origin."""

from collections.abc import Mapping

from understudy.contract.problem import problem
from understudy.contract.request import HeaderList, Reply

GUARDED: HeaderList = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
"""On every answer of the control API: no other origin embeds or frames it."""
_OWN = (b"same-origin", b"none")
_LINK = (b"navigate", b"document")


def refusal(headers: Mapping[bytes, bytes], *, page: bool = False) -> Reply | None:
    """Return what a browser is told that asks on behalf of another origin; None for whoever else asks.

    Browsers say so themselves, and no page can have them lie: in ``Sec-Fetch-Site``, older ones in ``Origin``
    for all that could change anything. A ``page`` may be reached by a link.
    """
    site = headers.get(b"sec-fetch-site", b"none")
    if site not in _OWN:
        way = headers.get(b"sec-fetch-mode"), headers.get(b"sec-fetch-dest")
        return None if page and way == _LINK else _foreign(f"{site.decode('latin-1')[:40]!r} by Sec-Fetch-Site")
    origin = headers.get(b"origin")
    if origin is None or origin.partition(b"://")[2].lower() == headers.get(b"host", b"").lower():
        return None
    return _foreign(f"the origin {origin.decode('latin-1')[:100]!r}")


def _foreign(who: str) -> Reply:
    detail = (
        f"the control API and the console answer this server's own pages, and programs that are no browser; "
        f"this request is from {who}. Ask from your test runner, not from its page"
    )
    return problem(403, detail, title="Another origin")

"""Who may call: whoever has an API key."""

from understudy.kernel.provider import Visitor
from understudy.providers.ivalt.state import IvaltState


def authenticate(state: IvaltState, visitor: Visitor) -> str | None:
    """Return the administrator for a known API key, else None.

    The documents know one kind of key, which may do everything (Admin Panel APIs, Security).
    """
    known = visitor.keyring.any or visitor.keyring.holds(visitor.presented)
    return "administrator" if known else None

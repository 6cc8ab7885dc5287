"""The passwords of users: hashed, in a table of their own, never shown."""

from understudy.kernel.mint import Mint
from understudy.kernel.table import Table
from understudy.passwords import hash_password, password_matches


def password_record(mint: Mint, user_id: str, password: str) -> dict[str, str]:
    """Return what is kept of a password."""
    return {"id": user_id, "hash": hash_password(password, mint.hex(f"passwords.salt/{user_id}", 0, 16))}


def with_password(passwords: Table, mint: Mint, user_id: str, password: str | None) -> Table:
    """Return the table with this password in it; an empty one changes nothing."""
    return passwords.put(password_record(mint, user_id, password)) if password else passwords


def is_current(passwords: Table, user_id: str, password: str | None) -> bool:
    """Say whether ``password`` is the user's; a user who has none accepts any."""
    record = passwords.get(user_id)
    return record is None or password_matches(record["hash"], password or "")

"""Members' passwords: hashed, in a table of their own, never shown."""

from understudy.kernel.mint import Mint
from understudy.kernel.table import Table
from understudy.passwords import hash_password


def with_password(passwords: Table, mint: Mint, id: str, password: str) -> Table:
    """Return the hashes with a member's password among them. Each new one has a salt of its own."""
    old = passwords.get(id)
    nth = 0 if old is None else old["changes"] + 1
    return passwords.put({"id": id, "hash": salted(mint, id, nth, password), "changes": nth})


def salted(mint: Mint, id: str, nth: int, password: str) -> str:
    """Return the hash of a member's ``nth`` password."""
    return hash_password(password, mint.hex(f"passwords.salt/{id}", nth, 16))

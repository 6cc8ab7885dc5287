"""Made-up values that depend on nothing but what they are for."""

from hashlib import blake2b
from uuid import UUID


class Mint:
    """Draws ids, secrets and choices for one provider under one seed.

    Every value is a function of (seed, provider, purpose, n): the same for the n-th entity of a
    collection whatever else happened before, beside or between.
    """

    __slots__ = ("_key", "_keyed", "provider", "seed")

    def __init__(self, seed: int, provider: str) -> None:
        self.seed = seed
        self.provider = provider
        self._key = blake2b(f"{seed}/{provider}".encode(), digest_size=32).digest()
        self._keyed: dict[int, blake2b] = {}  # to be copied: taking in a key costs as much as hashing

    def bytes(self, purpose: str, nth: int, size: int) -> bytes:
        """Return ``size`` bytes (1 to 64) for the ``nth`` use of ``purpose``, such as ``"users.id"``."""
        keyed = self._keyed.get(size)
        if keyed is None:
            keyed = self._keyed[size] = blake2b(key=self._key, digest_size=size)
        drawn = keyed.copy()
        drawn.update(f"{purpose}/{nth}".encode())
        return drawn.digest()

    def hex(self, purpose: str, nth: int, digits: int) -> str:
        """Return ``digits`` lower-case hex digits (2 to 128)."""
        return self.bytes(purpose, nth, (digits + 1) // 2).hex()[:digits]

    def number(self, purpose: str, nth: int, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int.from_bytes(self.bytes(purpose, nth, 16), "big") % (high - low + 1)

    def text(self, purpose: str, nth: int, length: int, alphabet: str) -> str:
        """Return ``length`` characters (1 to 64) of ``alphabet``."""
        return "".join(alphabet[byte % len(alphabet)] for byte in self.bytes(purpose, nth, length))

    def uuid(self, purpose: str, nth: int) -> str:
        """Return a random-looking UUID of version 4."""
        return str(UUID(bytes=self.bytes(purpose, nth, 16), version=4))

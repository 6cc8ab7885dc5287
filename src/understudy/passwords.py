"""Passwords as they are stored: hashed, in werkzeug's format."""

from hashlib import pbkdf2_hmac

_ROUNDS = 1
"""Few on purpose: a stand-in's passwords guard nothing, the hash only keeps them out of sight. What would slow a
guesser down takes a thousand times as long as the call that creates a user."""


def hash_password(password: str, salt: str) -> str:
    """Hash ``password`` as ``werkzeug.security.generate_password_hash`` does, but with a given salt.

    A handler may not draw random numbers: its salt comes from the mint.
    """
    digest = pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ROUNDS)
    return f"pbkdf2:sha256:{_ROUNDS}${salt}${digest.hex()}"


def password_matches(stored: str, password: str) -> bool:
    """Say whether ``password`` is the one that was hashed, in constant time.

    What is no hash that can be read is the hash of nothing.
    """
    from werkzeug.security import check_password_hash

    try:
        return check_password_hash(stored, password)
    except (ValueError, TypeError, OverflowError):
        return False

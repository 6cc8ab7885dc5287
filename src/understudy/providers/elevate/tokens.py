"""JSON Web Tokens as ELEVATE issues them: HS256, kept honest by the sandbox's clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from understudy.kernel.mint import Mint
from understudy.providers.elevate.roles import roles_of, titles_of

ACCESS = "access_token"
REFRESH = "refresh_token"

_LIFETIMES = {ACCESS: timedelta(days=1), REFRESH: timedelta(days=183)}
_ALGORITHM = "HS256"
# PyJWT reads the computer's clock for these; a sandbox has its own.
_UNTIMED: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}


class Principal(NamedTuple):
    """Who calls, as the token says: the service trusts it until it expires (fact file, after deactivation)."""

    id: int
    organization_id: int
    roles: frozenset[str]


class Token(NamedTuple):
    """An access token whose signature is right."""

    principal: Principal
    expires: float
    """Seconds since 1970."""


def issue(kind: str, user: Mapping[str, Any], session: int, now: datetime, mint: Mint) -> str:
    """Return a signed ACCESS or REFRESH token for a login (claims: fact file, account/login)."""
    data = {
        "id": user["id"],
        "name": user["name"],
        "session_id": session,
        "organization_id": user["organization_id"],
        "roles": roles_of(user),
    }
    import jwt

    times = {"iat": int(now.timestamp()), "exp": int((now + _LIFETIMES[kind]).timestamp())}
    return jwt.encode({"data": data, **times}, _secret(kind, mint), algorithm=_ALGORITHM)


def read(token: str, mint: Mint) -> Token | None:
    """Return what an access token says, expired or not; None if it is none of ours."""
    return _read(token, _secret(ACCESS, mint))


def _secret(kind: str, mint: Mint) -> str:
    return mint.hex(f"{kind}.secret", 0, 64)


@lru_cache(maxsize=1024)  # a pure function of its arguments; a client sends the same token again and again
def _read(token: str, secret: str) -> Token | None:
    import jwt

    try:
        claims = jwt.decode(token, secret, algorithms=[_ALGORITHM], options=_UNTIMED)
        data = claims["data"]
        principal = Principal(int(data["id"]), int(data["organization_id"]), titles_of(data["roles"]))
        return Token(principal, float(claims["exp"]))
    # The secret is known to whoever knows the seed, so a signed token may still hold anything.
    except (jwt.PyJWTError, LookupError, TypeError, ValueError, OverflowError, RecursionError):
        return None

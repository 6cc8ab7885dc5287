"""What a user may be in ELEVATE."""

from collections.abc import Iterable, Mapping
from typing import Any

from understudy.kernel.freeze import FrozenDict, freeze

SYSTEM_ADMINISTRATOR = "admin"
ORGANIZATION_ADMINISTRATOR = "org_admin"

_DEFINED_BY = 1
"""Every role belongs to the default organisation (fact file, the login's ``user_roles``)."""


def _role(id: int, title: str, *, administrates: bool = False) -> FrozenDict:
    role: FrozenDict = freeze(
        {
            "id": id,
            "title": title,
            "user_type": int(administrates),
            "status": "ACTIVE",
            "organization_id": _DEFINED_BY,
            "visibility": "PUBLIC",
        }
    )
    return role


_ROLES = (
    _role(1, "public"),
    _role(2, "user"),
    _role(3, SYSTEM_ADMINISTRATOR, administrates=True),
    _role(4, "mentor"),
    _role(5, "mentee"),  # the only id that was seen on the real service
    _role(6, ORGANIZATION_ADMINISTRATOR, administrates=True),
)

ROLE_IDS: Mapping[str, int] = {role["title"]: role["id"] for role in _ROLES}
"""Title -> id, as ``roles`` of a user holds it."""

_BY_ID = {role["id"]: role for role in _ROLES}


def roles_of(user: Mapping[str, Any]) -> list[FrozenDict]:
    """Return a user's roles, spelt out as ``user_roles`` and the token show them."""
    return [_BY_ID[id] for id in user["roles"]]


def titles_of(roles: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the titles of spelt-out roles."""
    return frozenset(role["title"] for role in roles)

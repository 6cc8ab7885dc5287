"""Who is let in, and to which operation."""

from collections.abc import Mapping

from understudy.kernel.exchange import Refusal
from understudy.kernel.provider import Visitor
from understudy.providers.elevate import tokens
from understudy.providers.elevate.roles import ORGANIZATION_ADMINISTRATOR, ROLE_IDS, SYSTEM_ADMINISTRATOR
from understudy.providers.elevate.state import ElevateState
from understudy.providers.elevate.tokens import Principal

_SCHEME = "AccessToken"
_PREFIX = "bearer"

_ADMINISTRATORS = frozenset({ORGANIZATION_ADMINISTRATOR, SYSTEM_ADMINISTRATOR})
_RESERVED: Mapping[str, frozenset[str]] = {
    "update_organization": _ADMINISTRATORS,
    "deactivate_org": frozenset({SYSTEM_ADMINISTRATOR}),
    # A system administrator passes here and is turned down later, with 400 (fact file, deactivateUser).
    "deactivate_user": _ADMINISTRATORS,
}
"""Operations that are not for everyone, with the roles that may call them (fact file, Authentication)."""


def authenticate(state: ElevateState, visitor: Visitor) -> Principal | None:
    """Return who calls, or None where the token is missing or none of ours.

    Raises Refusal for an expired token, and for a role that may not call the operation: the service
    says so with 401, before it looks at the rest of the call.
    """
    principal = _principal(state, visitor)
    if principal is None:
        return None
    permitted = _RESERVED.get(visitor.operation)
    if permitted is not None and permitted.isdisjoint(principal.roles):
        raise Refusal("permission_denied")
    return principal


def _principal(state: ElevateState, visitor: Visitor) -> Principal | None:
    prefix, _, value = visitor.presented[_SCHEME].partition(" ")
    bears = prefix == _PREFIX
    token = tokens.read(value, visitor.mint) if bears else None
    if token is not None and token.principal.id not in state.users:
        token = None  # from another world, in which there is such a user
    if token is not None and visitor.now.timestamp() < token.expires:
        return token.principal
    if visitor.keyring.any or (bears and visitor.keyring.holds({_SCHEME: value})):
        return _system_administrator(state)
    if token is not None:
        raise Refusal("session_expired")
    return None


def _system_administrator(state: ElevateState) -> Principal | None:
    """Return the first system administrator of the world, as whom a key of the user's own acts."""
    user = state.users.where("role", ROLE_IDS[SYSTEM_ADMINISTRATOR]).first()
    if user is None:
        return None
    return Principal(user["id"], user["organization_id"], frozenset({SYSTEM_ADMINISTRATOR}))

"""Who calls: the admin secret, or a user with an access key."""

from typing import NamedTuple

from understudy.kernel.provider import Visitor
from understudy.kernel.table import Record
from understudy.providers.tyk.state import TykState


class Caller(NamedTuple):
    """Who calls, and what is theirs to see."""

    id: str
    """The user; empty for the admin secret and for the keys of the keyring, which belong to nobody."""
    org_id: str
    """The organisation whose users are in reach; empty for all of them."""
    may_reset_passwords: bool
    """Whether the passwords of others may be set."""

    def sees(self, user: Record) -> bool:
        """Say whether ``user`` is in the caller's reach."""
        return not self.org_id or user["org_id"] == self.org_id


_MASTER = Caller(id="", org_id="", may_reset_passwords=True)


def authenticate(state: TykState, visitor: Visitor) -> Caller | None:
    """Return who presents a key: an active user, or the master of all for a key of the keyring.

    That an inactive user's key is turned away is in the vendor's "Create Users"; ``Bearer`` before
    a key is how its newer OpenAPI documents send it.
    """
    presented = visitor.presented
    if "UserKey" in presented:
        presented = {"UserKey": presented["UserKey"].removeprefix("Bearer ")}
        user = state.users.where("access_key", presented["UserKey"]).first()
        if user is not None and user["active"]:
            return _user(user)
    return _MASTER if visitor.keyring.any or visitor.keyring.holds(presented) else None


def _user(user: Record) -> Caller:
    permitted = user["user_permissions"].get("ResetPassword") == "admin"
    return Caller(user["id"], user["org_id"], may_reset_passwords=permitted or not user["org_id"])

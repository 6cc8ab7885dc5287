"""Users, as a user's own access key manages them: within the key's organisation."""

from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.table import Record, Rows
from understudy.providers.tyk.access import Caller
from understudy.providers.tyk.pages import page
from understudy.providers.tyk.passwords import is_current
from understudy.providers.tyk.state import TykState
from understudy.providers.tyk.users import (
    changed_user,
    email_is_taken,
    keep,
    keep_with_password,
    new_user,
    without_user,
)


def list_api_users(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Answer every user in the caller's reach, or a page of them."""
    users, pages = page(_in_reach(state, call.principal), call)
    return Answer("users_listed", {"users": users, "pages": pages}), state


def create_api_user(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Create a user in the caller's organisation. Raises Refusal for a taken address.

    The document: the regular endpoint forces organisation ownership by the key's session. A super
    user's session has none to force.
    """
    user = new_user(state, call, call.principal.org_id or call.body.get("org_id") or "")
    if email_is_taken(state, user):
        raise Refusal("api_email_taken")
    after = keep_with_password(state, call, user, call.body.get("password"))
    return Answer("api_user_created", {"Meta": user["id"]}), after


def read_api_user(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Answer one user in the caller's reach. Raises Refusal where there is none."""
    return Answer("user_read", _found(state, call)), state


def update_api_user(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Replace what can be edited of one user. Raises Refusal for an unknown user and for a taken address.

    A password is not read (Tyk Dashboard API, Update user).
    """
    old = _found(state, call)
    user = changed_user(old, call, call.principal.org_id or call.body.get("org_id"))
    if email_is_taken(state, user):
        raise Refusal("api_email_taken")
    return Answer("api_user_updated"), keep(state, user)


def delete_api_user(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Remove one user in the caller's reach. Raises Refusal where there is none."""
    return Answer("user_deleted"), without_user(state, _found(state, call)["id"])


def reset_password(state: TykState, call: Call) -> tuple[Answer, TykState]:
    """Set a user's password. Raises Refusal for an unknown user and for a caller who may not.

    One's own takes the current one, where there is one (Users, Set User Password); another's takes the
    permission that ``allow_reset_passwords`` gives.
    """
    user = _found(state, call)
    if user["id"] != call.principal.id:
        if not call.principal.may_reset_passwords:
            raise Refusal("password_reset_denied")
    elif not is_current(state.passwords, user["id"], call.body.get("current_password")):
        raise Refusal("current_password_wrong")
    return Answer("password_updated"), keep_with_password(state, call, user, call.body["new_password"])


def _in_reach(state: TykState, caller: Caller) -> Rows:
    return state.users.where("organisation", caller.org_id) if caller.org_id else state.users.all()


def _found(state: TykState, call: Call) -> Record:
    found = state.users.get(call.path["id"])
    if found is None or not call.principal.sees(found):
        raise Refusal("api_user_not_found")
    return found

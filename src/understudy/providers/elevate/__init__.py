"""ELEVATE: the user service of ShikshaLokam."""

from understudy.kernel.provider import Provider
from understudy.providers.elevate.accounts import list_accounts, login
from understudy.providers.elevate.callers import authenticate
from understudy.providers.elevate.dialect import DIALECT
from understudy.providers.elevate.organizations import deactivate_org, read_organization, update_organization
from understudy.providers.elevate.seed import seed
from understudy.providers.elevate.state import ElevateState
from understudy.providers.elevate.users import deactivate_user

PROVIDER = Provider(
    name="elevate",
    handlers=(login, list_accounts, read_organization, update_organization, deactivate_org, deactivate_user),
    state=ElevateState,
    seed=seed,
    authenticate=authenticate,
    dialect=DIALECT,
    resources={"organizations": "Organization", "users": "User"},
    members={
        "passwords": {"id": int, "hash": str},
        "sessions": {"id": int, "user_id": int, "login_time": str},
    },
    secrets=frozenset({"hash"}),
)

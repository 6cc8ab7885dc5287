"""Tyk Dashboard: organisations and users, as its Admin API and its regular users endpoint know them."""

from understudy.kernel.provider import Provider
from understudy.providers.tyk.access import authenticate
from understudy.providers.tyk.api_users import (
    create_api_user,
    delete_api_user,
    list_api_users,
    read_api_user,
    reset_password,
    update_api_user,
)
from understudy.providers.tyk.organisations import (
    create_organisation,
    delete_organisation,
    import_organisation,
    list_organisations,
    read_organisation,
    update_organisation,
)
from understudy.providers.tyk.seed import seed
from understudy.providers.tyk.state import TykState
from understudy.providers.tyk.system import read_admin_hello, read_hello, reload_system
from understudy.providers.tyk.users import (
    allow_reset_passwords,
    create_user,
    delete_user,
    disallow_reset_passwords,
    list_users,
    read_user,
    update_user,
)

PROVIDER = Provider(
    name="tyk",
    handlers=(
        list_organisations,
        create_organisation,
        import_organisation,
        read_organisation,
        update_organisation,
        delete_organisation,
        list_users,
        create_user,
        read_user,
        update_user,
        delete_user,
        allow_reset_passwords,
        disallow_reset_passwords,
        list_api_users,
        create_api_user,
        read_api_user,
        update_api_user,
        delete_api_user,
        reset_password,
        reload_system,
        read_admin_hello,
        read_hello,
    ),
    state=TykState,
    seed=seed,
    authenticate=authenticate,
    resources={"organisations": "Organisation", "users": "User"},
    members={"passwords": {"id": str, "hash": str}},
    secrets=frozenset({"hash"}),
)

__all__ = ["PROVIDER"]

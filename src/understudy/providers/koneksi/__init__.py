"""Koneksi, the storage service of AR Data Technologies: what an organization's administrator does."""

from understudy.kernel.provider import Provider
from understudy.providers.koneksi.credentials import authenticate
from understudy.providers.koneksi.limits import update_user_limit
from understudy.providers.koneksi.members import (
    create_member,
    list_members,
    read_member,
    remove_member,
    update_member,
)
from understudy.providers.koneksi.metrics import collect_metrics
from understudy.providers.koneksi.organization import read_organization, update_organization
from understudy.providers.koneksi.search import search_members
from understudy.providers.koneksi.seed import seed
from understudy.providers.koneksi.state import KoneksiState

PROVIDER = Provider(
    name="koneksi",
    handlers=(
        collect_metrics,
        update_user_limit,
        list_members,
        create_member,
        search_members,
        read_member,
        update_member,
        remove_member,
        read_organization,
        update_organization,
    ),
    state=KoneksiState,
    seed=seed,
    authenticate=authenticate,
    resources={"organizations": "Organization", "members": "Member", "metrics": "Metrics"},
    members={
        "holdings": {"id": str, "directory_count": int, "file_count": int, "service_account_count": int},
        "former_members": {"id": str, "removed_at": str},
        "passwords": {"id": str, "hash": str, "changes": int},
        "clients": {"id": str, "secret": str, "member": str},
    },
    secrets=frozenset({"hash", "secret"}),
)

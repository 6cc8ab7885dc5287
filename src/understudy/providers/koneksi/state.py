"""What Koneksi remembers: one organization and those who belong to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from understudy.kernel.state import State
from understudy.kernel.table import Id, Rows, Table

Data = Mapping[str, Any]

_SUMS = (
    "byte_limit",
    "byte_usage",
    "directory_count",
    "file_count",
    "service_account_count",
    "member_count",
    "verified_member_count",
    "locked_member_count",
)
_NOTHING: Mapping[str, int] = dict.fromkeys(_SUMS, 0)
_NO_HOLDINGS: Data = {"directory_count": 0, "file_count": 0, "service_account_count": 0}


@dataclass(frozen=True, slots=True)
class KoneksiState(State):
    """The tables of Koneksi."""

    organizations: Table
    """One record: the organization that every credential belongs to."""
    members: Table
    """The organization's members, the deleted ones among them."""
    holdings: Table
    """What a member has beside bytes, by the member's id; none for one who has nothing."""
    former_members: Table
    """The ids of those who were removed."""
    passwords: Table
    """Hashes, by the member's id."""
    clients: Table
    """Credentials that act for a member: their role is the member's."""
    metrics: Table
    """One record: the sums over all visible members, kept up with each change so that nothing is counted twice."""

    def settled(self, before: Self, collection: str, id: Id) -> Self:
        """Return the state with the metrics brought up to date with a member, or with what a member holds."""
        if collection not in ("members", "holdings"):
            return self
        was = _share(before.members.get(id), before.holdings.get(id))
        now = _share(self.members.get(id), self.holdings.get(id))
        return replace(self, metrics=_summed(self.metrics, was, now))

    def objection(self, collection: str, id: Id) -> str | None:
        """Say so where the organization, or its metrics, are not there: every call is about it."""
        organization = self.organizations.all().first()
        if organization is None:
            return "every credential belongs to the organization, so there must be one"
        if organization["id"] not in self.metrics:
            return f"the organization {organization['id']} must have its metrics"
        return None


def build(
    organization: Data,
    members: list[dict[str, Any]],
    *,
    holdings: Iterable[Data] = (),
    passwords: Iterable[Data] = (),
    clients: Iterable[Data] = (),
) -> KoneksiState:
    """Build a state out of records; its metrics are summed up here, once."""
    held = {record["id"]: record for record in holdings}
    sums = {"organization_id": organization["id"], **dict.fromkeys(_SUMS, 0)}
    for member in members:
        for name, value in _share(member, held.get(member["id"])).items():
            sums[name] += value
    return KoneksiState(
        organizations=Table.of([organization]),
        members=Table.of(members, indexes={"email": _email, "visible": _visible}),
        holdings=Table.of(held.values()),
        former_members=Table.of(),
        passwords=Table.of(passwords),
        clients=Table.of(clients),
        metrics=Table.of([sums], key="organization_id"),
    )


def visible_members(state: KoneksiState) -> Rows:
    """Return the members who are not deleted, in the order in which they joined; who came back joined anew."""
    return state.members.where("visible", True)


def visible_member(state: KoneksiState, id: str) -> Data | None:
    """Return the member with this id; None where there is none, or a deleted one."""
    member = state.members.get(id)
    return None if member is None or member["is_deleted"] else member


def email_owner(state: KoneksiState, email: str) -> Data | None:
    """Return the member, deleted or not, who has this e-mail address, letter case aside."""
    return state.members.where("email", email.casefold()).first()


def metrics_after(state: KoneksiState, id: str, old: Data | None, new: Data | None) -> Table:
    """Return the metrics as they are once ``new`` stands in the place of ``old``, a member's record or None."""
    held = state.holdings.get(id)
    return _summed(state.metrics, _share(old, held), _share(new, held))


def _summed(metrics: Table, before: Mapping[str, int], after: Mapping[str, int]) -> Table:
    sums = metrics.only()
    changed = {name: sums[name] + after[name] - before[name] for name in _SUMS if after[name] != before[name]}
    if changed and min(changed.values()) < 0:  # metrics that a test put in place may be less than what the members have
        changed = {name: max(0, value) for name, value in changed.items()}
    return metrics.put(sums.over(changed))


def _share(member: Data | None, held: Data | None) -> Mapping[str, int]:
    """Return what a member adds to the sums."""
    if member is None or member["is_deleted"]:
        return _NOTHING
    held = held or _NO_HOLDINGS
    return {
        "byte_limit": member["bytes_limit"],
        "byte_usage": member["bytes_usage"],
        "directory_count": held["directory_count"],
        "file_count": held["file_count"],
        "service_account_count": held["service_account_count"],
        "member_count": 1,
        "verified_member_count": int(member["is_verified"]),
        "locked_member_count": int(member["is_locked"]),
    }


def _email(member: Data) -> str:
    return str(member["email"]).casefold()


def _visible(member: Data) -> bool | None:
    return None if member["is_deleted"] else True
